"""A whole day's run beside the cheapest possible reading of the same files, in one go.

    python benchmarks/daily_run.py [--loans 1000000] [--home FOLDER]

Makes a book (seeded; about 24 instalments and 14 payments a loan), loads it through the ordinary feed,
and measures four processes, one after the other, `--rounds` times each in turn:

    scan          read the columns that a run needs of instalments and payments, add them up
    scan + group  the same, per loan
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

# Every column that a run reads of the three large tables; provenance other than known_date is not.
SCAN = {
    "loans": "SUM(LENGTH(loan_id)), SUM(LENGTH(borrower_id)), SUM(LENGTH(product)), "
    "SUM(LENGTH(branch)), MAX(opened_date), MAX(status), MAX(known_date)",
    "instalments": "SUM(LENGTH(loan_id)), SUM(seq), MAX(due_date), MAX(known_date), "
    "SUM(principal_minor), SUM(interest_minor), SUM(fee_minor)",
    "payments": "SUM(LENGTH(payment_id)), SUM(LENGTH(loan_id)), MAX(value_date), MAX(known_date), "
    "SUM(amount_minor), SUM(LENGTH(reverses_id)), SUM(principal_minor), SUM(interest_minor), "
    "SUM(fee_minor)",
}
GROUP = {
    table: columns.replace("SUM(LENGTH(loan_id))", "loan_id") for table, columns in SCAN.items()
}


def scan(home: Home, columns: dict[str, str], *, grouped: bool) -> None:
    """Read both large tables bucket by bucket, as the run does, on a connection like the run's."""
    for bucket in range(home.institution().buckets):
        connection = duck.connect(spill=home.scratch / "scan")
        for table, wanted in columns.items():
            files = list(reading(home, table, known_on=date.max, bucket=bucket).paths)
            sql = f"SELECT {wanted} FROM read_parquet({duck.file_list(files)})"
            if grouped:
                named = ", ".join(f"({c}) AS c{n}" for n, c in enumerate(wanted.split(", ")))
                sql = sql.replace(wanted, named)
                connection.execute(f"CREATE TABLE {table} AS {sql} GROUP BY loan_id")
            else:
                connection.execute(sql).fetchall()
        connection.close()


def whole_run(home: Home) -> None:
    """The run of the day after the one that is there, so that the roll has a day to come from."""
    shutil.rmtree(home.runs / LAST_DAY.isoformat(), ignore_errors=True)
    run(home, as_of=LAST_DAY)


TASKS: dict[str, Callable[[Home], None]] = {
    "scan": lambda home: scan(home, SCAN, grouped=False),
    "scan + group": lambda home: scan(home, GROUP, grouped=True),
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
