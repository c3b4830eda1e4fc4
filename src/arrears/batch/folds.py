"""The steps that core itself folds, one loan or borrower at a time, over Arrow batches.

Each takes batches sorted by their first column and yields batches of one row per group. Orders of
allocation that depend on when a payment came, paused days and promises are sequential by nature;
said in SQL they would be a second, harder meaning beside core's.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any

import pyarrow as pa

from arrears.core.allocation import account, charged
from arrears.core.day import Span, days_within
from arrears.core.interest import RateIndex, charge_minor
from arrears.core.loan import Instalment, Payment, Terms
from arrears.core.promise import PromiseFacts, promise_states

Row = tuple[Any, ...]
Charges = Mapping[str, tuple[RateIndex, RateIndex]]  # product -> penalty, compound
ROWS_A_BATCH = 10_000
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Fold:
    """A step in Python: reads one table made by SQL, writes another."""

    reads: str
    writes: str
    columns: tuple[str, ...]  # in the order the function expects; rows come sorted by all of them
    schema: pa.Schema
    group: Callable[[Any, list[Row]], Iterable[Row]]

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        made: list[Row] = []
        for key, rows in groupby(_rows(batches), key=lambda row: row[0]):
            made.extend(self.group(key, list(rows)))
            if len(made) >= ROWS_A_BATCH:
                yield _batch(made, self.schema)
                made = []
        yield _batch(made, self.schema)


def folds(*, as_of: date, terms: Mapping[str, Terms], charges: Charges) -> dict[str, Fold]:
    """The folds of a run by the table that each one reads."""

    def accounts(loan_id: str, rows: list[Row]) -> Iterable[Row]:
        yield _account_row(loan_id, rows, as_of, terms[rows[0][1]], charges[rows[0][1]])

    def pauses(loan_id: str, rows: list[Row]) -> Iterable[Row]:
        spans = [Span(from_date, to_date) for _, _, from_date, to_date in rows]
        yield loan_id, days_within(spans, rows[0][1], as_of)

    def promises(borrower_id: str, rows: list[Row]) -> Iterable[Row]:
        if _broken_today(rows, as_of):
            yield (borrower_id,)

    made = (
        Fold("fold_event", "folded", FOLD_EVENT, FOLDED, accounts),
        Fold("pause_event", "paused", PAUSE_EVENT, PAUSED, pauses),
        Fold("promise_event", "promise_broken", PROMISE_EVENT, BROKEN, promises),
    )
    return {fold.reads: fold for fold in made}


FOLD_EVENT = (
    "loan_id",
    "product",
    "is_payment",
    "day",
    "seq",
    "payment_id",
    "reverses_id",
    "amount_minor",
    "principal_minor",
    "interest_minor",
    "fee_minor",
    "credit_minor",
)
FOLDED = pa.schema(
    [
        ("loan_id", pa.string()),
        ("overdue_fee_minor", pa.int64()),
        ("overdue_interest_minor", pa.int64()),
        ("overdue_principal_minor", pa.int64()),
        ("penalty_minor", pa.int64()),
        ("compound_minor", pa.int64()),
        ("oldest_unpaid_date", pa.date32()),
        ("oldest_unpaid_seq", pa.int32()),
    ]
)
PAUSE_EVENT = ("loan_id", "oldest_unpaid_date", "from_date", "to_date")
PAUSED = pa.schema([("loan_id", pa.string()), ("paused_days", pa.int32())])
PROMISE_EVENT = (
    "borrower_id",
    "is_payment",
    "event_id",
    "reverses_id",
    "made_date",
    "due_date",
    "tolerance_days",
    "amount_minor",
)
BROKEN = pa.schema([("borrower_id", pa.string())])


def _account_row(
    loan_id: str,
    rows: list[Row],
    as_of: date,
    terms: Terms,
    charges: tuple[RateIndex, RateIndex],
) -> Row:
    instalments = [Instalment(r[4], r[3], r[8], r[9], r[10]) for r in rows if not r[2]]
    payments = [Payment(r[5], r[3], r[3], r[7], r[6], r[8], r[9], r[10]) for r in rows if r[2]]
    state = account(terms, instalments, payments, at=as_of, credit_minor=rows[0][11])
    fee, interest, principal = state.totals()
    on_principal, on_interest = charged(state.accruals, *charges)
    oldest = state.oldest_uncovered()
    return (
        loan_id,
        fee,
        interest,
        principal,
        charge_minor(on_principal),
        charge_minor(on_interest),
        oldest.due_date if oldest else None,
        oldest.seq if oldest else None,
    )


def _broken_today(rows: list[Row], as_of: date) -> bool:
    promises = [PromiseFacts(r[2], r[4], r[5], r[7], r[6]) for r in rows if not r[1]]
    payments = [Payment(r[2], r[4], r[4], r[7], r[3]) for r in rows if r[1]]
    states = promise_states(promises, payments, as_of=as_of)
    return any(s.state in ("broken", "part_kept") and s.decided_date == as_of for s in states)


def _rows(batches: Iterable[pa.RecordBatch]) -> Iterator[Row]:
    days: dict[int, date] = {}
    for batch in batches:
        yield from zip(*(_values(column, days) for column in batch.columns), strict=True)


def _values(column: pa.Array, days: dict[int, date]) -> list[Any]:
    """A column as Python values; each calendar day is made once, since a book has few of them."""
    if pa.types.is_date32(column.type) and not column.null_count:
        numbers = column.cast(pa.int32()).to_numpy().tolist()
        for number in set(numbers) - days.keys():
            days[number] = _EPOCH + timedelta(days=number)
        return [days[number] for number in numbers]
    if pa.types.is_integer(column.type) and not column.null_count:
        values: list[Any] = column.to_numpy().tolist()
        return values
    plain: list[Any] = column.to_pylist()
    return plain


def _batch(rows: list[Row], schema: pa.Schema) -> pa.RecordBatch:
    columns = zip(*rows, strict=True) if rows else ([] for _ in schema)
    arrays = [pa.array(c, f.type) for c, f in zip(columns, schema, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)
