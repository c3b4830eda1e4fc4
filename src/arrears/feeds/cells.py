"""Cells: how each column of a table is filled from a source, said in SQL as the table's plan."""

import difflib
from collections.abc import Callable
from dataclasses import replace
from datetime import date

from arrears.core.errors import Finding
from arrears.core.money import LARGEST_MINOR
from arrears.core.tables import Column, Kind, Table
from arrears.feeds import expression, forms
from arrears.feeds.plan import KNOWN, Made, Plan
from arrears.feeds.staging import Staged
from arrears.feeds.terms import Cell, Feed, Join, Mapping, MappingWrong
from arrears.lake.duck import literal

# What has happened cannot lie after the day on which the bank told us.
HAPPENED = {
    "loans": "opened_date",
    "payments": "value_date",
    "snapshots": "snapshot_date",
    "contacts": "contact_date",
    "promises": "made_date",
}
UNMAPPED = "'\x01'"  # marks a text that a map of values does not know
LOAD_DAY = "_known"  # in a correction: the load's day of the row as it first came


class ColumnMissing(MappingWrong):
    """A column that the mapping names is not in the file."""

    exit_code = 33


def plan(
    mapping: Mapping, feed: Feed, table: Table, main: Staged, partner: Staged | None, today: date
) -> Plan:
    """The plan of one table. Raises: ColumnMissing with every column that is not there."""
    return _Planner(mapping, feed, table, main, partner, today).plan()


