"""The versions of the book: what each load added, and which files say what was known on a day.

A version is one manifest in `book/_versions`; its Parquet parts are in sight only because a
manifest names them: `book/<table>/known=<first known day>/bucket=<nnn>/<version>.parquet`.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from arrears.core.tables import BOOK
from arrears.lake.files import read_json, write_json
from arrears.lake.home import Home

WHOLE = -1  # the bucket of tables that are kept whole (products, rates, facts)


@dataclass(frozen=True, slots=True)
class Part:
    """One Parquet file of one table."""

    table: str
    path: str  # relative to the home, with forward slashes
    bucket: int
    rows: int
    known_first: str  # ISO days
    known_last: str
    sha256: str


@dataclass(frozen=True, slots=True)
class TableLoad:
    """What one load did to one table. rows_in = loaded + quarantined + duplicate; money likewise.

    `mode` is "snapshot" (the rows are the whole table as of their known day) or "increment".
    `repeats` is true when a key of these rows is also in an earlier part, so that readers must pick
    the latest known one.
    """

    table: str
    mode: str
    rows_in: int
    loaded: int
    quarantined: int
    duplicate: int
    money_in: dict[str, int]
    money_loaded: dict[str, int]
    money_quarantined: dict[str, int]
    money_duplicate: dict[str, int]
    repeats: bool = False
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Version:
    """One sealed load."""

    number: int
    mapping: str
    sources: tuple[dict[str, Any], ...] = ()  # file, table, sha256, bytes
    tables: tuple[TableLoad, ...] = ()
    notes: tuple[str, ...] = field(default=())


def versions(home: Home) -> list[Version]:
    """Every sealed version, oldest first."""
    return [_read(path) for path in sorted(home.versions.glob("[0-9]*.json"))]


def seal(home: Home, version: Version) -> None:
    """The version is in sight, whole; its parts must be on disk already."""
    write_json(home.versions / f"{version.number:06d}.json", asdict(version))


@dataclass(frozen=True, slots=True)
class Reading:
    """How to read one table as known on a day: these files, and whether keys may repeat in them."""

    table: str
    paths: tuple[Path, ...]
    pick_latest: bool


def reading(
    home: Home,
    table: str,
    *,
    known_on: date,
    bucket: int | None = None,
    sealed: Sequence[Version] | None = None,
) -> Reading:
    """The files that say what was known of a table on a day.

    Of a snapshot only the latest one known by then counts, per mapping; of increments all do. The
    rows still need `known_date <= known_on`, and the latest known one per key where `pick_latest`.
    `bucket` None reads all buckets; tables kept whole ignore it. `sealed` are the versions to look
    at, where the caller has read them already.
    """
    day = known_on.isoformat()
    loads = [
        (version.mapping, load)
        for version in (versions(home) if sealed is None else sealed)
        for load in version.tables
        if load.table == table and load.parts
    ]
    latest: dict[str, str] = {}
    for mapping, load in loads:
        for part in load.parts:
            if load.mode == "snapshot" and part.known_first <= day:
                latest[mapping] = max(latest.get(mapping, ""), part.known_first)
    chosen: list[Part] = []
    repeats = False
    for mapping, load in loads:
        for part in load.parts:
            if part.known_first > day:
                continue
            if load.mode == "snapshot" and part.known_first != latest[mapping]:
                continue
            if bucket is None or not BOOK[table].owner or part.bucket == bucket:
                chosen.append(part)
        repeats = repeats or load.repeats
    return Reading(table, tuple(home.path / p.path for p in chosen), repeats)


def _read(path: Path) -> Version:
    raw = read_json(path)
    tables = tuple(
        TableLoad(**{**load, "parts": tuple(Part(**part) for part in load["parts"])})
        for load in raw.pop("tables")
    )
    sources = tuple(raw.pop("sources"))
    return Version(tables=tables, sources=sources, notes=tuple(raw.pop("notes")), **raw)
