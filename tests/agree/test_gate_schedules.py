"""Gate and reference say the same in every step of many random lives, and a wrong gate is found in them."""

import os
from dataclasses import replace
from datetime import UTC, time

import pytest

from arrears.core.hold import NAMED
from arrears.rules.book import Book, shipped
from arrears.rules.gate import may_contact
from tests.lib.contact_books import Books
from tests.lib.contact_schedule import first_difference

FEW = 200
MANY = int(os.environ.get("ARREARS_SCHEDULES", "2000"))
PARTS = 8  # so that every core has its own
ENOUGH = 3000  # lives within which a planted fault must be found


def test_gate_and_reference_say_the_same():
    assert (found := first_difference(range(FEW))) is None, str(found)


@pytest.mark.long
@pytest.mark.parametrize("part", range(PARTS))
def test_gate_and_reference_say_the_same_in_many_lives(part):
    assert (found := first_difference(range(FEW + part, FEW + MANY, PARTS))) is None, str(found)


# ---- planted faults ----------------------------------------------------------------------------
def by(**figures):
    """A gate whose book has other figures: rule, name and value."""

    def changed(rule):
        if rule.rule_id not in figures:
            return rule
        name, value = figures[rule.rule_id]
        limits = (
            replace(one, values=tuple((n, value if n == name else v) for n, v in one.values))
            for one in rule.limits
        )
        return replace(rule, limits=tuple(limits))

    book = Book(tuple(replace(p, rules=tuple(map(changed, p.rules))) for p in shipped().packs))
    return gated(lambda facts: may_contact(facts, book=book))


def gated(gate):
    """The books of a product with that gate."""
    return lambda zone, points: Books(zone, points, gate=gate)


def deaf_for(kind, purpose):
    """A gate that does not mind a kind of hold when it is asked for a purpose."""

    def gate(facts):
        if facts.purpose == purpose and facts.holds is not None:
            facts = replace(facts, holds=facts.holds - {kind})
        return may_contact(facts)

    return gated(gate)


class UtcDays(Books):
    """The caps count the days of Greenwich."""

    def day(self, at):
        return at.astimezone(UTC).date()


class CrashFrees(Books):
    """What was under way when all stopped is forgotten."""

    def crashed(self):
        pending = {n for n, call in enumerate(self.calls) if not call.result}
        self.slots = [slot for slot in self.slots if slot[3] not in pending]


class NeverWithdrawn(Books):
    """An agreement that was taken back still counts."""

    def agreements(self, at):
        self.__dict__.setdefault("ever", {}).update(self.agreed)
        now, self.agreed = self.agreed, self.__dict__["ever"]
        try:
            return super().agreements(at)
        finally:
            self.agreed = now


class OnlyTalks(Books):
    """A call under way counts as nothing until it is known to be talked."""

    def counts(self, it):
        pending = {n for n, call in enumerate(self.calls) if not call.result}
        kept, self.slots = self.slots, [s for s in self.slots if s[3] not in pending]
        try:
            return super().counts(it)
        finally:
            self.slots = kept


class LateRings(Books):
    """A call that was talked still counts as unanswered."""

    def ended(self, call, result):
        kept = [s for s in self.slots if s[3] == call and s[1] == "ring" and result == "talked"]
        super().ended(call, result)
        self.slots += kept


class OnceLost(Books):
    """Whoever was lost stays so, also when they answer again."""

    def reached(self):
        calls = self.calls
        self.calls = [call for call in calls if call.result != "talked"]
        try:
            return super().reached()
        finally:
            self.calls = calls


class HoldsForGood(Books):
    """A hold that was ended, or whose days are over, still stops."""

    def kinds(self, it):
        stops = self.stops
        self.stops = {n: replace(s, until_date=None) for n, s in stops.items()}
        try:
            return super().kinds(it)
        finally:
            self.stops = stops


class PaidIsPaid(Books):
    """A payment on its way stops nothing."""

    def kinds(self, it):
        return super().kinds(it) - {"payment_received"}


class ByKindAlone(Books):
    """A hold that names a purpose is judged by its kind."""

    def kinds(self, it):
        return super().kinds(it) - {NAMED}


class RingsApart(Books):
    """Each borrower's calls to a number are counted by themselves."""

    def counts(self, it):
        others, self.others = self.others, ()
        try:
            return super().counts(it)
        finally:
            self.others = others


FAULTS = {
    "the window is a second longer": by(cn_window=("closes", time(22, 0, 1))),
    "the window opens a second later": by(cn_window=("opens", time(8, 0, 1))),
    "one more message a day": by(cn_message_cap=("most", 4)),
    "one talk fewer a day": by(cn_effective_cap=("most", 2)),
    "one more unanswered call": by(cn_unanswered_cap=("most", 7)),
    "one more contact a day": by(cn_frequency=("most", 11)),
    "a dispute does not stop reminders": deaf_for("dispute", "remind"),
    "police forbade it, but to answer a complaint": deaf_for("no_contact_order", "complaint_reply"),
    "a plan does not stop legal notice": deaf_for("plan", "legal_notice"),
    "the caps count the days of Greenwich": UtcDays,
    "a crash frees the slots": CrashFrees,
    "consent withdrawn still counts": NeverWithdrawn,
    "a call under way counts as nothing": OnlyTalks,
    "a talk stays unanswered": LateRings,
    "once lost, always lost": OnceLost,
    "a hold has no end": HoldsForGood,
    "a payment on its way stops nothing": PaidIsPaid,
    "a number rings for each borrower apart": RingsApart,
    "a hold that names a purpose is judged by its kind": ByKindAlone,
}


@pytest.mark.long
@pytest.mark.parametrize("fault", FAULTS)
def test_a_wrong_gate_is_found(fault):
    assert first_difference(range(ENOUGH), FAULTS[fault]) is not None
