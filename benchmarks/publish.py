"""Putting a run before people, beside the ORM's own way of writing many rows, in one go.

    python benchmarks/publish.py [--cases 100000] [--database postgresql://user@host:port/name]

Makes a run of so many cases (a small made-up run, repeated under other names), publishes it into a fresh
ledger and, in another fresh one, writes the same rows of CaseDay with `bulk_create`. Cases a second are
of the whole publishing: copied rows, new cases, borrowers, points, promises, the pointer. Without
--database the ledger is a SQLite file. The bar is 25,000 cases a second on either.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from arrears.batch.run import run
from arrears.batch.runs import Run
from arrears.feeds.load import load
from arrears.feeds.mapping import read_mapping
from arrears.lake.home import Home
from arrears.synth.book import make_book

DAY = date(2026, 11, 20)
AT = datetime(2026, 11, 20, 22, 0, tzinfo=UTC)
BAR = 25_000


def large_run(home: Home, cases: int, folder: Path) -> Run:
    """A run of so many cases."""
    make_book(folder / "files", loans=2000, seed=3, last_date=DAY)
    load(home, read_mapping("standard"), folder / "files", today=DAY)
    small = run(home, as_of=DAY)
    for table in ("case_day", "worklist"):
        rows = pa.concat_tables([pq.read_table(f, partitioning=None) for f in small.files(table)])
        copies = -(-cases // rows.num_rows)
        many = pa.concat_tables([_renamed(rows, n) for n in range(copies)]).slice(0, cases)
        if table == "worklist":
            ranks = pa.array(range(1, many.num_rows + 1), pa.int64())
            many = many.set_column(many.schema.get_field_index("rank"), "rank", ranks)
        (folder / "run" / table).mkdir(parents=True)
        pq.write_table(many, folder / "run" / table / "bucket=000.parquet")
    return replace(small, folder=folder / "run")


def _renamed(rows: pa.Table, copy: int) -> pa.Table:
    """The same rows of other borrowers."""
    names = pa.array([f"{name}-{copy}" for name in rows["borrower_id"].to_pylist()])
    return rows.set_column(rows.schema.get_field_index("borrower_id"), "borrower_id", names)


def publishing(home: Home, made: Run) -> float:
    """Seconds to publish."""
    from arrears.web.ledger.actions.publish import publish_run

    began = time.perf_counter()
    publish_run(home=home, run=made, at=AT)
    return time.perf_counter() - began


def by_orm(_home: Home, made: Run) -> float:
    """Seconds to write the rows of CaseDay alone with bulk_create."""
    from django.db import transaction

    from arrears.batch import read
    from arrears.web.ledger.actions.publish import CASE_DAY
    from arrears.web.ledger.models import CaseDay, PublishedRun
    from arrears.web.ledger.models.guard import writing

    began = time.perf_counter()
    rows: list[dict[str, Any]] = read.ranked_cases(made).to_pylist()
    with transaction.atomic(), writing("by_orm"):
        PublishedRun.objects.create(
            run_id="orm", as_of=DAY, book_version=1, cases=len(rows), published_at=AT
        )
        CaseDay.objects.bulk_create(
            [
                CaseDay(
                    run_id="orm",
                    **{
                        n: "" if row[n] is None and n in ("branch", "product") else row[n]
                        for n in CASE_DAY
                    },
                )
                for row in rows
            ],
            batch_size=1000,
        )
    return time.perf_counter() - began


WAYS = {"publish": publishing, "bulk_create": by_orm}


def measure_here(way: str, folder: Path, address: str) -> None:
    """One way in this process, into a ledger of its own; the seconds are printed."""
    from arrears.web.start import start, upgrade

    home = Home(folder / "home")
    made = Run(folder / "run", DAY, None, 1, "duck", None, {})
    ledger = Home(folder / way)
    start(ledger, {"ARREARS_DATABASE": address} if address else {})
    from django.core.management import call_command

    upgrade()
    call_command("flush", verbosity=0, interactive=False)
    print(json.dumps(WAYS[way](home, made)))


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--database", default="")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", nargs=2, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.only:
        measure_here(asked.only[0], Path(asked.only[1]), asked.database)
        return 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        large_run(Home(folder / "home"), asked.cases, folder)
        seconds: dict[str, list[float]] = {way: [] for way in WAYS}
        for round_number in range(asked.rounds):
            for way in WAYS:
                words = [sys.executable, __file__, "--only", way, str(folder)]
                words += ["--database", asked.database] if asked.database else []
                done = subprocess.run(
                    words, check=True, capture_output=True, text=True, env=dict(os.environ)
                )
                seconds[way].append(json.loads(done.stdout.splitlines()[-1]))
                for file in (folder / way).glob("ledger/ledger.sqlite3*"):
                    file.unlink()
            print(f"round {round_number + 1} of {asked.rounds} done", file=sys.stderr)
    rates = {way: asked.cases / sorted(s)[len(s) // 2] for way, s in seconds.items()}
    store = "PostgreSQL" if asked.database else "SQLite"
    print(f"\n{asked.cases:,} cases into {store}, medians of {asked.rounds}\n")
    for way, rate in rates.items():
        print(f"{way:12} {rate:>10,.0f} cases/s {rate / rates['bulk_create']:>8.1f} x bulk_create")
    holds = rates["publish"] >= BAR
    print(f"\nbar {BAR:,} cases/s: {'holds' if holds else 'DOES NOT HOLD'}")
    return 0 if holds else 1


if __name__ == "__main__":
    raise SystemExit(main())
