"""A whole day's run beside the cheapest possible reading of the same files, in one go.

    python benchmarks/daily_run.py [--loans 1000000] [--home FOLDER]

Makes a book (seeded; about 24 instalments and 14 payments a loan), loads it through the ordinary feed,
and measures four processes, one after the other, `--rounds` times each in turn:

    scan          read every column that a run reads, add them up
    scan + group  the same, per loan where the rows are a loan's
    run           the whole run of a day: arrears, cases, roll, ranked list, written and sealed

CPU is user + system time of the process and its threads; memory is its peak resident set. The floor is
the physical one (the bytes have to be read and grouped by loan); the bar is run <= 4 x (scan + group)
and 1.5 GB.
"""

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from arrears.batch.run import run
from arrears.batch.runs import latest
from arrears.core.tables import BOOK
from arrears.feeds.load import load
from arrears.feeds.mapping import read_mapping
from arrears.lake import duck
from arrears.lake.book import reading
from arrears.lake.home import Home
from arrears.synth.book import make_book

LAST_DAY = date(2026, 11, 20)
MONTHS = 36  # a book this old has about 24 instalments and 14 payments a loan
SEED = 7
BAR, BAR_MB = 4.0, 1500

# Every column that a run reads, of every table that it reads; `before` is the run of the day before.
SCAN = {
    "loans": "SUM(LENGTH(loan_id)), SUM(LENGTH(borrower_id)), SUM(LENGTH(product)), "
    "SUM(LENGTH(branch)), MAX(opened_date), MAX(status), MAX(known_date)",
    "instalments": "SUM(LENGTH(loan_id)), SUM(seq), MAX(due_date), MAX(known_date), "
    "SUM(principal_minor), SUM(interest_minor), SUM(fee_minor)",
    "payments": "SUM(LENGTH(payment_id)), SUM(LENGTH(loan_id)), MAX(value_date), MAX(known_date), "
    "SUM(amount_minor), SUM(LENGTH(reverses_id)), SUM(principal_minor), SUM(interest_minor), "
    "SUM(fee_minor)",
    "before": "SUM(LENGTH(loan_id)), SUM(LENGTH(bucket)), SUM(overdue_minor), "
    "SUM(outstanding_minor)",
    "borrowers": "SUM(LENGTH(borrower_id)), MAX(kind), MAX(known_date)",
    "contacts": "SUM(LENGTH(borrower_id)), MAX(contact_date), MAX(known_date)",
    "flags": "SUM(LENGTH(borrower_id)), SUM(LENGTH(loan_id)), MAX(kind), MAX(from_date), "
    "MAX(to_date), MAX(known_date)",
    "promises": "SUM(LENGTH(borrower_id)), SUM(LENGTH(promise_id)), MAX(made_date), MAX(due_date), "
    "SUM(tolerance_days), SUM(amount_minor), MAX(known_date)",
}
BY_LOAN = ("loans", "instalments", "payments", "before")


def scan(home: Home, *, grouped: bool) -> None:
    """Read the tables bucket by bucket, as the run does, on a connection like the run's."""
    connection = duck.connect(spill=home.scratch / "scan")
    before = latest(home, as_of=LAST_DAY - timedelta(days=1))
    assert before is not None
    for bucket in range(home.institution().buckets):
        for table, wanted in SCAN.items():
            paths = (
                before.files("arrears")[bucket : bucket + 1]
                if table == "before"
                else reading(home, table, known_on=date.max, bucket=bucket).paths
            )
            source = f"read_parquet({duck.file_list(list(paths))}, hive_partitioning = false)"
            if grouped and table in BY_LOAN:
                named = wanted.replace("SUM(LENGTH(loan_id))", "loan_id").split(", ")
                sums = ", ".join(f"({column}) AS c{n}" for n, column in enumerate(named))
                connection.execute(
                    f"CREATE OR REPLACE TABLE {table} AS SELECT {sums} FROM {source} GROUP BY loan_id"
                )
            else:
                connection.execute(f"SELECT {wanted} FROM {source}").fetchall()
    connection.close()


