"""The terms of a mapping: frozen records of how a bank's files become the tables of the book."""

import hashlib
import json
from collections.abc import Mapping as Dict
from dataclasses import dataclass, field
from typing import Any

from arrears.core.errors import UserError
from arrears.lake.home import Institution

STATED = "(mapping)"  # the source whose rows are written in the mapping itself


class MappingWrong(UserError):
    """A mapping has mistakes; every one is named with its line and its mend."""

    exit_code = 31


@dataclass(frozen=True, slots=True)
class Source:
    """One kind of file of the bank: which files, and how to read them."""

    name: str
    line: int
    files: tuple[str, ...]
    format: str = "auto"  # auto: by the file's suffix
    delimiter: str = ","
    quote: str = '"'  # empty: nothing is quoted
    encoding: str = "auto"
    columns: tuple[str, ...] = ()  # names of a file without a header
    sheet: str = ""
    query: str = ""
    empty: tuple[str, ...] = ()  # texts that mean "no value"
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """How one column gets its value: from a column, a constant or an expression."""

    line: int
    kind: str  # "from", "const" or "derive"
    says: str  # the source's column, the constant's text or the expression
    date: str = "iso"
    pivot: int = 0
    money: str = "major"
    decimal: str = "."
    values: Dict[str, str] | None = None
    default: str | None = None
    optional: bool = False  # the source's column may be missing


@dataclass(frozen=True, slots=True)
class Join:
    """A second source whose row stands beside each row; `pick` drops a row without a partner."""

    line: int
    source: str
    on: tuple[tuple[str, str], ...]  # our column, theirs
    rows: str = "pick"  # or "required": a row without a partner goes to the quarantine
    where: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """When the bank told us: the load's day, a day in the file's name, or a column."""

    cell: Cell | None = None
    file: str = ""  # a regular expression with one group, tried on the file's name


@dataclass(frozen=True, slots=True)
class Schedule:
    """Each row makes `count` monthly instalments; with `day`, the first falls on that day after."""

    line: int
    count: str  # a column or a whole number
    day: int = 0


@dataclass(frozen=True, slots=True)
class Feed:
    """How one table of the book is made from one source."""

    table: str
    line: int
    source: str
    mode: str = "increment"
    known: Known = Known()
    where: str = ""
    join: Join | None = None
    schedule: Schedule | None = None
    as_declared: bool = False
    columns: Dict[str, tuple[Cell, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Mapping:
    """A whole mapping. `stated` holds the rows written into the mapping itself, table by table."""

    name: str
    institution: Institution
    sources: Dict[str, Source]
    feeds: Dict[str, Feed]
    stated: Dict[str, tuple[Dict[str, str], ...]]
    raw: Dict[str, Any]

    def mark(self, feed: Feed) -> str:
        """A hash of everything in the mapping that decides how this feed's rows come out."""
        used = [feed.source] + ([feed.join.source] if feed.join else [])
        says = {
            "zone": self.institution.zone,
            "currency": self.institution.currency,
            "table": self.raw.get("table", {}).get(feed.table),
            "sources": {name: self.raw.get("source", {}).get(name) for name in used},
            "stated": self.stated.get(feed.table, ()) if feed.source == STATED else (),
        }
        text = json.dumps(says, sort_keys=True, default=str, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()
