"""A small standard book as CSV files, and what stands in the lake after a load."""

import csv
from datetime import date
from pathlib import Path
from typing import Any

from arrears.core.tables import BOOK
from arrears.feeds.load import load
from arrears.feeds.mapping import read_mapping
from arrears.feeds.report import LoadReport
from arrears.lake.book import versions
from arrears.lake.duck import connect, file_list
from arrears.lake.home import Home

TODAY = date(2026, 3, 31)
KNOWN = "2026-03-01"

DEFAULTS: dict[str, dict[str, Any]] = {
    "borrowers": {"borrower_id": "B1", "kind": "person"},
    "loans": {
        "loan_id": "L1",
        "borrower_id": "B1",
        "product": "P1",
        "currency": "CNY",
        "opened_date": "2026-01-05",
        "principal_minor": 120000,
        "status": "open",
    },
    "instalments": {
        "loan_id": "L1",
        "seq": 1,
        "due_date": "2026-02-05",
        "principal_minor": 10000,
        "interest_minor": 500,
        "fee_minor": 0,
    },
    "payments": {
        "payment_id": "Y1",
        "loan_id": "L1",
        "value_date": "2026-02-05",
        "amount_minor": 10500,
        "reverses_id": "",
    },
    "snapshots": {
        "loan_id": "L1",
        "snapshot_date": "2026-02-28",
        "reported_dpd": 0,
        "balance_minor": 5,
    },
}


def row(table: str, **changes: Any) -> dict[str, Any]:
    """A sound row of a table, changed where the test says so."""
    return {**DEFAULTS[table], "known_date": KNOWN, **changes}


def write(folder: Path, name: str, rows: list[dict[str, Any]], **how: Any) -> Path:
    """The rows lie in a CSV file of the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    encoding = how.pop("encoding", "utf-8")
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), **how)
        writer.writeheader()
        writer.writerows(rows)
    return path


def book(folder: Path, **tables: list[dict[str, Any]]) -> Path:
    """A folder with one borrower and one loan, and with the tables that the test names."""
    for name, rows in {"borrowers": [row("borrowers")], "loans": [row("loans")], **tables}.items():
        if rows:
            write(folder, f"{name}.csv", rows)
    return folder


def take(home: Path, source: Path, mapping: str = "standard", **how: Any) -> LoadReport:
    """What a load of the folder did."""
    return load(Home(home), read_mapping(mapping), source, today=how.pop("today", TODAY), **how)


def stored(home: Path, table: str) -> list[dict[str, Any]]:
    """Every stored row of a table, in order of its key."""
    parts = [p for v in versions(Home(home)) for t in v.tables if t.table == table for p in t.parts]
    if not parts:
        return []
    con = connect()
    key = ", ".join(BOOK[table].key)
    paths = file_list([home / p.path for p in parts])
    result = con.execute(f"SELECT * FROM read_parquet({paths}) ORDER BY {key}, known_date")
    names = [column[0] for column in result.description]
    rows = [dict(zip(names, values, strict=True)) for values in result.fetchall()]
    con.close()
    return rows


def quarantined(report: LoadReport, table: str) -> list[dict[str, str]]:
    """The rows of a table's quarantine file."""
    path = report.table(table).quarantine
    assert path is not None
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def codes(report: LoadReport, table: str) -> list[str]:
    """What is wrong with each quarantined row of a table."""
    return [row["_code"] for row in quarantined(report, table)]
