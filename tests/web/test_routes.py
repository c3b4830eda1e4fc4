"""Every page and every action, asked for by everyone: exactly what the table of rights allows."""

import pytest
from django.db import transaction
from django.test import Client

from arrears.rules.book import SHIPPED
from arrears.web.ledger.actions.cases import take_case
from arrears.web.ledger.actions.records import record_promise
from arrears.web.ledger.models import CaseDay
from arrears.web.ledger.policy import RIGHTS
from tests.lib.routes import routes
from tests.web.conftest import AT, DAY, PASSWORD

pytestmark = pytest.mark.django_db

# Open to everyone on purpose, each for a reason.
PUBLIC = {
    "health": "whoever watches over the machine has no account",
    "sign-in/": "the door itself",
    "sign-out/": "leaving needs no right",
    "language/": "a language is chosen before signing in, too",
    "unsubscribe/<str:key>/<str:proof>": "a borrower has no account; the address carries its proof",
}
SIGNED_IN = {*RIGHTS, "teammate", "stranger"}
CASE = "case/<int:case_id>/"
READ = ("", "why/<path:loan_id>/")
COLLECTORS = ("phone_collector", "field_collector", "teammate", "stranger")

NEW = {"username": "new", "name": "new", "password": "quince-meadow-8"}

# What a form of the case page answers when the phone collector has the case: those not named get 404
# where they see no case in other hands, else 403.
FORMS = {
    "take": {"phone_collector": 302, "supervisor": 409},
    "release": {"phone_collector": 302, "supervisor": 302},
    "call": {"phone_collector": 409, "supervisor": 409},  # no such number
    "drop-call": {"phone_collector": 409, "supervisor": 409},  # none is under way
    "visit": {"supervisor": 409},  # no such address
    "drop-visit": {"supervisor": 409},  # none is under way
    "override": {"supervisor": 422, "compliance": 422},  # without a reason
    "outcome": {"phone_collector": 302, "supervisor": 409},
    "promise": {"phone_collector": 302, "supervisor": 409},
    "withdraw": {"phone_collector": 302, "supervisor": 409},
    "hold": {"phone_collector": 302, "supervisor": 302, "compliance": 302},
    "payment": {"phone_collector": 302, "supervisor": 302, "compliance": 302},
    "end-payment": {"supervisor": 409, "compliance": 409},
    "end-hold": {"supervisor": 409, "compliance": 409},
    "note": {"phone_collector": 302, "supervisor": 302},
    "recall": {"phone_collector": 404, "supervisor": 404, "compliance": 404},
    "reveal": {"phone_collector": 200, "supervisor": 200, "compliance": 200},
}
NOT_FOR_COLLECTORS = ("end-hold", "end-payment", "override")
NOT_FOR_CALLERS = (*NOT_FOR_COLLECTORS, "visit", "drop-visit")


@pytest.fixture(autouse=True)
def the_bank(bank, settings, monkeypatch):
    """The pages read the bank's home, and it is its day."""
    settings.ARREARS_HOME = bank.home.path
    monkeypatch.setattr("django.utils.timezone.now", lambda: AT)


# Pages that are no case's: the right they ask for, and what those who have it are answered.
LISTS = {
    "team/": ("see_floor", 200),
    "team/reassign/": ("reassign", 200),
    "team/hands/<int:person_id>/": ("reassign", 200),
    "work/": ("see_cases", 200),
    "search/": ("see_cases", 200),
    "work/next/": ("work_cases", 302),
    "outbox/": ("see_outbox", 200),
    "outbox/reconcile/": ("reconcile", 302),
    "outbox/unknown/<int:n>/": ("reconcile", 409),  # no such contact
    "outbox/<int:message_id>/mark/": ("reassign", 404),  # no such message
    "outbox/<int:message_id>/override/": ("override", 422),  # without a reason
    "outbox/<int:message_id>/withdraw/": (("work_cases", "hold_cases"), 404),
    "log/": ("see_log", 200),
    "watch/": ("see_watch", 200),
    "watch/rules/": ("see_watch", 200),
    "watch/rules/<str:pack>/<str:rule_id>/": ("see_watch", 200),
    "watch/verdicts/": ("see_watch", 200),
    "watch/verdicts/<int:verdict_id>/": ("see_watch", 404),  # no such verdict
    "watch/caps/": ("see_watch", 200),
    "watch/holds/": ("see_watch", 200),
    "watch/overrides/": ("see_watch", 200),
    "watch/wordings/": ("see_watch", 200),
    "watch/trial/": ("see_watch", 200),
    "templates/": ("see_outbox", 200),
    "templates/new/": ("write_texts", 200),
    "templates/write/": ("write_texts", 302),
    "templates/<int:template_id>/approve/": ("approve_texts", 409),  # no such version
    "templates/<int:template_id>/end/": ("approve_texts", 409),
    "people/": ("manage_people", 200),
    "people/admit/": ("manage_people", 302),
    "people/team/": ("manage_people", 302),
    "people/<int:person_id>/": ("manage_people", 200),
    "people/<int:person_id>/move/": ("manage_people", 302),
    "people/<int:person_id>/fitness/": ("manage_people", 302),
    "people/<int:person_id>/password/": ("manage_people", 302),
    "people/<int:person_id>/dismiss/": ("manage_people", 302),
    "people/<int:person_id>/readmit/": ("manage_people", 409),  # not dismissed
}
# For everyone, about themselves; nothing waits behind the door.
OWN = {"password/": 200, "password/change/": 302, "kept/": 302}


