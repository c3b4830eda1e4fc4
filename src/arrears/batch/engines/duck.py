"""DuckDB runs the steps bucket by bucket, as they are written."""

from datetime import date
from pathlib import Path

import pyarrow as pa

from arrears.batch.engines.engine import Folding, arrow_schema, empty_book
from arrears.batch.short import ever_short
from arrears.core.tables import Table
from arrears.lake import duck
from arrears.lake.book import Reading
from arrears.lake.files import sync_file

BATCH = 50_000
NUMBERS = ("HASH(loan_id)", "HASH(loan_id || '.')", "HASH(loan_id || '-')")


class StepFailed(RuntimeError):
    """A step's SQL did not run; the message names the step."""


class Duck:
    """One connection, one bucket."""

    whole_book = False

    def __init__(self, spill: Path, as_of: date) -> None:
        self._connection = duck.connect(spill=spill)
        self._as_of = as_of
        self._number = NUMBERS[0]

    def book(self, table: Table, reading: Reading, known_on: date) -> None:
        if not reading.paths:
            self.give(table.name, empty_book(table, pa.uint64()))
            return
        columns = ", ".join(f'"{name}"' for name in table.names)
        source = f"read_parquet({duck.file_list(list(reading.paths))}, hive_partitioning = false)"
        if "loan_id" in table.names:
            if table.name == "loans":
                self._tell_apart(source)
            columns += f", {self._number} AS loan_no"
        sql = f"SELECT {columns} FROM {source} WHERE known_date <= DATE '{known_on}'"
        if reading.pick_latest:
            key = ", ".join(f'"{k}"' for k in table.key)
            sql += f" QUALIFY ROW_NUMBER() OVER (PARTITION BY {key} ORDER BY known_date DESC) = 1"
        if table.name == "instalments":  # three steps read them: kept, without the ids
            self._connection.execute(
                f"CREATE TABLE instalments AS SELECT * EXCLUDE (loan_id) FROM ({sql})"
            )
        else:
            self._connection.execute(f'CREATE VIEW "{table.name}" AS {sql}')

    def _tell_apart(self, loans: str) -> None:
        """The number that stands for a loan_id is another one for every loan."""
        for self._number in NUMBERS:
            same = f"COUNT(DISTINCT loan_id) = COUNT(DISTINCT {self._number}) AS apart"
            if self.rows(f"SELECT {same} FROM {loans}")["apart"][0].as_py():
                return
        raise StepFailed("no number tells the loans of this bucket apart")

    def give(self, name: str, rows: pa.Table) -> None:
        self._connection.register(f"given_{name}", rows)
        self._connection.execute(f'CREATE TABLE "{name}" AS SELECT * FROM "given_{name}"')
        self._connection.unregister(f"given_{name}")

    def files(self, name: str, table: Table, paths: list[Path]) -> None:
        if not paths:
            self.give(name, arrow_schema(table).empty_table())
            return
        source = f"read_parquet({duck.file_list(paths)}, hive_partitioning = false)"
        self._connection.execute(f'CREATE VIEW "{name}" AS SELECT * FROM {source}')

    def step(self, name: str, sql: str) -> None:
        try:
            self._connection.execute(f'CREATE TABLE "{name}" AS {sql}')
        except duck.DuckError as error:
            raise StepFailed(f"step {name}: {error}\n{sql}") from error

    def short(self) -> None:
        due = self.rows(
            "SELECT b.rowid AS loan, i.due_date AS day, "
            "i.principal_minor + i.interest_minor + i.fee_minor AS minor "
            "FROM instalments AS i JOIN balance AS b ON b.loan_no = i.loan_no "
            f"WHERE i.due_date <= DATE '{self._as_of}'"
        )
        paid = self.rows(
            "SELECT b.rowid AS loan, p.value_date AS day, p.amount_minor AS minor "
            "FROM payments AS p JOIN balance AS b ON b.loan_no = p.loan_no "
            f"WHERE p.value_date <= DATE '{self._as_of}'"
        )
        self.give("ever_short", ever_short(due, paid))
        self.step(
            "short",
            "SELECT b.loan_no, s.from_date, s.to_date, s.due_before_minor, s.paid_before_minor "
            "FROM ever_short AS s JOIN balance AS b ON b.rowid = s.loan",
        )

    def fold(
        self, reads: str, columns: tuple[str, ...], writes: str, schema: pa.Schema, folding: Folding
    ) -> None:
        names = ", ".join(columns)
        query = f"SELECT {names} FROM {reads} ORDER BY {names}"
        batches = self._connection.sql(query).to_arrow_reader(BATCH)
        self.give(writes, pa.Table.from_batches(folding(batches), schema))

    def rows(self, sql: str) -> pa.Table:
        return self._connection.sql(sql).to_arrow_table()

    def write(self, table: Table, sql: str, path: Path) -> int:
        path.parent.mkdir(parents=True, exist_ok=True)
        key = ", ".join(table.key)
        columns = ", ".join(table.names)
        written = self._connection.execute(
            f"COPY (SELECT {columns} FROM ({sql}) ORDER BY {key}) "
            f"TO {duck.literal(path)} (FORMAT parquet, COMPRESSION zstd)"
        ).fetchone()
        sync_file(path)
        return int(written[0]) if written else 0

    def clear(self) -> None:
        # Not a new connection for each bucket: its memory is used again (half the page faults).
        listed = self.rows("SELECT table_name, table_type FROM information_schema.tables")
        for row in listed.to_pylist():
            kind = "VIEW" if row["table_type"] == "VIEW" else "TABLE"
            self._connection.execute(f'DROP {kind} "{row["table_name"]}"')

    def close(self) -> None:
        self._connection.close()
