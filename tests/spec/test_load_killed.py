"""A load killed at any moment leaves nothing half published, and the next one completes."""

import os
import random
import subprocess
import sys
import time

import pytest

from arrears.lake.book import versions
from arrears.lake.files import sha256
from arrears.lake.home import Home
from tests.lib.files import TODAY, book, row, take

KILLS = int(os.environ.get("ARREARS_KILLS", "10"))
PROGRAM = f"""
import sys
from datetime import date
from pathlib import Path
from arrears.feeds.load import load
from arrears.feeds.mapping import read_mapping
from arrears.lake.home import Home
print("ready", flush=True)
home, standard = Home(Path(sys.argv[1])), read_mapping("standard")
load(home, standard, sys.argv[2], today=date.fromisoformat("{TODAY}"))
"""


def contents(home):
    """Every file of the book and of the quarantine, with its bytes."""
    return {
        p.relative_to(home).as_posix(): p.read_bytes()
        for folder in ("book", "quarantine")
        for p in (home / folder).rglob("*")
        if p.is_file()
    }


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """A book with enough rows for a kill to hit every stage, and some bad and waiting ones."""
    loans = [row("loans", loan_id=f"L{i}") for i in range(500)]
    instalments = [
        row("instalments", loan_id=f"L{i}", seq=s) for i in range(500) for s in range(1, 25)
    ]
    payments = [row("payments", payment_id=f"Y{i}", loan_id=f"L{i}") for i in range(510)]
    payments.append(row("payments", payment_id="Z", amount_minor="?"))
    folder = tmp_path_factory.mktemp("files")
    return book(folder, loans=loans, instalments=instalments, payments=payments)


@pytest.fixture(scope="module")
def clean(tmp_path_factory, files):
    """What a load that nobody kills leaves, and how long it takes."""
    home = tmp_path_factory.mktemp("clean")
    began = time.perf_counter()
    take(home, files)
    return contents(home), time.perf_counter() - began


@pytest.mark.kill
@pytest.mark.parametrize("turn", range(KILLS))
def test_a_killed_load_leaves_nothing_half_done(tmp_path, files, clean, turn):
    whole, took = clean
    home = tmp_path / "home"
    work = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, home, files], stdout=subprocess.PIPE, text=True
    )
    assert work.stdout is not None
    assert work.stdout.readline() == "ready\n"
    time.sleep(random.Random(turn).uniform(0, took * 1.1))
    work.kill()
    work.communicate()
    for version in versions(Home(home)):
        for part in (p for t in version.tables for p in t.parts):
            assert sha256(home / part.path) == part.sha256
    report = take(home, files)
    assert report.version in (1, None)
    assert contents(home) == whole
    assert not (home / "scratch" / "load").exists()
