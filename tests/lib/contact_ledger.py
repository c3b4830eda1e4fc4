"""Random lives of a borrower in the real ledger: its actions decide, the reference says what they ought to.

Everything that happens is told to both. What the ledger claims or refuses, and what it counts of a day,
is compared at once; what must hold of all that it keeps is checked after every event.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

from arrears.web.ledger.actions.cases import take_case
from arrears.web.ledger.models import (
    Borrower,
    Call,
    Case,
    ContactPoint,
    Grant,
    Message,
    Person,
    Pointer,
    Slot,
    Template,
    Visit,
)
from arrears.web.ledger.models.guard import writing
from tests.lib.contact_acts import DAY, START, rung_in_vain
from tests.lib.contact_books import WORD
from tests.lib.contact_reference import Intended, Point, Reference, Stop
from tests.lib.contact_schedule import outcome_of
from tests.lib.contact_visits import EVENTS, OFTEN
from tests.lib.contact_zones import ZONES, offset


class LedgerLife:
    """One life: a case of the ledger, who works on it, and the reference beside it."""

    def __init__(
        self,
        seed: int,
        case: Case,
        people: dict[str, Person],
        template: Template,
        *,
        neighbour: Case,
    ) -> None:
        self.seed, self.random = seed, Random(seed)
        self.case_id, self.borrower_id = case.pk, case.borrower_id
        self.neighbour = neighbour
        self.people, self.template = people, template
        self.by = people["phone_collector"]
        self.points = tuple(
            Point(f"{seed}-{name}", role, f"1{seed:04}00000{n}", liable=None)
            for n, (name, role) in enumerate(
                (
                    ("own", "debtor"),
                    ("own2", "debtor"),
                    ("friend", "contact"),
                    ("vouch", "guarantor"),
                    ("lawyer", "attorney"),
                )
            )
        )
        self.points += (replace(self.points[0], name=f"{seed}-twin"),)  # the same number once more
        self.points = tuple(self._proven(point) for point in self.points)
        self.home = Point(f"{seed}-home", "debtor", f"某路 {seed} 号", telephone=False)
        zone = self.random.choice(tuple(ZONES))
        self.reference = Reference(
            zone, (*self.points, self.home), exam=START, offers=None, complained_of=None
        )
        self._agreed()
        self.at = datetime.combine(START + DAY * 4, datetime.min.time(), UTC) + timedelta(hours=9)
        self.at -= offset(zone, self.at)
        self.messages: dict[int, Intended] = {}  # that wait, by their number
        self.calls: dict[int, tuple[int, Intended]] = {}  # under way: the reference's number
        self.visits: dict[int, date] = {}  # under way: the day for which each was claimed
        self.holds: dict[int, int] = {}  # by the ledger's number the reference's
        self.payments: set[str] = set()
        self.verdicts: Counter[str] = Counter()
        with writing("a test"):
            Borrower.objects.filter(pk=self.borrower_id).update(zone=zone)
            ContactPoint.objects.filter(borrower_id=self.borrower_id).delete()
            self._reached_by()
            self._next_door()
        now, ago = self.at, self.random.choice((0, 0, 2, 3))
        for self.at in (now - DAY * n for n in range(ago, 0, -1)):  # nobody answered on those days
            take_case(case_id=self.case_id, by=self.by, at=self.at)
            rung_in_vain(self)
        self.at = now
        take_case(case_id=self.case_id, by=self.by, at=self.at)

    def _proven(self, point: Point) -> Point:
        """The point; of whom it is proven that they are liable, in some lives, in which it is proven."""
        if point.role != "guarantor" or self.random.random() < 0.5:
            return point
        self._granted("liable", point.role, None, point.name)
        return replace(point, liable=True)

    def _agreed(self) -> None:
        """The borrower agreed to something in some lives, for some days or for good."""
        for n, kind in enumerate(("hours", "unanswered")):
            if self.random.random() < 0.3:
                until = self.random.choice((None, START + DAY * 5, START + DAY * 7))
                self.reference.agreed[n] = (kind, until)
                self._granted("agreed", kind, until)

    def _granted(self, kind: str, word: str, until: date | None, point: str = "") -> None:
        """A document of the bank's proves it, of whoever has that point."""
        with writing("a test"):
            Grant.objects.create(
                run_id=Pointer.objects.get().run_id,
                borrower_id=self.borrower_id,
                kind=kind,
                word=word,
                point_id=point,
                evidence="x",
                from_date=START - DAY * 9,
                until_date=until,
            )

    def _reached_by(self) -> None:
        """The ledger knows the points; inside an action."""
        for point in (*self.points, self.home):
            ContactPoint.objects.create(
                point_id=point.name,
                borrower_id=self.borrower_id,
                role=point.role,
                kind="mobile" if point.telephone else "address",
                value=point.value,
                source=point.source or "",
            )

    def _next_door(self) -> None:
        """Someone else has the same number; inside an action."""
        own = self.points[0]
        there = replace(own, name=f"{self.seed}-next-door")
        who = self.neighbour.borrower_id
        Borrower.objects.filter(pk=who).update(zone=self.reference.zone)
        ContactPoint.objects.create(
            point_id=there.name,
            borrower_id=who,
            role=there.role,
            kind="mobile",
            value=there.value,
            source=there.source or "",
        )
        self.other = Reference(self.reference.zone, (there,), exam=START, complained_of=None)
        self.reference.others, self.other.others = (self.other,), (self.reference,)

    def run(self, events: int) -> None:
        """So many things happen; each is checked."""
        for step in range(events):
            event: Callable[[LedgerLife], None] = self.random.choices(EVENTS, OFTEN)[0]
            self.told = f"seed {self.seed}, step {step}, {event.__name__} at {self.at}"
            event(self)
            self.reference.case = self.case.state
            self.check()

    @property
    def case(self) -> Case:
        """The case as it is now."""
        found: Case = Case.objects.get(pk=self.case_id)
        return found

    # ---- what must hold -----------------------------------------------------------------------------

    def agree(self, it: Intended, verdict: Any, *, of: Reference | None = None) -> None:
        """A verdict of the ledger's is what the reference says, of this borrower or of another."""
        reference = of or self.reference
        against = reference.against(it)
        words = {WORD.get(because["code"], because["code"]) for because in verdict["because"]}
        ought = outcome_of(frozenset(against))
        outcome = verdict["outcome"].replace("_with_duties", "")
        self.verdicts[outcome] += 1
        told = f"{self.told}: {it}\nledger {outcome} {sorted(words)}\nreference {ought} {sorted(against)}"
        if reference.located:
            assert (outcome, words) == (ought, set(against)), told
        else:
            assert outcome == "refuse", told
            assert "unknown" in words & set(against), told

    def check(self) -> None:
        """What the ledger keeps fits together."""
        slots = Slot.objects.filter(borrower_id=self.borrower_id)
        kept = Counter(slots.values_list("local_date", "kind"))
        for day in {day for day, _ in self.reference.made}:
            made = [channel for when, channel in self.reference.made if when == day]
            calls = [call for call in self.reference.calls if call.day == day]
            ought = {
                "contact": len(made),
                "message": sum(channel not in ("call", "visit") for channel in made),
                "visit": made.count("visit"),
                "talk": sum(call.result in ("", "talked") for call in calls),
                "ring": sum(call.result in ("", "unanswered") for call in calls),
            }
            assert {kind: kept[day, kind] for kind in ought} == ought, (
                f"{self.told}: slots of {day}"
            )
        claimed = Message.objects.filter(borrower_id=self.borrower_id).exclude(claimed_at=None)
        dialled = Call.objects.filter(borrower_id=self.borrower_id)
        told = [(m.verdict, m.claimed_at) for m in claimed.select_related("verdict")]
        visited = Visit.objects.filter(borrower_id=self.borrower_id)
        told += [(c.verdict, c.at) for c in dialled.select_related("verdict")]
        told += [(v.verdict, v.at) for v in visited.select_related("verdict")]
        assert len({verdict.pk for verdict, _ in told}) == len(told), self.told
        for verdict, at in told:
            assert verdict.outcome.startswith("allow"), self.told
            assert verdict.at <= at, self.told
        assert not claimed.filter(slot=None).exists(), self.told  # a doubt keeps its slot as well

    def stopped(self, stop: Stop | None) -> None:
        """What waits and is stopped by what was just told is refused, and nothing else."""
        for number, it in list(self.messages.items()):
            now = replace(it, at=self.at)
            if stop is None:
                ought = now.purpose not in ("plan_service", "complaint_reply", "legal_notice")
            else:
                ought = self.reference.stops_now(stop, now)
            refused = Message.objects.get(pk=number).state == "refused"
            assert refused is ought, f"{self.told}: {now} waits, told {stop}"
            if refused:
                del self.messages[number]

    def next(self) -> int:
        """A number that nothing else has."""
        self.last = getattr(self, "last", 0) + 1
        return self.last
