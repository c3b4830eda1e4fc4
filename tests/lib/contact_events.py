"""What may happen in a borrower's life between two contacts: each event is told to both sides alike."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from tests.lib.contact_reference import Intended, Point, Stop
from tests.lib.contact_zones import ZONES, offset

Life = Any  # a Schedule (tests/lib/contact_schedule.py), which draws from these events
Event = Callable[[Life], None]
# Seconds of the day at which an answer may turn.
EDGES = (0, 28_799, 28_800, 28_800, 28_800, 79_199, 79_199, 79_200, 86_399)
DAY = timedelta(days=1)
POINTS = (
    Point("own", "debtor", "13800000001"),
    Point("own", "debtor", "13800000001"),
    Point("other", "debtor", "13800000002", "update"),
    Point("mail", "debtor", "zhang@example.test", telephone=False),
    Point("home", "debtor", "某路 1 号", "borrower", telephone=False),
    Point("friend", "contact", "13800000003"),
    Point("wife", "spouse", "13800000004"),
    Point("proven", "guarantor", "13800000005", liable=True),
    Point("unproven", "guarantor", "13800000006", liable=False),
    Point("unsaid", "co_debtor", "13800000007", liable=None),
    Point("lawyer", "attorney", "13800000008"),
    Point("boss", "legal_representative", "13800000009"),
    Point("papers", "debtor", "13800000010", "court", telephone=False),
    Point("nobody knows", "debtor", "13800000011", None, telephone=False),
)
CHANNELS = ("sms", "sms", "sms", "email", "letter", "push", "im", "visit", *("call",) * 5)
PURPOSES = (
    *("collect",) * 6,
    "remind",
    "remind",
    "restore_contact",
    "restore_contact",
    "plan_service",
    "complaint_reply",
    "legal_notice",
)
SERVICE = ("plan_service", "complaint_reply")
STOPS = (
    "pause",
    "complaint",
    "dispute",
    "hardship",
    "vulnerable",
    "bereavement",
    "bankruptcy",
    "represented",
    "no_contact",
    "legal",
    "no_contact_order",
    "opt_out",
    "sensitive_date",
)
STATES = ("none", "open", "taken", "held", "in_plan", "cured", "closed")


# ---- what may happen -------------------------------------------------------------------------------
def attempt(_life: Life) -> None:
    """A contact is asked for, and made if it may be."""


def minutes(life: Life) -> None:
    """A little time goes by."""
    life.at += timedelta(seconds=life.random.randrange(1800))


def an_edge(life: Life) -> None:
    """It is eight, or ten at night, or midnight, or the second before, where they live."""
    zone = life.reference.zone if life.reference.located else "Asia/Shanghai"
    clock = life.at + offset(zone, life.at)
    now = (clock - clock.replace(hour=0, minute=0, second=0, microsecond=0)).seconds
    ahead = (life.random.choice(EDGES) - now) % 86_400
    then = life.at + timedelta(seconds=ahead)
    life.at = max(life.at, then - (offset(zone, then) - offset(zone, life.at)))


def days(life: Life) -> None:
    """It is a morning some days later, where they live."""
    life.at += DAY * life.random.choice((1, 1, 1, 2, 3))
    zone = life.reference.zone if life.reference.located else "Asia/Shanghai"
    midnight = (life.at + offset(zone, life.at)).replace(hour=0, minute=0, second=0)
    life.at = midnight - offset(zone, life.at) + timedelta(minutes=life.random.randint(400, 700))


def classify(life: Life) -> None:
    """It becomes known what came of a call."""
    if not life.under_way:
        return
    call = life.under_way.pop(life.random.randrange(len(life.under_way)))
    results: tuple[str, ...] = ("unanswered", "unanswered", "connected", "talked")
    if life.books.calls[call].point.role != "debtor":
        results = results[:3]
    result = life.random.choice(results)
    for side in life.both:
        side.ended(call, result)


def elsewhere(life: Life) -> None:
    """Someone else who has the number was called by it, and nobody answered, or it is not known yet."""
    it = Intended(life.at, "call", "collect", POINTS[life.random.choice((0, 0, 2))])
    result = life.random.choice(("unanswered", "unanswered", "connected", ""))
    for side in life.next_door:
        call = side.contacted(it)
        if result:
            side.ended(call, result)


def crash(life: Life) -> None:
    """Whoever sends and dials is gone; what was under way is in doubt for good."""
    life.books.crashed()
    life.under_way.clear()


def stop(life: Life) -> None:
    """Someone tells of a hold, wide or narrow, for some days or until it is ended."""
    r = life.random
    kind = r.choice(STOPS)
    today = life.books.day(life.at)
    since = until = None
    if kind == "sensitive_date" or r.random() < 0.3:
        since = today + DAY * r.randint(-1, 2)
        until = since + DAY * r.randint(1, 3)
    value = r.choice(POINTS).value if r.random() < 0.15 or kind == "represented" else ""
    channels = frozenset(r.sample(CHANNELS[2:8], 2)) if r.random() < 0.2 else frozenset()
    if kind == "opt_out" and not (value or channels):
        value = POINTS[0].value
    narrow = r.choice((("collect", "remind"), ("remind",), ("restore_contact",), SERVICE))
    purposes = frozenset(narrow) if r.random() < 0.2 else frozenset()
    role = "debtor" if r.random() < 0.1 else ""
    told = Stop(kind, channels, purposes, role, value, since, until)
    number = next(life.numbers)
    for side in life.both:
        side.stops[number] = told


def end(life: Life) -> None:
    """A hold is ended."""
    if life.reference.stops:
        number = life.random.choice(sorted(life.reference.stops))
        for side in life.both:
            del side.stops[number]


def complain(life: Life) -> None:
    """A complaint is opened, about the collector perhaps; or all are closed."""
    number = next(life.numbers)
    opens = life.random.random() < 0.4
    life.set(complained_of=opens and life.random.random() < 0.5)
    for side in life.both:
        if opens:
            side.stops[number] = Stop("complaint")
        else:
            side.stops = {n: s for n, s in side.stops.items() if s.kind != "complaint"}


def refuse(life: Life) -> None:
    """Whoever answers at a number does not want to be contacted."""
    value = POINTS[life.random.choice((5, 5, 6, 7))].value
    number = next(life.numbers)
    for side in life.both:
        side.stops[number] = Stop("third_person_refusal", value=value)


def plan(life: Life) -> None:
    """A plan is signed; or one is broken, and the case open again."""
    signed = [n for n, s in life.reference.stops.items() if s.kind == "plan"]
    number = next(life.numbers)
    for side in life.both:
        for old in signed:
            del side.stops[old]
        if not signed:
            side.stops[number] = Stop("plan")
    life.set(case="open" if signed else "in_plan")


def agree(life: Life) -> None:
    """The borrower agrees to other hours, or to more calls, for some days or for good."""
    kind = life.random.choice(("hours", "unanswered", "entry"))
    until = life.books.day(life.at) + DAY * life.random.randint(1, 3)
    told = (kind, until if life.random.random() < 0.5 else None)
    number = next(life.numbers)
    for side in life.both:
        side.agreed[number] = told


def withdraw(life: Life) -> None:
    """The borrower takes an agreement back."""
    if life.reference.agreed:
        number = life.random.choice(sorted(life.reference.agreed))
        for side in life.both:
            del side.agreed[number]


def pay(life: Life) -> None:
    """A payment is on its way."""
    number = next(life.numbers)
    for side in life.both:
        side.coming.add(number)


def book(life: Life) -> None:
    """What was on its way is booked; perhaps nothing is overdue any more."""
    for side in life.both:
        side.coming.clear()
    life.set(overdue=life.random.choice((100, 100, 1, 0)))


def move(life: Life) -> None:
    """The borrower lives elsewhere, or nobody knows where."""
    nowhere = life.random.choice((None, "Mars/Base"))
    life.set(zone=nowhere if life.random.random() < 0.15 else life.random.choice(tuple(ZONES)))


def wrong(life: Life) -> None:
    """Someone else answers at a number; or the numbers are in service again."""
    numbers = life.random.choice(((POINTS[0],), (POINTS[2],), (POINTS[0], POINTS[2]), ()))
    life.set(wrong={point.value for point in numbers})


def change(life: Life) -> None:
    """Something else about the case, the people or the agency."""
    r = life.random
    name, values = r.choice(_CHANGES)
    life.set(**{name: r.choice(values)})


def settle(life: Life) -> None:
    """All is as it was in the beginning, but for what was done and is under way."""
    for side in life.both:
        side.stops.clear()
        side.coming.clear()
    life.set(case="taken", overdue=100, life="alive", wrong=set(), complained_of=False)
    if not life.reference.located:
        move(life)


_CHANGES: tuple[tuple[str, tuple[Any, ...]], ...] = (
    ("case", STATES),
    ("overdue", (100, 1, 0, None)),
    ("life", ("alive", "deceased", "incapacitated")),
    ("company", (False, True)),
    ("background", (True, False, None)),
    ("exam", (date(2026, 1, 5), date(2025, 6, 1), None)),
    ("offers", ({POINTS[5].value}, set())),
    (
        "agency",
        tuple(
            {**dict.fromkeys(("published", "contract", "peaceful"), True), bad: False}
            for bad in ("published", "contract", "peaceful")
        ),
    ),
    ("handover_told", (None, date(2026, 2, 1))),
)
_FREQUENCY: dict[Event, int] = {
    attempt: 60,
    minutes: 8,
    an_edge: 10,
    days: 4,
    classify: 4,
    elsewhere: 2,
    crash: 2,
    stop: 4,
    end: 3,
    complain: 2,
    refuse: 1,
    plan: 2,
    agree: 3,
    withdraw: 2,
    pay: 2,
    book: 2,
    move: 2,
    wrong: 1,
    change: 3,
    settle: 10,
}
EVENTS, OFTEN = tuple(_FREQUENCY), tuple(_FREQUENCY.values())
# A life in which little else happens than contacts, so that the day's most is reached.
_PLENTY = {
    attempt: 60,
    classify: 14,
    elsewhere: 6,
    minutes: 8,
    crash: 2,
    an_edge: 4,
    days: 4,
    settle: 3,
}
BUSY = tuple(_PLENTY.get(event, 0.3) for event in EVENTS)
