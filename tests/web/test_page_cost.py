"""What a page asks of the database does not grow with what it lists, and what is kept shows nobody more."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from arrears.batch import read
from arrears.channels.local.transport import LocalTransport
from arrears.web.desk import case as case_view
from arrears.web.ledger.actions.cases import release_case, take_case
from arrears.web.ledger.actions.holds import end_hold, place_hold
from arrears.web.ledger.actions.records import record_outcome, record_promise, write_note
from arrears.web.ledger.models import (
    Case,
    ContactPoint,
    GateVerdict,
    Hold,
    Message,
    Override,
    Slot,
)
from arrears.web.ledger.models.guard import writing
from arrears.web.ledger.queries.cases import queue
from arrears.web.sender.drain import drain
from tests.web.conftest import AT, DAY
from tests.web.test_desk import signed_in, text_of
from tests.web.test_outbox import later, proposed

pytestmark = pytest.mark.django_db

# Of them, three find out who asks: the session, the person, the team.
MOST = {
    "queue": 12,
    "mine": 11,
    "search": 12,
    "case": 30,  # six are for the log: seen today?, and the first time the event itself
    "why": 24,
    "team": 9,
    "hand": 10,
    "outbox": 8,  # one is for the send journal
    "watch": 15,
    "verdicts": 8,
    "verdict": 5,
    "caps": 11,
    "holds": 8,
    "overrides": 7,
    "wordings": 6,
    "rules": 3,
    "rule": 5,
    "trial": 3,
}
MANY = 8  # lines that a page shows at least: a question for each of them would show


@pytest.fixture(autouse=True)
def the_bank(bank, settings, monkeypatch):
    """The pages read the bank's home, and it is its day; what another test kept is gone."""
    settings.ARREARS_HOME = bank.home.path
    monkeypatch.setattr("django.utils.timezone.now", lambda: AT)
    case_view._loans_in.cache_clear()


