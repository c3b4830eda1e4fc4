"""The one door to DuckDB: a private, bounded, single-purpose connection."""

import os
from contextlib import closing
from functools import cache
from pathlib import Path

import duckdb
import pyarrow as pa

Connection = duckdb.DuckDBPyConnection
DuckError = duckdb.Error
FILE_ERRORS = (duckdb.IOException, duckdb.InvalidInputException)  # away, or no Parquet

THREADS = 2
MEMORY = "900MB"


def connect(
    *, spill: Path | None = None, threads: int = THREADS, memory: str = MEMORY
) -> Connection:
    """A connection in memory that stays within its threads and memory and loads no extension.

    `spill` is the folder for what does not fit in memory; without it too large a sort fails.
    """
    settings: dict[str, str | bool | int | float | list[str]] = {
        "threads": threads,
        "memory_limit": memory,
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "python_enable_replacements": False,
    }
    if spill is not None:
        settings["temp_directory"] = str(spill)
    connection = duckdb.connect(":memory:", config=settings)
    connection.execute("SET GLOBAL parquet_metadata_cache = true")  # files of the lake never change
    return connection


def asked(sql: str, **tables: pa.Table) -> pa.Table:
    """The answer to one question, from any thread, on the connection that this process keeps for asking.

    The question may name the given tables. To open a connection takes longer than most questions do.
    """
    with closing(_kept(os.getpid()).cursor()) as own:
        for name, rows in tables.items():
            own.register(name, rows)
        return own.sql(sql).to_arrow_table()


@cache
def _kept(_process: int) -> Connection:
    """The connection of one process: a fork must not use that of its parent."""
    return connect()


def literal(value: object) -> str:
    """A text, path or day as a SQL string literal."""
    return "'" + str(value).replace("'", "''") + "'"


def file_list(paths: list[Path]) -> str:
    """A list of files as the first argument of `read_parquet`."""
    return "[" + ", ".join(literal(p) for p in paths) + "]"