def whole_run(home: Home) -> None:
    """The run of the day after the one that is there, so that the roll has a day to come from."""
    shutil.rmtree(home.runs / LAST_DAY.isoformat(), ignore_errors=True)
    run(home, as_of=LAST_DAY)


TASKS: dict[str, Callable[[Home], None]] = {
    "scan": lambda home: scan(home, grouped=False),
    "scan + group": lambda home: scan(home, grouped=True),
    "run": whole_run,
}


def measured(task: str, home: Home) -> dict[str, float]:
    """CPU-seconds, wall seconds and peak megabytes of one task in a process of its own."""
    command = [sys.executable, __file__, "--home", str(home.path), "--only", task]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


def measure_here(task: str, home: Home) -> None:
    import resource  # only where processes report it

    began = time.perf_counter()
    TASKS[task](home)
    used = resource.getrusage(resource.RUSAGE_SELF)
    figures = {
        "cpu": used.ru_utime + used.ru_stime,
        "wall": time.perf_counter() - began,
        "mb": used.ru_maxrss / 1024,
    }
    print(json.dumps(figures))


def book(home: Home, loans: int) -> None:
    """The book is in the home, and the day before has been run; made once, used again."""
    if not (home.path / "institution.json").exists():
        folder = home.path / "files"
        made = make_book(folder, loans=loans, seed=SEED, last_date=LAST_DAY, months=MONTHS)
        print("made:", ", ".join(f"{n} {made[n]:,}" for n in ("loans", "instalments", "payments")))
        began = time.process_time()
        load(home, read_mapping("standard"), folder, today=LAST_DAY)
        print(f"loaded in {time.process_time() - began:.0f} CPU-s")
        shutil.rmtree(folder)
    run(home, as_of=LAST_DAY - timedelta(days=1))


def report(rounds: list[dict[str, dict[str, float]]]) -> bool:
    """Print medians and ratios; whether the bar holds."""
    floor = statistics.median(r["scan + group"]["cpu"] for r in rounds)
    print(f"\n{'':14}{'CPU-s':>8}{'wall s':>8}{'peak MB':>9}{'x (scan + group)':>18}")
    for task in TASKS:
        cpu, wall, mb = (
            statistics.median(r[task][k] for r in rounds) for k in ("cpu", "wall", "mb")
        )
        print(f"{task:14}{cpu:8.1f}{wall:8.1f}{mb:9.0f}{cpu / floor:18.2f}")
    ratio = statistics.median(r["run"]["cpu"] / r["scan + group"]["cpu"] for r in rounds)
    memory = max(r["run"]["mb"] for r in rounds)
    holds = ratio <= BAR and memory <= BAR_MB
    print(
        f"\nrun / (scan + group), round by round, median: {ratio:.2f} (bar {BAR}); "
        f"peak {memory:.0f} MB (bar {BAR_MB}): {'holds' if holds else 'DOES NOT HOLD'}"
    )
    return holds


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--loans", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--home", type=Path, default=Path("arrears-bench"))
    parser.add_argument("--only", choices=[*TASKS, "book"], help=argparse.SUPPRESS)
    asked = parser.parse_args()
    home = Home(asked.home)
    if asked.only == "book":
        book(home, asked.loans)
        return 0
    if asked.only:
        measure_here(asked.only, home)
        return 0
    # In a process of its own: a child's peak memory is never less than its parent's.
    making = [sys.executable, __file__, "--home", str(home.path), "--loans", str(asked.loans)]
    subprocess.run([*making, "--only", "book"], check=True)
    rows = {t: len(reading(home, t, known_on=date.max).paths) for t in BOOK}
    print("files:", ", ".join(f"{t} {n}" for t, n in rows.items() if n))
    return 0 if report([{t: measured(t, home) for t in TASKS} for _ in range(asked.rounds)]) else 1


if __name__ == "__main__":
    raise SystemExit(main())
