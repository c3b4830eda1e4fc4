"""A hold stops what its kind and scope say, from the moment that it is written until it ends."""

import importlib
from datetime import date, timedelta

import pytest
from django.apps import apps

from arrears.core.hold import KINDS
from arrears.web.ledger.actions.calls import claim_call, drop_call
from arrears.web.ledger.actions.cases import take_case
from arrears.web.ledger.actions.holds import HoldUnsound, Scope, end_hold, place_hold
from arrears.web.ledger.actions.outbox import claim_message
from arrears.web.ledger.actions.publish import publish_run
from arrears.web.ledger.actions.records import OutcomeUnknown, record_outcome, record_refusal
from arrears.web.ledger.facts import facts_of
from arrears.web.ledger.holds import stops_asked, stops_told
from arrears.web.ledger.models import (
    Borrower,
    Case,
    CaseDay,
    ContactPoint,
    Event,
    Hold,
    Message,
)
from arrears.web.ledger.models.guard import writing
from arrears.web.ledger.policy import NotAllowed
from arrears.web.ledger.queries.cases import case_page
from arrears.web.ledger.queries.work import work
from arrears.web.ledger.sql import answers
from tests.web.conftest import AT, DAY, NUMBER, point
from tests.web.test_outbox import later, one, proposed
from tests.web.test_publish import _other_run
from tests.web.test_work import LATER, ZONE

pytestmark = pytest.mark.django_db


def held(case, *, at=AT, channel="sms", purpose="collect", by="own"):
    """The kinds of hold that the gate is told of; `by` is the point, `test-…` left out where it begins so."""
    return facts_of(
        case=case,
        point=ContactPoint.objects.get(pk__in=(f"test-{by}", by)),
        channel=channel,
        purpose=purpose,
        borrower=Borrower.objects.get(pk=case.borrower_id),
        at=at,
    ).holds


def place(case, by, kind, at=AT, **scope):
    return place_hold(
        case_id=case.pk, kind=kind, evidence="来电说明", scope=Scope(**scope), by=by, at=at
    )


def state(case):
    case.refresh_from_db()
    return case.state


# ---- scope -------------------------------------------------------------------------------------


def test_text_messages_that_are_not_wanted_are_not_sent_and_calls_go_on(shanghai, compliance):
    place(shanghai, compliance, "opt_out", channels=("sms",))
    assert held(shanghai) == {"opt_out"}
    assert held(shanghai, channel="call") == frozenset()
    assert state(shanghai) == "open"


def test_a_number_that_is_not_wanted_is_closed_also_under_another_name(shanghai, compliance):
    with writing("a test"):
        point(shanghai, "other")
    place(shanghai, compliance, "opt_out", point_id="test-own")
    assert (held(shanghai), held(shanghai, by="other")) == ({"opt_out"}, frozenset())
    with writing("a test"):
        point(shanghai, "again", value=f"+86 {NUMBER[:3]} {NUMBER[3:7]} {NUMBER[7:]}")
        ContactPoint.objects.filter(pk="test-own").update(value="13900000000")
    assert held(shanghai, by="again") == {"opt_out"}
    assert held(shanghai) == frozenset()  # the bank gave the point another number


def test_a_plan_lets_reminders_through_and_a_complaint_its_own_answer(shanghai, compliance):
    place(shanghai, compliance, "plan")
    assert (held(shanghai), held(shanghai, purpose="remind")) == ({"plan"}, frozenset())
    place(shanghai, compliance, "complaint")
    assert held(shanghai, purpose="complaint_reply") == frozenset()


def test_what_the_run_found_stops_what_its_kind_does(shanghai):
    with writing("a test"):
        CaseDay.objects.filter(borrower_id=shanghai.borrower_id).update(flags="hardship plan")
    assert held(shanghai) == {"hardship", "plan"}
    assert held(shanghai, purpose="remind") == {"hardship"}


def test_a_hold_on_collecting_by_any_way_takes_the_case_out_of_hand(shanghai, people, compliance):
    take_case(case_id=shanghai.pk, by=people["phone_collector"], at=AT)
    place(shanghai, compliance, "dispute", channels=("sms",))
    assert state(shanghai) == "taken"
    place(shanghai, compliance, "dispute")
    assert state(shanghai) == "held"


def test_a_case_in_a_plan_stays_in_it_and_the_hold_stops_contacts_all_the_same(
    shanghai, compliance
):
    with writing("a test"):
        Case.objects.filter(pk=shanghai.pk).update(state="in_plan")
    place(shanghai, compliance, "dispute")
    assert (state(shanghai), held(shanghai)) == ("in_plan", {"dispute"})


