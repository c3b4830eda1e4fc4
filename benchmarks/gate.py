"""The gate: one verdict at a time, with the database behind it, and for a whole table at once.

    python benchmarks/gate.py [--cases 20000] [--rows 1000000] [--database postgresql://user@host:port/name]

Single verdicts are given in this process for contacts that are allowed, allowed with duties, refused and
deferred (which looks for the earliest lawful moment); `x record` is how many times as long a verdict takes
as writing it down as JSON, which every verdict is. With the database: a ledger of so many cases, of which
some are asked about as a claim does: facts gathered, verdict given. In bulk: the rules whose facts a table
of so many rows knows, as one query, beside a bare count over the same columns. CPU seconds are this
process's; times with the database are of the clock. The bars: 2,000 single verdicts a CPU-second, 5 ms at
the 99th of a hundred with the database, 200,000 a CPU-second in bulk.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from statistics import median

import duckdb
import pyarrow as pa

from arrears.core.case import CASE_MOVES, FLAGS
from arrears.core.tables import POINT_SOURCES
from arrears.lake.home import Home
from arrears.rules.book import Book, shipped
from arrears.rules.bulk import asked, clocks_at, column_type, verdicts_sql
from arrears.rules.cases import in_order
from arrears.rules.facts import ContactFacts
from arrears.rules.gate import may_contact, record_of

sys.path.insert(0, str(Path(__file__).parent))

AT = datetime(2026, 11, 20, 2, tzinfo=UTC)
SINGLE_BAR, DATABASE_BAR_MS, BULK_BAR = 2_000, 5.0, 200_000
ZONES = ("Asia/Shanghai", "Asia/Urumqi", "America/New_York", "Europe/London")
STORED = (
    "purpose",
    "channel",
    "zone",
    "role",
    "borrower_kind",
    "point_source",
    "point_valid",
    "holds",
    "agreements",
    "case_state",
    "debtor_state",
    "overdue_minor",
    "demand_minor",
    "owed_minor",
    "attempts_today",
    "messages_today",
    "template_approved",
    "text_classes",
    "missing_fields",
)


def single(rounds: int) -> dict[str, tuple[float, float]]:
    """By kind of contact: verdicts a CPU-second, and how many times as long as writing one down."""
    lawful = replace(in_order("cn"), at=AT)
    contacts = {
        "allowed": lawful,
        "with duties": replace(lawful, channel="call"),
        "refused": replace(lawful, role="contact"),
        "deferred": replace(lawful, at=AT.replace(hour=15)),
    }
    found = {}
    for name, facts in contacts.items():
        verdict = may_contact(facts)
        verdicts = _a_second(lambda facts=facts: may_contact(facts), rounds)
        record = record_of(facts, verdict)
        records = _a_second(lambda record=record: json.dumps(record), rounds)
        found[name] = (verdicts, records / verdicts)
    return found


def _a_second(work: Callable[[], object], rounds: int) -> float:
    """How many times a CPU-second it can be done."""
    work()
    began = time.process_time()
    for _ in range(rounds):
        work()
    return rounds / (time.process_time() - began)


def with_database(folder: Path, cases: int, address: str) -> tuple[list[float], list[float]]:
    """The 50th, 95th and 99th of a hundred in ms: facts of a case and the verdict; one bare round trip.

    A first round is thrown away, in which the database still tidies up after the run was published;
    of five more, each of other cases, the median of each figure. Every verdict is followed by a question
    that asks for nothing, so that both see the same machine.
    """
    from publish import _run, large_runs

    from arrears.web.start import start, upgrade

    large_runs(Home(folder / "home"), cases, folder)
    start(Home(folder / "web"), {"ARREARS_DATABASE": address} if address else {})
    from django.core.management import call_command

    upgrade()
    call_command("flush", verbosity=0, interactive=False)
    from arrears.web.ledger.actions.publish import publish_run
    from arrears.web.ledger.facts import facts_of
    from arrears.web.ledger.models import Borrower, Case, ContactPoint
    from arrears.web.ledger.sql import asked as round_trip

    publish_run(home=Home(folder / "home"), run=_run(folder, 0), at=AT)
    random, rounds, bare = Random(1), [], []
    ids = list(Case.objects.values_list("pk", flat=True))
    words = {"channel": "sms", "purpose": "collect", "at": AT}
    for _ in range(6):
        took, tripped = [], []
        for case_id in random.sample(ids, min(2000, len(ids))):
            case = Case.objects.get(pk=case_id)
            point = ContactPoint.objects.filter(borrower_id=case.borrower_id).first()
            borrower = Borrower.objects.get(pk=case.borrower_id)
            if point is None:
                continue
            began = time.perf_counter()
            may_contact(facts_of(case=case, point=point, borrower=borrower, **words))
            ended = time.perf_counter()
            round_trip("SELECT 1")
            took.append((ended - began) * 1000)
            tripped.append((time.perf_counter() - ended) * 1000)
        rounds.append(_percentiles(took))
        bare.append(_percentiles(tripped))
    return tuple(
        [median(figure) for figure in zip(*all_[1:], strict=True)] for all_ in (rounds, bare)
    )  # type: ignore[return-value]


def _percentiles(took: list[float]) -> list[float]:
    return [sorted(took)[int(len(took) * share)] for share in (0.5, 0.95, 0.99)]


def bulk(rows: int, book: Book) -> tuple[float, float, int]:
    """Verdicts a CPU-second, how many times a bare count that takes, and how many rules are asked."""
    connection = duckdb.connect()
    connection.execute("SET threads = 1")
    connection.register("made", _table(rows))
    connection.execute("CREATE TABLE facts AS SELECT * FROM made")
    connection.execute("CREATE TABLE clocks (zone VARCHAR, local_date DATE, local_time TIME)")
    connection.executemany("INSERT INTO clocks VALUES (?, ?, ?)", clocks_at(AT, ZONES))
    sql = verdicts_sql(book, STORED, act="contact", at=AT, source="facts", clocks="clocks")
    counted = ", ".join(f"count({name})" for name in STORED)
    bare = _cpu(connection, f"SELECT {counted} FROM facts")
    full = _cpu(
        connection, f"SELECT count(*) FILTER (len(against) = 0), sum(len(against)) FROM ({sql})"
    )
    return rows / full, full / bare, len(asked(book, STORED, act="contact"))


def _cpu(connection: duckdb.DuckDBPyConnection, sql: str) -> float:
    took = []
    for _ in range(3):
        began = time.process_time()
        connection.execute(sql).fetchall()
        took.append(time.process_time() - began)
    return sorted(took)[1]


def _table(rows: int) -> pa.Table:
    random = Random(20261125)
    some = [_contact(random) for _ in range(10_000)]
    columns = {}
    for name in STORED:
        values = [getattr(facts, name) for facts in some]
        told = [sorted(v) if isinstance(v, frozenset) else v for v in values]
        kind = {"VARCHAR[]": pa.list_(pa.string()), "BIGINT": pa.int64(), "BOOLEAN": pa.bool_()}
        columns[name] = pa.array(told, kind.get(column_type(name), pa.string()))
    table = pa.table(columns)
    return pa.concat_tables([table] * -(-rows // table.num_rows)).slice(0, rows)


def _contact(random: Random) -> ContactFacts:
    return replace(
        in_order("cn"),
        zone=random.choice(ZONES),
        holds=frozenset(random.sample(FLAGS, random.choice((0, 0, 0, 1)))),
        case_state=random.choice(tuple(CASE_MOVES)),
        overdue_minor=random.choice((0, 120_000)),
        messages_today=random.randint(0, 3),
        point_source=random.choice((*POINT_SOURCES, None)),
    )


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--cases", type=int, default=20_000)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3_000)
    parser.add_argument("--database", default=os.environ.get("ARREARS_DATABASE", ""))
    given = parser.parse_args()
    print(f"rules: {shipped().version}\n\n{'single':14} {'verdicts/CPU-s':>15} {'x record':>9}")
    singles = single(given.rounds)
    for name, (rate, ratio) in singles.items():
        print(f"{name:14} {rate:>15,.0f} {ratio:>9.1f}")
    rate, ratio, rules = bulk(given.rows, shipped())
    print(
        f"\nbulk, {given.rows:,} rows, {rules} rules: {rate:,.0f}/CPU-s, {ratio:.1f} x a bare count"
    )
    with tempfile.TemporaryDirectory() as name:
        shown, trip = with_database(Path(name), given.cases, given.database)
    store = "PostgreSQL" if given.database else "SQLite"
    print("{}, {:,} cases: p50 {:.2f} p95 {:.2f} p99 {:.2f} ms".format(store, given.cases, *shown))
    ratios = (ours / bare for ours, bare in zip(shown, trip, strict=True))
    print("one bare question: p50 {:.2f} p95 {:.2f} p99 {:.2f} ms".format(*trip))
    print("ratio: p50 {:.1f} p95 {:.1f} p99 {:.1f}".format(*ratios))
    holds = (
        min(rate for rate, _ in singles.values()) >= SINGLE_BAR
        and shown[2] <= DATABASE_BAR_MS
        and rate >= BULK_BAR
    )
    print("\nbars: " + ("hold" if holds else "DO NOT HOLD"))
    return 0 if holds else 1


if __name__ == "__main__":
    raise SystemExit(main())
