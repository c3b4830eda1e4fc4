"""Random lives of a borrower, in which the gate and the reference are asked the same at every step."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import count
from random import Random

import pytest

from arrears.rules import gate
from arrears.rules.book import Book
from arrears.rules.facts import ContactFacts
from arrears.rules.rule import Rule
from arrears.rules.verdict import Outcome, Verdict
from tests.lib.contact_books import WORD, Books
from tests.lib.contact_events import (
    BUSY,
    CHANNELS,
    EVENTS,
    OFTEN,
    POINTS,
    PURPOSES,
    attempt,
    classify,
)
from tests.lib.contact_reference import ADVICE, CLOCK, Intended, Reference
from tests.lib.contact_zones import ZONES, offset

LENGTH = 40
FIRST, LAST = date(2026, 2, 1), date(2026, 12, 1)
# Days around which the clocks of the zones are put forward or back.
CHANGES = (date(2026, 3, 8), date(2026, 4, 5), date(2026, 10, 4), date(2026, 11, 1))
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Difference:
    """Where the two do not say the same: enough to find it again."""

    seed: int
    step: int
    after: str
    asked: Intended
    gate: str
    reference: str
    facts: object

    def __str__(self) -> str:
        return (
            f"seed {self.seed}, step {self.step}, after {self.after}\n  asked      {self.asked}\n"
            f"  the gate   {self.gate}\n  reference  {self.reference}\n  facts      {self.facts}"
        )


class Schedule:
    """One life, event by event; the same seed gives the same life as long as both sides agree."""

    def __init__(self, seed: int, books: Callable[..., Books] = Books) -> None:
        self.seed, self.random = seed, Random(seed)
        zone = self.random.choice(tuple(ZONES))
        start = self.random.choice(CHANGES) - DAY * self.random.randint(0, 2)
        if self.random.random() < 0.6:
            start = FIRST + DAY * self.random.randrange((LAST - FIRST).days)
        self.at = datetime.combine(start, datetime.min.time(), UTC)
        self.at += timedelta(minutes=self.random.randint(450, 700)) - offset(zone, self.at)
        self.often = self.random.choice((OFTEN, BUSY, BUSY))
        self.reference = Reference(zone, POINTS)
        self.books = books(zone, POINTS)
        self.next_door = (Reference(zone, POINTS), books(zone, POINTS))  # who has the same numbers
        self.reference.others, self.books.others = (self.next_door[:1], self.next_door[1:])
        self.both = (self.reference, self.books)
        self.under_way: list[int] = []
        self.messages = 0  # claimed, and not known yet what became of them
        self.numbers = iter(range(1, 1000))
        self.set(
            exam=start - DAY * self.random.choice((10, 100, 200, 300, 362, 364)),
            agency=dict.fromkeys(("published", "contract", "peaceful"), True),
            evaluated=start - DAY * self.random.choice((10, 100, 300, 363)),
            handover_told=self.random.choice((start - DAY, start + DAY, None)),
        )

    def run(self, events: int = LENGTH) -> Difference | None:
        """The first difference, if any."""
        for step in range(events):
            event = self.random.choices(EVENTS, self.often)[0]
            event(self)
            wanted = self.intended()
            found = self.compare(wanted, step, event.__name__)
            if found:
                return found
            if event is attempt:
                self.made(wanted)
        return None

    def set(self, **told: object) -> None:
        """Something is so from now on."""
        for side in self.both:
            for name, value in told.items():
                setattr(side, name, value.copy() if isinstance(value, dict) else value)

    def intended(self) -> Intended:
        """A contact that somebody means to make now."""
        r = self.random
        channel, purpose = r.choice(CHANNELS), r.choice(PURPOSES)
        if self.often is BUSY and r.random() < 0.7:
            return Intended(self.at, r.choice(("sms", "call", "call")), purpose, POINTS[0])
        point = POINTS[0]
        text = "sound"
        if purpose == "restore_contact" and r.random() < 0.8:
            point, text = POINTS[r.choice((5, 6))], "silent"
        elif r.random() < 0.25:
            point = r.choice(POINTS)
        if r.random() < 0.06:
            text = r.choice(("silent", "threat", "unapproved", "incomplete", "too_much"))
        return Intended(
            at=self.at,
            channel=channel,
            purpose=purpose,
            point=point,
            mode="informing" if r.random() < 0.2 else "interactive",
            actor="agency" if r.random() < 0.1 else "own",
            text=text,
            collectors=1 if r.random() < 0.1 else 2,
        )

    def compare(self, it: Intended, step: int, after: str) -> Difference | None:
        """Both are asked; None where they say the same."""
        against = self.reference.against(it)
        verdict = self.books.verdict(it)
        words = frozenset(WORD.get(code, code) for code in verdict.codes)
        ought, outcome = outcome_of(against), str(verdict.outcome)
        located = self.reference.located
        same = words == against or (not located and "unknown" in words & against)
        if ought is Outcome.DEFER and outcome == "refuse":  # whatever is waited for comes too late
            ought = self.if_ever(it)
        if ought == outcome.replace("_with_duties", "") and same and self.waits(it, verdict):
            return None
        gate = f"{outcome} {sorted(words)} {verdict.earliest_at or ''}"
        told = self.books.facts(it).as_record()
        return Difference(self.seed, step, after, it, gate, f"{ought} {sorted(against)}", told)

    def waits(self, it: Intended, verdict: Verdict) -> bool:
        """Whether it may go at the earliest moment, nothing else having happened, and not just before."""
        then = verdict.earliest_at
        if then is None or then == it.at:
            return True
        if any(day > self.books.day(it.at) for day, *_ in self.books.slots):
            return True  # a day lived before, further east: it is asked again at that moment
        just = [
            self.reference.against(_at(it, moment), known_at=it.at)
            for moment in (then, then - timedelta(seconds=1))
        ]
        return just[0] <= ADVICE and not just[1] <= ADVICE

    def if_ever(self, it: Intended) -> Outcome:
        """Deferred, if it may go at any hour of the next days, nothing else having happened; else refused."""
        hours = (_at(it, self.at + timedelta(hours=hour)) for hour in range(1, 10 * 24))
        later = (self.reference.against(then, known_at=it.at) for then in hours)
        return Outcome.DEFER if any(found <= ADVICE for found in later) else Outcome.REFUSE

    def made(self, it: Intended) -> None:
        """The contact that was asked about is made, if it may be; what is advised against, at times."""
        against = self.reference.against(it)
        if against == ADVICE and self.random.random() < 0.5:
            for side in self.both:
                side.lift(it)
            against = frozenset()
        if against:
            return
        numbers = [side.contacted(it) for side in self.both]
        if it.channel == "call":
            self.under_way.append(numbers[0])
            if self.random.random() < 0.8:  # the others are classified late
                classify(self)


def _at(it: Intended, moment: datetime) -> Intended:
    return Intended(
        moment, it.channel, it.purpose, it.point, it.mode, it.actor, it.text, it.collectors
    )


def outcome_of(against: frozenset[str]) -> str:
    """What follows from the reasons."""
    if against - CLOCK - ADVICE - {"attorney"}:
        return Outcome.REFUSE
    if "attorney" in against:
        return Outcome.REDIRECT
    if against & CLOCK:
        return Outcome.DEFER
    return Outcome.SOFT_BLOCK if against else Outcome.ALLOW


@contextmanager
def quickly() -> Iterator[None]:
    """The gate forms no sentence, and looks for the earliest moment one time in ten: "now" stands for it.

    Both take most of its time; whether a contact may go, and why not, is all its own as ever.
    """
    earliest, turn = gate._earliest, count()

    def sometimes(facts: ContactFacts, book: Book) -> datetime | None:
        return facts.at if next(turn) % 10 else earliest(facts, book)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rule, "_sentence", lambda *_: "")
        patch.setattr(gate, "_earliest", sometimes)
        yield


def first_difference(
    seeds: Iterable[int], books: Callable[..., Books] = Books, events: int = LENGTH
) -> Difference | None:
    """The first difference in any of these lives; None: there is none."""
    with quickly():
        return next(filter(None, (Schedule(seed, books).run(events) for seed in seeds)), None)
