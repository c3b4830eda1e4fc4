"""The grammar of a mapping: every key, table and column is checked; all mistakes come at once."""

import difflib
import re
import zoneinfo
from collections.abc import Iterable
from collections.abc import Mapping as Dict
from dataclasses import fields
from typing import Any

from arrears.core.errors import Finding
from arrears.core.tables import BOOK, STATED_FACTS, Kind
from arrears.feeds import expression, forms
from arrears.feeds.lines import line_of, lines_of
from arrears.feeds.terms import (
    STATED,
    Cell,
    Feed,
    Join,
    Known,
    Mapping,
    MappingWrong,
    Schedule,
    Source,
)
from arrears.lake.home import MOST_BUCKETS, Institution

FORMATS = ("auto", "csv", "excel", "parquet", "sqlite")
TOP = ("institution", "source", "table", "products", "rates", "facts")
CELL = (
    "from",
    "const",
    "derive",
    "date",
    "pivot",
    "money",
    "decimal",
    "values",
    "default",
    "optional",
)
TABLE = ("from", "mode", "known_date", "where", "join", "schedule", "as_declared", "columns")
ALWAYS_KNOWN = (
    "1900-01-01"  # a statement of the mapping holds for every known_on unless it says since when
)

Path = tuple[str, ...]


def checked(label: str, raw: dict[str, Any], text: str) -> Mapping:
    """The mapping that the TOML says. Raises: MappingWrong with every mistake."""
    return _Reader(label, raw, text).mapping()


