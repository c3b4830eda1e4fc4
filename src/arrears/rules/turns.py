"""The moments at which an answer that hangs on the wall clock can change: nothing else is tried."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAYS_AHEAD = 10  # a window opens and a daily cap ends each day; the longest time to wait is a week
_SECOND, _DAY = timedelta(seconds=1), timedelta(days=1)


def turning_points(
    at: datetime, zone: ZoneInfo, laws: Iterable[ZoneInfo], walls: Iterable[time]
) -> Iterator[datetime]:
    """The moments after `at` at which the borrower's day, a law's day or a window can turn.

    They are the walls and midnights of the next days, each as often as the clock shows it, and the
    moments at which the clock is put forward or back.
    Units: UTC, in order.
    """
    shown = {(zone, wall) for wall in (time.min, *walls)} | {(law, time.min) for law in laws}
    for ahead in range(DAYS_AHEAD):
        start = at.astimezone(UTC) + ahead * _DAY
        end = start + _DAY
        found = set(_clock_changes(start, end, zone))
        for where, wall in shown:
            day = start.astimezone(where).date() - _DAY  # the clock may go back over midnight
            while day <= end.astimezone(where).date():
                found.update(_shown(day, wall, where))
                day += _DAY
        yield from sorted(moment for moment in found if start < moment <= end)


def _shown(day: date, wall: time, zone: ZoneInfo) -> Iterator[datetime]:
    """The moments at which the clock of the zone shows that time: none, one or two."""
    first = datetime.combine(day, wall, zone)
    second = first.replace(fold=1)
    if first.utcoffset() == second.utcoffset():
        yield first.astimezone(UTC)
    elif _leapt_over(first):
        return
    else:
        yield first.astimezone(UTC)
        yield second.astimezone(UTC)


def _leapt_over(local: datetime) -> bool:
    """Whether the clock never shows that time, because it was put forward over it."""
    back = local.astimezone(UTC).astimezone(local.tzinfo)
    return back.replace(tzinfo=None) != local.replace(tzinfo=None)


def _clock_changes(start: datetime, end: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    """The moment between the two, a day apart, from which the zone has another offset, if any."""
    low, high = start.replace(microsecond=0), end.replace(microsecond=0) + _SECOND
    before = _offset(low, zone)
    if _offset(high, zone) != before:
        while high - low > _SECOND:
            middle = low + (high - low) // _SECOND // 2 * _SECOND
            low, high = (middle, high) if _offset(middle, zone) == before else (low, middle)
        yield high


def _offset(moment: datetime, zone: ZoneInfo) -> timedelta | None:
    return moment.astimezone(zone).utcoffset()
