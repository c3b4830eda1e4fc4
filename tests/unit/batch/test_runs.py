"""Which run is the newest of a day, and which is the one before it."""

import os
from datetime import date

import pytest

from arrears.batch.runs import Run, latest, latest_before, runs, visible
from arrears.lake.files import write_json
from arrears.lake.home import Home

MONDAY, TUESDAY, WEDNESDAY = (date(2026, 3, d) for d in (2, 3, 4))


@pytest.fixture
def home(tmp_path):
    return Home(tmp_path)


def made(home, as_of, name, *, known_on=None, version=1, at=0):
    """A run in the lake, sealed at a moment."""
    folder = home.runs / as_of.isoformat() / name
    (folder / "arrears").mkdir(parents=True)
    content = {
        "as_of": as_of.isoformat(),
        "known_on": known_on.isoformat() if known_on else None,
        "book_version": version,
        "engine": "duck",
        "before": None,
        "rows": {"arrears": 3, "case_day": 1},
        "tables": {},
    }
    write_json(folder / "manifest.json", content)
    os.utime(folder / "manifest.json", ns=(at, at))
    return folder


def named(run):
    return run.folder.name if run else None


def test_a_run_without_a_manifest_is_not_there(home):
    (home.runs / "2026-03-02" / "half").mkdir(parents=True)
    assert runs(home) == []
    assert visible(home.runs / "2026-03-02" / "half") is None
    assert latest(home, as_of=MONDAY) is None


def test_a_run_is_read_as_it_was_sealed(home):
    folder = made(home, MONDAY, "a", known_on=TUESDAY, version=4)
    (folder / "arrears" / "bucket=001.parquet").touch()
    (folder / "arrears" / "bucket=000.parquet").touch()
    run = visible(folder)
    assert (run.as_of, run.known_on, run.book_version) == (MONDAY, TUESDAY, 4)
    assert (run.before, run.engine, run.rows["arrears"]) == (None, "duck", 3)
    assert [p.name for p in run.files("arrears")] == ["bucket=000.parquet", "bucket=001.parquet"]


def test_runs_stand_by_day_then_by_version_of_the_book_then_by_when_they_were_made(home):
    made(home, TUESDAY, "d", version=1, at=1)
    made(home, MONDAY, "c", version=2, at=1)
    made(home, MONDAY, "a", version=1, at=3)
    made(home, MONDAY, "b", version=1, at=2)
    assert [named(run) for run in runs(home)] == ["b", "a", "c", "d"]
    assert named(latest(home, as_of=MONDAY)) == "c"


def test_the_newest_run_is_one_with_the_same_view(home):
    made(home, MONDAY, "all", version=1)
    made(home, MONDAY, "then", known_on=MONDAY, version=2)
    assert named(latest(home, as_of=MONDAY)) == "all"
    assert named(latest(home, as_of=MONDAY, known_on=MONDAY)) == "then"
    assert latest(home, as_of=MONDAY, known_on=TUESDAY) is None


def test_the_run_before_is_of_the_nearest_earlier_day(home):
    made(home, MONDAY, "monday")
    made(home, TUESDAY, "old", version=1)
    made(home, TUESDAY, "new", version=2)
    made(home, WEDNESDAY, "today")
    assert named(latest_before(home, WEDNESDAY, None)) == "new"
    assert named(latest_before(home, TUESDAY, None)) == "monday"
    assert latest_before(home, MONDAY, None) is None


def test_the_run_before_has_the_same_view_if_there_is_one(home):
    made(home, MONDAY, "then", known_on=MONDAY)
    made(home, TUESDAY, "all")
    assert named(latest_before(home, WEDNESDAY, MONDAY)) == "then"
    assert named(latest_before(home, WEDNESDAY, None)) == "all"
    assert named(latest_before(home, WEDNESDAY, TUESDAY)) == "all"


def test_of_a_table_in_buckets_one_bucket_is_one_file(tmp_path):
    whole = Run(tmp_path, MONDAY, None, 1, "duck", None, {})
    for name in ("arrears/bucket=000", "arrears/bucket=011", "roll/bucket=all"):
        file = tmp_path / f"{name}.parquet"
        file.parent.mkdir(exist_ok=True)
        file.touch()
    assert [f.name for f in whole.files("arrears", 11)] == ["bucket=011.parquet"]
    assert len(whole.files("arrears")) == 2
    assert [f.name for f in whole.files("roll", 11)] == ["bucket=all.parquet"]
