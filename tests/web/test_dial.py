"""A call is claimed before it is dialled; what came of it settles what it counts as."""

import importlib
from datetime import timedelta

import pytest
from django.apps import apps

from arrears.rules.gate import replay
from arrears.web.ledger.actions.act import NotNow
from arrears.web.ledger.actions.calls import claim_call, override_block
from arrears.web.ledger.actions.cases import NoReason, release_case, take_case, take_next_case
from arrears.web.ledger.actions.holds import place_hold
from arrears.web.ledger.actions.people import certify_person
from arrears.web.ledger.actions.records import record_outcome
from arrears.web.ledger.actions.slots import Use, use_slots
from arrears.web.ledger.models import (
    Borrower,
    Call,
    Case,
    CaseDay,
    Contact,
    ContactPoint,
    GateVerdict,
    Hold,
    Override,
    RuleBook,
    Slot,
)
from arrears.web.ledger.models.guard import writing
from arrears.web.ledger.numbers import number_mark
from arrears.web.ledger.policy import NotAllowed
from arrears.web.ledger.rulebook import book_of
from tests.web.conftest import AT, DAY
from tests.web.test_call import clock, one, telephone, the_bank  # noqa: F401
from tests.web.test_desk import signed_in, text_of

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


@pytest.fixture
def mine(one, people):  # noqa: F811
    """The first case in the collector's hands."""
    take_case(case_id=one.pk, by=people["phone_collector"], at=AT)
    return one


@pytest.fixture
def by(people):
    """Who has the case."""
    return people["phone_collector"]


def dial(case, by, point="p1", at=AT):
    return claim_call(case_id=case.pk, point_id=point, by=by, at=at)


def ended(case, by, outcome, point="p1", channel="call", at=AT):
    record_outcome(
        case_id=case.pk,
        channel=channel,
        outcome=outcome,
        point_id=point,
        contact_date=DAY,
        by=by,
        at=at,
    )


def kinds(case):
    found = Slot.objects.filter(borrower_id=case.borrower_id).values_list("kind", flat=True)
    return sorted(found)


def test_a_call_under_way_counts_as_talked_and_as_unanswered(mine, by):
    claimed = dial(mine, by)
    assert claimed.verdict.outcome == "allow_with_duties"
    assert claimed.call.state == "dialling"
    assert kinds(mine) == ["contact", "ring", "talk"]


@pytest.mark.parametrize(
    ("outcome", "state", "kept"),
    [
        ("promised", "talked", ["contact", "talk"]),
        ("no_answer", "unanswered", ["contact", "ring"]),
        ("third_person", "connected", ["contact"]),
        ("wrong_number", "connected", ["contact"]),
    ],
)
def test_what_came_of_it_settles_what_it_counts_as(mine, by, outcome, state, kept):
    dial(mine, by)
    ended(mine, by, outcome)
    call = Call.objects.get()
    assert (call.state, call.contact) == (state, Contact.objects.get())
    assert kinds(mine) == kept


def test_three_talks_use_up_the_day_and_an_unanswered_call_gives_its_talk_back(mine, by):
    for outcome in ("no_answer", "promised", "no_answer", "refused", "promised"):
        assert dial(mine, by).call
        ended(mine, by, outcome)
    verdict = dial(mine, by).verdict
    assert (verdict.outcome, verdict.codes) == ("defer", ("effective_cap",))
    assert kinds(mine) == ["contact"] * 5 + ["ring"] * 2 + ["talk"] * 3


def test_whoever_moves_west_has_no_new_set_of_contacts(mine, by):
    at = AT.replace(hour=1) + timedelta(days=1)  # nine in the morning in Shanghai
    for _ in range(3):
        assert dial(mine, by, at=at).call
        ended(mine, by, "refused", at=at)
    with writing("a test"):  # where it is five in the afternoon of the day before
        Borrower.objects.filter(pk=mine.borrower_id).update(zone="America/Los_Angeles")
    assert dial(mine, by, at=at + SECOND).verdict.codes == ("effective_cap",)


def test_a_number_has_no_new_set_of_unanswered_calls_further_west(mine, by):
    at = AT.replace(hour=1) + timedelta(days=1)
    for _ in range(6):
        assert dial(mine, by, at=at).call
        ended(mine, by, "no_answer", at=at)
    with writing("a test"):
        Borrower.objects.filter(pk=mine.borrower_id).update(zone="America/Los_Angeles")
    assert dial(mine, by, at=at + SECOND).verdict.codes == ("unanswered_cap",)


