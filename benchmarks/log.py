"""The log: appending, numbering, verifying, beside plain hashing of the same bytes.

    python benchmarks/log.py [--events 20000] [--database postgresql://user@host:port/name]

Appends so many events as an action does, one transaction each, every second with a personal value and its
commitment; numbers and chains them; verifies them whole from the ledger, with their values; writes an
export and verifies that. The physical limit is what `hashlib` does with the very bytes of the chain, one
hash after the other, in this process and this run: `x hashing` is how many times as long a step takes.
Appending waits for the disk of each commit, so it is told beside transactions that write one row.
Without --database it is ARREARS_DATABASE, and without that the ledger is a SQLite file. Seconds are of the
clock.
"""

import argparse
import hashlib
import os
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from arrears.lake.home import Home
from arrears.verify import GENESIS, canonical, check_folder

AT = datetime(2026, 11, 20, 10, tzinfo=UTC)
NOTE = "客户称发薪日为每月十五日，承诺届时还款，电话中态度配合。"
AT_ONCE, HASHED_AGAIN = 500, 20
BARS = {"number": 2_000, "verify": 5_000}  # events a second, at least


def main() -> None:
    """The table is printed; the exit code is 1 where a bar is missed."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    asked.add_argument("--events", type=int, default=20_000)
    asked.add_argument("--database", default=os.environ.get("ARREARS_DATABASE", ""))
    told = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder))
        _begin(home, told.database)
        took = measured(home, told.events)
    missed = show(took, told.events, "PostgreSQL" if told.database else "SQLite")
    raise SystemExit(1 if missed else 0)


def _begin(home: Home, database: str) -> None:
    from arrears.web.start import start

    start(home, {"ARREARS_DATABASE": database})
    from arrears.web.start import upgrade

    upgrade()


def measured(home: Home, events: int) -> dict[str, float]:
    """Seconds by step."""
    from arrears.web.ledger.actions.act import action, log
    from arrears.web.ledger.actions.chain import number_all
    from arrears.web.ledger.actions.people import admit_person
    from arrears.web.ledger.keep import check_log, keep_log
    from arrears.web.ledger.models import Token
    from arrears.web.ledger.queries.log_files import write_log

    number_all()
    by = admit_person(
        username="b", name="b", role="auditor", password="plum-orchard-7", by=None, at=AT
    )

    @action
    def append(n: int) -> None:
        at = AT + timedelta(milliseconds=n)
        values = {"note": f"{NOTE}{n}"} if n % 2 else None
        log("write_note", by=by, at=at, borrower_id=f"B{n % 997}", values=values, note=n)

    @action
    def bare(n: int) -> None:
        Token.objects.create(person=by, token=str(n), at=AT)

    # In turns, as a busy disk is not the same from minute to minute.
    took = {"a row": 0.0, "append": 0.0}
    for first in range(0, events, AT_ONCE):
        some = range(first, min(first + AT_ONCE, events))
        took["a row"] += _timed(lambda some=some: [bare(n) for n in some])
        took["append"] += _timed(lambda some=some: [append(n) for n in some])
    took["number"] = _timed(number_all)
    keep_log(home.path, at=AT)
    took["verify"] = _timed(lambda: _sound(check_log(home.path, at=AT)))
    out = home.path / "export"
    took["export"] = _timed(lambda: write_log(out, anchors=(), values=True))
    took["verify export"] = _timed(lambda: _sound(check_folder(out)))
    bodies = _bodies()
    again = range(HASHED_AGAIN)
    took["hashing"] = _timed(lambda: [_chain(bodies) for _ in again]) / HASHED_AGAIN
    took["hashing"] *= events / len(bodies)
    return took


def _bodies() -> list[bytes]:
    """The bytes of each event, as the chain hashes them."""
    from arrears.web.ledger.queries.chain import records

    return [canonical(record["event"]) for record in records(values=False)]


def _chain(bodies: list[bytes]) -> str:
    """The chain over bytes that are there already: nothing can be faster in this language."""
    before = GENESIS
    for body in bodies:
        before = hashlib.sha256(before.encode() + body).hexdigest()
    return before


def _sound(report: Any) -> None:
    if report.wrong:
        raise SystemExit(f"A log that nobody touched is told as changed: {report.wrong[:3]}")


def _timed(act: Callable[[], Any]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def show(took: dict[str, float], events: int, database: str) -> list[str]:
    """The table; the steps that miss their bar."""
    print(f"{events:,} events on {database}")
    print(f"{'step':<16}{'seconds':>9}{'events/s':>12}{'x hashing':>11}{'bar':>9}")
    missed = []
    for step, seconds in took.items():
        rate, bar = events / seconds, BARS.get(step)
        missed += [step] if bar and rate < bar else []
        ratio = seconds / took["hashing"]
        print(f"{step:<16}{seconds:>9.2f}{rate:>12,.0f}{ratio:>11.1f}{bar or '':>9}")
    print(f"append x a transaction that writes one row: {took['append'] / took['a row']:.2f}")
    return missed


if __name__ == "__main__":
    main()
