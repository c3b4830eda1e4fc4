"""The worked tables of docs/explain, read from the pages: facts, and what must come out of them.

How a table is written stands in docs/explain/README.md.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path

from arrears.core.case import CaseFigures
from arrears.core.day import Span
from arrears.core.delinquency import Arrears
from arrears.core.loan import Instalment, LoanFacts, Payment, Rate, Snapshot, Terms
from arrears.core.money import minor_from_text
from arrears.core.promise import PromiseFacts
from tests.lib.tree import ROOT

Row = dict[str, str]
Tables = dict[str, list[Row]]
OPENED = "2025-12-15"
NAMED = {f.name for f in (*fields(Arrears), *fields(CaseFigures))} | {"borrower_kind"}
OF_A_LOAN = ("pause", "opened", "status")
NOT_IN_THE_RUN = "not in the run"
FOLDER = ROOT / "docs" / "explain"
NO_TABLES = ("README", "worklist")  # worklist.md has its own test: test_worklist.py


@dataclass(frozen=True)
class Line:
    """What must come out on a day, as known on another; None: the loan is not in the run.

    Of a loan or a case: the value of each figure named. Of promises: state, amount and day of each.
    Of a roll: loans, overdue and outstanding of each pair of buckets.
    """

    as_of: date
    known_on: date
    about: str  # loan, case, promise, roll
    figures: dict[str, object] | None
    from_date: date | None = None  # roll only


@dataclass(frozen=True)
class Worked:
    """One worked table: a borrower's loans and promises, and the lines of its last table."""

    title: str
    loans: tuple[LoanFacts, ...]
    promises: tuple[PromiseFacts, ...]
    borrower_kind: str
    lines: tuple[Line, ...]


def pages() -> list[Path]:
    """The pages that must have worked tables, in both languages."""
    return [p for p in sorted(FOLDER.glob("*.md")) if p.name.split(".")[0] not in NO_TABLES]


def english() -> list[Worked]:
    """Every worked table of the manual, once."""
    return [table for page in pages() if ".zh-CN" not in page.name for table in worked(page)]


def worked(page: Path) -> Iterator[Worked]:
    """Every worked table of a page."""
    for title, tables in sections(page):
        if lines := tuple(_lines(tables)):
            conventions = [(r["convention"], r["value"]) for r in tables.get("convention", [])]
            yield Worked(
                title=f"{page.stem} {title}",
                loans=tuple(_loan(name, tables) for name in _names(tables)),
                promises=tuple(_promise(row) for row in tables.get("promise", [])),
                borrower_kind=dict(conventions).get("borrower_kind", "person"),
                lines=lines,
            )


def sections(page: Path) -> Iterator[tuple[str, Tables]]:
    """The sections of a page, each with its tables by the word that heads their first column."""
    for section in re.split(r"^## ", page.read_text(encoding="utf-8"), flags=re.M)[1:]:
        title, _, text = section.partition("\n")
        yield title, {next(iter(rows[0])): rows for rows in _tables(text)}


def _tables(text: str) -> Iterator[list[Row]]:
    for block in re.findall(r"(?:^\|.*\n)+", text, re.M):
        heads, _, *rows = [
            [c.strip() for c in line.strip("|").split("|")] for line in block.splitlines()
        ]
        yield [dict(zip(heads, row, strict=True)) for row in rows]


def _names(tables: Tables) -> list[str]:
    rows = [row for head in ("seq", "snapshot") for row in tables.get(head, [])]
    return sorted({row.get("loan", "L1") for row in rows})


def _loan(name: str, tables: Tables) -> LoanFacts:
    own = {
        head: [row for row in rows if row.get("loan", name) in (name, "")]
        for head, rows in tables.items()
    }
    stated = [(row["convention"], row["value"]) for row in own.get("convention", [])]
    return LoanFacts(
        loan_id=name,
        borrower_id="B",
        opened_date=date.fromisoformat(dict(stated).get("opened", OPENED)),
        status=dict(stated).get("status", "open"),
        terms=_terms(stated),
        instalments=tuple(_instalment(row) for row in own.get("seq", [])),
        payments=tuple(_payment(row) for row in own.get("payment", [])),
        snapshots=tuple(_snapshot(row) for row in own.get("snapshot", [])),
        pauses=tuple(_span(value) for what, value in stated if what == "pause"),
    )


