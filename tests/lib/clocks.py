"""A zone's clock around every change of its offset: what we say beside what PostgreSQL says."""

import re
import zoneinfo
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from importlib.resources.abc import Traversable
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
DAY, HOUR = 24 * 3600, 3600  # seconds
STEP = timedelta(seconds=DAY)  # PostgreSQL must see a change in the same of these steps
# Every hour of a day and more, before and after, and the last second: each hour of the clock comes by.
AROUND = sorted({-1, *range(-26 * HOUR, 26 * HOUR + 1, HOUR)})
OPENS, CLOSES = time(8), time(22)
HOURS = (("opens", OPENS), ("closes", CLOSES))
LIMIT = Limit(Span(date(2020, 1, 1)), HOURS, "-", "-", "-", "POLICY", "own")

# AT TIME ZONE would take CET, EET, MET and WET for abbreviations: PostgreSQL's own clock is set instead.
IN_ZONE = "SELECT set_config('TimeZone', %(zone)s, false)"
CHANGED = """
SELECT at FROM (
  SELECT at, shown - lag(shown) OVER (ORDER BY at) AS went
  FROM (SELECT at, to_timestamp(at)::timestamp AS shown
        FROM generate_series(%(first)s::bigint, %(end)s, %(step)s) AS at) AS walk
) AS walked WHERE went <> %(step)s * INTERVAL '1 second' ORDER BY at
"""
SHOWN = """
SELECT shown, shown::date, shown::time >= %(opens)s AND shown::time < %(closes)s
FROM unnest(%(changes)s::bigint[]) AS change, unnest(%(around)s::bigint[]) AS second,
     LATERAL (SELECT to_timestamp(change + second)::timestamp AS shown) AS clock
ORDER BY change, second
"""


class Shown(NamedTuple):
    """What the clocks show at a moment, which day it is, and whether the window is open."""

    walls: set[datetime]  # one, where all clocks agree
    day: date
    open: bool | None


class Compared(NamedTuple):
    """How often a zone's offset changes, at how many moments the two were asked, and where they differ."""

    changes: int
    moments: int
    differing: int  # moments, and days on which only one of the two sees a change


def compared(server: psycopg.Connection, zone: str) -> Compared:
    """Around every change of its offset that Python finds, and at the first moment of all."""
    found = changes(zone)
    days = {_end_of_step(at) for at in found} ^ changed_by_postgres(server, zone)
    moments, differing = differences(server, zone, [FIRST, *found])
    return Compared(len(found), moments, differing + len(days))


def differences(server: psycopg.Connection, zone: str, around: list[datetime]) -> tuple[int, int]:
    """At how many moments around these both were asked, and at how many they do not say the same."""
    pairs = zip(by_arrears(zone, around), by_postgres(server, zone, around), strict=True)
    told = [ours == theirs for ours, theirs in pairs]
    return len(told), told.count(False)


def changes(zone: str) -> list[datetime]:
    """The moments from which a zone has another offset, as Python has it. Units: UTC, seconds."""
    clock, found, at = ZoneInfo(zone), [], FIRST
    before = _offset(at, clock)
    while at < END:
        low, high = at, at + STEP
        after = _offset(high, clock)
        if after != before:
            while high - low > timedelta(seconds=1):
                middle = low + (high - low) // timedelta(seconds=2) * timedelta(seconds=1)
                low, high = (middle, high) if _offset(middle, clock) == before else (low, middle)
            found.append(high)
        at, before = at + STEP, after
    return found


def changed_by_postgres(server: psycopg.Connection, zone: str) -> set[datetime]:
    """The ends of the steps in which the zone's offset changes, as PostgreSQL has it."""
    server.execute(IN_ZONE, {"zone": zone})
    asked = {"first": int(FIRST.timestamp()), "end": int(END.timestamp()), "step": DAY}
    return {datetime.fromtimestamp(at, UTC) for (at,) in server.execute(CHANGED, asked)}


def by_postgres(server: psycopg.Connection, zone: str, around: list[datetime]) -> Iterator[Shown]:
    """Its answers around these moments, in one statement."""
    server.execute(IN_ZONE, {"zone": zone})
    moments = [int(change.timestamp()) for change in around]
    asked = {"changes": moments, "around": AROUND, "opens": OPENS, "closes": CLOSES}
    for wall, day, is_open in server.execute(SHOWN, asked):
        yield Shown({wall}, day, is_open)


def by_arrears(zone: str, around: list[datetime]) -> Iterator[Shown]:
    """Ours: the gate's clock and the table's, the day of a law or a cap, and the window."""
    window = Within()
    for change in around:
        for second in AROUND:
            at = change + timedelta(seconds=second)
            facts = ContactFacts(at=at, zone=zone)
            local = facts.local
            assert local is not None
            [(_, day, clock)] = clocks_at(at, (zone,))
            walls = {local.replace(tzinfo=None, fold=0), datetime.fromisoformat(f"{day}T{clock}")}
            yield Shown(walls, local_date(at, zone), window.holds(facts, LIMIT))


def zones_of(server: psycopg.Connection) -> Path:
    """The folder from which a PostgreSQL reads its time zones: the system's, or its own."""
    settings: dict[str, str] = dict(server.execute("SELECT name, setting FROM pg_config"))
    of_system = re.search(r"--with-system-tzdata=([^' ]+)", settings["CONFIGURE"])
    return Path(of_system[1]) if of_system else Path(settings["SHAREDIR"]) / "timezone"


def release_of(folder: Traversable) -> str:
    """The release of the zones in a folder, as the folder says it."""
    said = folder / "tzdata.zi"
    first = said.read_text(encoding="utf-8").partition("\n")[0] if said.is_file() else ""
    return first.removeprefix("# version ") or "unknown"


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


def _end_of_step(moment: datetime) -> datetime:
    return FIRST - (FIRST - moment) // STEP * STEP


def _offset(moment: datetime, zone: ZoneInfo) -> timedelta | None:
    return moment.astimezone(zone).utcoffset()
