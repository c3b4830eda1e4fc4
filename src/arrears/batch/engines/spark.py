"""Spark runs the same steps, translated by sqlglot, over the whole book at once."""

import shutil
import sys
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import sqlglot
from pyspark.sql import DataFrame, SparkSession

from arrears.batch.engines.engine import EVERY_LOAN, Folding, arrow_schema, empty_book
from arrears.core.tables import Kind, Table
from arrears.lake.book import Reading
from arrears.lake.files import sync_file

TYPES = {
    Kind.TEXT: "STRING",
    Kind.DAY: "DATE",
    Kind.MINOR: "BIGINT",
    Kind.WHOLE: "INT",
    Kind.DEGREE: "DOUBLE",
}
SETTINGS = {
    "spark.sql.ansi.enabled": "true",  # an overflow fails, it never wraps
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.shuffle.partitions": "4",
    "spark.sql.execution.arrow.pyspark.enabled": "true",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.legacy.parquet.nanosAsLong": "false",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
}


class Spark:
    """One session, all buckets. A cluster is named by `spark-submit` or SPARK_* in the environment."""

    whole_book = True

    def __init__(self, _spill: Path, _as_of: date) -> None:
        builder: Any = SparkSession.builder.appName("arrears")
        for name, value in SETTINGS.items():
            builder = builder.config(name, value)
        self._session: SparkSession = builder.getOrCreate()
        self._session.sparkContext.setLogLevel("ERROR")
        self._session.sparkContext.pythonExec = sys.executable  # the folds need this environment

    def book(self, table: Table, reading: Reading, known_on: date) -> None:
        if not reading.paths:
            self.give(table.name, empty_book(table, pa.string()))
            return
        self._session.read.parquet(*map(str, reading.paths)).createOrReplaceTempView(
            f"part_{table.name}"
        )
        columns = ", ".join(f"`{name}`" for name in table.names)
        if "loan_id" in table.names:
            columns += ", `loan_id` AS loan_no"
        sql = f"SELECT * FROM part_{table.name} WHERE known_date <= DATE '{known_on}'"
        if reading.pick_latest:
            key = ", ".join(f"`{k}`" for k in table.key)
            place = f"ROW_NUMBER() OVER (PARTITION BY {key} ORDER BY known_date DESC)"
            sql = f"SELECT * FROM (SELECT *, {place} AS place FROM ({sql})) WHERE place = 1"
        self._view(table.name, self._session.sql(f"SELECT {columns} FROM ({sql})"))

    def give(self, name: str, rows: pa.Table) -> None:
        self._view(name, self._session.createDataFrame(rows))

    def files(self, name: str, table: Table, paths: list[Path]) -> None:
        if not paths:
            self.give(name, arrow_schema(table).empty_table())
            return
        self._view(name, self._session.read.parquet(*map(str, paths)))

    def step(self, name: str, sql: str) -> None:
        # Each table stands by itself: with a lineage of twenty steps planning takes minutes.
        self._view(name, self._session.sql(spark_sql(sql)).localCheckpoint())

    def short(self) -> None:
        self.step("short", EVERY_LOAN)

    def fold(
        self, reads: str, columns: tuple[str, ...], writes: str, schema: pa.Schema, folding: Folding
    ) -> None:
        from pyspark.sql.pandas.types import from_arrow_schema

        rows = self._session.table(reads).select(*columns)
        together = rows.repartition(rows[columns[0]]).sortWithinPartitions(*columns)

        def folded(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
            return folding(batches)

        made = together.mapInArrow(folded, from_arrow_schema(schema))
        self._view(writes, made.localCheckpoint())

    def rows(self, sql: str) -> pa.Table:
        return self._session.sql(spark_sql(sql)).toArrow()

    def write(self, table: Table, sql: str, path: Path) -> int:
        """Spark writes a folder of parts; they become files beside `path`, numbered in key order."""
        schema = ", ".join(f"CAST({c.name} AS {TYPES[c.kind]}) AS {c.name}" for c in table.columns)
        made = self._session.sql(spark_sql(f"SELECT {schema} FROM ({sql}) AS made"))
        for stale in path.parent.glob(f"{path.stem}-*.parquet"):  # of a run that was killed
            stale.unlink()
        made.orderBy(*table.key).write.mode("overwrite").parquet(str(path), compression="zstd")
        parts = sorted(path.glob("part-*.parquet"))
        for number, part in enumerate(parts):
            file = part.replace(path.with_name(f"{path.stem}-{number:05d}.parquet"))
            sync_file(file)
        shutil.rmtree(path)
        return int(made.count())

    def close(self) -> None:
        self.clear()

    def clear(self) -> None:
        self._session.catalog.clearCache()
        for view in self._session.catalog.listTables():
            self._session.catalog.dropTempView(view.name)

    def _view(self, name: str, frame: DataFrame) -> None:
        frame.createOrReplaceTempView(name)


@cache
def spark_sql(sql: str) -> str:
    """A step's text in Spark's dialect; the snapshots in tests/agree/spark hold what comes out."""
    (text,) = sqlglot.transpile(sql, read="duckdb", write="spark", pretty=True)
    return text
