"""The zones are those of the package tzdata, which is locked, whatever the machine has."""

import re
import sys
import zoneinfo
from datetime import UTC, date, datetime
from importlib import metadata
from subprocess import run
from zoneinfo import ZoneInfo

import duckdb
import pytest

from arrears.rules.gate import may_contact
from tests.lib.tree import ROOT
from tests.unit.rules.cases import lawful

# DuckDB has zones of its own, by which a moment in a bank's file becomes a day, of a release before ours.
OLDER_IN_DUCKDB = {"America/Havana", "Cuba"}
SHOWN = """
SELECT zone, epoch(moment)::BIGINT, timezone(zone, moment)
FROM (SELECT unnest($zones) AS zone) AS zones,
     generate_series(TIMESTAMPTZ '2020-01-01 12:00:00+00', TIMESTAMPTZ '2035-12-31 12:00:00+00',
                     INTERVAL 73 DAY) AS moments(moment)
"""


def test_no_zone_of_the_machine_is_read_and_the_locked_ones_are():
    assert zoneinfo.TZPATH == ()
    lock = (ROOT / "requirements" / "base.txt").read_text(encoding="utf-8")
    assert re.findall(r"^tzdata==(\S+)", lock, re.M) == [metadata.version("tzdata")]


def test_a_zone_that_was_read_before_us_is_read_anew():
    """A library that comes first must not leave a clock of the machine's in the cache."""
    code = (
        "from zoneinfo import ZoneInfo\nfirst = ZoneInfo('America/Vancouver')\n"
        "import arrears\nprint(ZoneInfo('America/Vancouver') is first)"
    )
    said = run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT / "src"
    )
    assert said.stdout == "False\n"


@pytest.mark.parametrize(
    ("hour", "allowed"),
    [(14, False), (15, True)],  # 7 and 8 in the morning: no longer put back in November
    ids=["seven", "eight"],
)
def test_a_zone_whose_law_changed_of_late_is_kept_by_its_new_law(hour, allowed):
    at = datetime(2026, 12, 15, hour, tzinfo=UTC)
    facts = lawful(at=at, zone="America/Vancouver", exam_date=date(2026, 12, 1))
    assert may_contact(facts).allowed is allowed


def test_a_moment_in_a_file_is_read_by_the_same_zones():
    names = sorted(zoneinfo.available_timezones())
    told = duckdb.execute(SHOWN, {"zones": names}).fetchall()
    assert len(told) == 81 * len(names)
    ours = {name: ZoneInfo(name) for name in names}
    differing = {
        name
        for name, epoch_s, shown in told
        if datetime.fromtimestamp(epoch_s, ours[name]).replace(tzinfo=None, fold=0) != shown
    }
    assert differing <= OLDER_IN_DUCKDB
