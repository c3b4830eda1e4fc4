"""Runs the steps on loans given as facts, on any engine, and says where core disagrees."""

import random
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings

from arrears.batch.run import open_engine, shipped_decisions, take_steps
from arrears.core.case import case_figures
from arrears.core.delinquency import Arrears, arrears
from arrears.core.loan import LoanFacts
from arrears.decide.check import sound
from arrears.decide.compile import ranked
from tests.lib.book import bring_rows, rows_of
from tests.lib.loans import books

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Figures:
    """What an engine made of a book."""

    arrears: dict[str, Row]
    case_day: list[Row]
    worklist: list[Row]


def run_steps(
    loans: Sequence[LoanFacts],
    *,
    as_of: date,
    known_on: date,
    engine: str = "duck",
    pick_latest: bool = False,
) -> Figures:
    """The tables of a run over these loans."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        opened = open_engine(engine, folder / "spill", as_of)
        try:
            bring_rows(opened, rows_of(loans), folder, known_on=known_on, pick_latest=pick_latest)
            take_steps(opened, as_of)
            rows = opened.rows("SELECT * FROM arrears").to_pylist()
            return Figures(
                arrears={row["loan_id"]: row for row in rows},
                case_day=opened.rows("SELECT * FROM case_day ORDER BY borrower_id").to_pylist(),
                worklist=opened.rows(ranked(sound(shipped_decisions()))).to_pylist(),
            )
        finally:
            opened.close()


@dataclass(frozen=True, slots=True)
class Meaning:
    """What core says of some loans."""

    arrears: dict[str, Row]
    cases: dict[str, Row]


def meant(loans: Sequence[LoanFacts], *, as_of: date, known_on: date) -> Meaning:
    """What core says of each open loan and each case."""
    found: dict[str, Arrears] = {}
    of_borrower: dict[str, list[Arrears]] = {}
    for loan in loans:
        if figures := arrears(loan, as_of=as_of, known_on=known_on):
            found[loan.loan_id] = figures
            of_borrower.setdefault(loan.borrower_id, []).append(figures)
    cases = {b: asdict(c) for b, own in of_borrower.items() if (c := case_figures(own))}
    return Meaning({n: asdict(a) for n, a in found.items()}, cases)


def disagreements(meaning: Meaning, figures: Figures) -> list[str]:
    """Every loan and case of which an engine says something else than core, with both answers."""
    wrong = [
        f"{n}: core {meaning.arrears.get(n)}, engine {figures.arrears.get(n)}"
        for n in sorted(meaning.arrears.keys() | figures.arrears.keys())
        if meaning.arrears.get(n) != figures.arrears.get(n)
    ]
    theirs = {row["borrower_id"]: row for row in figures.case_day}
    for n in sorted(meaning.cases.keys() | theirs.keys()):
        ours, row = meaning.cases.get(n), theirs.get(n)
        if ours is None or row is None or ours != {k: row[k] for k in ours}:
            wrong.append(f"case {n}: core {ours}, engine {row}")
    return wrong


def many_loans(count: int, *, number: int | None = None) -> list[LoanFacts]:
    """Random loans as one book, several of them to a borrower; the same for the same number.

    Without a number pytest's random seed, which is printed, decides.
    """
    collected: list[LoanFacts] = []

    @seed(random.randrange(2**32) if number is None else number)
    @settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(books(1))
    def collect(book: list[LoanFacts]) -> None:
        collected.extend(_named_apart(book, f"{len(collected):05d}"))

    collect()
    return collected


def _named_apart(loans: Sequence[LoanFacts], prefix: str) -> list[LoanFacts]:
    """The same loans under other ids, so that several books can be one; about two to a borrower."""
    return [
        replace(
            loan,
            loan_id=f"{prefix}-{loan.loan_id}",
            borrower_id=f"{int(prefix) // 40}-{loan.borrower_id}",
            terms=replace(loan.terms, product=f"{prefix}-{loan.terms.product}"),
            payments=tuple(
                p._replace(
                    payment_id=f"{prefix}-{p.payment_id}",
                    reverses_id=f"{prefix}-{p.reverses_id}" if p.reverses_id else None,
                )
                for p in loan.payments
            ),
        )
        for loan in loans
    ]