class _Reader:
    def __init__(self, label: str, raw: dict[str, Any], text: str) -> None:
        self.label, self.raw = label, raw
        self.lines = lines_of(text)
        self.wrong: list[Finding] = []

    def mapping(self) -> Mapping:
        self._keys((), self.raw, TOP)
        sources = {name: self._source(name) for name in self._dict(("source",))}
        feeds = {
            name: self._feed(name, sources) for name in self._dict(("table",)) if self._table(name)
        }
        stated: dict[str, tuple[Dict[str, str], ...]] = {
            name: self._stated(name) for name in ("products", "rates", "facts") if name in self.raw
        }
        for name in stated:
            if name in feeds:
                self._say(
                    (name,), f"{name} is stated here and also made by [table.{name}]: keep one"
                )
            feeds[name] = Feed(name, self._line((name,)), STATED, as_declared=True)
        institution = self._institution()
        if not feeds:
            self._say((), "nothing is mapped: add a [table.loans] with from = a source")
        if self.wrong:
            wrong = sorted(self.wrong, key=lambda f: (f.subject.split(":")[0], self._order(f)))
            text = "\n".join(f"  {f.subject}: {f.because}" for f in wrong)
            raise MappingWrong(
                f"The mapping {self.label} has {len(wrong)} mistake(s):\n{text}",
                hint="See docs/reference/mapping.md for every key.",
                findings=tuple(wrong),
            )
        return Mapping(self.label, institution, sources, feeds, stated, self.raw)

    def _order(self, finding: Finding) -> int:
        return int(finding.subject.rsplit(":", 1)[1])

    # -- the parts ----------------------------------------------------------------------------

    def _institution(self) -> Institution:
        path: Path = ("institution",)
        says = self._dict(path)
        self._keys(path, says, ("name", "zone", "currency", "buckets"))
        for key in ("name", "zone", "currency"):
            if not isinstance(says.get(key), str):
                self._say(path, f'the institution needs {key} = "…"')
        zone, currency = str(says.get("zone", "UTC")), str(says.get("currency", "CNY"))
        if zone not in zoneinfo.available_timezones():
            self._say((*path, "zone"), f"there is no time zone {zone!r}; Asia/Shanghai is one")
        if not re.fullmatch("[A-Z]{3}", currency):
            self._say((*path, "currency"), f"{currency!r} is no currency code; CNY is one")
        buckets = says.get("buckets", 0)
        if "buckets" in says and (type(buckets) is not int or not 1 <= buckets <= MOST_BUCKETS):
            self._say((*path, "buckets"), f"buckets is a whole number from 1 to {MOST_BUCKETS}")
        return Institution(str(says.get("name", "")), zone, currency, buckets)

    def _source(self, name: str) -> Source:
        path: Path = ("source", name)
        says = self._dict(path)
        allowed = [f.name for f in fields(Source) if f.name not in ("name", "line")]
        self._keys(path, says, allowed)
        given = {key: says[key] for key in allowed if key in says}
        for key in ("files", "columns", "empty"):
            if key in given:
                given[key] = self._texts((*path, key), given[key])
        for key in ("delimiter", "quote", "encoding", "sheet", "query"):
            if not isinstance(given.get(key, ""), str):
                self._say((*path, key), f"{key} is a text")
                del given[key]
        self._check_source(path, given)
        return Source(name, self._line(path), files=given.pop("files", ()), **given)

    def _check_source(self, path: Path, given: dict[str, Any]) -> None:
        if not isinstance(given.get("optional", False), bool):
            self._say((*path, "optional"), "optional is true or false")
        if not given.get("files"):
            self._say(path, 'say which files: files = ["loans*.csv"]')
        self._one_of((*path, "format"), given.get("format", "auto"), FORMATS)
        if given.get("format") == "sqlite" and not given.get("query"):
            self._say(path, 'a database needs query = "select … from …"')
        if len(given.get("delimiter", ",")) != 1:
            self._say((*path, "delimiter"), r'a delimiter is one character, such as ";" or "\t"')
        if len(given.get("quote", "")) > 1:
            self._say((*path, "quote"), "a quote is one character, or empty when nothing is quoted")
        if given.get("encoding", "auto") != "auto":
            try:
                "".encode(given["encoding"])
            except LookupError:
                self._say(
                    (*path, "encoding"), f"there is no encoding {given['encoding']!r}; use auto"
                )

    def _table(self, name: str) -> bool:
        if name in BOOK:
            return True
        self._say(("table", name), f"there is no table {name!r}{_nearest(name, BOOK)}")
        return False

    def _feed(self, name: str, sources: dict[str, Source]) -> Feed:
        path: Path = ("table", name)
        says = self._dict(path)
        self._keys(path, says, TABLE)
        source = str(says.get("from", ""))
        if source not in sources:
            wrong = f"there is no [source.{source}]{_nearest(source, sources)}"
            self._say(
                (*path, "from"), wrong if source else "say where its rows come from: from = …"
            )
        self._one_of((*path, "mode"), says.get("mode", "increment"), ("increment", "snapshot"))
        as_declared = bool(says.get("as_declared", False))
        schedule = self._schedule(path, says)
        columns = {
            column: self._cells((*path, "columns", column), cell, BOOK[name].column(column).kind)
            for column, cell in self._columns(path, name, says).items()
        }
        for declared in BOOK[name].columns:
            filled = declared.name in columns or (schedule and declared.name == "seq")
            filled = filled or declared.name == "currency"  # the institution has one
            if declared.required and not filled and not as_declared:
                self._say(path, f"{name} needs the column {declared.name}; add it to its columns")
        self._expression((*path, "where"), says.get("where", ""))
        return Feed(
            table=name,
            line=self._line(path),
            source=source,
            mode=str(says.get("mode", "increment")),
            known=self._known(
                (*path, "known_date"), says.get("known_date"), as_declared=as_declared
            ),
            where=str(says.get("where", "")),
            join=self._join((*path, "join"), says.get("join"), sources),
            schedule=schedule,
            as_declared=as_declared,
            columns=columns,
        )

    def _columns(self, path: Path, name: str, says: dict[str, Any]) -> dict[str, Any]:
        given = says.get("columns", {})
        if not isinstance(given, dict):
            self._say((*path, "columns"), f"write the columns under [table.{name}.columns]")
            return {}
        declared = BOOK[name].names
        for column in given:
            if column not in declared:
                wrong = f"{name} has no column {column!r}{_nearest(column, declared)}"
                self._say((*path, "columns", column), wrong)
        return {column: cell for column, cell in given.items() if column in declared}

    def _cells(self, path: Path, says: Any, kind: Kind) -> tuple[Cell, ...]:
        return tuple(
            self._cell(path, one, kind) for one in (says if isinstance(says, list) else [says])
        )

    def _cell(self, path: Path, says: Any, kind: Kind) -> Cell:
        line = self._line(path)
        if isinstance(says, str):
            says = {"from": says}
        if not isinstance(says, dict):
            self._say(path, 'write "column", or {from = …}, {const = …} or {derive = "…"}')
            return Cell(line, "const", "")
        self._keys(path, says, CELL)
        ways = [way for way in ("from", "const", "derive") if way in says]
        if len(ways) != 1:
            self._say(path, "say exactly one of from, const and derive")
            return Cell(line, "const", "")
        way = ways[0]
        if way == "derive":
            self._expression(path, says[way])
        self._one_of(path, says.get("money", "major"), ("major", "minor"), "money")
        self._one_of(path, says.get("decimal", "."), (".", ","), "decimal")
        if kind is Kind.DAY and way != "const":
            for wrong in forms.day_form_wrong(str(says.get("date", "iso")), says.get("pivot")):
                self._say(path, wrong)
        values = says.get("values")
        if values is not None and not isinstance(values, dict):
            self._say(path, 'values is a table: {A = "open", B = "closed"}')
            values = None
        default = says.get("default")
        return Cell(
            line, way, str(says[way]), str(says.get("date", "iso")), int(says.get("pivot") or 0),
            str(says.get("money", "major")), str(says.get("decimal", ".")),
            {str(k): str(v) for k, v in values.items()} if values is not None else None,
            None if default is None else str(default), bool(says.get("optional", False)),
        )  # fmt: skip

    def _known(self, path: Path, says: Any, *, as_declared: bool) -> Known:
        if says is None and as_declared:
            return Known(Cell(self._line(path), "from", "known_date", optional=True))
        if says is None or says == "load":
            return Known()
        if isinstance(says, dict) and "file" in says:
            self._keys(path, says, ("file", "date", "pivot"))
            try:
                groups = re.compile(str(says["file"])).groups
            except re.error as error:
                self._say(path, f"file is no regular expression: {error}")
                groups = 1
            if groups != 1:
                self._say(path, r'file needs one group that holds the day, such as "(\\d{8})"')
            cell = self._cell(
                path, {k: v for k, v in says.items() if k != "file"} | {"const": ""}, Kind.DAY
            )
            for wrong in forms.day_form_wrong(cell.date, says.get("pivot")):
                self._say(path, wrong)
            return Known(cell, str(says["file"]))
        return Known(self._cell(path, says, Kind.DAY))

    def _join(self, path: Path, says: Any, sources: dict[str, Source]) -> Join | None:
        if says is None:
            return None
        if not isinstance(says, dict):
            self._say(path, 'write join = {source = "…", on = "column"}')
            return None
        self._keys(path, says, ("source", "on", "rows", "where"))
        source = str(says.get("source", ""))
        if source not in sources:
            self._say(path, f"there is no [source.{source}]{_nearest(source, sources)}")
        self._one_of(path, says.get("rows", "pick"), ("pick", "required"), "rows")
        on = says.get("on")
        if isinstance(on, str):
            on = [on]
        pairs = list(on.items()) if isinstance(on, dict) else [(name, name) for name in on or ()]
        if not pairs:
            self._say(path, 'say which columns meet: on = "account_id" or on = {ours = "theirs"}')
        self._expression(path, says.get("where", ""))
        return Join(
            self._line(path), source, tuple((str(a), str(b)) for a, b in pairs),
            str(says.get("rows", "pick")), str(says.get("where", "")),
        )  # fmt: skip

    def _schedule(self, table: Path, says: dict[str, Any]) -> Schedule | None:
        path: Path = (*table, "schedule")
        given = says.get("schedule")
        if given is None:
            return None
        if table[1] != "instalments" or not isinstance(given, dict):
            self._say(
                path, "a schedule belongs to [table.instalments]: schedule = {count = …, day = 12}"
            )
            return None
        self._keys(path, given, ("count", "day"))
        day = given.get("day", 0)
        if not isinstance(day, int) or not 0 <= day <= 28:
            self._say(path, "day is a day of the month from 1 to 28")
            day = 0
        if "count" not in given:
            self._say(path, "say how many instalments: count = a column or a number")
        return Schedule(self._line(path), str(given.get("count", 1)), day)

    def _stated(self, name: str) -> tuple[dict[str, str], ...]:
        rows = self.raw[name]
        if name == "facts" and isinstance(rows, dict):
            rows = [
                {"fact": fact, **(v if isinstance(v, dict) else {"value": v})}
                for fact, v in rows.items()
            ]
        if not isinstance(rows, list):
            self._say((name,), f"write each row under [[{name}]]")
            return ()
        made = []
        for number, row in enumerate(rows):
            path: Path = (
                (name, row["fact"]) if name == "facts" and "fact" in row else (name, str(number))
            )
            self._keys(path, row, (*BOOK[name].names, "known_date"))
            made.append(
                {"known_date": ALWAYS_KNOWN, **{key: str(value) for key, value in row.items()}}
            )
            for column in BOOK[name].columns:
                if column.required and column.name not in row:
                    self._say(path, f"a row of {name} needs {column.name}")
                elif (
                    column.one_of
                    and str(row.get(column.name, column.one_of[0])) not in column.one_of
                ):
                    self._say(
                        (*path, column.name), f"{column.name} is one of {', '.join(column.one_of)}"
                    )
            if name == "facts":
                self._fact(path, row)
        return tuple(made)

    def _fact(self, path: Path, row: dict[str, Any]) -> None:
        """A fact that contacts are decided by has a value that they can be decided by."""
        fact, value = str(row.get("fact")), str(row.get("value"))
        lawful = STATED_FACTS.get(fact, ())
        if lawful and value not in lawful:
            self._say(path, f"{fact} is one of {', '.join(lawful)}")
        if fact == "zone" and value not in zoneinfo.available_timezones():
            self._say(path, f"there is no time zone {value!r}; Asia/Shanghai is one")

    # -- small words --------------------------------------------------------------------------

    def _dict(self, path: Path) -> dict[str, Any]:
        here: Any = self.raw
        for name in path:
            here = here.get(name, {}) if isinstance(here, dict) else {}
        if isinstance(here, dict):
            return here
        self._say(path, f"{'.'.join(path)} is a table: write it as [{'.'.join(path)}]")
        return {}

    def _keys(self, path: Path, says: dict[str, Any], allowed: Iterable[str]) -> None:
        for key in says:
            if key not in tuple(allowed):
                near = _nearest(key, allowed) or f"; known here: {', '.join(allowed)}"
                self._say((*path, key), f"unknown key {key!r}{near}")

    def _one_of(self, path: Path, value: Any, allowed: tuple[str, ...], what: str = "") -> None:
        if value not in allowed:
            name = what or path[-1]
            self._say(path, f"{name} is one of {', '.join(map(repr, allowed))}, not {value!r}")

    def _texts(self, path: Path, value: Any) -> tuple[str, ...]:
        if isinstance(value, str):
            return (value,)
        if isinstance(value, list) and all(isinstance(v, str) for v in value):
            return tuple(value)
        self._say(path, f"{path[-1]} is a list of texts")
        return ()

    def _expression(self, path: Path, text: Any) -> None:
        if not text:
            return
        try:
            expression.parse(str(text))
        except expression.ExpressionWrong as error:
            self._say(path, " ".join(str(error).splitlines()))

    def _line(self, path: Path) -> int:
        return line_of(self.lines, path)

    def _say(self, path: Path, because: str) -> None:
        subject = f"{self.label}.toml:{self._line(path)}"
        self.wrong.append(Finding("mapping_wrong", subject, because))


def _nearest(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)
    return f"; did you mean {near[0]!r}?" if near else ""