def test_what_was_written_in_another_spelling_is_carried_over(shanghai, compliance):
    hold = place(shanghai, compliance, "opt_out", point_id="test-own")
    with writing("a test"):  # as they stood before
        ContactPoint.objects.filter(pk="test-own").update(value=f"86{NUMBER}")
        Hold.objects.filter(pk=hold.pk).update(value=f"86{NUMBER}")
        move = importlib.import_module("arrears.web.ledger.migrations.0014_spellings")
        move.spell(apps, None)
    assert ContactPoint.objects.get(pk="test-own").value == NUMBER
    assert (Hold.objects.get().value, held(shanghai)) == (NUMBER, {"opt_out"})


# ---- days --------------------------------------------------------------------------------------


def test_a_sensitive_day_is_one_where_the_borrower_lives(shanghai, compliance):
    day = DAY + timedelta(days=10)
    place(shanghai, compliance, "sensitive_date", from_date=day, until_date=day + timedelta(days=1))
    assert state(shanghai) == "open"  # not yet
    moments = {h: AT.replace(hour=h) + timedelta(days=9) for h in (15, 16)}  # 23:00, midnight
    assert held(shanghai, at=moments[15]) == frozenset()
    assert held(shanghai, at=moments[16]) == {"sensitive_date"}
    assert held(shanghai, at=moments[15] + timedelta(days=1)) == {"sensitive_date"}
    assert held(shanghai, at=moments[16] + timedelta(days=1)) == frozenset()


def test_a_hold_that_came_to_its_end_ends_itself(bank, shanghai, compliance):
    place(shanghai, compliance, "dispute", until_date=DAY + timedelta(days=1))
    place(shanghai, compliance, "complaint", until_date=DAY + timedelta(days=2))
    assert (state(shanghai), held(shanghai)) == ("held", {"dispute", "complaint"})
    publish_run(home=bank.home, run=_other_run(bank, DAY), at=AT + timedelta(days=1))
    assert state(shanghai) == "held"
    publish_run(
        home=bank.home,
        run=_other_run(bank, DAY + timedelta(days=1)),
        at=AT + timedelta(days=2),
    )
    assert state(shanghai) == "open"
    assert Event.objects.filter(verb="publish_run").latest("pk").detail["reopened"] == 1
    with writing("a test"):
        CaseDay.objects.update(flags="")
    assert held(shanghai, at=AT + timedelta(days=2)) == frozenset()


def test_the_end_of_one_hold_opens_a_case_whose_others_are_over_narrow_or_later(
    shanghai, people, compliance
):
    first = place(shanghai, compliance, "dispute")
    place(shanghai, compliance, "opt_out", channels=("sms",))
    place(shanghai, compliance, "complaint", until_date=DAY + timedelta(days=1))
    place(shanghai, compliance, "pause", from_date=DAY + timedelta(days=9))
    then = AT + timedelta(days=3)
    end_hold(
        hold_id=first.pk, case_id=shanghai.pk, reason="已核对", by=people["supervisor"], at=then
    )
    assert state(shanghai) == "open"


@pytest.mark.parametrize("kind", ["deceased", "incapacitated"])
def test_that_the_debtor_is_gone_is_told_by_compliance_and_others_may_then_be_asked(
    shanghai, people, compliance, kind
):
    collector = people["phone_collector"]
    take_case(case_id=shanghai.pk, by=collector, at=AT)
    with writing("a test"):
        point(shanghai, "friend", role="contact", value="13900000000")
    told = {"case_id": shanghai.pk, "by": collector, "at": AT}
    assert claim_call(point_id="test-friend", **told).verdict.codes == ("not_lost",)
    with pytest.raises(NotAllowed):
        place(shanghai, collector, kind)
    gone = place(shanghai, compliance, kind)
    assert gone.until_date is None
    assert state(shanghai) == "taken"  # whoever has it looks for heirs
    assert set(claim_call(point_id="test-own", **told).verdict.codes) == {"debtor_gone", "hold"}
    assert held(shanghai, purpose="restore_contact") == frozenset()
    asked = claim_call(point_id="test-friend", **told)
    assert asked.call
    assert asked.call.verdict.record["facts"]["debtor_state"] == kind
    drop_call(**told)
    end_hold(hold_id=gone.pk, case_id=shanghai.pk, reason="弄错了人", by=compliance, at=AT)
    assert claim_call(point_id="test-friend", **told).verdict.codes == ("not_lost",)


