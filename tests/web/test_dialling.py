"""A number stays on the page only while the gate still allows the call for which it was claimed."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from arrears.core.contact import DIAL_WITHIN
from arrears.web.ledger.actions.act import NoCase, NotNow
from arrears.web.ledger.actions.calls import drop_call
from arrears.web.ledger.actions.cases import reassign_cases
from arrears.web.ledger.actions.clients import admit_client
from arrears.web.ledger.actions.holds import place_hold
from arrears.web.ledger.models import Borrower, Call, Case, Event
from arrears.web.ledger.models.client import API_RIGHTS
from arrears.web.ledger.models.guard import writing
from tests.web.conftest import AT, DAY
from tests.web.test_call import clock, one, telephone, the_bank  # noqa: F401
from tests.web.test_desk import signed_in, text_of
from tests.web.test_dial import by, dial, ended, kinds, mine  # noqa: F401

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)
LATE = datetime(2026, 11, 20, 13, 59, tzinfo=UTC)  # 21:59 in Shanghai


@pytest.fixture
def page(mine, by, monkeypatch):  # noqa: F811
    """What the collector reads on the page of the case at a moment."""

    def shown(at):
        clock(monkeypatch, at)
        return text_of(signed_in(by).get(f"/case/{mine.pk}/"))

    return shown


@pytest.fixture
def told(mine, db):  # noqa: F811
    """The bank's system tells something of the borrower."""
    token = admit_client(name="core", rights=API_RIGHTS, by=None, at=AT)

    def post(route, **body):
        answer = Client().post(
            f"/api/{route}",
            json.dumps({"borrower_id": mine.borrower_id, **body}),
            content_type="application/json",
            headers={"Authorization": f"Bearer {token}", "Idempotency-Key": route},
        )
        assert answer.status_code == 201, answer.content

    return post


def dialable(page):
    assert ("tel:13800138000" in page) is not ("不要拨打" in page)
    return "tel:13800138000" in page


def test_a_claim_is_good_for_a_few_minutes(mine, by, page):  # noqa: F811
    dial(mine, by)
    assert dialable(page(AT))
    assert dialable(page(AT + DIAL_WITHIN))
    late = page(AT + DIAL_WITHIN + SECOND)
    assert not dialable(late)
    assert "开始拨打已超过 5 分钟" in late


def test_the_night_takes_the_number_away(mine, by, page):  # noqa: F811
    dial(mine, by, at=LATE)
    assert dialable(page(LATE + 59 * SECOND))
    night = page(LATE + 60 * SECOND)
    assert not dialable(night)
    assert "最早可于 2026-11-21 08:00" in night


PAID = {"payment_id": "P9", "amount_minor": 5, "value_date": DAY.isoformat()}


@pytest.mark.parametrize(
    ("route", "body"),
    [
        ("payments", PAID),
        ("stops", {"evidence": "来电"}),
        ("stops", {"evidence": "来电", "channels": ["call"]}),
        ("stops", {"evidence": "来电", "value": "13800138000"}),
        ("holds", {"evidence": "来电", "kind": "dispute"}),
        ("holds", {"evidence": "来电", "kind": "complaint", "channels": ["call"]}),
    ],
    ids=["payment", "stop", "opt-out of calls", "opt-out of the number", "hold", "narrow hold"],
)
def test_what_is_told_after_the_claim_takes_the_number_away(
    mine,  # noqa: F811
    by,  # noqa: F811
    page,
    told,
    route,
    body,
):
    dial(mine, by)
    assert dialable(page(AT))
    told(route, **body)
    assert not dialable(page(AT + SECOND))


def test_what_the_call_itself_uses_of_the_day_does_not_stand_in_its_way(mine, by, page):  # noqa: F811
    for _ in range(2):
        dial(mine, by)
        ended(mine, by, "refused")
    dial(mine, by)  # the third and last talk of the day
    assert dialable(page(AT))


def test_nobody_dials_a_borrower_who_has_been_erased(mine, by, page):  # noqa: F811
    dial(mine, by)
    with writing("a test"):
        Borrower.objects.filter(pk=mine.borrower_id).delete()
    assert "客户资料已不在" in page(AT)


