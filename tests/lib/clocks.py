"""A zone's clock around every change of its offset: what we say beside what PostgreSQL says."""

import re
import zoneinfo
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import psycopg

from arrears.core.day import Span, local_date
from arrears.rules.bulk import clocks_at
from arrears.rules.calendar import Within
from arrears.rules.facts import ContactFacts, known_zone
from arrears.rules.limit import Limit

FIRST, END = datetime(2020, 1, 1, tzinfo=UTC), datetime(2036, 1, 1, tzinfo=UTC)
STEP = timedelta(hours=6)  # no zone changes twice in so short a time: PostgreSQL looks as well
AROUND = 26 * 60  # minutes: a day on every clock there is
OPENS, CLOSES = time(8), time(22)
HOURS = (("opens", OPENS), ("closes", CLOSES))
LIMIT = Limit(Span(date(2020, 1, 1)), HOURS, "-", "-", "-", "POLICY", "own")

CHANGED = """
SELECT at FROM (
  SELECT at, shown - lag(shown) OVER (ORDER BY at) AS went
  FROM (SELECT at, at AT TIME ZONE %(zone)s AS shown
        FROM generate_series(%(first)s::timestamptz, %(end)s, %(step)s) AS at) AS walk
) AS walked WHERE went <> %(step)s ORDER BY at
"""
SHOWN = """
SELECT shown, shown::date, shown::time >= %(opens)s AND shown::time < %(closes)s
FROM unnest(%(changes)s::timestamptz[]) AS change,
     generate_series(-%(around)s::integer, %(around)s::integer) AS minute,
     LATERAL (SELECT (change + minute * INTERVAL '1 minute') AT TIME ZONE %(zone)s AS shown) AS clock
ORDER BY change, minute
"""


class Shown(NamedTuple):
    """What the clocks show at a moment, which day it is, and whether the window is open."""

    walls: set[datetime]  # one, where all clocks agree
    day: date
    open: bool | None


def changes(zone: str) -> list[datetime]:
    """The moments from which a zone has another offset, as Python has it. Units: UTC, seconds."""
    clock, found, at = ZoneInfo(zone), [], FIRST
    while at < END:
        low, high = at, at + STEP
        if _offset(high, clock) != _offset(low, clock):
            while high - low > timedelta(seconds=1):
                middle = low + (high - low) // 2
                same = _offset(middle, clock) == _offset(at, clock)
                low, high = (middle, high) if same else (low, middle)
            found.append(high.replace(microsecond=0))
        at += STEP
    return found


def changed_by_postgres(server: psycopg.Connection, zone: str) -> list[datetime]:
    """The steps by the end of which a zone has another offset, as PostgreSQL has it."""
    asked = {"zone": zone, "first": FIRST, "end": END, "step": STEP}
    return [row[0] for row in server.execute(CHANGED, asked)]


def step_after(moment: datetime) -> datetime:
    """The end of the step in which a moment lies."""
    return FIRST - (FIRST - moment) // STEP * STEP


def by_postgres(server: psycopg.Connection, zone: str, around: list[datetime]) -> Iterator[Shown]:
    """Its answers at every minute around these moments."""
    asked = {"zone": zone, "changes": around, "around": AROUND, "opens": OPENS, "closes": CLOSES}
    for wall, day, is_open in server.execute(SHOWN, asked):
        yield Shown({wall}, day, is_open)


def by_arrears(zone: str, around: list[datetime]) -> Iterator[Shown]:
    """Ours: the gate's clock and the table's, the day of a law or a cap, and the window."""
    window = Within()
    for change in around:
        for minute in range(-AROUND, AROUND + 1):
            at = change + timedelta(minutes=minute)
            facts = ContactFacts(at=at, zone=zone)
            local = facts.local
            assert local is not None
            [(_, day, clock)] = clocks_at(at, (zone,))
            walls = {local.replace(tzinfo=None, fold=0), datetime.fromisoformat(f"{day}T{clock}")}
            yield Shown(walls, local_date(at, zone), window.holds(facts, LIMIT))


def differences(server: psycopg.Connection, zone: str, around: list[datetime]) -> tuple[int, int]:
    """How many minutes were asked, and at how many the two do not say the same."""
    pairs = zip(by_arrears(zone, around), by_postgres(server, zone, around), strict=True)
    told = [ours == theirs for ours, theirs in pairs]
    return len(told), told.count(False)


def zones_of(server: psycopg.Connection) -> Path:
    """The folder from which a PostgreSQL reads its time zones: the system's, or its own."""
    settings: dict[str, str] = dict(server.execute("SELECT name, setting FROM pg_config"))
    of_system = re.search(r"--with-system-tzdata=([^' ]+)", settings["CONFIGURE"])
    return Path(of_system[1]) if of_system else Path(settings["SHAREDIR"]) / "timezone"


@contextmanager
def zones_from(folder: Path) -> Iterator[None]:
    """Python reads its time zones there meanwhile."""
    before = zoneinfo.TZPATH
    _read_from((str(folder),))
    try:
        yield
    finally:
        _read_from(before)


def _read_from(path: tuple[str, ...]) -> None:
    zoneinfo.reset_tzpath(path)
    ZoneInfo.clear_cache()
    known_zone.cache_clear()


def _offset(moment: datetime, zone: ZoneInfo) -> timedelta | None:
    return moment.astimezone(zone).utcoffset()