def expected(route, who):
    """What the table of rights says that this person is answered."""
    role = "phone_collector" if who in ("teammate", "stranger") else who
    if route == "":
        return 200 if role == "administrator" else 302
    if route in OWN:
        return OWN[route]
    if route in LISTS:
        named, answer = LISTS[route]
        rights = {named} if isinstance(named, str) else set(named)
        return answer if rights & RIGHTS[role] else 403
    form = route.removeprefix(CASE)
    if form in READ:
        seen = 404 if who in COLLECTORS[1:] else 200
        return seen if "see_cases" in RIGHTS[role] else 403
    form = form.removesuffix("/")
    barred = NOT_FOR_COLLECTORS if role == "field_collector" else NOT_FOR_CALLERS
    refused = 404 if who in COLLECTORS and form not in barred else 403
    return FORMS[form].get(who, refused)


@pytest.fixture
def ask(case, people):
    """A function that asks for a route as a client would, and leaves nothing behind."""
    owner = people["phone_collector"]
    take_case(case_id=case.pk, by=owner, at=AT)
    promise = record_promise(
        case_id=case.pk, amount_minor=1, due_date=DAY, made_date=DAY, by=owner, at=AT
    )
    loan = CaseDay.objects.get(borrower_id=case.borrower_id).worst_loan_id
    fields = {
        "outcome": {"channel": "call", "outcome": "paid"},
        "promise": {"amount": "5", "due_date": DAY.isoformat()},
        "withdraw": {"promise": promise.pk},
        "hold": {"kind": "dispute", "evidence": "来电"},
        "end-hold": {"hold": 999, "reason": "已核对"},
        "payment": {"payment": "P1", "amount": "5", "value_date": DAY.isoformat()},
        "end-payment": {"payment": "P1", "reason": "已冲正"},
        "note": {"text": "备注"},
        "reveal": {"what": "name", "reason": "核对"},
        "recall": {"message": 999},
        "reassign": {"from": owner.pk, "to": people["teammate"].pk, "case": case.pk},
        "write": {
            "name": "reminder",
            "channel": "sms",
            "language": "zh",
            "text": "x",
            "do": "save",
        },
        "admit": {**NEW, "role": "auditor"},
        "team": {"name": "二组"},
        "move": {"role": "field_collector"},
        "password": {"password": NEW["password"]},
        "readmit": {"password": NEW["password"]},
        "change": {"old": PASSWORD, "new": NEW["password"], "again": NEW["password"]},
    }

    holes = {
        "<int:case_id>": case.pk,
        "<path:loan_id>": loan,
        "<int:person_id>": owner.pk,
        "<int:message_id>": 999,
        "<int:n>": 999,
        "<int:template_id>": 999,
        "<int:verdict_id>": 999,
        "<str:pack>": SHIPPED[0],
        "<str:rule_id>": "cn_window",
    }

    def asked(client, route, method):
        address = "/" + route
        for hole, value in holes.items():
            address = address.replace(hole, str(value))
        sent = fields.get(route.strip("/").rpartition("/")[2], {})
        with transaction.atomic():
            asking = client.get if method == "GET" else client.post
            answer = asking(address, {"once": "t", **sent})
            transaction.set_rollback(True)
        return answer

    return asked


def come_in(person):
    """A client of this person's own: what one route does to a session is no matter of the next."""
    client = Client()
    client.force_login(person)
    return client


def guarded():
    """The routes for people: not open to everyone, nor for systems (test_api) or far ends (test_reports)."""
    return {
        route: view
        for route, view in routes().items()
        if route not in PUBLIC and not {"client_right", "told_by"} & {*vars(view)}
    }


def test_every_route_says_who_may_use_it():
    silent = [route for route, view in guarded().items() if not hasattr(view, "rights")]
    assert silent == []
    known = frozenset().union(*RIGHTS.values())
    assert [r for r, view in guarded().items() if not set(view.rights) <= known] == []


def test_every_public_route_is_there():
    assert [route for route in PUBLIC if route not in routes()] == []


@pytest.mark.parametrize("who", sorted(SIGNED_IN))
def test_everyone_gets_what_the_table_of_rights_says(ask, people, stranger, who):
    person = {**people, "stranger": stranger}[who]
    told = {
        route: ask(come_in(person), route, view.method).status_code
        for route, view in guarded().items()
    }
    assert told == {route: expected(route, who) for route in guarded()}


def test_whoever_is_not_signed_in_is_sent_to_the_door(ask):
    answers = {route: ask(Client(), route, view.method) for route, view in guarded().items()}
    assert {a.status_code for a in answers.values()} == {302}
    assert all(a.url.startswith("/sign-in/?next=/") for a in answers.values())


def test_what_changes_something_is_never_done_by_following_a_link(ask, people):
    posts = {route: view.rights for route, view in guarded().items() if view.method == "POST"}
    told = set()
    for route, rights in posts.items():
        role = next(role for role in RIGHTS if not rights or RIGHTS[role] & set(rights))
        told.add(ask(come_in(people[role]), route, "GET").status_code)
    assert told == {405}


def test_a_form_from_another_site_is_refused(case, people):
    client = Client(enforce_csrf_checks=True)
    client.force_login(people["phone_collector"])
    answer = client.post(f"/case/{case.pk}/take/", {"once": "t"})
    assert answer.status_code == 403
    case.refresh_from_db()
    assert case.state == "open"
