"""One day's run: every step for every bucket, then the list; restartable, repeatable, whole or not there."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

import pyarrow as pa

from arrears.batch import plan
from arrears.batch.conventions import Conventions, conventions
from arrears.batch.engines.duck import Duck
from arrears.batch.engines.engine import Engine
from arrears.batch.folds import folds
from arrears.batch.runs import Run, latest_before, read_run, visible
from arrears.core.delinquency import SNAPSHOT_DAYS
from arrears.core.errors import UserError
from arrears.core.tables import ARREARS, BOOK, CASE_DAY, ROLL, WORKLIST, Column, Kind, Table
from arrears.decide.check import sound
from arrears.decide.compile import ranked
from arrears.decide.table import DecisionTable
from arrears.lake import book
from arrears.lake.files import clear, read_json, sha256, write_json
from arrears.lake.home import Home, alone

Progress = Callable[[str, int, int], None]

PER_BUCKET = (ARREARS, CASE_DAY)
OPENED = replace(BOOK["loans"], columns=(BOOK["loans"].column("opened_date"),))
ROLL_PART = Table(
    "roll_part",
    "one row per bucket before and bucket now, of one bucket of the lake",
    ("from_bucket", "to_bucket"),
    "",
    (
        Column("from_bucket", Kind.TEXT),
        Column("to_bucket", Kind.TEXT),
        Column("loans", Kind.MINOR),
        Column("overdue_minor", Kind.MINOR),
        Column("outstanding_minor", Kind.MINOR),
    ),
)


class BeforeTheBook(UserError):
    """The day asked for lies before anything in the book."""

    exit_code = 50


class NoStep(UserError):
    """A run has no step of that name."""

    exit_code = 51


class UnknownEngine(UserError):
    """No such engine, or its extra is not installed."""

    exit_code = 52


@dataclass(frozen=True, slots=True)
class Day:
    """What a run is asked for: a business day, what was known by when, the run to compare with, the book."""

    as_of: date
    known_on: date
    before: Run | None
    decisions: DecisionTable
    sealed: tuple[book.Version, ...]


def run(
    home: Home,
    *,
    as_of: date,
    known_on: date | None = None,
    engine: str = "duck",
    decisions: str | None = None,
    progress: Progress | None = None,
) -> Run:
    """The run of a day is in the lake, whole; asked again on the same book it is not done again.

    `known_on` None means all that is loaded. `decisions` is the text of a decision table; None the one
    that ships. A run that was killed goes on with the bucket it was at.

    Raises: NoBook, HomeBusy, BeforeTheBook, UnknownEngine, TableUnreadable, TableUnsound.
    """
    home.institution()
    text = decisions if decisions is not None else shipped_decisions()
    with alone(home):
        before = latest_before(home, as_of, known_on)
        sealed = tuple(book.versions(home))
        day = Day(as_of, known_on or date.max, before, sound(text), sealed)
        name = _name(home, as_of, known_on, engine, text, before)
        folder = home.runs / as_of.isoformat() / name
        done = visible(folder)
        if done is not None:
            return done
        told = _begin(home, day)
        spill = home.scratch / name
        clear(spill)
        tell = progress or (lambda *_: None)
        _every_bucket(home, folder, day, told, engine, spill, tell)
        _finish(folder, day, engine, spill)
        clear(spill)
        spill.rmdir()
        return _seal(folder, day, known_on, engine)


def _every_bucket(
    home: Home,
    folder: Path,
    day: Day,
    told: Conventions,
    engine: str,
    spill: Path,
    tell: Progress,
) -> None:
    count = home.institution().buckets
    buckets: Iterable[int | None] = range(count)
    if _engine_class(engine).whole_book:
        buckets = (None,)
    opened = open_engine(engine, spill, day.as_of)
    try:
        for n, bucket in enumerate(buckets):
            tell("bucket", n, count)
            _bucket(home, folder, day, told, bucket, opened)
    finally:
        opened.close()
    tell("bucket", count, count)


def shipped_decisions() -> str:
    """The text of the decision table that ships."""
    return (files("arrears.decide") / "tables" / "default.txt").read_text(encoding="utf-8")


def take_steps(
    engine: Engine, as_of: date, *, told: Conventions | None = None, upto: str | None = None
) -> None:
    """Every step has been taken on the book's tables that the engine holds, up to the table `upto`.

    Besides the book the engine must hold `arrears_before`. `told` are the conventions, where the
    caller has worked them out already.
    """
    told = told or conventions(engine, as_of=as_of)
    for name, rows in told.tables.items():
        engine.give(name, rows)
    oldest_snapshot = as_of - timedelta(days=SNAPSHOT_DAYS)
    literals = plan.parameters(as_of=as_of, oldest_snapshot=oldest_snapshot)
    folded = folds(as_of=as_of, terms=told.terms, charges=told.charges)
    for step in plan.steps():
        engine.step(step.name, plan.filled(step.sql, literals))
        if step.name == "balance":
            engine.short()
        fold = folded.get(step.name)
        if fold:
            engine.fold(fold.reads, fold.columns, fold.writes, fold.schema, fold)
        if upto is not None and upto in (step.name, fold.writes if fold else step.name):
            return


def bring(engine: Engine, home: Home, day: Day, bucket: int | None) -> None:
    """The engine holds one bucket of the book as known for a day, and of the run before."""
    for table in BOOK.values():
        engine.book(table, _reading(home, day, table.name, bucket), day.known_on)
    engine.files("arrears_before", ARREARS, _files_of(day.before, "arrears", bucket))


def show(
    home: Home, step: str, *, as_of: date, known_on: date | None = None, most: int = 20
) -> pa.Table:
    """Some rows of the table that a step makes, from the first bucket that has any; nothing is kept.

    Raises: NoBook, BeforeTheBook, NoStep.
    """
    names = shown_steps()
    if step not in names:
        raise NoStep(f"There is no step {step!r}", hint=f"Choose one of: {', '.join(names)}.")
    institution = home.institution()
    day = Day(
        as_of, known_on or date.max, None, sound(shipped_decisions()), tuple(book.versions(home))
    )
    told = _begin(home, day)
    rows = None
    for bucket in range(institution.buckets):
        engine = Duck(home.scratch / "show", as_of)
        try:
            bring(engine, home, day, bucket)
            take_steps(engine, as_of, told=told, upto=step)
            rows = engine.rows(f"SELECT * FROM {step} LIMIT {most}")
        finally:
            engine.close()
        if rows.num_rows:
            break
    return rows


def shown_steps() -> list[str]:
    """The tables that `show` can show, in the order in which a run makes them."""
    return [step.name for step in plan.steps()]


def open_engine(engine: str, spill: Path, as_of: date) -> Engine:
    """An engine by its name. Raises: UnknownEngine."""
    opened: Engine = _engine_class(engine)(spill, as_of)
    return opened


def _engine_class(engine: str) -> Any:
    if engine == "duck":
        return Duck
    if engine == "spark":
        try:
            from arrears.batch.engines.spark import Spark
        except ImportError as error:
            raise UnknownEngine(
                "The engine spark needs PySpark, which is not installed",
                hint='Install it with: pip install "arrears[spark]" (and Java 17)',
            ) from error
        return Spark
    raise UnknownEngine(
        f"There is no engine {engine!r}", hint="Use --engine duck or --engine spark."
    )


def _bucket(
    home: Home, folder: Path, day: Day, told: Conventions, bucket: int | None, engine: Engine
) -> None:
    mark = folder / "_done" / f"{_bucket_name(bucket)}.json"
    if mark.exists():
        return
    bring(engine, home, day, bucket)
    take_steps(engine, day.as_of, told=told)
    rows = {}
    for table in (*PER_BUCKET, ROLL_PART):
        path = folder / table.name / f"{_bucket_name(bucket)}.parquet"
        rows[table.name] = engine.write(table, f"SELECT * FROM {table.name}", path)
    engine.clear()
    write_json(mark, {"rows": rows})


def _finish(folder: Path, day: Day, engine_name: str, spill: Path) -> None:
    """The tables that need all buckets: the ranked list and the roll."""
    engine = open_engine(engine_name, spill, day.as_of)
    try:
        for table in (CASE_DAY, ROLL_PART):
            engine.files(table.name, table, sorted((folder / table.name).glob("*.parquet")))
        before = day.before.as_of if day.before else day.as_of
        roll = (
            f"SELECT DATE '{before}' AS from_date, DATE '{day.as_of}' AS as_of, from_bucket, to_bucket, "
            "CAST(SUM(loans) AS BIGINT) AS loans, CAST(SUM(overdue_minor) AS BIGINT) AS overdue_minor, "
            "CAST(SUM(outstanding_minor) AS BIGINT) AS outstanding_minor "
            "FROM roll_part GROUP BY from_bucket, to_bucket"
        )
        for table, sql in ((WORKLIST, ranked(day.decisions)), (ROLL, roll)):
            path = folder / table.name / "whole.parquet"
            engine.write(table, sql, path)
    finally:
        engine.close()


def _seal(folder: Path, day: Day, known_on: date | None, engine: str) -> Run:
    tables: dict[str, Any] = {}
    for table in (*PER_BUCKET, ROLL, WORKLIST):
        paths = sorted((folder / table.name).glob("*.parquet"))
        tables[table.name] = [{"file": p.name, "sha256": sha256(p)} for p in paths]
    rows: dict[str, int] = {}
    for mark in sorted((folder / "_done").glob("*.json")):
        for name, count in read_json(mark)["rows"].items():
            rows[name] = rows.get(name, 0) + count
    content = {
        "as_of": day.as_of.isoformat(),
        "known_on": known_on.isoformat() if known_on else None,
        "book_version": day.sealed[-1].number,
        "engine": engine,
        "before": day.before.as_of.isoformat() if day.before else None,
        "rows": {name: rows[name] for name in ("arrears", "case_day")},
        "tables": tables,
    }
    write_json(folder / "manifest.json", content)
    clear(folder / "_done")
    (folder / "_done").rmdir()
    return read_run(folder)


def _name(
    home: Home, as_of: date, known_on: date | None, engine: str, text: str, before: Run | None
) -> str:
    manifests = [p.read_text(encoding="utf-8") for p in sorted(home.versions.glob("[0-9]*.json"))]
    asked = [
        as_of.isoformat(),
        str(known_on),
        engine,
        text,
        str(before.folder.name if before else ""),
    ]
    return plan.fingerprint([*manifests, *(s.sql for s in plan.steps()), *asked])


def _reading(home: Home, day: Day, table: str, bucket: int | None) -> book.Reading:
    return book.reading(home, table, known_on=day.known_on, bucket=bucket, sealed=day.sealed)


def _files_of(before: Run | None, table: str, bucket: int | None) -> list[Path]:
    if before is None:
        return []
    wanted = "*.parquet" if bucket is None else f"{_bucket_name(bucket)}.parquet"
    folder = before.folder / table
    exact = sorted(folder.glob(wanted))
    return exact or sorted(folder.glob("*.parquet"))


def _bucket_name(bucket: int | None) -> str:
    return "bucket=all" if bucket is None else f"bucket={bucket:03d}"


def _begin(home: Home, day: Day) -> Conventions:
    """The conventions of the day's products.

    Raises: BeforeTheBook when no loan was opened, as known, by the day.
    """
    engine = Duck(home.scratch, day.as_of)
    try:
        for table in (OPENED, BOOK["products"], BOOK["rates"]):
            engine.book(table, _reading(home, day, table.name, None), day.known_on)
        answer = engine.rows("SELECT MIN(opened_date) AS first FROM loans")["first"][0].as_py()
        if answer is None or answer > day.as_of:
            begins = (
                f"the first loan known was opened on {answer}"
                if answer
                else "no loan was known then"
            )
            raise BeforeTheBook(
                f"There is nothing to run for {day.as_of}: {begins}",
                hint="Ask for a later --as-of (or a later --known-on), or load the older files.",
            )
        return conventions(engine, as_of=day.as_of)
    finally:
        engine.close()
