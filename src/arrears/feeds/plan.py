"""The plan of a table: SQL steps from a source's rows to typed rows, each with its first fault.

`picked` has the text cells of the rows that the mapping picks, `valued` their typed values, and the
typed row follows. The quarantine asks the same steps again, for its rows only.
"""

from dataclasses import dataclass

from arrears.core.tables import PROVENANCE, Column, Kind, Table
from arrears.feeds.staging import Staged
from arrears.feeds.terms import Feed, Schedule

KNOWN = PROVENANCE[-1]
SQL_TYPE = {
    Kind.TEXT: "VARCHAR",
    Kind.DAY: "DATE",
    Kind.MINOR: "BIGINT",
    Kind.WHOLE: "INTEGER",
    Kind.DEGREE: "DOUBLE",
}


def quoted(*names: str) -> str:
    """Column names of ours as SQL: some are words of the language, such as order."""
    return ", ".join(f'"{name}"' for name in names)


@dataclass(frozen=True, slots=True)
class Made:
    """One column: its text, its value (of `t_…`) and its fault (of `t_…` and `v_…`), as SQL."""

    column: Column
    text: str
    value: str
    fault: str


@dataclass(frozen=True, slots=True)
class Plan:
    """How the rows of one table come out of its staged sources."""

    feed: Feed
    table: Table
    main: Staged
    picked: str  # SELECT … of the picked rows, with {main} for the source's view
    made: tuple[Made, ...]
    row_fault: str  # faults that concern the row, not a cell
    count: Made | None  # of a schedule

    def read(self, main: str) -> str:
        """The picked rows with texts `t_…`, values `v_…` and faults `f_…`."""
        every = self.made + ((self.count,) if self.count else ())
        values = ", ".join(f"{m.value} AS v_{m.column.name}" for m in every)
        faults = ", ".join(f"{m.fault} AS f_{m.column.name}" for m in every)
        return (
            f"WITH picked AS ({self.picked.format(main=main)}), "
            f"valued AS (SELECT *, {values} FROM picked) "
            f"SELECT *, {self.row_fault} AS f_, {faults} FROM valued"
        )

    def counted(self) -> str:
        """How many rows the mapping picks."""
        return f"SELECT count(*) FROM ({self.picked.format(main=self.main.view)})"

    def typed(self) -> str:
        """The typed rows: the table's columns, where they came from, and the first fault."""
        once = self._once()
        return _instalments(self.feed.schedule, once) if self.feed.schedule else once

    @property
    def picked_rows(self) -> str:
        """Which of the typed rows stand for one picked row each, as a condition."""
        return "seq = 1" if self.feed.schedule else "true"

    def _once(self) -> str:
        every = self.made + ((self.count,) if self.count else ())
        names = ["", *(m.column.name for m in every)]
        fault = f"coalesce({', '.join(f'f_{name}' for name in names)})"
        at = " ".join(f"WHEN f_{name} IS NOT NULL THEN '{name}'" for name in names)
        columns = ", ".join(
            f"CAST(v_{m.column.name} AS {SQL_TYPE[m.column.kind]}) AS {quoted(m.column.name)}"
            for m in self.made
            if m.column is not KNOWN
        )
        return (
            f"SELECT {columns}, _file AS source_file, CAST(_row AS INTEGER) AS source_row, "
            f"v_known_date AS known_date, {fault} AS _fault, CASE {at} END AS _at, "
            f"NULL::VARCHAR AS _because, false AS _retried, NULL::VARCHAR AS _raw"
            f"{', v_count AS _count' if self.count else ''} FROM ({self.read(self.main.view)})"
        )


def _instalments(schedule: Schedule, once: str) -> str:
    """The typed rows of a schedule: each good row becomes its monthly instalments."""
    first, day = "due_date", schedule.day
    if day:
        month = f"date_trunc('month', {first}) + INTERVAL {day - 1} DAY"
        later = f"CASE WHEN day({first}) < {day} THEN 0 ELSE 1 END"
        first = f"({month} + to_months({later}))"
    due = f"CAST({first} + to_months(CAST(seq - 1 AS INTEGER)) AS DATE)"
    counted = "CASE WHEN _fault IS NULL THEN _count ELSE 1 END"
    return (
        "SELECT * EXCLUDE (_count) REPLACE ("
        f"CASE WHEN _fault IS NULL THEN {due} ELSE due_date END AS due_date, "
        "CAST(seq AS INTEGER) AS seq) FROM "
        f"(SELECT * EXCLUDE (seq), unnest(range(1, {counted} + 1)) AS seq FROM ({once}))"
    )