def test_the_seventh_unanswered_call_to_a_number_waits_for_someone_entitled(mine, by, people):
    telephone(mine, "p2", value="13900139000")
    for _ in range(6):
        dial(mine, by)
        ended(mine, by, "no_answer")
    refused = dial(mine, by)
    assert (refused.verdict.outcome, refused.call) == ("soft_block", None)
    assert dial(mine, by, "p2").call  # another number is counted apart
    ended(mine, by, "no_answer", "p2")
    words = {"case_id": mine.pk, "point_id": "p1", "rule_id": "cn_unanswered_cap", "at": AT}
    with pytest.raises(NotAllowed):
        override_block(reason="客户约定此时", by=by, **words)
    with pytest.raises(NoReason):
        override_block(reason=" ", by=people["supervisor"], **words)
    with pytest.raises(NotNow):
        override_block(reason="x", by=people["supervisor"], **words | {"rule_id": "cn_window"})
    override_block(reason="客户约定此时", by=people["supervisor"], **words)
    assert dial(mine, by).call
    assert GateVerdict.objects.last().record["facts"]["overrides"] == ["cn_unanswered_cap"]
    with pytest.raises(NotNow):  # nothing stands in the way any more
        override_block(reason="再一次", by=people["supervisor"], **words)


def test_a_number_known_twice_is_one_number_to_its_cap_and_to_whoever_lets_it_pass(
    mine, by, people
):
    telephone(mine, "p2", value="+86 138-0013-8000")
    for point in ("p1", "p2") * 3:
        assert dial(mine, by, point).call
        ended(mine, by, "no_answer", point)
    with writing(
        "a test"
    ):  # the bank gives one of them another number: that of the calls stays used
        ContactPoint.objects.filter(pk="p1").update(value="13900139000")
    assert dial(mine, by, "p2").verdict.codes == ("unanswered_cap",)
    assert dial(mine, by, "p1").call
    ended(mine, by, "no_answer", "p1")
    with writing("a test"):
        ContactPoint.objects.filter(pk="p1").update(value="13800138000")
    words = {"case_id": mine.pk, "rule_id": "cn_unanswered_cap", "reason": "客户约定此时"}
    override_block(point_id="p2", by=people["supervisor"], at=AT, **words)
    assert dial(mine, by, "p1").call
    ended(mine, by, "no_answer", "p1")
    with writing("a test"):
        ContactPoint.objects.filter(pk="p2").update(value="13700137000")
        mark = number_mark("13700137000")
        (used,) = use_slots([Use(("ring",) * 6, mine.borrower_id, DAY, mark)])
    assert [slot.n for slot in used] == [1, 2, 3, 4, 5, 6]
    assert dial(mine, by, "p2").verdict.codes == ("unanswered_cap",)  # the other was let pass


def test_no_slot_and_no_override_tells_a_number(mine, by):
    dial(mine, by)
    assert {slot.number for slot in Slot.objects.all()} == {"", number_mark("13800138000")}
    assert "13800138000" not in number_mark("13800138000")
    assert number_mark("+86 138-0013-8000") == number_mark("13800138000")
    assert number_mark("13800138001") != number_mark("13800138000")


def test_calls_that_were_counted_by_point_are_carried_over_to_their_number(mine, by, people):
    telephone(mine, "p2", value="+86 138-0013-8000")
    telephone(mine, "p3", value="13900139000")
    told = {"borrower_id": mine.borrower_id, "local_date": DAY}
    with writing("a test"):  # as they stood before, the point in the place of the number
        for point, n in (("p1", 1), ("p1", 2), ("p2", 1), ("p3", 1), ("erased", 1)):
            Slot.objects.create(**told, kind="ring", number=point, n=n)
        Slot.objects.create(**told, kind="contact", n=1)
        for point in ("p1", "p2"):
            Override.objects.create(
                **told,
                point_id=point,
                rule_id="cn_unanswered_cap",
                reason="x",
                by=people["supervisor"],
                at=AT,
            )
        move = importlib.import_module("arrears.web.ledger.migrations.0010_numbers")
        move.count_by_number(apps, None)
    first, other = number_mark("13800138000"), number_mark("13900139000")
    kept = Slot.objects.values_list("kind", "number", "n")
    assert sorted(kept) == sorted(
        [("contact", "", 1), ("ring", "erased", 1), ("ring", other, 1)]
        + [("ring", first, n) for n in (1, 2, 3)]
    )
    assert set(Override.objects.values_list("number", flat=True)) == {first}
    assert Override.objects.count() == 2


