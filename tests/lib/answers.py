"""What core says, and what the steps say, where a worked table says what must come out."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date
from functools import cache
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import Any

import pyarrow as pa

from arrears.batch import plan
from arrears.batch.engines.duck import Duck
from arrears.batch.engines.engine import arrow_schema
from arrears.batch.run import take_steps
from arrears.core.loan import LoanFacts
from arrears.core.tables import ARREARS
from tests.lib.book import bring_rows, rows_of
from tests.lib.worked import Line, Worked, english

CORE = {name: import_module(f"arrears.core.{name}") for name in ("case", "delinquency", "promise")}
Row = dict[str, Any]
Answer = dict[str, object] | None


def by_core(table: Worked, line: Line, core: Mapping[str, ModuleType] = CORE) -> Answer:
    """What core, or a mutant of it, says where the line says what must come out."""
    if line.about == "promise":
        return _promises(table, line, core)
    if line.about == "roll":
        assert line.from_date
        days = (line.from_date, line.as_of)
        return _moves(*(_arrears(table, day, line.known_on, core) for day in days))
    found = _arrears(table, line.as_of, line.known_on, core)
    figures = core["case"].case_figures(found) if line.about == "case" else (found or [None])[0]
    if figures is None:
        return None
    return _named(line, asdict(figures) | {"borrower_kind": table.borrower_kind})


def by_duck(number: int, table: Worked, line: Line) -> Answer:
    """What the steps say of the same table, the manual's n-th, in one book with all the others."""
    own = f"{number}-"
    arrears, case_day = _book(line.as_of, line.known_on)
    if line.about == "roll":
        assert line.from_date
        before, _ = _book(line.from_date, line.known_on)
        both = ([row for row in r if row["loan_id"].startswith(own)] for r in (before, arrears))
        return _roll(*both)
    rows = [row for row in arrears if row["loan_id"] == own + table.loans[0].loan_id]
    if line.about != "loan":
        rows = [row for row in case_day if row["borrower_id"] == f"{own}B"]
    if line.about == "promise":
        return {"broken today": bool(rows and rows[0]["promise_broken_today"])}
    if not rows:
        return None
    row = rows[0]
    row["worst_loan_id"] = row.get("worst_loan_id", "").removeprefix(own)
    return _named(line, row)


def broken_today(line: Line) -> Answer:
    """All that the steps say of promises: whether one of them ended unkept on the day."""
    states = (line.figures or {}).values()
    found = any(s[0] in ("broken", "part_kept") and s[2] == line.as_of for s in states)  # type: ignore[index]
    return {"broken today": found}


def _named(line: Line, figures: Row) -> Answer:
    return {name: figures[name] for name in line.figures or figures if name in figures}


def _arrears(
    table: Worked, as_of: date, known_on: date, core: Mapping[str, ModuleType]
) -> list[Any]:
    meaning = core["delinquency"].arrears
    return [a for n in table.loans if (a := meaning(n, as_of=as_of, known_on=known_on))]


def _promises(table: Worked, line: Line, core: Mapping[str, ModuleType]) -> Answer:
    known = [n.known(as_of=line.as_of, known_on=line.known_on) for n in table.loans]
    payments = [p for n in known for p in n.payments]
    states = core["promise"].promise_states(table.promises, payments, as_of=line.as_of)
    return {s.promise_id: (s.state, s.paid_minor, s.decided_date) for s in states}


def _moves(before: Sequence[Any], now: Sequence[Any]) -> Answer:
    """The roll, counted loan by loan."""
    was, isnow = ({a.loan_id: a for a in side} for side in (before, now))
    made: dict[str, list[Any]] = {}
    for loan_id in sorted(was.keys() | isnow.keys()):
        old, new = was.get(loan_id), isnow.get(loan_id)
        name = f"{old.bucket if old else 'new'} to {new.bucket if new else 'closed'}"
        made.setdefault(name, []).append(new or old)
    return {
        name: (len(of), sum(a.overdue_minor for a in of), sum(a.outstanding_minor for a in of))
        for name, of in made.items()
    }


@cache
def _book(as_of: date, known_on: date) -> tuple[list[Row], list[Row]]:
    """The arrears and cases of every worked table in one run."""
    tables = english()
    rows = rows_of([loan for n, t in enumerate(tables) for loan in _apart(n, t.loans)])
    kinds = {f"{n}-B": t.borrower_kind for n, t in enumerate(tables)}
    rows["borrowers"] = [{"borrower_id": b, "kind": kind} for b, kind in kinds.items()]
    rows["promises"] = [
        {**asdict(promise), "promise_id": f"{n}-{promise.promise_id}", "borrower_id": f"{n}-B"}
        for n, t in enumerate(tables)
        for promise in t.promises
    ]
    with TemporaryDirectory() as name:
        engine = Duck(Path(name, "spill"), as_of)
        try:
            bring_rows(engine, rows, Path(name), known_on=known_on)
            take_steps(engine, as_of, upto="case_day")
            made = [engine.rows(f"SELECT * FROM {t}").to_pylist() for t in ("arrears", "case_day")]
        finally:
            engine.close()
    return made[0], made[1]


def _apart(number: int, loans: Sequence[LoanFacts]) -> list[LoanFacts]:
    """The loans under names of their own, so that all the tables can be one book."""
    return [
        replace(
            loan,
            loan_id=f"{number}-{loan.loan_id}",
            borrower_id=f"{number}-{loan.borrower_id}",
            terms=replace(loan.terms, product=f"{number}-"),
            payments=tuple(
                p._replace(
                    payment_id=f"{number}-{p.payment_id}",
                    reverses_id=f"{number}-{p.reverses_id}" if p.reverses_id else None,
                )
                for p in loan.payments
            ),
        )
        for loan in loans
    ]


def _roll(before: list[Row], now: list[Row]) -> Answer:
    step = next(s for s in plan.steps() if s.name == "roll_part")
    schema = arrow_schema(ARREARS)
    with TemporaryDirectory() as name:
        engine = Duck(Path(name, "spill"), date.max)
        try:
            for table, rows in (("arrears_before", before), ("arrears", now)):
                engine.give(table, pa.Table.from_pylist(rows, schema))
            engine.step(step.name, step.sql)
            rows = engine.rows("SELECT * FROM roll_part").to_pylist()
        finally:
            engine.close()
    return {
        f"{r['from_bucket']} to {r['to_bucket']}": (
            r["loans"],
            r["overdue_minor"],
            r["outstanding_minor"],
        )
        for r in rows
    }
