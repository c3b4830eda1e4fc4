"""A run killed at any moment leaves nothing half published, and the next one gives the same bytes."""

import os
import random
import subprocess
import sys
import time
from datetime import date

import pytest

from arrears.batch.run import run
from arrears.batch.runs import runs
from arrears.feeds.load import load
from arrears.feeds.mapping import read_mapping
from arrears.lake.files import read_json, sha256
from arrears.lake.home import Home
from arrears.synth.book import make_book
from tests.lib.tree import ROOT

KILLS = int(os.environ.get("ARREARS_KILLS", "10"))
AS_OF = date(2026, 6, 30)
STANDARD = ROOT / "src/arrears/feeds/mappings/standard.toml"
PROGRAM = f"""
import sys
from datetime import date
from pathlib import Path
from arrears.batch.run import run
from arrears.lake.home import Home
print("ready", flush=True)
run(Home(Path(sys.argv[1])), as_of=date.fromisoformat("{AS_OF}"))
"""


def contents(home):
    """Every file of every run, with its bytes."""
    found = (p for p in home.runs.rglob("*") if p.is_file())
    return {p.relative_to(home.path).as_posix(): p.read_bytes() for p in found}


def four_buckets(folder):
    """A book of a few hundred loans in four buckets, so that a kill can fall between two."""
    files = folder / "files"
    make_book(files, loans=400, seed=3, last_date=AS_OF)
    mapping = folder / "four.toml"
    text = STANDARD.read_text(encoding="utf-8").replace(
        "[institution]", "[institution]\nbuckets = 4"
    )
    mapping.write_text(text, encoding="utf-8")
    home = Home(folder / "home")
    load(home, read_mapping(str(mapping)), files, today=AS_OF)
    return home


@pytest.fixture(scope="module")
def clean(tmp_path_factory):
    """What a run that nobody kills leaves, and how long it takes."""
    home = four_buckets(tmp_path_factory.mktemp("clean"))
    assert home.institution().buckets == 4
    began = time.perf_counter()
    run(home, as_of=AS_OF)
    return contents(home), time.perf_counter() - began


def test_the_same_book_gives_the_same_bytes_and_is_not_run_twice(tmp_path, clean):
    whole, _ = clean
    home = four_buckets(tmp_path)
    run(home, as_of=AS_OF)
    assert contents(home) == whole
    stamps = {p: p.stat().st_mtime_ns for p in home.runs.rglob("*")}
    run(home, as_of=AS_OF)
    assert {p: p.stat().st_mtime_ns for p in home.runs.rglob("*")} == stamps


@pytest.mark.kill
@pytest.mark.parametrize("turn", range(KILLS))
def test_a_killed_run_leaves_nothing_half_published(tmp_path, clean, turn):
    whole, took = clean
    home = four_buckets(tmp_path)
    work = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, home.path], stdout=subprocess.PIPE, text=True
    )
    assert work.stdout is not None
    assert work.stdout.readline() == "ready\n"
    time.sleep(random.Random(turn).uniform(0, took * 1.1))
    work.kill()
    work.communicate()
    for seen in runs(home):
        for table, listed in read_json(seen.folder / "manifest.json")["tables"].items():
            for file in listed:
                assert sha256(seen.folder / table / file["file"]) == file["sha256"]
    run(home, as_of=AS_OF)
    assert contents(home) == whole
    assert [p.name for p in home.scratch.glob("*")] == ["lock"]
