"""Staging: every source becomes one view of text columns that knows each row's file and line.

Columns are named c0, c1 … inside, so no name of a bank ever stands in our SQL. Two more columns say
why a line is no row (`_bad`) and what it says (`_line`).
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from arrears.core.errors import UserError
from arrears.feeds.csvfile import Chunk, EmptyFile, WrongHeader, open_csv
from arrears.feeds.excel import open_excel, text_of
from arrears.feeds.terms import Source
from arrears.lake.duck import Connection, DuckError, literal
from arrears.lake.files import sha256

SUFFIXES = {
    **dict.fromkeys((".csv", ".txt", ".asc", ".tsv", ".dat"), "csv"),
    **dict.fromkeys((".xlsx", ".xlsm", ".xls", ".xlsb", ".ods"), "excel"),
    **dict.fromkeys((".db", ".sqlite", ".sqlite3"), "sqlite"),
    ".parquet": "parquet",
}
MOST_COLUMNS = 2000
Progress = Callable[[str, int, int | None], None]


class NoFile(UserError):
    """A file that the mapping needs is not in the folder."""

    exit_code = 40


class BrokenFile(UserError):
    """A file is cut off, nested or otherwise not what it says it is."""

    exit_code = 41


@dataclass(frozen=True, slots=True)
class File:
    """One file of a source, as it was when it was read."""

    name: str
    path: Path
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Staged:
    """A source within reach of SQL: its view, where each column stands, and in which type."""

    name: str
    view: str
    places: dict[str, str]  # the bank's name -> c0 …
    types: dict[str, str]  # c0 … -> DuckDB's type
    files: tuple[File, ...]
    columns_of: dict[str, frozenset[str]] = field(default_factory=dict)  # file -> its columns


def find_files(source: Source, folder: Path) -> list[File]:
    """The files of a source, in order of name; a `folder` that is a file stands for itself."""
    if folder.is_file():
        return [_file(folder, folder.name)]
    found = {path for pattern in source.files for path in folder.glob(pattern) if path.is_file()}
    return [_file(path, path.relative_to(folder).as_posix()) for path in sorted(found)]


def stage(
    con: Connection,
    source: Source,
    files: list[File],
    scratch: Path,
    progress: Progress | None = None,
) -> Staged:
    """The view of a source's files.

    Raises: BrokenFile, EmptyFile, WrongHeader, WrongDelimiter, ExcelRefused.
    """
    if all(_format(source, file) == "parquet" for file in files):
        return _stage_parquet(con, source, files)
    heads, places, paths = {}, dict[str, str](), []
    for number, file in enumerate(files):
        target = scratch / f"{source.name}-{number}.parquet"
        names, chunks = _open(con, source, file)
        _check_names(file, names)
        for name in names:
            places.setdefault(name, f"c{len(places)}")
        heads[file.name] = frozenset(names)
        _write(target, file, [places[name] for name in names], chunks, progress)
        paths.append(target)
    listed = ", ".join(literal(path) for path in paths)
    view = _view(con, source, f"SELECT * FROM read_parquet([{listed}], union_by_name = true)")
    return Staged(
        source.name, view, places, dict.fromkeys(places.values(), "VARCHAR"), tuple(files), heads
    )


def stage_rows(
    con: Connection, name: str, names: list[str], rows: Iterable[tuple[str, ...]]
) -> Staged:
    """The view of rows that we hold already; the last two of each are its file and its line."""
    columns: list[list[str]] = [list(column) for column in zip(*rows, strict=True)]
    if not columns:
        columns = [[] for _ in range(len(names) + 2)]
    places = {column: f"c{number}" for number, column in enumerate(names)}
    arrays = {place: pa.array(columns[i], pa.string()) for i, place in enumerate(places.values())}
    arrays["_file"] = pa.array(columns[-2], pa.string())
    arrays["_row"] = pa.array([int(row) for row in columns[-1]], pa.int64())
    for extra in ("_bad", "_line"):
        arrays[extra] = pa.nulls(len(columns[-1]), pa.string())
    con.register(f"rows_{name}", pa.table(arrays))
    view = f"source_{name}"
    con.execute(f'CREATE OR REPLACE TEMP TABLE "{view}" AS SELECT * FROM "rows_{name}"')
    con.unregister(f"rows_{name}")
    heads = {file: frozenset(names) for file in set(columns[-2])}
    types = dict.fromkeys(places.values(), "VARCHAR")
    return Staged(name, f'"{view}"', places, types, (), heads)


def _file(path: Path, name: str) -> File:
    return File(name, path, sha256(path), path.stat().st_size)


def _format(source: Source, file: File) -> str:
    if source.format != "auto":
        return source.format
    return SUFFIXES.get(file.path.suffix.lower(), "csv")


def _open(con: Connection, source: Source, file: File) -> tuple[list[str], Iterator[Chunk]]:
    opened = _format(source, file)
    if opened == "excel":
        return open_excel(file.path, source)
    if opened == "sqlite":
        return _open_sqlite(file, source)
    if opened == "parquet":
        return _open_parquet(con, file)
    return open_csv(file.path, source)


def _check_names(file: File, names: list[str]) -> None:
    hint = "Give each column one name of its own in the first line."
    if len(names) > MOST_COLUMNS:
        raise WrongHeader(f"{file.name} has {len(names)} columns", hint="Is the delimiter right?")
    twice = sorted({name for name in names if name and names.count(name) > 1})
    if twice:
        raise WrongHeader(f"{file.name} names a column twice: {', '.join(twice)}", hint=hint)
    for number, name in enumerate(names):
        names[number] = name or f"column_{number + 1}"


def _write(
    target: Path, file: File, places: list[str], chunks: Iterator[Chunk], progress: Progress | None
) -> None:
    """The rows of one file lie in one Parquet file, as text."""
    text = [*places, "_file", "_bad", "_line"]
    schema = pa.schema([*((name, pa.string()) for name in text), ("_row", pa.int64())])
    rows = 0
    with pq.ParquetWriter(target, schema, compression="snappy") as writer:
        for chunk in chunks:
            good, bad = len(chunk.rows), len(chunk.bad)
            if not good + bad:
                continue
            columns = list(zip(*chunk.rows, strict=True)) or [() for _ in places]
            arrays = [_with_nulls(column, bad) for column in columns]
            arrays.append(pa.repeat(pa.scalar(file.name, pa.string()), good + bad))
            arrays.append(pa.array([None] * good + [b.code for b in chunk.bad], pa.string()))
            arrays.append(pa.array([None] * good + [b.line for b in chunk.bad], pa.string()))
            arrays.append(pa.array(chunk.numbers + [b.row for b in chunk.bad], pa.int64()))
            writer.write_table(pa.table(arrays, schema=schema))
            rows += good + bad
            if progress:
                progress(file.name, rows, None)


def _with_nulls(column: Iterable[str], nulls: int) -> pa.Array:
    return pa.array([*column, *([None] * nulls)] if nulls else column, pa.string())


def _view(con: Connection, source: Source, select: str) -> str:
    view = f'"source_{source.name}"'
    con.execute(f"CREATE OR REPLACE TEMP VIEW {view} AS {select}")
    return view


# -- Parquet and databases ------------------------------------------------------------------------


def _columns(con: Connection, file: File) -> list[tuple[str, str]]:
    try:
        found = con.execute(f"DESCRIBE SELECT * FROM read_parquet({literal(file.path)})").fetchall()
    except DuckError as error:
        raise BrokenFile(
            f"{file.name} is no whole Parquet file: {str(error).splitlines()[0]}",
            hint="It may have been cut off on the way: ask the bank for it again.",
        ) from error
    for name, kind, *_ in found:
        if kind.endswith("]") or kind.startswith(("STRUCT", "MAP", "UNION", "LIST")):
            raise BrokenFile(
                f"{file.name} has a nested column {name} ({kind})",
                hint="Write it flat: one plain value in each column.",
            )
    return [(name, kind) for name, kind, *_ in found]


def _stage_parquet(con: Connection, source: Source, files: list[File]) -> Staged:
    """A view straight over the Parquet files; a column keeps its type where all files agree."""
    places: dict[str, str] = {}
    types: dict[str, str] = {}
    heads = {file.name: dict(_columns(con, file)) for file in files}
    for head in heads.values():
        for name, kind in head.items():
            place = places.setdefault(name, f"c{len(places)}")
            types[place] = kind if types.get(place, kind) == kind else "VARCHAR"
    selects = []
    for file in files:
        said = [
            f'CAST("{name.replace(chr(34), chr(34) * 2)}" AS {types[place]}) AS {place}'
            if name in heads[file.name]
            else f"CAST(NULL AS {types[place]}) AS {place}"
            for name, place in places.items()
        ]
        selects.append(
            f"SELECT {', '.join(said)}, {literal(file.name)} AS _file, NULL::VARCHAR AS _bad, "
            f"NULL::VARCHAR AS _line, file_row_number + 1 AS _row "
            f"FROM read_parquet({literal(file.path)}, file_row_number = true)"
        )
    view = _view(con, source, " UNION ALL ".join(selects))
    columns_of = {name: frozenset(head) for name, head in heads.items()}
    return Staged(source.name, view, places, types, tuple(files), columns_of)


def _open_parquet(con: Connection, file: File) -> tuple[list[str], Iterator[Chunk]]:
    """A Parquet file among others of another format: as text, like them."""
    names = [name for name, _ in _columns(con, file)]
    quoted = ", ".join(f'CAST("{name}" AS VARCHAR)' for name in names)
    result = con.cursor().execute(f"SELECT {quoted} FROM read_parquet({literal(file.path)})")
    return names, _fetched(result.fetchmany)


def _open_sqlite(file: File, source: Source) -> tuple[list[str], Iterator[Chunk]]:
    base = sqlite3.connect(f"{file.path.resolve().as_uri()}?mode=ro", uri=True)
    try:
        result = base.execute(source.query)
    except sqlite3.Error as error:
        base.close()
        raise BrokenFile(
            f"The query of [source.{source.name}] fails on {file.name}: {error}",
            hint=f"Mend query on line {source.line} of the mapping.",
        ) from error
    return [column[0] for column in result.description], _fetched(result.fetchmany, base.close)


def _fetched(
    fetch: Callable[[int], list[tuple[object, ...]]], close: Callable[[], None] | None = None
) -> Iterator[Chunk]:
    number = 1
    while rows := fetch(20_000):
        texts = [tuple(text_of(cell) for cell in row) for row in rows]
        yield Chunk(list(texts), list(range(number, number + len(rows))))
        number += len(rows)
    if close:
        close()


__all__ = [
    "BrokenFile",
    "EmptyFile",
    "File",
    "NoFile",
    "Staged",
    "find_files",
    "stage",
    "stage_rows",
]
