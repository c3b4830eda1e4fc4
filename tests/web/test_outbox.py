"""A reminder goes out once, lawfully, its verdict kept; after a crash it is in doubt, not sent again."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from arrears.channels.transport import Doubtful, NotSent, Pace, Reason, Receipt
from arrears.core.contact import OUTBOX_MOVES
from arrears.rules.gate import replay
from arrears.web.ledger.actions.act import NotNow
from arrears.web.ledger.actions.cases import take_case
from arrears.web.ledger.actions.holds import place_hold
from arrears.web.ledger.actions.outbox import (
    claim_message,
    doubt_claimed,
    mark_message,
    withdraw_message,
)
from arrears.web.ledger.actions.records import record_outcome
from arrears.web.ledger.actions.reminders import propose_reminders
from arrears.web.ledger.actions.templates import TemplateUnsound, approve_template, write_template
from arrears.web.ledger.models import (
    Borrower,
    Case,
    CaseDay,
    ContactPoint,
    GateVerdict,
    Message,
    Pointer,
    Slot,
    StatedFact,
    Template,
)
from arrears.web.ledger.models.guard import writing
from arrears.web.sender.drain import drain
from tests.web.conftest import AT, DAY

pytestmark = pytest.mark.django_db
NIGHT = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)  # 23:30 in Shanghai


class Wire:
    """A transport that remembers what it was given and ends as it is told."""

    channel = "sms"
    idempotent = False
    pace = Pace()

    def __init__(self, end=None):
        self.end = end
        self.keys = []

    def send(self, message, *, key):
        self.keys.append((key, message.to))
        if self.end:
            raise self.end
        return Receipt("g-1", 1)


def proposed():
    return propose_reminders(institution="某某银行", currency="CNY", at=AT)


def later(seconds=60, since=AT):
    return lambda: since + timedelta(seconds=seconds)


def one():
    """The first message; all the others are taken back."""
    first, *others = Message.objects.order_by("pk")
    for message in others:
        withdraw_message(message_id=message.pk, by=None, at=AT)
    return first


def test_a_reminder_is_proposed_once_for_a_case_and_a_run_with_its_words_filled_in(texts):
    made = proposed()
    assert made == Message.objects.count() > 10
    assert proposed() == 0
    message = Message.objects.order_by("pk").first()
    day = CaseDay.objects.get(borrower_id=message.borrower_id)
    assert f"逾期 {day.dpd} 天" in message.text
    assert "{" not in message.text


def test_it_goes_to_its_point_once_and_its_verdict_can_be_replayed(texts):
    proposed()
    wire = Wire()
    assert drain({"sms": wire}, now=later())["sent"] == len(wire.keys) > 10
    assert drain({"sms": wire}, now=later()) == Counter()
    assert len(set(wire.keys)) == len(wire.keys)
    message = Message.objects.filter(state="sent").first()
    assert (message.gateway_id, message.verdict.outcome) == ("g-1", "allow")
    assert (message.key, message.point.value) in wire.keys
    assert replay(message.verdict.record).allowed
    assert Slot.objects.filter(kind="message").count() == len(wire.keys)
    assert Slot.objects.filter(kind="contact").count() == len(wire.keys)


def test_for_ten_seconds_a_person_may_take_it_back(texts, people):
    proposed()
    wire = Wire()
    message = one()
    assert drain({"sms": wire}, now=later(9)) == Counter()
    withdraw_message(message_id=message.pk, by=people["phone_collector"], at=AT)
    assert drain({"sms": wire}, now=later(11)) == Counter()
    assert wire.keys == []
    with pytest.raises(NotNow):
        withdraw_message(message_id=message.pk, by=None, at=AT)


def test_at_night_it_waits_for_the_first_lawful_minute(texts):
    proposed()
    message = one()
    assert drain({"sms": Wire()}, now=lambda: NIGHT) == Counter({"held back": 1})
    message.refresh_from_db()
    assert message.state == "proposed"
    assert message.not_before == datetime(2026, 11, 21, 0, 0, tzinfo=UTC)  # 8:00 in Shanghai
    assert GateVerdict.objects.get().outcome == "defer"
    assert Slot.objects.count() == 0


def test_a_hold_placed_after_the_proposal_stops_it(texts, people):
    proposed()
    message = one()
    take_case(case_id=message.case_id, by=people["phone_collector"], at=AT)
    place_hold(
        case_id=message.case_id,
        kind="dispute",
        evidence="来电说金额不对",
        by=people["phone_collector"],
        at=AT,
    )
    wire = Wire()
    drain({"sms": wire}, now=later())
    message.refresh_from_db()
    assert (message.state, wire.keys) == ("refused", [])
    assert "hold" in message.because


def test_a_number_found_wrong_after_the_proposal_is_not_used(texts, people):
    proposed()
    message = one()
    take_case(case_id=message.case_id, by=people["phone_collector"], at=AT)
    record_outcome(
        case_id=message.case_id,
        channel="call",
        outcome="wrong_number",
        point_id=message.point_id,
        contact_date=DAY,
        by=people["phone_collector"],
        at=AT,
    )
    wire = Wire()
    drain({"sms": wire}, now=later())
    message.refresh_from_db()
    assert (message.state, wire.keys) == ("refused", [])


@pytest.mark.parametrize(
    ("forgotten", "fact", "value"),
    [("zone", "zone", "Asia/Shanghai"), ("source", "phone_source", "contract")],
)
def test_what_is_not_known_of_one_may_be_stated_of_all_and_the_record_says_so(
    texts, forgotten, fact, value
):
    proposed()
    message = one()
    with writing("a test"):
        StatedFact.objects.create(
            run=Pointer.objects.get().run, fact=fact, value=value, from_date=DAY
        )
        if forgotten == "zone":
            Borrower.objects.filter(pk=message.borrower_id).update(zone="")
        else:
            ContactPoint.objects.filter(pk=message.point_id).update(source="")
    drain({"sms": Wire()}, now=later())
    message.refresh_from_db()
    assert message.state == "sent"
    told = message.verdict.record["facts"]
    assert told["stated"] == ["zone" if forgotten == "zone" else "point_source"]
    assert replay(message.verdict.record).allowed


def test_what_is_known_of_one_goes_before_what_is_stated_of_all(texts):
    proposed()
    message = one()
    with writing("a test"):
        for fact, value in (("zone", "America/New_York"), ("phone_source", "public")):
            run = Pointer.objects.get().run
            StatedFact.objects.create(run=run, fact=fact, value=value, from_date=DAY)
    drain({"sms": Wire()}, now=later())
    message.refresh_from_db()
    told = message.verdict.record["facts"]
    assert (told["zone"], told["stated"]) == ("Asia/Shanghai", [])


@pytest.mark.parametrize("forgotten", ["zone", "source", "role"])
def test_a_fact_that_is_missing_refuses_and_is_named(texts, forgotten):
    proposed()
    message = one()
    with writing("a test"):
        if forgotten == "zone":
            Borrower.objects.filter(pk=message.borrower_id).update(zone="")
        else:
            ContactPoint.objects.filter(pk=message.point_id).update(**{forgotten: ""})
    drain({"sms": Wire()}, now=later())
    message.refresh_from_db()
    assert (message.state, message.because) == ("refused", "fact_missing")


def test_the_daily_cap_is_a_key_and_a_slot_once_used_stays_used(texts):
    proposed()
    message = one()
    with writing("a test"):
        for n in (1, 2, 3):
            Slot.objects.create(
                borrower_id=message.borrower_id, local_date=DAY, kind="message", n=n
            )
    wire = Wire()
    drain({"sms": wire}, now=later())
    message.refresh_from_db()
    assert (message.state, wire.keys) == ("proposed", [])
    assert message.not_before == datetime(2026, 11, 21, 0, 0, tzinfo=UTC)


def called(message, by, at, **changed):
    told = {"channel": "call", "outcome": "no_answer", "contact_date": DAY}
    record_outcome(case_id=message.case_id, by=by, at=at, **{**told, **changed})


def days_of(message):
    return list(
        Slot.objects.filter(borrower_id=message.borrower_id, kind="contact")
        .order_by("local_date", "n")
        .values_list("local_date", "n")
    )


def test_calls_use_the_contacts_of_the_borrowers_day_and_a_reminder_waits_for_the_next(
    texts, people
):
    proposed()
    message, by = one(), people["phone_collector"]
    take_case(case_id=message.case_id, by=by, at=AT)
    for channel in ("call", "visit", "sms", "letter"):
        called(message, by, AT, channel=channel)
    assert days_of(message) == [(DAY, n) for n in (1, 2, 3, 4)]
    for _ in range(6):
        called(message, by, AT)
    wire = Wire()
    drain({"sms": wire}, now=later())
    message.refresh_from_db()
    assert (message.state, wire.keys) == ("proposed", [])
    assert message.not_before == datetime(2026, 11, 21, 0, 0, tzinfo=UTC)
    assert GateVerdict.objects.get().record["facts"]["attempts_today"] == 10


def test_a_call_counts_on_the_borrowers_day_and_one_that_they_made_counts_not(texts, people):
    proposed()
    message, by = one(), people["phone_collector"]
    take_case(case_id=message.case_id, by=by, at=AT)
    called(message, by, AT, channel="inbound", outcome="promised")
    assert days_of(message) == []
    with writing("a test"):
        Borrower.objects.filter(pk=message.borrower_id).update(zone="Pacific/Kiritimati")
    called(message, by, AT)  # it is midnight there already
    with writing("a test"):
        Borrower.objects.filter(pk=message.borrower_id).update(zone="")
    called(message, by, AT)  # where nobody knows, the institution's own day
    assert days_of(message) == [(DAY, 1), (DAY + timedelta(days=1), 1)]


@pytest.mark.parametrize(
    ("end", "state"),
    [
        (NotSent(Reason.ADDRESS, "no", permanent=True), "failed"),
        (Doubtful(Reason.SILENT, "silent"), "in_doubt"),
    ],
    ids=["it did not go", "nobody can know"],
)
def test_what_the_channel_says_is_what_is_marked_and_it_is_not_sent_again(texts, end, state):
    proposed()
    message = one()
    wire = Wire(end)
    drain({"sms": wire}, now=later())
    drain({"sms": wire}, now=later(120))
    message.refresh_from_db()
    assert (message.state, message.because, len(wire.keys)) == (state, end.reason, 1)
    assert Slot.objects.filter(kind="message").count() == 1


def test_a_fault_leaves_it_in_doubt_and_is_not_hidden(texts):
    proposed()
    message = one()
    with pytest.raises(RuntimeError):
        drain({"sms": Wire(RuntimeError("ours"))}, now=later())
    message.refresh_from_db()
    assert message.state == "in_doubt"


def test_after_a_crash_a_claimed_message_is_in_doubt_until_someone_says_what_became_of_it(
    texts, people
):
    proposed()
    message = one()
    assert claim_message(message_id=message.pk, at=later()())
    wire = Wire()
    assert drain({"sms": wire}, now=later(120)) == Counter()
    assert doubt_claimed(at=later(300)()) == 1
    assert drain({"sms": wire}, now=later(400)) == Counter()
    mark_message(message_id=message.pk, state="sent", at=AT, by=people["supervisor"])
    message.refresh_from_db()
    assert (message.state, wire.keys) == ("sent", [])


def test_nobody_approves_their_own_text_and_none_has_words_that_nobody_fills_in(published, people):
    own = people["compliance"]
    with pytest.raises(TemplateUnsound):
        write_template(
            name="x", channel="sms", language="zh", subject="", text="{password}", by=own, at=AT
        )
    made = write_template(
        name="x", channel="sms", language="zh", subject="", text="{amount}", by=own, at=AT
    )
    with pytest.raises(TemplateUnsound):
        approve_template(template_id=made.pk, by=own, at=AT)
    assert Template.objects.get().approved_at is None


def test_without_an_approved_text_nothing_is_proposed(published):
    with writing("a test"):
        CaseDay.objects.update(treatment="remind")
    assert proposed() == 0
    assert Case.objects.exists()


def test_every_state_is_reached_by_allowed_moves_only():
    ends = {state for state, moves in OUTBOX_MOVES.items() if not moves}
    assert ends == {"refused", "withdrawn", "failed", "delivered"}
    assert all(move in OUTBOX_MOVES for moves in OUTBOX_MOVES.values() for move in moves)