def _terms(conventions: list[tuple[str, str]]) -> Terms:
    rates = []
    stated: dict[str, object] = {}
    for name, value in conventions:
        if name in ("penalty", "compound"):
            bps, since = value.split(" from ")
            rates.append(Rate(name, date.fromisoformat(since), int(bps)))
        elif name == "tolerance":
            stated["tolerance_minor"] = minor_from_text(value)
        elif name not in (*OF_A_LOAN, "borrower_kind"):
            stated[name] = int(value) if value.isdigit() else value
    return Terms(rates=tuple(rates), **stated)  # type: ignore[arg-type]


def _span(text: str) -> Span:
    first, _, last = text.partition(" to ")
    return Span(date.fromisoformat(first), date.fromisoformat(last) if last else None)


def _instalment(row: Row) -> Instalment:
    parts = {f"{part}_minor": _minor(row.get(part)) for part in ("principal", "interest", "fee")}
    return Instalment(int(row["seq"]), date.fromisoformat(row["due"]), **parts)


def _payment(row: Row) -> Payment:
    counts = date.fromisoformat(row["counts from"])
    parts = {f"{p}_minor": _minor(row[p]) for p in ("principal", "interest", "fee") if row.get(p)}
    known = date.fromisoformat(row["known"]) if row.get("known") else counts
    reverses = row.get("reverses") or None
    return Payment(row["payment"], counts, known, _minor(row["amount"]), reverses, **parts)


def _snapshot(row: Row) -> Snapshot:
    day = date.fromisoformat(row["snapshot"])
    known = date.fromisoformat(row["known"]) if row.get("known") else day
    return Snapshot(day, known, int(row["reported_dpd"]), _minor(row["balance"]))


def _promise(row: Row) -> PromiseFacts:
    made, due = date.fromisoformat(row["made"]), date.fromisoformat(row["due"])
    tolerance = int(row.get("tolerance_days", "0"))
    return PromiseFacts(row["promise"], made, due, _minor(row["amount"]), tolerance)


def _lines(tables: Tables) -> Iterator[Line]:
    together: dict[tuple[date, date, str, date | None], dict[str, object]] = {}
    for row in [*tables.get("as of", []), *tables.get("from", [])]:
        as_of = date.fromisoformat(row.pop("as of"))
        known_on = date.fromisoformat(row.pop("known on", "9999-12-31"))
        if "from" in row:
            since = date.fromisoformat(row.pop("from"))
            name = f"{row.pop('from_bucket')} to {row.pop('to_bucket')}"
            moved = together.setdefault((as_of, known_on, "roll", since), {})
            moved[name] = tuple(map(_value, row.values()))
        elif "promise" in row:
            name = row.pop("promise")
            became = together.setdefault((as_of, known_on, "promise", None), {})
            became[name] = tuple(map(_value, row.values()))
        else:
            gone = NOT_IN_THE_RUN in row.values()
            figures = {_figure(name): _value(text) for name, text in row.items()}
            about = "case" if "loans" in row else "loan"
            yield Line(as_of, known_on, about, None if gone else figures)
    for (as_of, known_on, about, from_date), found in together.items():
        yield Line(as_of, known_on, about, found, from_date)


def _figure(name: str) -> str:
    return name if name in NAMED else f"{name}_minor"


def _value(text: str) -> object:
    if text in ("-", ""):
        return None
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return date.fromisoformat(text)
    if re.fullmatch(r"-?[\d,]+\.\d\d", text):
        return _minor(text)
    return int(text) if text.isdigit() else text


def _minor(text: str | None) -> int:
    return minor_from_text((text or "0").replace(",", ""))
