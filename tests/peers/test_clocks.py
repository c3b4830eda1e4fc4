"""Every change of every zone's offset: our clock, our day and our window are PostgreSQL's, minute by minute.

PostgreSQL has its own zone engine, so both read one set of zones here: the one that PostgreSQL has. The
product itself reads the package tzdata (tests/unit/rules/test_zones.py).
"""

import zoneinfo
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import psycopg
import pytest

from tests.lib.clocks import (
    AROUND,
    changed_by_postgres,
    changes,
    differences,
    step_after,
    zones_from,
    zones_of,
)
from tests.lib.server import postgres

pytestmark = [
    pytest.mark.peers,
    pytest.mark.enable_socket,
    pytest.mark.allow_hosts(["127.0.0.1"]),
]

EVERY = sorted(zoneinfo.available_timezones())
SOME = (
    "Asia/Shanghai",
    "Asia/Urumqi",
    "Asia/Hong_Kong",
    "Asia/Kathmandu",  # five and three quarter hours
    "Asia/Tehran",  # gave up summer time in 2022
    "Asia/Beirut",  # at midnight
    "Asia/Gaza",  # four times a year
    "Africa/Casablanca",  # put back for a month of fasting
    "Africa/Cairo",  # summer time again from 2023
    "America/New_York",
    "America/St_Johns",  # three and a half hours
    "America/Santiago",
    "America/Nuuk",  # changed its zone in 2023
    "America/Mexico_City",
    "Antarctica/Troll",  # two hours
    "Australia/Lord_Howe",  # half an hour
    "Europe/London",
    "Europe/Prague",
    "Pacific/Auckland",
    "Pacific/Apia",
)
SOON = (datetime(2025, 7, 1, tzinfo=UTC), datetime(2027, 7, 1, tzinfo=UTC))


@pytest.fixture(scope="module")
def server():
    with postgres() as found, psycopg.connect(found.address(), autocommit=True) as connection:
        yield connection


@pytest.fixture
def same_zones(server):
    with zones_from(zones_of(server)):
        yield


def january(name):
    """A clock that keeps all year the offset it has in January: the fault that is planted."""
    offset = datetime(2026, 1, 15, tzinfo=UTC).astimezone(ZoneInfo(name)).utcoffset()
    return timezone(offset or timedelta(0))


def compared(server, zone, around):
    """Every minute around these moments was compared, and is the same."""
    assert differences(server, zone, around) == (len(around) * (2 * AROUND + 1), 0)


@pytest.mark.usefixtures("same_zones")
@pytest.mark.parametrize("zone", SOME)
def test_the_clock_of_a_zone_is_that_of_postgresql_for_two_years(server, zone):
    found = changes(zone)
    assert [step_after(at) for at in found] == changed_by_postgres(server, zone)
    compared(server, zone, [SOON[0], *(at for at in found if SOON[0] < at < SOON[1])])


@pytest.mark.night
@pytest.mark.usefixtures("same_zones")
@pytest.mark.parametrize("zone", EVERY)
def test_the_clock_of_every_zone_is_that_of_postgresql_for_sixteen_years(server, zone):
    found = changes(zone)
    assert [step_after(at) for at in found] == changed_by_postgres(server, zone)
    compared(server, zone, found)


@pytest.mark.usefixtures("same_zones")
@pytest.mark.parametrize(
    "clock",
    [
        "arrears.rules.facts.known_zone",
        "arrears.rules.bulk.known_zone",
        "arrears.core.day.ZoneInfo",
    ],
)
def test_a_clock_that_keeps_januarys_offset_is_caught(server, monkeypatch, clock):
    monkeypatch.setattr(clock, january)
    asked, wrong = differences(server, "America/New_York", changes("America/New_York")[12:14])
    assert 0 < wrong < asked  # it is right in winter
