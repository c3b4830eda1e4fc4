"""A book written straight into Parquet, for tests of the steps that need no feed."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from arrears.batch.engines.engine import Engine, arrow_schema
from arrears.core.loan import LoanFacts, Terms
from arrears.core.tables import ARREARS, BOOK
from arrears.lake.book import Reading

EARLY = date(1999, 1, 1)
Rows = dict[str, list[dict[str, Any]]]


def rows_of(loans: Sequence[LoanFacts]) -> Rows:
    """Loans as rows of the book's tables."""
    rows: Rows = {name: [] for name in BOOK}
    products: dict[str, Terms] = {}
    for loan in loans:
        products[loan.terms.product] = loan.terms
        rows["loans"].append(
            {
                "loan_id": loan.loan_id,
                "borrower_id": loan.borrower_id,
                "product": loan.terms.product,
                "branch": "B1",
                "currency": "CNY",
                "opened_date": loan.opened_date,
                "principal_minor": sum(i.principal_minor for i in loan.instalments),
                "status": loan.status,
            }
        )
        for table, facts in (
            ("instalments", loan.instalments),
            ("payments", loan.payments),
            ("snapshots", loan.snapshots),
        ):
            for fact in facts:
                rows[table].append({"loan_id": loan.loan_id, **fact._asdict()})
        for span in loan.pauses:
            rows["flags"].append(
                {
                    "loan_id": loan.loan_id,
                    "kind": "pause",
                    "from_date": span.from_date,
                    "to_date": span.to_date,
                }
            )
    for name, terms in products.items():
        fields = {c: getattr(terms, c) for c in BOOK["products"].names if c != "product"}
        rows["products"].append({"product": name, **fields})
        for rate in terms.rates:
            rows["rates"].append(
                {
                    "product": name,
                    "from_date": rate.from_date,
                    "kind": rate.kind,
                    "rate_bps": rate.rate_bps,
                }
            )
    rows["borrowers"] = [
        {"borrower_id": b, "kind": "person"} for b in sorted({loan.borrower_id for loan in loans})
    ]
    return rows


def bring_rows(
    engine: Engine,
    rows: Mapping[str, list[dict[str, Any]]],
    folder: Path,
    *,
    known_on: date,
    pick_latest: bool = False,
) -> None:
    """The engine holds these rows as the book, read from Parquet files as in a run."""
    for name, table in BOOK.items():
        schema = arrow_schema(table).append(pa.field("known_date", pa.date32()))
        paths: tuple[Path, ...] = ()
        if rows.get(name):
            dated = [{"known_date": EARLY, **row} for row in rows[name]]
            path = folder / f"{name}.parquet"
            pq.write_table(pa.Table.from_pylist(dated, schema), path)
            paths = (path,)
        engine.book(table, Reading(name, paths, pick_latest), known_on)
    engine.files("arrears_before", ARREARS, [])
