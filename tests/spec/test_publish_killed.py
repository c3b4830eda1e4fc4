"""A publishing killed at any moment leaves the ledger as it was or whole, and the next one completes it."""

import os
import random
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from datetime import date

import pytest

from arrears.batch import read
from arrears.batch.run import run
from arrears.feeds.load import load
from arrears.feeds.mapping import read_mapping
from arrears.lake.home import Home
from arrears.synth.book import make_book

KILLS = int(os.environ.get("ARREARS_KILLS", "10"))
DAY = date(2026, 11, 20)
PROGRAM = """
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from arrears.batch.read import day_run
from arrears.lake.home import Home
from arrears.web.start import start, upgrade
home = Home(Path(sys.argv[1]))
start(home, {})
upgrade()
from arrears.web.ledger.actions.publish import publish_run
found = day_run(home, as_of=date(2026, 11, 20))
print("ready", flush=True)
publish_run(home=home, run=found, at=datetime(2026, 11, 20, 22, 0, tzinfo=UTC))
print("done", flush=True)
"""
TABLES = ("publishedrun", "pointer", "caseday", "case", "borrower", "contactpoint", "event")


def published(home):
    """How many rows each table of the ledger holds."""
    with closing(sqlite3.connect(home.path / "ledger" / "ledger.sqlite3")) as ledger:
        return [ledger.execute(f"SELECT COUNT(*) FROM ledger_{t}").fetchone()[0] for t in TABLES]


def begin(home):
    work = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, home.path], stdout=subprocess.PIPE, text=True
    )
    assert work.stdout is not None
    assert work.stdout.readline() == "ready\n"
    return work


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A book of many overdue cases with its run, so that publishing takes a while."""
    folder = tmp_path_factory.mktemp("home")
    make_book(folder / "files", loans=8_000, seed=4, last_date=DAY)
    place = Home(folder / "home")
    load(place, read_mapping("standard"), folder / "files", today=DAY)
    run(place, as_of=DAY)
    return place


@pytest.fixture(scope="module")
def took(home):
    """How long a publishing takes that nobody kills."""
    work = begin(home)
    began = time.perf_counter()
    work.communicate()
    return time.perf_counter() - began


@pytest.fixture
def fresh(home, took):
    """The home without a ledger."""
    for file in (home.path / "ledger").glob("ledger.sqlite3*"):
        file.unlink()
    return home


@pytest.mark.kill
@pytest.mark.parametrize("turn", range(KILLS))
def test_a_killed_publishing_is_whole_or_not_there(fresh, took, turn):
    cases = read.ranked_cases(read.day_run(fresh, as_of=DAY)).num_rows
    work = begin(fresh)
    time.sleep(random.Random(turn).uniform(0, took))
    work.kill()
    work.communicate()
    rows = published(fresh)
    assert rows == [0] * len(TABLES) or rows[:4] == [1, 1, cases, cases]
    out, _ = begin(fresh).communicate()
    assert out == "done\n"
    assert published(fresh)[:4] == [1, 1, cases, cases]
