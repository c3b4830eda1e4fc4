"""What may happen in a life in the real ledger: each act is done there, and told to the reference."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from django.utils.timezone import localdate

from arrears.web.ledger.actions.act import NotNow
from arrears.web.ledger.actions.calls import claim_call, drop_call, override_block
from arrears.web.ledger.actions.cases import reassign_cases, take_case
from arrears.web.ledger.actions.holds import Scope, end_hold, place_hold
from arrears.web.ledger.actions.in_person import Claimed
from arrears.web.ledger.actions.outbox import (
    claim_message,
    doubt_claimed,
    mark_message,
    withdraw_message,
)
from arrears.web.ledger.actions.payments import dismiss_payment, record_payment
from arrears.web.ledger.actions.records import record_outcome, record_refusal
from arrears.web.ledger.models import Borrower, Call, Hold, Message, Visit
from arrears.web.ledger.models.guard import writing
from tests.lib.contact_reference import ADVICE, Intended, Stop
from tests.lib.contact_zones import ZONES, offset

DAY = timedelta(days=1)
START = date(2026, 11, 20)
EDGES = (0, 28_799, 28_800, 28_800, 79_199, 79_200)
PURPOSES = (*("collect",) * 3, "remind", "plan_service", "complaint_reply", "legal_notice")
KINDS = (
    "pause", "complaint", "dispute", "hardship", "bereavement", "bankruptcy", "represented", "no_contact",
    "legal", "no_contact_order", "opt_out", "sensitive_date", "plan", "deceased", "incapacitated",
)  # fmt: skip
WHOLE = ("deceased", "incapacitated", "no_contact_order")  # they are never narrowed
ENDS = {
    "no_answer": "unanswered",
    "third_person": "connected",
    "refused": "talked",
    "promised": "talked",
}
SLOT_OF = {"message": "messages", "visit": "visits", "contact": "contacts"}
Life = Any  # a LedgerLife (tests/lib/contact_ledger.py)


# ---- what may happen -------------------------------------------------------------------------------
def write(life: Life) -> None:
    """A message waits from now on."""
    point = life.random.choice((*life.points, life.points[0], life.points[0]))
    it = Intended(life.at, "sms", life.random.choice(PURPOSES), point)
    with writing("a test"):
        made = Message.objects.create(
            key=f"{life.seed}-{life.next()}",
            case_id=life.case_id,
            borrower_id=life.borrower_id,
            point_id=point.name,
            channel="sms",
            purpose=it.purpose,
            template=life.template,
            language="zh",
            text="x",
            state="proposed",
            proposed_at=life.at,
            not_before=life.at,
        )
    life.messages[made.pk] = it


def send(life: Life) -> None:
    """The sender claims what waits."""
    if not life.messages:
        write(life)
    number = life.random.choice(sorted(life.messages))
    before = Message.objects.get(pk=number)
    it = replace(life.messages[number], at=life.at)
    claimed = claim_message(message_id=number, at=life.at)
    after = Message.objects.select_related("verdict").get(pk=number)
    if before.not_before > life.at:
        assert claimed is None, life.told
        assert after.state == "proposed", life.told
        return
    life.agree(it, after.verdict.record["verdict"])
    if after.state == "proposed":  # it waits for the first moment at which it may go
        then = after.not_before
        sooner = replace(it, at=then - timedelta(seconds=1))
        later = life.reference.against(replace(it, at=then), known_at=life.at)
        if not any(day > life.reference.day(life.at) for day, _ in life.reference.made):
            assert not later, f"{life.told}: {later} at {then}"
            assert life.reference.against(sooner, known_at=life.at), (
                f"{life.told}: sooner than {then}"
            )
        return
    del life.messages[number]
    assert after.state == ("claimed" if claimed else "refused"), life.told
    if claimed:
        life.reference.contacted(it)


def mark(life: Life) -> None:
    """It becomes known what became of a message; its slot stays used."""
    claimed = Message.objects.filter(
        borrower_id=life.borrower_id, state__in=("claimed", "in_doubt")
    )
    if message := claimed.first():
        state = life.random.choice(("sent", "failed"))
        mark_message(message_id=message.pk, state=state, at=life.at)


def crash(life: Life) -> None:
    """The sender is gone: what it had in hand is in doubt."""
    doubt_claimed(at=life.at)
    assert not Message.objects.filter(state="claimed").exists()


def take_back(life: Life) -> None:
    """A message that waits does not go."""
    if life.messages:
        number = life.random.choice(sorted(life.messages))
        withdraw_message(message_id=number, by=life.people["compliance"], at=life.at)
        del life.messages[number]


def dial(life: Life) -> None:
    """Whoever has the case calls."""
    point = life.random.choice((*life.points[:5], life.points[0], life.points[0], life.points[0]))
    third = point.role == "contact"  # asked how to reach the debtor, and told nothing
    purpose, text = ("restore_contact", "silent") if third else ("collect", "sound")
    it = with_purpose(life, Intended(life.at, "call", purpose, point, text=text))
    answer = claimed(life, it, Call, claim_call)
    if answer is None:
        return
    if answer.call:
        life.calls[answer.call.pk] = (life.reference.contacted(it), it)
        if life.random.random() < 0.7:
            hang_up(life)
    elif life.reference.against(it) == ADVICE and life.random.random() < 0.7:
        override_block(
            case_id=life.case_id,
            point_id=point.name,
            rule_id="cn_unanswered_cap",
            reason="约定",
            by=life.people["supervisor"],
            at=life.at,
        )
        life.reference.lift(it)


def claimed(
    life: Life, it: Intended, model: type[Call] | type[Visit], act: Callable[..., Claimed]
) -> Claimed | None:
    """What the ledger says of a claim, which the reference says as well; None where nobody may ask now."""
    case = life.case
    busy = model.objects.filter(case=case, by=life.by, ended_at=None).exists()
    try:
        answer = act(case_id=life.case_id, point_id=it.point.name, by=life.by, at=life.at)
    except NotNow:
        assert busy or case.taken_by_id != life.by.pk, life.told
        return None
    assert not busy, life.told
    life.agree(it, answer.verdict.as_record())
    return answer


def with_purpose(life: Life, it: Intended) -> Intended:
    """To help, where nothing but hardship or a need of care stands in the way of collecting."""
    told = life.reference
    kinds = {stop.kind for stop in told.stops.values() if told.stops_now(stop, it)}
    helped = bool(kinds) and kinds <= {"hardship", "vulnerable"}
    to_help = helped and it.point.role == "debtor" and not told.coming
    return replace(it, purpose="plan_service") if to_help else it


def next_door(life: Life) -> None:
    """Someone else who has the number is called by it, once or several times."""
    for _ in range(life.random.choice((1, 1, 4, 5))):
        _called_next_door(life)


def _called_next_door(life: Life) -> None:
    by = life.people["teammate"]
    case_id, point = life.neighbour.pk, life.other.points[0]
    take_case(case_id=case_id, by=by, at=life.at)
    it = Intended(life.at, "call", "collect", point)
    answer = claim_call(case_id=case_id, point_id=point.name, by=by, at=life.at)
    life.agree(it, answer.verdict.as_record(), of=life.other)
    if answer.call:
        number = life.other.contacted(it)
        outcome = life.random.choice((*("no_answer",) * 7, "third_person"))
        record_outcome(
            case_id=case_id, channel="call", outcome=outcome, point_id=point.name,
            contact_date=localdate(life.at), by=by, at=life.at,
        )  # fmt: skip
        life.other.ended(number, ENDS[outcome])


def hang_up(life: Life) -> None:
    """The collector writes down what came of the call."""
    call = Call.objects.filter(case_id=life.case_id, by=life.by, state="dialling").first()
    if call and life.case.taken_by_id == life.by.pk:
        outcome = life.random.choice(tuple(ENDS))
        number, _it = life.calls.pop(call.pk)
        record(life, "call", outcome, call.point_id)
        life.reference.ended(number, ENDS[outcome])


def drop(life: Life) -> None:
    """Whoever claimed a call did not place it."""
    call = Call.objects.filter(case_id=life.case_id, by=life.by, state="dialling").first()
    if call:
        drop_call(case_id=life.case_id, by=life.by, at=life.at)
        life.reference.dropped(life.calls.pop(call.pk)[0])


def record(life: Life, channel: str, outcome: str, point: str) -> None:
    """What came of a contact is written down."""
    record_outcome(
        case_id=life.case_id,
        channel=channel,
        outcome=outcome,
        point_id=point,
        contact_date=localdate(life.at),
        by=life.by,
        at=life.at,
    )


def rung_in_vain(life: Life) -> None:
    """The debtor is called, and does not answer."""
    it = Intended(life.at, "call", "collect", life.points[1])
    answer = claim_call(case_id=life.case_id, point_id=it.point.name, by=life.by, at=life.at)
    assert answer.call
    record(life, "call", "no_answer", it.point.name)
    life.reference.ended(life.reference.contacted(it), "unanswered")


def swap(life: Life) -> None:
    """The case goes to a teammate, a call perhaps still under way."""
    to = life.people["phone_collector"]
    if life.by == to:
        to = life.people["teammate"]
    if reassign_cases(case_ids=[life.case_id], to=to, by=life.people["supervisor"], at=life.at):
        life.by = to


def take(life: Life) -> None:
    """Someone takes the case, if it is free."""
    if life.case.state == "open":
        take_case(case_id=life.case_id, by=life.by, at=life.at)


def hold(life: Life) -> None:
    """A hold is placed, wide or narrow."""
    r = life.random
    kind = r.choice(KINDS)
    today = life.reference.day(life.at)
    since = until = None
    if kind == "sensitive_date" or r.random() < 0.2:
        since = today + DAY * r.randint(0, 2)
        until = since + DAY * r.randint(1, 3)
    elif kind == "bereavement":
        until = today + DAY * 30
    point = (
        r.choice((*life.points, life.home))
        if kind in ("represented", "opt_out") or r.random() < 0.1
        else None
    )
    channels = ("sms",) if r.random() < 0.2 else ()
    scope = Scope(
        channels=channels,
        purposes=(r.choice(("collect", "remind")),) if r.random() < 0.2 else (),
        role="debtor" if r.random() < 0.1 else "",
        point_id=point.name if point else "",
        from_date=since,
        until_date=until if since else None,
    )
    if kind in WHOLE:
        since = until = point = None
        channels, scope = (), Scope()
    made = place_hold(
        case_id=life.case_id, kind=kind, evidence="来电", scope=scope,
        by=life.people["compliance"], at=life.at,
    )  # fmt: skip
    stop = Stop(
        kind,
        frozenset(channels),
        frozenset(scope.purposes),
        scope.role,
        point.value if point else "",
        since,
        until,
    )
    tell(life, made.pk, stop)


def tell(life: Life, number: int, stop: Stop) -> None:
    """The reference knows the hold that the ledger keeps by this number."""
    life.holds[number] = life.next()
    life.reference.stops[life.holds[number]] = stop
    life.stopped(stop)


def end(life: Life) -> None:
    """A hold is ended, and the case taken again if it is free."""
    if life.holds:
        number = life.random.choice(sorted(life.holds))
        end_hold(
            hold_id=number, case_id=life.case_id, reason="已核实",
            by=life.people["compliance"], at=life.at,
        )  # fmt: skip
        del life.reference.stops[life.holds.pop(number)]
        take(life)


def refuse(life: Life) -> None:
    """The friend answers and does not want to be called."""
    if life.case.taken_by_id != life.by.pk or not life.reference.located or life.calls:
        return
    friend = life.points[2]
    record_refusal(
        case_id=life.case_id, channel="call", point_id=friend.name,
        contact_date=localdate(life.at), by=life.by, at=life.at,
    )  # fmt: skip
    number = life.reference.contacted(Intended(life.at, "call", "collect", friend))
    life.reference.ended(number, "connected")
    placed = Hold.objects.filter(borrower_id=life.borrower_id).latest("pk")
    tell(life, placed.pk, Stop("third_person_refusal", value=friend.value))


def wrong(life: Life) -> None:
    """Someone else answers at a number."""
    if life.case.taken_by_id != life.by.pk or not life.reference.located or life.calls:
        return
    point = life.random.choice(life.points[1:3])
    record(life, "call", "wrong_number", point.name)
    number = life.reference.contacted(Intended(life.at, "call", "collect", point))
    life.reference.ended(number, "connected")
    life.reference.wrong.add(point.value)


def pay(life: Life) -> None:
    """A payment is on its way."""
    number = f"{life.seed}-{life.next()}"
    record_payment(
        case_id=life.case_id, payment_id=number, amount_minor=100, value_date=localdate(life.at),
        by=life.people["compliance"], at=life.at,
    )  # fmt: skip
    life.payments.add(number)
    life.reference.coming.add(life.next())
    life.stopped(None)


def unpay(life: Life) -> None:
    """The payments never came."""
    for number in sorted(life.payments):
        dismiss_payment(
            payment_id=number, case_id=life.case_id, reason="已冲正",
            by=life.people["compliance"], at=life.at,
        )  # fmt: skip
    life.payments.clear()
    life.reference.coming.clear()


def move(life: Life) -> None:
    """The borrower lives elsewhere, or nobody knows where."""
    zone = life.random.choice((*ZONES, ""))
    life.reference.zone = zone or None
    with writing("a test"):
        Borrower.objects.filter(pk=life.borrower_id).update(zone=zone)


def later(life: Life) -> None:
    """Time goes by: minutes, to an edge of the day, or to another morning."""
    zone = life.reference.zone or "Asia/Shanghai"
    way = life.random.random()
    clock = life.at + offset(zone, life.at)
    midnight = clock.replace(hour=0, minute=0, second=0, microsecond=0)
    if way < 0.4:
        life.at += timedelta(minutes=life.random.randint(1, 40))
    elif way < 0.7:
        ahead = (life.random.choice(EDGES) - (clock - midnight).seconds) % 86_400
        life.at += timedelta(seconds=ahead)
    else:
        then = midnight + DAY + timedelta(minutes=life.random.randint(470, 700))
        life.at = then - offset(zone, life.at)


FREQUENCY: dict[Callable[[Life], None], int] = {
    send: 30, write: 6, dial: 24, hang_up: 6, drop: 2, next_door: 8, later: 12, mark: 3, crash: 2,
    take_back: 1, swap: 2, take: 3, hold: 5, end: 6, refuse: 1, wrong: 1, pay: 2, unpay: 2, move: 2,
}  # fmt: skip