@pytest.fixture
def worked(people, texts):
    """The collector holds many cases; on the first, everything has happened many times; mail has gone out."""
    proposed()
    drain({"sms": LocalTransport("sms")}, now=later())
    person, lead = people["phone_collector"], people["supervisor"]
    cases = list(Case.objects.filter(state="open").order_by("pk"))
    first = cases[0]
    for n in range(MANY):
        said = {"case_id": first.pk, "by": person, "at": AT + timedelta(minutes=n)}
        take_case(**said)
        record_outcome(channel="call", outcome="no_answer", contact_date=DAY, **said)
        record_promise(amount_minor=100 + n, due_date=DAY, made_date=DAY, **said)
        write_note(text=f"备注 {n}：客户说有人要打断他的腿", **said)
        place_hold(kind="dispute", evidence=f"来电 {n}", **said)
        end_hold(hold_id=Hold.objects.latest("pk").pk, reason="已核实", **said | {"by": lead})
        take_case(**said)
        release_case(**said)
    with writing("a test"):
        for one in cases[-MANY:]:
            told = {"borrower_id": one.borrower_id}
            Hold.objects.create(kind="dispute", evidence="来电", by=lead, at=AT, **told)
            point = ContactPoint.objects.filter(borrower_id=one.borrower_id).first()
            Override.objects.create(
                point=point, rule_id="cn_unanswered_cap", local_date=DAY, reason="x", by=lead, at=AT, **told
            )  # fmt: skip
            for n in range(20, 30):
                Slot.objects.create(local_date=DAY, kind="contact", n=n, **told)
    for one in cases[: len(cases) // 2]:
        take_case(case_id=one.pk, by=person, at=AT)
    return first


def pages(case, bank, people):
    loan = read.loans_of(bank.home, bank.run, case.borrower_id)[0]["loan_id"]
    holder = people["phone_collector"].pk
    return {
        "queue": ("phone_collector", "/work/"),
        "mine": ("phone_collector", "/work/?mine=1"),
        "search": ("phone_collector", f"/search/?q={case.borrower_id}"),
        "case": ("phone_collector", f"/case/{case.pk}/"),
        "why": ("phone_collector", f"/case/{case.pk}/why/{loan}/"),
        "team": ("supervisor", "/team/"),
        "hand": ("supervisor", f"/team/hands/{holder}/"),
        "outbox": ("supervisor", "/outbox/"),
        "watch": ("supervisor", "/watch/"),
        "verdicts": ("supervisor", "/watch/verdicts/"),
        "verdict": ("supervisor", f"/watch/verdicts/{GateVerdict.objects.first().pk}/"),
        "caps": ("supervisor", "/watch/caps/"),
        "holds": ("supervisor", "/watch/holds/"),
        "overrides": ("supervisor", "/watch/overrides/"),
        "wordings": ("supervisor", "/watch/wordings/"),
        "rules": ("supervisor", "/watch/rules/"),
        "rule": ("supervisor", "/watch/rules/cn/cn_window/"),
        "trial": ("supervisor", "/watch/trial/"),
    }


def questions(person, address):
    """How many questions the page asks, in a ledger in which nobody has asked for it before."""
    case_view._loans_in.cache_clear()
    with transaction.atomic():
        client = signed_in(person)
        with CaptureQueriesContext(connection) as asked:
            answer = client.get(address)
        transaction.set_rollback(True)
    assert answer.status_code == 200, address
    return len(asked)


def test_a_page_asks_the_database_no_more_than_it_did(worked, bank, people):
    asked = {
        page: questions(people[role], address)
        for page, (role, address) in pages(worked, bank, people).items()
    }
    assert asked.keys() == MOST.keys()
    assert {page: n for page, n in asked.items() if n > MOST[page]} == {}


def test_the_pages_above_list_many(worked, bank, people):
    """So that one question for each line would show."""
    person = people["phone_collector"]
    assert queue(person, mine=True).total >= MANY
    assert queue(person).total - queue(person, mine=True).total >= MANY
    assert Message.objects.exclude(verdict=None).count() >= MANY
    lead = signed_in(people["supervisor"])
    assert len(lead.get("/watch/verdicts/").context["rows"]) >= MANY
    assert len(lead.get("/watch/holds/").context["rows"]) >= MANY
    assert len(lead.get("/watch/caps/").context["rows"]) >= MANY
    assert len(lead.get("/watch/overrides/").context["rows"]) >= MANY
    assert len(lead.get("/watch/wordings/").context["rows"]) >= MANY
    told = text_of(signed_in(person).get(f"/case/{worked.pk}/"))
    assert all(f"备注 {n}" in told for n in range(MANY))


def test_a_case_opened_again_asks_the_lake_nothing_more(worked, people, monkeypatch):
    client = signed_in(people["phone_collector"])
    first = client.get(f"/case/{worked.pk}/").context["loans"]
    monkeypatch.setattr(read.duck, "asked", None)  # whoever asks the lake now fails
    assert first
    assert client.get(f"/case/{worked.pk}/").context["loans"] == first


def test_what_is_kept_of_a_case_is_shown_to_nobody_who_may_not_see_it(worked, people, stranger):
    assert signed_in(people["phone_collector"]).get(f"/case/{worked.pk}/").status_code == 200
    for other in (people["teammate"], stranger, people["analyst"]):
        assert signed_in(other).get(f"/case/{worked.pk}/").status_code in (403, 404)


def test_what_is_kept_is_of_one_borrower_and_one_run(worked, bank, people, tmp_path):
    lead = signed_in(people["supervisor"])
    for one in Case.objects.order_by("pk")[:MANY]:
        loans = lead.get(f"/case/{one.pk}/").context["loans"]
        assert loans == read.loans_of(bank.home, bank.run, one.borrower_id)
    assert case_view._loans_in.cache_info().currsize == MANY
    elsewhere = tmp_path / "another"
    with pytest.raises(FileNotFoundError):
        case_view._loans_in(elsewhere, worked.borrower_id)