def test_what_was_never_claimed_is_counted_by_what_came_of_it(mine, by):
    ended(mine, by, "no_answer")
    ended(mine, by, "promised")
    ended(mine, by, "promised", channel="visit")
    ended(mine, by, "promised", channel="inbound")
    assert kinds(mine) == ["contact"] * 3 + ["ring", "talk", "visit"]


def test_only_one_call_at_a_time_by_whoever_has_the_case(mine, by, people):
    dial(mine, by)
    with pytest.raises(NotNow, match="上一个电话"):
        dial(mine, by)
    with pytest.raises(NotNow, match="请先领取"):
        dial(mine, people["supervisor"])
    ended(mine, by, "no_answer")
    with pytest.raises(NotNow, match="没有这个号码"):
        dial(mine, by, "nobody")


def test_whom_the_rules_do_not_let_call_is_not_handed_out_again_that_day(mine, by, people):
    place_hold(case_id=mine.pk, kind="dispute", evidence="来电", by=people["compliance"], at=AT)
    assert take_next_case(by=by, at=AT) != mine.pk  # on hold, so nobody is handed it
    with writing("a test"):
        CaseDay.objects.update(treatment="call")
        Hold.objects.update(channels="call")
        Case.objects.filter(pk=mine.pk).update(state="taken", taken_by=by)
    assert dial(mine, by, at=AT + SECOND).verdict.outcome == "refuse"
    release_case(case_id=mine.pk, by=by, at=AT)
    teammate = people["teammate"]
    handed = {take_next_case(by=teammate, at=AT) for _ in range(Case.objects.count())}
    assert mine.pk not in handed
    assert len(handed) > 2


def test_a_collector_without_an_exam_does_not_call(mine, by):
    certify_person(
        username=by.username,
        exam_date=None,
        background_clear=True,
        secrecy_signed=None,
        by=None,
        at=AT,
    )
    by.refresh_from_db()
    claimed = dial(mine, by)
    assert (claimed.verdict.outcome, claimed.call) == ("refuse", None)
    assert {b.rule_id for b in claimed.verdict.because} == {"cn_exam", "cn_background"}
    assert kinds(mine) == []


def test_the_verdict_is_kept_with_the_rules_that_gave_it(mine, by):
    verdict = dial(mine, by).verdict
    kept = GateVerdict.objects.get()
    assert RuleBook.objects.get().pk == kept.rules_version == verdict.rules_version
    assert replay(kept.record, book=book_of(kept.rules_version)) == verdict


def test_the_page_gives_the_number_and_what_must_be_done(mine, by):
    browser = signed_in(by)
    page = text_of(browser.get(f"/case/{mine.pk}/"))
    assert f'action="/case/{mine.pk}/call/"' in page
    assert "13800138000" not in page
    answer = browser.post(f"/case/{mine.pk}/call/", {"once": "t1", "point": "p1"})
    told = text_of(answer)
    assert answer.status_code == 200
    assert "13800138000" in told
    assert "全程录音并保存" in told
    again = text_of(
        browser.post(f"/case/{mine.pk}/call/", {"once": "t1", "point": "p1"}, follow=True)
    )
    assert "没有重复记录" in again
    assert Call.objects.count() == 1
    assert "13800138000" in text_of(browser.get(f"/case/{mine.pk}/"))
    ended(mine, by, "promised")
    assert "13800138000" not in text_of(browser.get(f"/case/{mine.pk}/"))


def test_a_call_that_may_not_be_made_says_why(mine, by, people, monkeypatch):
    clock(monkeypatch, AT)
    for _ in range(3):
        dial(mine, by)
        ended(mine, by, "promised")
    answer = signed_in(by).post(f"/case/{mine.pk}/call/", {"once": "t1", "point": "p1"})
    assert answer.status_code == 409
    told = text_of(answer)
    assert "每日最多 3 次" in told
    assert "13800138000" not in told


def test_who_may_let_it_pass_sees_the_form_for_it(mine, by, people):
    for _ in range(6):
        dial(mine, by)
        ended(mine, by, "no_answer")
    assert "放行理由" not in text_of(signed_in(by).get(f"/case/{mine.pk}/"))
    lead = signed_in(people["supervisor"])
    assert "放行理由" in text_of(lead.get(f"/case/{mine.pk}/"))
    sent = {"once": "t1", "point": "p1", "rule_id": "cn_unanswered_cap", "reason": "已约定"}
    told = text_of(lead.post(f"/case/{mine.pk}/override/", sent, follow=True))
    assert "已放行，今天对这个号码有效。" in told
    assert "放行理由" not in told
