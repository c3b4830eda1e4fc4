"""What a load did, table by table: every row and every amount accounted for."""

from dataclasses import dataclass
from pathlib import Path

from arrears.core.errors import Finding

LOADED, QUARANTINED, DUPLICATED = "loaded", "quarantined", "duplicate"


@dataclass(frozen=True, slots=True)
class TableReport:
    """One table of one load.

    rows_in = loaded + quarantined + duplicate, and so for the sum of each amount column.
    rows_in = rows_read - not_picked + made + retried: `made` are instalments of a schedule beyond
    the first of each row, `retried` rows that had waited and no longer do.
    Units: amounts in minor units; an amount that cannot be read counts as a row only.
    """

    table: str
    mode: str
    rows_read: int
    not_picked: int
    made: int
    retried: int
    rows_in: int
    loaded: int
    quarantined: int
    duplicate: int
    money_in: dict[str, int]
    money_loaded: dict[str, int]
    money_quarantined: dict[str, int]
    money_duplicate: dict[str, int]
    waiting: int = 0  # rows of this table that wait as of now
    findings: tuple[Finding, ...] = ()  # a sample
    quarantine: Path | None = None

    def check(self) -> None:
        """Nothing appeared and nothing vanished; else the fault is ours, and nothing is sealed."""
        read = self.rows_read - self.not_picked + self.made + self.retried
        if not self.rows_in == read == self.loaded + self.quarantined + self.duplicate:
            raise AssertionError(f"rows of {self.table} are not conserved: {self}")
        for name, total in self.money_in.items():
            parts = (self.money_loaded, self.money_quarantined, self.money_duplicate)
            if total != sum(part[name] for part in parts):
                raise AssertionError(f"{name} of {self.table} is not conserved: {self}")


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What one load did; `version` is None when it brought nothing new, or was only tried."""

    version: int | None
    dry_run: bool
    mapping: str
    tables: tuple[TableReport, ...]
    notes: tuple[str, ...] = ()

    @property
    def loaded(self) -> int:
        return sum(table.loaded for table in self.tables)

    @property
    def quarantined(self) -> int:
        return sum(table.quarantined for table in self.tables)

    @property
    def duplicate(self) -> int:
        return sum(table.duplicate for table in self.tables)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """A bounded sample of what is wrong; `quarantined` is the whole number."""
        return tuple(finding for table in self.tables for finding in table.findings)

    @property
    def quarantine(self) -> tuple[Path, ...]:
        """The files in which the bad rows lie."""
        return tuple(table.quarantine for table in self.tables if table.quarantine)

    def table(self, name: str) -> TableReport:
        """The report of one table. Raises: KeyError."""
        for table in self.tables:
            if table.table == name:
                return table
        raise KeyError(name)
