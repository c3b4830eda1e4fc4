"""What a run asks of an engine, whichever it is."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Protocol

import pyarrow as pa

from arrears.core.tables import Kind, Table
from arrears.lake.book import Reading

ARROW = {
    Kind.TEXT: pa.string(),
    Kind.DAY: pa.date32(),
    Kind.MINOR: pa.int64(),
    Kind.WHOLE: pa.int32(),
    Kind.DEGREE: pa.float64(),
}

# `short` for an engine that does not look: every loan, from the beginning.
EVERY_LOAN = (
    "SELECT loan_no, DATE '1900-01-01' AS from_date, DATE '9999-12-31' AS to_date, "
    "CAST(0 AS BIGINT) AS due_before_minor, CAST(0 AS BIGINT) AS paid_before_minor FROM balance"
)
Folding = Callable[[Iterable[pa.RecordBatch]], Iterator[pa.RecordBatch]]


def arrow_schema(table: Table) -> pa.Schema:
    """A declared table's columns as an Arrow schema."""
    return pa.schema([(c.name, ARROW[c.kind]) for c in table.columns])


def empty_book(table: Table, number: pa.DataType) -> pa.Table:
    """A table of the book without rows, with its loan_no where it has a loan_id."""
    rows = arrow_schema(table).empty_table()
    if "loan_id" in table.names:
        rows = rows.append_column("loan_no", pa.array([], number))
    return rows


class Engine(Protocol):
    """Tables are known by name until the engine is closed."""

    whole_book: bool  # whether one pass takes all buckets at once

    def book(self, table: Table, reading: Reading, known_on: date) -> None:
        """A table of the book as known on a day is there under its name.

        Where it has a loan_id it also has a loan_no: equal for equal ids, the same in all tables.
        """

    def give(self, name: str, rows: pa.Table) -> None:
        """A small table made in Python is there under its name."""

    def files(self, name: str, table: Table, paths: list[Path]) -> None:
        """Files that an earlier run wrote are there under a name; no files, no rows."""

    def step(self, name: str, sql: str) -> None:
        """The table that a step makes is there under its name."""

    def short(self) -> None:
        """The table `short` names at least every loan that was ever short; columns as in EVERY_LOAN."""

    def fold(
        self, reads: str, columns: tuple[str, ...], writes: str, schema: pa.Schema, folding: Folding
    ) -> None:
        """What core folds out of one table is there as another."""

    def rows(self, sql: str) -> pa.Table:
        """The answer to a query, small enough for memory."""

    def write(self, table: Table, sql: str, path: Path) -> int:
        """The answer lies in `path`, or in numbered files beside it, on disk and sorted by the table's key.

        Returns its number of rows.
        """

    def clear(self) -> None:
        """Every table is let go; the engine can take the next bucket."""

    def close(self) -> None:
        """Everything the engine held is let go."""
