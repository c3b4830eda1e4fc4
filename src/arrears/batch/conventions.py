"""What core says once for a run, as small tables: terms, rate indices, buckets and grades."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import pyarrow as pa

from arrears.batch.engines.engine import Engine
from arrears.batch.plan import LAST_DAY
from arrears.core.delinquency import bucket, class5
from arrears.core.interest import INDEX_DIGITS, NO_CHARGE, RateIndex, rate_index
from arrears.core.loan import Rate, Terms

INDEX = pa.decimal128(19, INDEX_DIGITS)


@dataclass(frozen=True, slots=True)
class Conventions:
    """Tables for the steps, and the same as core's values for the folds."""

    terms: dict[str, Terms]
    charges: dict[str, tuple[RateIndex, RateIndex]]
    tables: dict[str, pa.Table]


def conventions(engine: Engine, *, as_of: date) -> Conventions:
    """The conventions of every product the book knows, as seen on the engine's `known_on`."""
    terms = read_terms(engine.rows("SELECT * FROM products"), engine.rows("SELECT * FROM rates"))
    charges = {
        name: (
            rate_index(t, "penalty", upto=as_of),
            rate_index(t, "compound", upto=as_of),
        )
        for name, t in terms.items()
    }
    tables = {
        "terms": _terms_table(terms),
        "rate_index": _index_table(charges, as_of),
        "bucket_of": _by_day("bucket", [bucket(n) for n in range(LAST_DAY + 1)]),
        "class5_of": _by_day("class5", [class5(n, as_of) for n in range(LAST_DAY + 1)]),
    }
    return Conventions(terms, charges, tables)


def read_terms(products: pa.Table, rates: pa.Table) -> dict[str, Terms]:
    """Core's terms per product from the book's two tables."""
    by_product: dict[str, list[Rate]] = {}
    for r in rates.to_pylist():
        by_product.setdefault(r["product"], []).append(
            Rate(r["kind"], r["from_date"], r["rate_bps"])
        )
    return {
        p["product"]: Terms(
            product=p["product"],
            kind=p["kind"],
            order=p["order"],
            grace_days=p["grace_days"],
            tolerance_minor=p["tolerance_minor"],
            tolerance_per=p["tolerance_per"],
            dpd_start=p["dpd_start"],
            day_count=p["day_count"],
            cap_bps=p["cap_bps"],
            rates=tuple(by_product.get(p["product"], ())),
        )
        for p in products.to_pylist()
    }


def _terms_table(terms: dict[str, Terms]) -> pa.Table:
    schema = pa.schema(
        [
            ("product", pa.string()),
            ("allocation_order", pa.string()),
            ("grace_days", pa.int32()),
            ("tolerance_minor", pa.int64()),
            ("tolerance_per", pa.string()),
            ("first_day", pa.int32()),
        ]
    )
    rows = [
        {
            "product": t.product,
            "allocation_order": t.order,
            "grace_days": t.grace_days,
            "tolerance_minor": t.tolerance_minor,
            "tolerance_per": t.tolerance_per,
            "first_day": 1 if t.dpd_start == "due_day" else 0,
        }
        for t in terms.values()
    ]
    return pa.Table.from_pylist(rows, schema)


def _index_table(charges: dict[str, tuple[RateIndex, RateIndex]], as_of: date) -> pa.Table:
    products: list[str] = []
    days: list[date] = []
    columns: tuple[list[Decimal], list[Decimal]] = ([], [])
    for product, indices in charges.items():
        first = min(index.first for index in indices)
        if first == NO_CHARGE.first:
            continue
        span = range((as_of - first).days + 1)
        products += [product] * len(span)
        days += [first + timedelta(days=n) for n in span]
        for column, index in zip(columns, indices, strict=True):
            column += [index.decimal(first + timedelta(days=n)) for n in span]
    return pa.table(
        {
            "product": pa.array(products, pa.string()),
            "day": pa.array(days, pa.date32()),
            "penalty_index": pa.array(columns[0], INDEX),
            "compound_index": pa.array(columns[1], INDEX),
        }
    )


def _by_day(name: str, values: list[str]) -> pa.Table:
    return pa.table(
        {"day": pa.array(range(len(values)), pa.int32()), name: pa.array(values, pa.string())}
    )
