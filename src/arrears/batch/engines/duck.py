"""DuckDB runs the steps bucket by bucket, as they are written."""

from datetime import date
from pathlib import Path

import pyarrow as pa

from arrears.batch.engines.engine import EVERY_LOAN, Folding, arrow_schema
from arrears.batch.short import ever_short
from arrears.core.tables import Table
from arrears.lake import duck
from arrears.lake.book import Reading
from arrears.lake.files import sync_file

BATCH = 50_000


class StepFailed(RuntimeError):
    """A step's SQL did not run; the message names the step."""


class Duck:
    """One connection, one bucket."""

    whole_book = False

    def __init__(self, spill: Path, as_of: date) -> None:
        self._connection = duck.connect(spill=spill)
        self._as_of = as_of

    def book(self, table: Table, reading: Reading, known_on: date) -> None:
        if not reading.paths:
            self.give(table.name, arrow_schema(table).empty_table())
            return
        columns = ", ".join(f'"{name}"' for name in table.names)
        source = f"read_parquet({duck.file_list(list(reading.paths))}, hive_partitioning = false)"
        sql = f"SELECT {columns} FROM {source} WHERE known_date <= DATE '{known_on}'"
        if reading.pick_latest:
            key = ", ".join(f'"{k}"' for k in table.key)
            sql += f" QUALIFY ROW_NUMBER() OVER (PARTITION BY {key} ORDER BY known_date DESC) = 1"
        self._connection.execute(f'CREATE VIEW "{table.name}" AS {sql}')

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
        apart = "COUNT(*) = COUNT(DISTINCT HASH(loan_id))"
        loans = "SELECT loan_id FROM schedule UNION SELECT loan_id FROM paid"
        if not self.rows(f"SELECT {apart} AS apart FROM ({loans})")["apart"][0].as_py():
            self.step("short", EVERY_LOAN)  # two loans with one hash: look at all
            return
        due = self.rows(
            "SELECT HASH(loan_id) AS loan, due_date AS day, "
            "principal_minor + interest_minor + fee_minor AS minor "
            f"FROM instalments WHERE due_date <= DATE '{self._as_of}'"
        )
        paid = self.rows(
            "SELECT HASH(loan_id) AS loan, value_date AS day, amount_minor AS minor "
            f"FROM payments WHERE value_date <= DATE '{self._as_of}'"
        )
        self.give("ever_short", ever_short(due, paid))
        self.step(
            "short",
            "SELECT b.loan_id, s.from_date, s.due_before_minor, s.paid_before_minor "
            "FROM balance AS b JOIN ever_short AS s ON s.loan = HASH(b.loan_id)",
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

    def close(self) -> None:
        self._connection.close()
