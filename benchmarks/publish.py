"""Putting a run before people, beside the ORM's own way of writing many rows, in one go.

    python benchmarks/publish.py [--cases 100000] [--database postgresql://user@host:port/name]

Makes a run of so many cases (a small made-up run, repeated under other names, each with its borrower and
points of contact), publishes it into a fresh ledger, then the day after it, of which 2 % are new and 2 %
cured, and in another fresh ledger writes the first day's rows of CaseDay alone with `bulk_create`. Cases
a second are of the whole publishing: copied rows, new cases, borrowers, points, promises, the pointer.
After each day its cases are marked by the rules on stored facts, measured apart: people see the run by then.
Without --database it is ARREARS_DATABASE, and without that the ledger is a SQLite file. CPU seconds are
this process's and, where it runs on this machine, the database's. The bar is 25,000 cases a second on
either, on the first day and on the second; marking has none.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
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
CHANGE = 50  # one case in so many is new on the second day, one is cured
BARRED = ("first day", "second day")


@dataclass(frozen=True, slots=True)
class Took:
    """What one piece of work took. Units: seconds of the clock, seconds of any processor."""

    wall: float
    cpu: float


def large_runs(home: Home, cases: int, folder: Path) -> tuple[Run, Run]:
    """Two days' runs of so many cases; the book of `home` knows their borrowers and points."""
    make_book(folder / "files", loans=2000, seed=3, last_date=DAY)
    load(home, read_mapping("standard"), folder / "files", today=DAY)
    small = run(home, as_of=DAY)
    change = cases // CHANGE
    rows = {t: _read(small.files(t)) for t in ("case_day", "worklist")}
    copies = -(-(cases + change) // rows["case_day"].num_rows)
    (folder / "more").mkdir()
    theirs = pa.array(rows["case_day"]["borrower_id"].to_pylist())
    for table, keys in (("borrowers", ()), ("contact_points", ("point_id",))):
        file = _read([folder / "files" / f"{table}.parquet"])
        file = file.filter(pc.is_in(file["borrower_id"], theirs))
        pq.write_table(_repeated(file, copies, keys), folder / "more" / f"{table}.parquet")
    load(home, read_mapping("standard"), folder / "more", today=DAY)
    runs = []
    for n, first in enumerate((0, change)):
        for table, content in rows.items():
            many = _repeated(content.sort_by("borrower_id"), copies).slice(first, cases)
            if table == "worklist":
                many = many.sort_by("rank")
                ranks = pa.array(range(1, many.num_rows + 1), pa.int64())
                many = many.set_column(many.schema.get_field_index("rank"), "rank", ranks)
            (folder / f"run{n}" / table).mkdir(parents=True)
            pq.write_table(many, folder / f"run{n}" / table / "bucket=000.parquet")
        runs.append(_run(folder, n))
    return runs[0], runs[1]


def _run(folder: Path, n: int) -> Run:
    return Run(folder / f"run{n}", DAY + timedelta(days=n), None, 1, "duck", None, {})


def _read(files: list[Path]) -> pa.Table:
    return pa.concat_tables([pq.read_table(f, partitioning=None) for f in files])


def _repeated(rows: pa.Table, copies: int, keys: tuple[str, ...] = ()) -> pa.Table:
    """The same rows of so many other borrowers, one after another."""
    made = []
    for copy in range(copies):
        named = rows
        for column in ("borrower_id", *keys):
            names = pa.array([f"{name}-{copy}" for name in rows[column].to_pylist()])
            named = named.set_column(rows.schema.get_field_index(column), column, names)
        made.append(named)
    return pa.concat_tables(made)


@contextmanager
def measured(into: dict[str, Took], name: str) -> Iterator[None]:
    """What runs inside is in `into` with what it took."""
    wall, cpu = time.perf_counter(), time.process_time() + _database_cpu()
    yield
    ended = time.process_time() + _database_cpu()
    into[name] = Took(time.perf_counter() - wall, ended - cpu)


def _database_cpu() -> float:
    """Seconds that the database's process for this connection has worked; 0 where nobody can say."""
    from django.db import connection

    if connection.vendor != "postgresql":
        return 0.0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid = cursor.fetchone()[0]
    try:
        told = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    except OSError:
        return 0.0
    return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")


def publishing(folder: Path) -> dict[str, Took]:
    """What two days' publishing takes, and the marking after each."""
    from arrears.web.ledger.actions.marks import mark_cases
    from arrears.web.ledger.actions.publish import publish_run

    took: dict[str, Took] = {}
    for n, name in enumerate(BARRED):
        with measured(took, name):
            publish_run(home=Home(folder / "home"), run=_run(folder, n), at=AT)
        with measured(took, f"{name}, marking"):
            mark_cases(at=AT)
    return took


def by_orm(folder: Path) -> dict[str, Took]:
    """What it takes to write the first day's rows of CaseDay alone with bulk_create."""
    from django.db import transaction

    from arrears.batch import read
    from arrears.web.ledger.actions.publish import CASE_DAY
    from arrears.web.ledger.models import CaseDay, PublishedRun
    from arrears.web.ledger.models.guard import writing

    took: dict[str, Took] = {}
    with measured(took, "bulk_create"), transaction.atomic(), writing("by_orm"):
        rows: list[dict[str, Any]] = read.ranked_cases(_run(folder, 0)).to_pylist()
        PublishedRun.objects.create(
            run_id="orm", as_of=DAY, book_version=1, cases=len(rows), published_at=AT
        )
        texts = ("branch", "product")
        told = [
            {n: "" if n in texts and row[n] is None else row[n] for n in CASE_DAY} for row in rows
        ]
        CaseDay.objects.bulk_create([CaseDay(run_id="orm", **row) for row in told], batch_size=1000)
    return took


WAYS: dict[str, Callable[[Path], dict[str, Took]]] = {"publish": publishing, "orm": by_orm}


def measure_here(way: str, folder: Path, address: str) -> None:
    """One way in this process, into a ledger of its own; what it took is printed."""
    from arrears.web.start import start, upgrade

    start(Home(folder / way), {"ARREARS_DATABASE": address} if address else {})
    from django.core.management import call_command

    upgrade()
    call_command("flush", verbosity=0, interactive=False)
    took = WAYS[way](folder)
    print(json.dumps({name: (one.wall, one.cpu) for name, one in took.items()}))


def measure_apart(way: str, folder: Path, address: str) -> dict[str, Took]:
    """One way in a process of its own, whose ledger is gone afterwards."""
    words = [sys.executable, __file__, "--only", way, str(folder), "--database", address]
    done = subprocess.run(words, check=True, capture_output=True, text=True, env=dict(os.environ))
    for file in (folder / way).glob("ledger/ledger.sqlite3*"):
        file.unlink()
    return {name: Took(*one) for name, one in json.loads(done.stdout.splitlines()[-1]).items()}


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--database", default=os.environ.get("ARREARS_DATABASE", ""))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", nargs=2, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.only:
        measure_here(asked.only[0], Path(asked.only[1]), asked.database)
        return 0
    all_took: dict[str, list[Took]] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        large_runs(Home(folder / "home"), asked.cases, folder)
        for round_number in range(asked.rounds):
            for way in WAYS:
                for what, took in measure_apart(way, folder, asked.database).items():
                    all_took.setdefault(what, []).append(took)
            print(f"round {round_number + 1} of {asked.rounds} done", file=sys.stderr)
    return told(all_took, asked.cases, "PostgreSQL" if asked.database else "SQLite")


def told(all_took: dict[str, list[Took]], cases: int, store: str) -> int:
    """The figures are printed; 0 where the bar holds."""
    middle = {
        what: sorted(took, key=lambda one: one.wall)[len(took) // 2]
        for what, took in all_took.items()
    }
    slowest = middle["bulk_create"].wall
    print(f"\n{cases:,} cases into {store}, medians of {len(all_took['bulk_create'])}\n")
    print(f"{'':20} {'cases/s':>10} {'wall s':>8} {'CPU s':>8} {'x bulk_create':>14}")
    for what, took in middle.items():
        rate = cases / took.wall
        print(
            f"{what:20} {rate:>10,.0f} {took.wall:>8.2f} {took.cpu:>8.2f} {slowest / took.wall:>14.1f}"
        )
    holds = all(cases / middle[what].wall >= BAR for what in BARRED)
    print(f"\nbar {BAR:,} cases/s: {'holds' if holds else 'DOES NOT HOLD'}")
    return 0 if holds else 1


if __name__ == "__main__":
    raise SystemExit(main())
