"""Every change of every zone's offset, 2020 to 2035: our clock, our day and our window are PostgreSQL's.

PostgreSQL has a zone engine of its own, and maybe older zones than the package tzdata, which we read
(tests/unit/rules/test_zones.py). Where the two do not say the same, we are asked once more with the zones
that PostgreSQL reads: then they must, or the fault is ours; and two of one release never differ.
"""

import sys
import zoneinfo
from datetime import UTC, datetime, timedelta, timezone
from importlib.resources import files
from zoneinfo import ZoneInfo

import psycopg
import pytest

from arrears.rules.facts import UNSET
from tests.lib.clocks import changes, compared, differences, release_of, zones_from, zones_of
from tests.lib.server import postgres

pytestmark = [
    pytest.mark.peers,
    pytest.mark.enable_socket,
    pytest.mark.allow_hosts(["127.0.0.1"]),
]


@pytest.fixture(scope="module")
def server():
    with postgres() as found, psycopg.connect(found.address(), autocommit=True) as connection:
        yield connection


def test_every_change_of_every_zone_is_that_of_postgresql(server, capsys):
    folder = zones_of(server)
    here, there = release_of(files("tzdata") / "zoneinfo"), release_of(folder)
    known = {name for (name,) in server.execute("SELECT name FROM pg_timezone_names")}
    strange = sorted(zoneinfo.available_timezones() - known)
    shared = sorted(zoneinfo.available_timezones() & known - set(UNSET))
    told = {zone: compared(server, zone) for zone in shared}
    differing = [zone for zone, found in told.items() if found.differing]
    with zones_from(folder):
        again = {zone: compared(server, zone) for zone in differing}
    said = (
        f"{len(told)} zones, {sum(one.changes for one in told.values())} changes, "
        f"{sum(one.moments for one in told.values())} moments; "
        f"tzdata is {here} here, {there} in PostgreSQL ({folder}); "
        f"zones that differ: {', '.join(differing) or 'none'}; "
        f"that it does not know: {', '.join(strange) or 'none'}"
    )
    with capsys.disabled():
        sys.stdout.write(f"\n{said}\n")
    ours = [zone for zone, found in again.items() if found.differing]
    assert not ours, f"not the zones but our reckoning differs: {', '.join(ours)}\n{said}"
    assert here != there or not differing + strange, f"one release, two answers: {said}"
    assert len(told) > 500


@pytest.mark.parametrize(
    "clock",
    [
        "arrears.rules.facts.known_zone",
        "arrears.rules.bulk.known_zone",
        "arrears.core.day.ZoneInfo",
    ],
)
def test_a_clock_that_keeps_januarys_offset_is_caught(server, monkeypatch, clock):
    def january(name):
        offset = datetime(2026, 1, 15, tzinfo=UTC).astimezone(ZoneInfo(name)).utcoffset()
        return timezone(offset or timedelta(0))

    monkeypatch.setattr(clock, january)
    asked, wrong = differences(server, "America/New_York", changes("America/New_York")[12:14])
    assert 0 < wrong < asked  # it is right in winter
