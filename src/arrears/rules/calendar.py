"""Conditions on the borrower's clock and calendar: windows, time gone by, days counted."""

from dataclasses import dataclass
from datetime import date, time, timedelta

from arrears.core.day import years_later
from arrears.rules.condition import LOOSER, TIGHTER, Directions, literal
from arrears.rules.facts import CALL_DAYS, NEVER, ContactFacts
from arrears.rules.limit import Limit


@dataclass(frozen=True, slots=True)
class Within:
    """The borrower's wall clock is in the window from `opens` up to but not including `closes`."""

    def holds(self, facts: ContactFacts, limit: Limit, /) -> bool | None:
        """Whether the window is open. Raises: ValueError for a naive moment."""
        local = facts.local
        if local is None:
            return None
        return limit.value("opens", time) <= local.time() < limit.value("closes", time)

    def sql(self, limit: Limit, /) -> str:
        """The window over `local_time`."""
        opens, closes = limit.value("opens", time), limit.value("closes", time)
        return f"(local_time >= {literal(opens)} AND local_time < {literal(closes)})"

    @property
    def asks(self) -> tuple[str, ...]:
        """The moment and the zone."""
        return ("at", "zone")

    @property
    def loosens(self) -> Directions:
        """To open later is harder, to close later easier."""
        return {"opens": frozenset((TIGHTER,)), "closes": frozenset((LOOSER,))}


@dataclass(frozen=True, slots=True)
class Since:
    """At least so many days lie between the day of the fact and the borrower's; never is long ago."""

    fact: str
    least: str

    def holds(self, facts: ContactFacts, limit: Limit, /) -> bool | None:
        """Whether so many days have gone by."""
        days = _days(facts, self.fact)
        return None if days is None else days >= limit.value(self.least, int)

    def sql(self, limit: Limit, /) -> str:
        """The days between."""
        return f"(local_date - {self.fact} >= {limit.value(self.least, int)})"

    @property
    def asks(self) -> tuple[str, ...]:
        """The day, and which day it is."""
        return (self.fact, "at", "zone")

    @property
    def loosens(self) -> Directions:
        """More days are harder to wait for."""
        return {self.least: frozenset((TIGHTER,))}


@dataclass(frozen=True, slots=True)
class Done:
    """It happened, at least so many days before the borrower's day."""

    fact: str
    least: str

    def holds(self, facts: ContactFacts, limit: Limit, /) -> bool | None:
        """Whether it did, so long ago."""
        if getattr(facts, self.fact) == NEVER:
            return False
        days = _days(facts, self.fact)
        return None if days is None else days >= limit.value(self.least, int)

    def sql(self, limit: Limit, /) -> str:
        """The days between, if there is a first."""
        days = f"local_date - {self.fact} >= {limit.value(self.least, int)}"
        return f"({days} AND {self.fact} <> {literal(NEVER)})"

    @property
    def asks(self) -> tuple[str, ...]:
        """The day, and which day it is."""
        return (self.fact, "at", "zone")

    @property
    def loosens(self) -> Directions:
        """A longer lead is harder."""
        return {self.least: frozenset((TIGHTER,))}


@dataclass(frozen=True, slots=True)
class Recent:
    """It happened on the borrower's day, or not more than so many days before; a day to come is none."""

    fact: str
    most: str

    def holds(self, facts: ContactFacts, limit: Limit, /) -> bool | None:
        """Whether it is not longer ago."""
        days = _days(facts, self.fact)
        return None if days is None else 0 <= days <= limit.value(self.most, int)

    def sql(self, limit: Limit, /) -> str:
        """The days between."""
        return f"(local_date - {self.fact} BETWEEN 0 AND {limit.value(self.most, int)})"

    @property
    def asks(self) -> tuple[str, ...]:
        """The day, and which day it is."""
        return (self.fact, "at", "zone")

    @property
    def loosens(self) -> Directions:
        """More days let older things count."""
        return {self.most: frozenset((LOOSER,))}


@dataclass(frozen=True, slots=True)
class Aged:
    """So many years have gone by since it happened; what never happened has not begun to age."""

    fact: str
    years: str

    def holds(self, facts: ContactFacts, limit: Limit, /) -> bool | None:
        """Whether the years are over."""
        began: date | None = getattr(facts, self.fact)
        local = facts.local
        if began == NEVER:
            return False
        if began is None or local is None:
            return None
        return years_later(began, limit.value(self.years, int)) <= local.date()

    def sql(self, limit: Limit, /) -> str:
        """The same day so many years on; 29 February becomes the 28th."""
        end = f"{self.fact} + INTERVAL {limit.value(self.years, int)} YEAR"
        return f"({end} <= local_date AND {self.fact} <> {literal(NEVER)})"

    @property
    def asks(self) -> tuple[str, ...]:
        """The day, and which day it is."""
        return (self.fact, "at", "zone")

    @property
    def loosens(self) -> Directions:
        """More years are longer."""
        return {self.years: frozenset((TIGHTER,))}


@dataclass(frozen=True, slots=True)
class FewIn:
    """Of the days in the list fewer than `most` lie in the last `days`, the borrower's own day included.

    Nobody knows how many lie in more days than the list goes back.
    """

    fact: str
    most: str
    days: str

    def holds(self, facts: ContactFacts, limit: Limit, /) -> bool | None:
        """Whether one more still fits."""
        found: tuple[date, ...] | None = getattr(facts, self.fact)
        local = facts.local
        if found is None or local is None:
            return None
        window = timedelta(days=limit.value(self.days, int))
        if window > CALL_DAYS:
            return None
        first = local.date() - window
        return sum(day > first for day in found) < limit.value(self.most, int)

    def sql(self, limit: Limit, /) -> str:
        """The days that lie in the window, counted."""
        days = limit.value(self.days, int)
        first = f"local_date - {days}"
        if days > CALL_DAYS.days:
            return "CAST(NULL AS BOOLEAN)"
        count = f"len(list_filter({self.fact}, lambda d: d > {first}))"
        return f"CASE WHEN local_date IS NOT NULL THEN {count} < {limit.value(self.most, int)} END"

    @property
    def asks(self) -> tuple[str, ...]:
        """The days, and which day it is."""
        return (self.fact, "at", "zone")

    @property
    def loosens(self) -> Directions:
        """A larger number lets more through, a longer window less."""
        return {self.most: frozenset((LOOSER,)), self.days: frozenset((TIGHTER,))}


def _days(facts: ContactFacts, fact: str) -> int | None:
    """The days from the fact's to the borrower's."""
    day: date | None = getattr(facts, fact)
    local = facts.local
    return None if day is None or local is None else (local.date() - day).days