def test_a_call_that_was_not_placed_is_over_and_counts_as_nothing(mine, by, page):  # noqa: F811
    dial(mine, by)
    assert kinds(mine) == ["contact", "ring", "talk"]
    page(AT)
    answer = signed_in(by).post(f"/case/{mine.pk}/drop-call/", {"once": "t1"}, follow=True)
    assert "已记下没有拨打。" in text_of(answer)
    call = Call.objects.get()
    assert (call.state, call.ended_at, call.contact, kinds(mine)) == ("not_dialled", AT, None, [])
    assert Event.objects.filter(verb="drop_call", by=by, case_id=mine.pk).count() == 1
    with pytest.raises(NotNow):
        drop_call(case_id=mine.pk, by=by, at=AT)
    assert dial(mine, by).call


def test_only_whoever_claimed_a_call_says_that_it_was_not_placed(mine, by, people):  # noqa: F811
    dial(mine, by)
    with pytest.raises(NotNow):
        drop_call(case_id=mine.pk, by=people["supervisor"], at=AT)
    assert Call.objects.get().state == "dialling"


def held_by_the_bank(case, _by, _people, told):
    told("stops", evidence="来电")


def held_by_the_collector(case, by, _people, _told):  # noqa: F811
    place_hold(case_id=case.pk, kind="dispute", evidence="电话中说", by=by, at=AT)


def given_to_a_teammate(case, _by, people, _told):
    words = {"to": people["teammate"], "by": people["supervisor"], "at": AT}
    assert reassign_cases(case_ids=[case.pk], **words) == 1


def ended_by_a_run(case, _by, _people, _told):
    with writing("a test"):
        Case.objects.filter(pk=case.pk).update(state="cured", taken_by=None, ended_date=DAY)


@pytest.mark.parametrize(
    "meanwhile", [held_by_the_bank, held_by_the_collector, given_to_a_teammate, ended_by_a_run]
)
def test_what_came_of_a_call_is_recorded_whatever_became_of_the_case(
    mine,  # noqa: F811
    by,  # noqa: F811
    people,
    page,
    told,
    meanwhile,
):
    dial(mine, by)
    meanwhile(mine, by, people, told)
    assert Case.objects.get(pk=mine.pk).taken_by_id != by.pk
    shown = page(AT + SECOND)
    assert not dialable(shown)
    assert f'action="/case/{mine.pk}/outcome/"' in shown
    assert f'action="/case/{mine.pk}/promise/"' not in shown
    form = {"once": "t1", "channel": "call", "outcome": "disputed", "point": "p1", "then": "stay"}
    answer = signed_in(by).post(f"/case/{mine.pk}/outcome/", form, follow=True)
    assert answer.status_code == 200
    call = Call.objects.get()
    assert (call.state, call.contact.outcome) == ("talked", "disputed")
    assert kinds(mine) == ["contact", "talk"]
    with pytest.raises((NotNow, NoCase)):  # it was for that one call
        ended(mine, by, "no_answer")


def test_whoever_has_no_call_under_way_sees_no_more_cases_and_no_fewer(mine, by, people):  # noqa: F811
    dial(mine, by)
    seen = {
        role: signed_in(people[role]).get(f"/case/{mine.pk}/").status_code
        for role in ("phone_collector", "teammate", "supervisor", "compliance", "auditor")
    }
    assert seen == dict.fromkeys(seen, 200) | {"teammate": 404}


@pytest.mark.parametrize(("channel", "point"), [("visit", "p1"), ("call", "p2"), ("inbound", "")])
def test_nothing_but_that_call_is_recorded_of_a_case_in_other_hands(mine, by, channel, point):  # noqa: F811
    telephone(mine, "p2", value="13900139000")
    dial(mine, by)
    place_hold(case_id=mine.pk, kind="dispute", evidence="电话中说", by=by, at=AT)
    with pytest.raises(NotNow):
        ended(mine, by, "no_answer", point, channel)
    assert Call.objects.get().state == "dialling"
