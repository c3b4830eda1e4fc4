"""Calendar days: periods are half-open, a bank's day ends in its own zone, no clock is asked."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Span:
    """The days from `from_date` on, up to but not including `to_date` (None: without end)."""

    from_date: date
    to_date: date | None = None

    def holds(self, day: date) -> bool:
        """Whether the day lies in the span."""
        return self.from_date <= day and (self.to_date is None or day < self.to_date)


def days_between(earlier: date, later: date) -> int:
    """Whole calendar days from one day to another; negative when the other comes first."""
    return (later - earlier).days


def days_within(spans: Iterable[Span], after: date, upto: date) -> int:
    """How many days d with `after` < d <= `upto` lie in any of the spans; overlaps count once.

    Units: calendar days.
    """
    counted = 0
    reached = after
    for span in sorted(spans, key=lambda s: s.from_date):
        first = max(span.from_date, reached + timedelta(days=1))
        last = upto if span.to_date is None else min(upto, span.to_date - timedelta(days=1))
        if first <= last:
            counted += (last - first).days + 1
            reached = last
    return counted


def years_later(day: date, years: int) -> date:
    """The same day so many years on; 29 February becomes the 28th where there is none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def local_date(moment: datetime, zone: str) -> date:
    """The calendar day on which an aware moment falls in a zone.

    Raises: ValueError for a naive moment.
    """
    if moment.tzinfo is None:
        raise ValueError("a moment must be aware")
    return moment.astimezone(ZoneInfo(zone)).date()