class _Planner:
    def __init__(
        self,
        mapping: Mapping,
        feed: Feed,
        table: Table,
        main: Staged,
        partner: Staged | None,
        today: date,
    ) -> None:
        self.mapping, self.feed, self.table = mapping, feed, table
        self.main, self.partner, self.today = main, partner, today
        self.missing: list[Finding] = []
        self.partner_used = False

    def plan(self) -> Plan:
        made = [self._made(column, self._cell(column)) for column in self.table.columns]
        made.append(self._known())
        made = [self._with_rules(m) for m in made]
        count = self._count()
        picked = self._picked([*made, *([count] if count else [])])
        if self.missing:
            listed = "\n".join(f"  {f.subject}: {f.because}" for f in self.missing)
            found = ", ".join(name for name in self.main.places if not name.startswith("_"))
            raise ColumnMissing(
                f"Columns are missing from the source {self.main.name}:\n{listed}",
                hint=f"Columns found: {found or 'none'}. Mend the mapping's lines named above.",
                findings=tuple(self.missing),
            )
        return Plan(self.feed, self.table, self.main, picked, tuple(made), self._row_fault(), count)

    # -- one column ---------------------------------------------------------------------------

    def _cell(self, column: Column) -> Cell:
        """The way to fill a column: the first of those stated whose source columns are there."""
        ways = self.feed.columns.get(column.name) or self._declared(column)
        for way in ways:
            if way.kind == "const" or all(self._find(name) for name in self._names(way)):
                self._in_every_file(way)
                return way
        if not any(way.optional for way in ways):
            self._miss(ways[0])
        return Cell(ways[0].line, "const", "", default=ways[0].default)

    def _declared(self, column: Column) -> tuple[Cell, ...]:
        line, optional = self.feed.line, not column.required
        if column.name == "seq" and self.feed.schedule:
            return (Cell(line, "const", "1"),)
        if not self.feed.as_declared:
            ours = self.mapping.institution.currency if column.name == "currency" else ""
            return (Cell(line, "const", ours),)
        if column.kind is Kind.MINOR:
            major = column.name.removesuffix("_minor")
            minor = Cell(line, "from", column.name, money="minor", optional=optional)
            return minor, Cell(line, "from", major, optional=optional)
        return (Cell(line, "from", column.name, optional=optional),)

    def _made(self, column: Column, cell: Cell) -> Made:
        text, native = self._text(cell, column)
        t, v = f"t_{column.name}", f"v_{column.name}"
        fault = forms.fault(t, v, cell, column)
        if native:
            absurd = f"CASE WHEN abs({t}) <= {LARGEST_MINOR} THEN {t} END"
            return Made(column, text, absurd if column.kind is Kind.MINOR else t, fault)
        if cell.values is not None and "*" not in cell.values:
            fault = f"CASE WHEN starts_with({t}, {UNMAPPED}) THEN 'value_unmapped' ELSE {fault} END"
        return Made(column, text, forms.value(t, cell, column.kind), fault)

    def _text(self, cell: Cell, column: Column) -> tuple[str, bool]:
        """The SQL of a cell's text, and whether it has the column's own type already."""
        if cell.kind == "from" and cell.values is None and cell.default is None:
            place = self._find(self._names(cell)[0])
            fits = place is not None and place[1] in forms.NATIVE.get(column.kind, ())
            if (
                place is not None
                and fits
                and (column.kind is not Kind.MINOR or cell.money == "minor")
            ):
                return place[0], True
        text = self._plain(cell)
        if cell.values is not None:
            pairs = {key: said for key, said in cell.values.items() if key != "*"}
            plain = text
            whens = " ".join(
                f"WHEN {plain} = {literal(k)} THEN {literal(v)}" for k, v in pairs.items()
            )
            other = literal(cell.values["*"]) if "*" in cell.values else f"{UNMAPPED} || {plain}"
            text = f"CASE WHEN {plain} IS NULL THEN NULL {whens} ELSE {other} END"
        if cell.default is not None:
            empty = self._plain(cell)
            text = f"CASE WHEN {empty} IS NULL THEN {literal(cell.default)} ELSE {text} END"
        return text, False

    def _plain(self, cell: Cell) -> str:
        """The cell as the source says it: trimmed, and NULL when it means nothing."""
        if cell.kind == "const":
            return literal(cell.says) if cell.says else "NULL::VARCHAR"
        if cell.kind == "derive":
            tree = expression.parse(cell.says)
            return f"nullif(trim(CAST({expression.compiled(tree, self._place)} AS VARCHAR)), '')"
        name = self._names(cell)[0]
        text = f"nullif(trim({self._place(name)}), '')"
        side = self.partner if name[0] and self.partner else self.main
        source = self.mapping.sources.get(side.name)
        for empty in source.empty if source else ():
            text = f"nullif({text}, {literal(empty)})"
        return text

    # -- names --------------------------------------------------------------------------------

    def _names(self, cell: Cell) -> list[expression.Name]:
        if cell.kind == "const":
            return []
        if cell.kind == "derive":
            return expression.names(expression.parse(cell.says))
        prefix, dot, rest = cell.says.partition(".")
        if (
            dot
            and cell.says not in self.main.places
            and self.partner
            and prefix == self.partner.name
        ):
            return [(prefix, rest)]
        return [("", cell.says)]

    def _find(self, name: expression.Name) -> tuple[str, str] | None:
        """Where a column stands, and its type; None when there is no such column."""
        side, alias = (self.main, "m") if name[0] in ("", self.main.name) else (self.partner, "p")
        if side is None or (alias == "p" and name[0] != side.name) or name[1] not in side.places:
            return None
        self.partner_used = self.partner_used or alias == "p"
        place = side.places[name[1]]
        return f"{alias}.{place}", side.types[place]

    def _place(self, name: expression.Name) -> str:
        found = self._find(name)
        if found is None:
            return "NULL"  # already noted as missing
        return found[0] if found[1] == "VARCHAR" else f"CAST({found[0]} AS VARCHAR)"

    def _miss(self, cell: Cell) -> None:
        for name in self._names(cell):
            if self._find(name) is None:
                self._miss_name(cell.line, name, None)

    def _in_every_file(self, cell: Cell) -> None:
        for name in self._names(cell):
            for file, columns in self.main.columns_of.items():
                if not name[0] and name[1] not in columns and not cell.optional:
                    self._miss_name(cell.line, name, file)

    def _miss_name(self, line: int, name: expression.Name, file: str | None) -> None:
        side = self.partner if name[0] and self.partner else self.main
        near = difflib.get_close_matches(name[1], list(side.places), n=1)
        because = f"there is no column {'.'.join(filter(None, name))!r} in {file or side.name}"
        because += f"; did you mean {near[0]!r}?" if near and not file else ""
        self.missing.append(Finding("column_missing", f"{self.mapping.name}.toml:{line}", because))

    def _checked(self, line: int, text: str, place: Callable[[expression.Name], str]) -> str:
        tree = expression.parse(text)
        for name in expression.names(tree):
            if self._find(name) is None:
                self._miss_name(line, name, None)
        return expression.compiled(tree, place)

    # -- the row ------------------------------------------------------------------------------

    def _known(self) -> Made:
        known = self.feed.known
        loaded = f"DATE '{self.today.isoformat()}'"
        if LOAD_DAY in self.main.places and self.feed.mode == "snapshot":
            loaded = f"coalesce(TRY_CAST(m.{self.main.places[LOAD_DAY]} AS DATE), {loaded})"
        if known.file and known.cell:
            text = f"nullif(regexp_extract(m._file, {literal(known.file)}, 1), '')"
            value = forms.value("t_known_date", known.cell, Kind.DAY)
            return Made(
                KNOWN, text, value, forms.fault("t_known_date", "v_known_date", known.cell, KNOWN)
            )
        absent = (
            known.cell is not None
            and known.cell.optional
            and not self._find(self._names(known.cell)[0])
        )
        if known.cell is None or absent:
            return Made(KNOWN, loaded, "t_known_date", "NULL")
        way = known.cell
        if way.kind != "const" and not all(self._find(name) for name in self._names(way)):
            self._miss(way)
        self._in_every_file(way)
        return self._made(KNOWN, replace(way, optional=False))

    def _count(self) -> Made | None:
        schedule = self.feed.schedule
        if schedule is None:
            return None
        const = schedule.count.isdigit()
        cell = Cell(schedule.line, "const" if const else "from", schedule.count)
        column = Column("count", Kind.WHOLE, least=1)
        if not const and self._find(self._names(cell)[0]) is None:
            self._miss(cell)
        made = self._made(column, cell)
        return replace(
            made, fault=f"coalesce({made.fault}, CASE WHEN v_count > 1200 THEN 'not_whole' END)"
        )

    def _with_rules(self, made: Made) -> Made:
        """The column with what its table asks of it beside its own type."""
        name, table, fault, value = made.column.name, self.table.name, made.fault, made.value
        if HAPPENED.get(table) == name:
            fault = (
                f"coalesce({fault}, CASE WHEN v_{name} > v_known_date + 1 THEN 'date_future' END)"
            )
        if made.column is KNOWN:
            late = f"v_known_date > DATE '{self.today.isoformat()}' + 1"
            fault = f"coalesce({fault}, CASE WHEN {late} THEN 'date_future' END)"
        if table == "loans" and name == "currency":
            ours = literal(self.mapping.institution.currency)
            fault = f"coalesce({fault}, CASE WHEN v_currency <> {ours} THEN 'currency_other' END)"
        if table == "payments" and made.column.kind is Kind.MINOR:
            value = f"CASE WHEN t_reverses_id IS NOT NULL THEN -abs({value}) ELSE {value} END"
            if name == "amount_minor":
                wrong = "v_amount_minor = 0 OR (v_amount_minor < 0 AND t_reverses_id IS NULL)"
                fault = f"coalesce({fault}, CASE WHEN {wrong} THEN 'amount_not_positive' END)"
        return replace(made, fault=fault, value=value)

    def _row_fault(self) -> str:
        whens = ["WHEN _bad IS NOT NULL THEN _bad"]
        if self.feed.join and self.feed.join.rows == "required":
            whens.append("WHEN _partners IS NULL THEN 'no_partner'")
        if self.feed.join and self.partner_used:
            whens.append("WHEN _partners > 1 THEN 'partner_twice'")
        return f"CASE {' '.join(whens)} END"

    def _picked(self, made: list[Made]) -> str:
        texts = (
            ", ".join(f"{m.text} AS t_{m.column.name}" for m in made)
            .replace("{", "{{")
            .replace("}", "}}")
        )
        conditions: list[str] = []
        found = ""
        joined = "NULL::BIGINT"
        where = (
            self._checked(self.feed.line, self.feed.where, self._place) if self.feed.where else ""
        )
        if self.feed.join and self.partner:
            found, joined = self._joined(self.feed.join, self.partner), "p._partners"
            if self.feed.join.rows == "pick":
                conditions.append("p._partners IS NOT NULL")
            elif where:
                where = f"(p._partners IS NULL OR {where})"
        if where:
            conditions.append(where)
        picked = f"m._bad IS NOT NULL OR coalesce({' AND '.join(conditions) or 'true'}, false)"
        rest = f"{found} WHERE {picked}".replace("{", "{{").replace("}", "}}")
        marks = f"m._file, m._row, m._bad, m._line, {joined} AS _partners"
        return f"SELECT {marks}, {texts} FROM {{main}} m {rest}"

    def _joined(self, join: Join, partner: Staged) -> str:
        ours, theirs = [], []
        for left, right in join.on:
            for side, name in (("", left), (partner.name, right)):
                if self._find((side, name)) is None:
                    self._miss_name(join.line, (side, name), None)
            ours.append(f"trim({self._place(('', left))})")
            theirs.append(f"trim({self._place((partner.name, right))})")
        self.partner_used = self._uses(partner)
        where = ""
        if join.where:

            def place(name: expression.Name) -> str:
                return self._place((partner.name, name[1]))

            tree = expression.parse(join.where)
            for _, column in expression.names(tree):
                if column not in partner.places:
                    self._miss_name(join.line, (partner.name, column), None)
            where = f"AND {expression.compiled(tree, place)}"
        by = ", ".join(theirs)
        met = " AND ".join(f"{a} = {b}" for a, b in zip(ours, theirs, strict=True))
        return (
            f"LEFT JOIN (SELECT p.*, count(*) OVER (PARTITION BY {by}) AS _partners, "
            f"row_number() OVER (PARTITION BY {by} ORDER BY _file, _row) AS _turn "
            f"FROM {partner.view} p "
            f"WHERE p._bad IS NULL {where} QUALIFY _turn = 1) p ON {met}"
        )

    def _uses(self, partner: Staged) -> bool:
        """Whether any column or the filter reads the partner; else the join only picks rows."""
        cells = [cell for ways in self.feed.columns.values() for cell in ways]
        used = [name for cell in cells for name in self._names(cell)]
        if self.feed.where:
            used += expression.names(expression.parse(self.feed.where))
        return any(side == partner.name for side, _ in used)