def test_a_death_in_the_family_has_its_usual_days(shanghai, compliance):
    days = KINDS["bereavement"].usual_days
    assert place(shanghai, compliance, "bereavement").until_date == DAY + timedelta(days=days)
    chosen = place(shanghai, compliance, "bereavement", until_date=DAY + timedelta(days=60))
    assert chosen.until_date == DAY + timedelta(days=60)


@pytest.mark.parametrize(
    ("kind", "scope"),
    [
        ("of another house", {}),
        ("payment_received", {}),
        ("opt_out", {}),
        ("opt_out", {"point_id": "another's"}),
        ("third_person_refusal", {"channels": ("call",)}),
        ("sensitive_date", {"from_date": DAY}),
        ("sensitive_date", {"until_date": DAY + timedelta(days=1)}),
        ("dispute", {"until_date": DAY}),
        ("dispute", {"from_date": DAY + timedelta(days=2), "until_date": DAY + timedelta(days=2)}),
        ("dispute", {"channels": ("fax",)}),
        ("dispute", {"purposes": ("fun",)}),
        ("dispute", {"role": "aunt"}),
        ("dispute", {"from_date": date(9999, 12, 31)}),
        ("bereavement", {"from_date": date(9999, 12, 15)}),
        ("dispute", {"from_date": date(1999, 12, 31)}),
        ("sensitive_date", {"from_date": DAY, "until_date": date(2201, 1, 1)}),
        ("third_person_refusal", {"point_id": "test-own", "channels": ("call",)}),
        ("third_person_refusal", {"point_id": "test-own", "purposes": ("collect",)}),
        ("third_person_refusal", {"point_id": "test-own", "role": "contact"}),
        ("third_person_refusal", {"point_id": "test-own", "until_date": DAY + timedelta(days=1)}),
        ("third_person_refusal", {"point_id": "test-own", "from_date": DAY + timedelta(days=1)}),
        ("no_contact_order", {"channels": ("sms",)}),
        ("no_contact_order", {"purposes": ("remind",)}),
        ("no_contact_order", {"role": "contact"}),
        ("no_contact_order", {"point_id": "test-own"}),
        ("deceased", {"channels": ("sms",)}),
        ("incapacitated", {"until_date": DAY + timedelta(days=9)}),
    ],
)
def test_a_hold_that_cannot_be_meant_is_not_placed(shanghai, compliance, kind, scope):
    with pytest.raises(HoldUnsound):
        place(shanghai, compliance, kind, **scope)
    assert not Hold.objects.exists()


@pytest.mark.parametrize("evidence", ["", "  ", "\u200b", "\u00a0\u2060", "\u0301"])
def test_evidence_that_nobody_can_see_is_none(shanghai, compliance, evidence):
    told = {"case_id": shanghai.pk, "by": compliance, "at": AT}
    with pytest.raises(HoldUnsound):
        place_hold(kind="dispute", evidence=evidence, **told)
    hold = place(shanghai, compliance, "dispute")
    with pytest.raises(HoldUnsound):
        end_hold(hold_id=hold.pk, reason=evidence, **told)


def test_a_police_order_may_have_its_days(shanghai, compliance):
    end = DAY + timedelta(days=9)
    assert place(shanghai, compliance, "no_contact_order", until_date=end).until_date == end


# ---- who may end it ----------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [k.kind for k in KINDS.values() if k.by_compliance])
def test_what_law_or_the_borrower_asked_for_only_compliance_may_end(
    shanghai, people, compliance, kind
):
    scope = {"point_id": "test-own"} if KINDS[kind].needs_point else {}
    teller = compliance if KINDS[kind].told_by_compliance else people["phone_collector"]
    hold = place(shanghai, teller, kind, **scope)
    told = {"hold_id": hold.pk, "case_id": shanghai.pk, "reason": "已核实", "at": AT}
    with pytest.raises(NotAllowed):
        end_hold(**told, by=people["supervisor"])
    assert held(shanghai) == {kind}
    end_hold(**told, by=compliance)
    assert held(shanghai) == frozenset()


# ---- third persons and wrong numbers -----------------------------------------------------------


@pytest.fixture
def neighbour(shanghai):
    """Another case whose borrower named the same number."""
    other = Case.objects.exclude(pk=shanghai.pk).order_by("pk")[0]
    with writing("a test"):
        point(shanghai, "aunt", role="contact")
        point(other, "hers")
    return other


