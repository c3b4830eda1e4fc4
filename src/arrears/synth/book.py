"""A whole made-up loan book, written to Parquet chunk by chunk: any size, little memory."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from arrears.core.errors import UserError
from arrears.synth.catalogue import Row, product_rows, rate_rows
from arrears.synth.history import contact_table, flag_table, owing, promise_table
from arrears.synth.people import borrowers, contact_points, draw_people
from arrears.synth.repay import draw_habits, draw_payments, missed, payment_table
from arrears.synth.schedule import draw_loans, instalment_table, loan_table, schedule
from arrears.synth.season import number
from arrears.synth.sheet import schema

CHUNK_LOANS = 20_000
TABLES = (
    "products", "rates", "borrowers", "loans", "instalments", "payments",
    "contact_points", "flags", "contacts", "promises",
)  # fmt: skip

Tables = dict[str, pa.Table]


class NoLoans(UserError):
    """A book must have at least one loan and one month."""

    exit_code = 14


def make_book(
    folder: Path,
    *,
    loans: int,
    seed: int,
    last_date: date,
    months: int = 24,
    progress: Callable[[int, int], None] | None = None,
) -> dict[str, int]:
    """The folder holds a made-up book in the `standard` layout; the answer is its rows per table.

    The same arguments give the same bytes. Nothing in the book is known after `last_date`.
    Files appear together at the end; a draft that was cut short is overwritten by the next.
    Raises: NoLoans.
    """
    if loans < 1 or months < 1:
        raise NoLoans(
            f"A book of {loans} loans over {months} months is empty",
            hint="Ask for at least one loan and one month.",
        )
    folder.mkdir(parents=True, exist_ok=True)
    drafts = {table: folder / f".{table}.parquet.draft" for table in TABLES}
    rows = dict.fromkeys(TABLES, 0)
    done = 0
    with ExitStack() as stack:
        files = {
            table: stack.enter_context(pq.ParquetWriter(draft, schema(table), compression="zstd"))
            for table, draft in drafts.items()
        }
        for tables in _chunks(loans, seed, last_date, months):
            for table, content in tables.items():
                files[table].write_table(content)
                rows[table] += content.num_rows
            done += tables["loans"].num_rows if "loans" in tables else 0
            if progress:
                progress(done, loans)
    for table, draft in drafts.items():
        draft.replace(folder / f"{table}.parquet")
    return rows


def _chunks(loans: int, seed: int, last_date: date, months: int) -> Iterator[Tables]:
    first_date = last_date - timedelta(days=months * 487 // 16)  # 30.4375 days a month
    yield {
        "products": _small("products", product_rows(first_date)),
        "rates": _small("rates", rate_rows(first_date, last_date)),
    }
    borrower_number = 1
    for first in range(0, loans, CHUNK_LOANS):
        rng = np.random.default_rng([seed, first])
        count = min(CHUNK_LOANS, loans - first)
        tables = _chunk(rng, first + 1, count, borrower_number, first_date, last_date)
        borrower_number += tables["borrowers"].num_rows
        yield tables


def _chunk(
    rng: np.random.Generator,
    loan_number: int,
    count: int,
    borrower_number: int,
    first_date: date,
    last_date: date,
) -> Tables:
    """The tables of so many loans and their borrowers; no borrower spans two chunks."""
    last = number(last_date)
    loans = draw_loans(rng, count, loan_number, first_date, last_date)
    starts = np.flatnonzero(np.diff(loans.borrower, prepend=-1))
    people = draw_people(rng, borrower_number, np.minimum.reduceat(loans.opened, starts))
    due = schedule(loans)
    paid = draw_payments(rng, loans, due, draw_habits(rng, len(people.number)), last)
    owed = owing(loans.borrower, *missed(due, paid, count, last), loans.number)
    return {
        "borrowers": borrowers(rng, people),
        "loans": loan_table(loans, people),
        "instalments": instalment_table(loans, due),
        "payments": payment_table(loans, paid),
        "contact_points": contact_points(rng, people),
        "flags": flag_table(rng, people, owed, last),
        "contacts": contact_table(rng, people, owed, last),
        "promises": promise_table(rng, people, owed, last),
    }


def _small(table: str, rows: Sequence[Row]) -> pa.Table:
    return pa.Table.from_pylist(list(rows), schema=schema(table))