def test_a_third_person_who_wants_no_call_is_never_called_again_about_anyone(
    shanghai, neighbour, people
):
    owner = people["phone_collector"]
    take_case(case_id=shanghai.pk, by=owner, at=AT)
    told = {"case_id": shanghai.pk, "channel": "call", "contact_date": DAY, "by": owner, "at": AT}
    with pytest.raises(OutcomeUnknown):
        record_refusal(**told, point_id="")
    record_refusal(**told, point_id="test-aunt")
    assert held(neighbour, by="hers", channel="call") == {"third_person_refusal"}
    assert held(shanghai) == frozenset()
    page = case_page(owner, neighbour.pk)
    assert page.closed == {"test-hers"}
    assert page.holds == ()  # what was said on another case stays there


def test_a_wrong_number_is_wrong_about_anyone(shanghai, neighbour, people):
    owner = people["phone_collector"]
    take_case(case_id=shanghai.pk, by=owner, at=AT)
    record_outcome(
        case_id=shanghai.pk,
        channel="call",
        outcome="wrong_number",
        point_id="test-aunt",
        contact_date=DAY,
        by=owner,
        at=AT,
    )
    assert ContactPoint.objects.get(pk="test-hers").wrong_since == AT
    assert ContactPoint.objects.get(pk="test-own").wrong_since is None


# ---- the outbox --------------------------------------------------------------------------------


def test_what_waits_is_refused_with_the_hold_and_what_it_does_not_stop_goes_on(texts, compliance):
    proposed()
    message, other = Message.objects.order_by("pk")[:2]
    place(message.case, compliance, "opt_out", channels=("call",))
    assert Message.objects.get(pk=message.pk).state == "proposed"
    place(message.case, compliance, "opt_out", point_id=message.point_id)
    message.refresh_from_db()
    assert (message.state, message.because, message.ended_at) == ("refused", "hold:opt_out", AT)
    assert claim_message(message_id=message.pk, at=later()()) is None
    assert claim_message(message_id=other.pk, at=later()()) is not None
    assert Event.objects.filter(verb="place_hold").latest("pk").detail["refused"] == 1


def test_what_waits_for_anyone_at_a_refused_number_is_refused(texts, people):
    proposed()
    message, other = Message.objects.order_by("pk")[:2]
    with writing("a test"):
        message.point.value = other.point.value
        message.point.save()
    place(message.case, people["compliance"], "third_person_refusal", point_id=message.point_id)
    other.refresh_from_db()
    assert (other.state, other.because) == ("refused", "hold:third_person_refusal")


def test_a_hold_of_later_days_leaves_today_alone(texts, compliance):
    proposed()
    message = one()
    place(message.case, compliance, "pause", from_date=DAY + timedelta(days=1))
    assert claim_message(message_id=message.pk, at=later()()) is not None


# ---- what goes back to the book ----------------------------------------------------------------


def test_the_book_is_told_of_every_hold_and_the_run_only_of_those_of_a_whole_case(
    shanghai, compliance
):
    place(shanghai, compliance, "opt_out", point_id="test-own")
    place(shanghai, compliance, "dispute", channels=("sms", "call"))
    end = DAY + timedelta(days=3)
    whole = place(shanghai, compliance, "complaint", until_date=end)
    told = work(zone=ZONE, until=LATER)
    (flag,) = told["flags"].to_pylist()
    assert (flag["kind"], flag["from_date"], flag["to_date"]) == ("complaint", DAY, end)
    holds = {row["kind"]: row for row in told["holds"].to_pylist()}
    assert holds["opt_out"]["point_id"] == "test-own"
    assert holds["dispute"]["channels"] == "call sms"
    assert (holds["complaint"]["until_date"], holds["complaint"]["channels"]) == (end, None)
    assert NUMBER not in str(told)
    early = AT + timedelta(days=1)
    end_hold(hold_id=whole.pk, case_id=shanghai.pk, reason="x", by=compliance, at=early)
    (flag,) = work(zone=ZONE, until=LATER)["flags"].to_pylist()
    assert flag["to_date"] == flag["known_date"] == early.date()


# ---- asked directly ----------------------------------------------------------------------------


def test_where_the_zone_is_not_known_a_hold_counts_on_any_day_that_it_may_be(shanghai, compliance):
    place(shanghai, compliance, "dispute", until_date=DAY + timedelta(days=1))
    then = AT + timedelta(days=1)  # the day of the end, but still the day before in the far west
    point = ContactPoint.objects.get(pk="test-own")
    (rows,) = answers(stops_asked(shanghai.borrower_id, (point,)))
    told = [
        stops_told(rows, at=then, zone=zone).kinds(
            channel="sms", purpose="collect", role=point.role, value=point.value
        )
        for zone in (ZONE, None)
    ]
    assert told == [frozenset(), {"dispute"}]
