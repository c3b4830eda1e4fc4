"""Load: a bank's files become a new sealed version of the book, whole or not at all.

Order of the day: find the files, skip those already loaded, stage the rest as text, then table by
table read the cells, check the rows, write the good ones as Parquet and the bad ones as CSV; the
manifest is written last, and only it brings the parts into sight.
"""

import shutil
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from arrears.core.errors import Finding, UserError
from arrears.feeds import checks
from arrears.feeds.cells import plan
from arrears.feeds.intake import Intake, Job
from arrears.feeds.parts import sweep, write_parts
from arrears.feeds.plan import Plan, instalments_of
from arrears.feeds.quarantine import (
    keep_waiting,
    read_corrections,
    retry_sql,
    waiting_path,
    write_contradicted,
    write_rows,
)
from arrears.feeds.report import LoadReport, TableReport
from arrears.feeds.staging import BrokenFile, NoFile, Progress
from arrears.feeds.terms import Feed, Mapping, MappingWrong
from arrears.lake.book import Part, TableLoad, Version, seal, versions
from arrears.lake.duck import Connection, DuckError, connect, literal
from arrears.lake.files import clear
from arrears.lake.home import Home, Institution, alone


class Shrunk(UserError):
    """A snapshot has lost more than half of the rows of the one before."""

    exit_code = 9


def load(
    home: Home,
    mapping: Mapping,
    source: Path | str,
    *,
    today: date,
    dry_run: bool = False,
    corrected: Path | None = None,
    accept_shrink: bool = False,
    progress: Progress | None = None,
) -> LoadReport:
    """The bank's files are in the book as a new version; what could not be is in the quarantine.

    `source` is a folder or one file; `today` is the day on which the rows became known where the
    mapping says so; `corrected` is a mended quarantine file, loaded in place of the files it came
    from. With `dry_run` nothing comes into the book.
    Raises: UserError of many kinds, each before anything is in sight: a missing file or column, a
    wrong delimiter, an empty or broken file, another book's home, a snapshot that shrank.
    """
    folder = Path(source)
    if not folder.exists():
        raise NoFile(f"There is nothing at {folder}", hint="Give the folder of the bank's files.")
    corrections = read_corrections(corrected) if corrected else None
    with alone(home):
        institution = _fits(home, mapping)
        number = max((v.number for v in versions(home)), default=0) + 1
        scratch = home.scratch / "load"
        clear(scratch)
        _sweep(home, number)
        intake = Intake(home, mapping, folder, corrections, corrected, [])
        con = connect(spill=scratch / "spill")
        try:
            _confine(con, [folder, home.path], mapping.institution.zone)
            work = _Load(
                con, home, intake, today, dry_run, number, institution, accept_shrink, progress
            )
            return work.run()
        finally:
            con.close()
            shutil.rmtree(scratch, ignore_errors=True)


def _fits(home: Home, mapping: Mapping) -> Institution:
    """The home's institution, or the one it will have. Raises: OtherBook."""
    if (home.path / "institution.json").exists():
        return home.found(mapping.institution)
    return mapping.institution


def _sweep(home: Home, number: int) -> None:
    """Nothing is left of versions from this number on: no load sealed them."""
    sweep(home, number - 1)
    for folder in home.quarantine.glob("[0-9]*"):
        if int(folder.name) >= number:
            shutil.rmtree(folder)


def _confine(con: Connection, folders: list[Path], zone: str) -> None:
    """From now on the connection reads and writes these folders only, and stays so."""
    allowed = ", ".join(literal(folder.resolve()) for folder in folders)
    con.execute(f"SET TimeZone = {literal(zone)}")
    con.execute(f"SET allowed_directories = [{allowed}]")
    con.execute("SET enable_external_access = false")
    con.execute("SET lock_configuration = true")


@dataclass(slots=True)
class _Load:
    con: Connection
    home: Home
    intake: Intake
    today: date
    dry_run: bool
    number: int
    institution: Institution
    accept_shrink: bool
    progress: Progress | None
    reports: list[TableReport] = field(default_factory=list)
    loads: list[TableLoad] = field(default_factory=list)
    entries: list[dict[str, Any]] = field(default_factory=list)

    @property
    def mapping(self) -> Mapping:
        return self.intake.mapping

    @property
    def quarantine(self) -> Path:
        return self.home.quarantine / f"{self.number:06d}"

    def run(self) -> LoadReport:
        """Every table is done, and the version sealed if it brings anything new."""
        files = self.intake.files()
        jobs = self.intake.jobs(files, after=self.number - 1)
        staged = self.intake.stage(self.con, jobs, files, self.progress)
        checks.know_borrowers(self.con, self.home)
        checks.know_loans(self.con, self.home)
        for turn, job in enumerate(jobs):
            if self.progress:
                self.progress(job.table.name, turn, len(jobs))
            made = None
            if job.feed is not None:
                main = self.intake.main(self.con, job, job.feed, staged)
                partner = self.intake.partner(job.feed, staged)
                made = plan(self.mapping, job.feed, job.table, main, partner, self.today)
            self._table(job, made)
        new = any(t.loaded or t.quarantined for t in self.loads)
        version = self._seal() if new and not self.dry_run else None
        if version is None:
            _sweep(self.home, self.number)
        notes = tuple(self.intake.notes)
        return LoadReport(version, self.dry_run, self.mapping.name, tuple(self.reports), notes)

    def _seal(self) -> int:
        self.home.found(self.institution)
        sources, notes = tuple(self.entries), tuple(self.intake.notes)
        seal(self.home, Version(self.number, self.mapping.name, sources, tuple(self.loads), notes))
        return self.number

    # -- one table ----------------------------------------------------------------------------

    def _table(self, job: Job, made: Plan | None) -> None:
        """The table's rows are typed, checked, counted and written; its report is kept."""
        self._type(job, made)
        old = checks.stored(self.home, job.table.name, self.mapping.name, job.mode)
        repeats = checks.check_repeats(self.con, job.table, old)
        checks.check_owners(self.con, job.table)
        if job.table.name == "payments":
            checks.check_reversals(self.con, old)
        checks.learn(self.con, job.table)
        if (
            job.mode == "snapshot"
            and made
            and not self.intake.corrections
            and not self.accept_shrink
        ):
            self._refuse_shrunk(job.table.name)
        findings, waiting, path = self._bad_rows(job, made)
        parts: tuple[Part, ...] = ()
        if not self.dry_run:
            buckets = self.institution.buckets
            parts = write_parts(self.con, self.home, job.table, job.mode, buckets, self.number)
        self._account(
            job, made, findings=findings, waiting=waiting, path=path, repeats=repeats, parts=parts
        )
        self.con.execute("DROP TABLE typed")

    def _type(self, job: Job, made: Plan | None) -> None:
        """The temp table `typed` holds the fresh rows of a table, and those that waited."""
        selects = [retry_sql(job.waiting, job.table, job.mode, self.mapping.name)]
        corrections = self.intake.corrections
        if corrections is not None and job.table.name in corrections.rows:
            mended = ", ".join(
                f"({literal(r[-2])}, {r[-1]})" for r in corrections.rows[job.table.name]
            )
            selects[0] += f" AND (source_file, source_row) NOT IN (VALUES {mended})"
        if made is not None:
            self._execute(made.feed, f"CREATE OR REPLACE TEMP TABLE once AS {made.typed()}")
            selects.append(
                instalments_of(made.feed) if made.feed.schedule else "SELECT * FROM once"
            )
        self.con.execute(
            f"CREATE OR REPLACE TEMP TABLE typed AS {' UNION ALL BY NAME '.join(selects)}"
        )

    def _execute(self, feed: Feed, sql: str) -> None:
        """The SQL of a feed has run. Raises: MappingWrong or BrokenFile when it cannot."""
        try:
            self.con.execute(sql)
        except DuckError as error:
            why = str(error).splitlines()[0]
            if "Conversion" in type(error).__name__ or "Binder" in type(error).__name__:
                raise MappingWrong(
                    f"An expression of [table.{feed.table}] cannot be computed: {why}",
                    hint=f"Mend it below line {feed.line}; number(column) reads a text as one.",
                ) from error
            raise BrokenFile(
                f"The files of {feed.source} cannot be read to their end: {why}",
                hint="They may have been cut off on the way: ask the bank for them again.",
            ) from error

    def _refuse_shrunk(self, table: str) -> None:
        shrunk = checks.check_shrink(self.con, self.home, table, self.mapping.name)
        if shrunk is not None:
            before, now = shrunk
            raise Shrunk(
                f"The snapshot of {table} has {now} rows, the one before had {before}",
                hint="Is the file whole? If it is right, load it with --accept-shrink.",
            )

    def _bad_rows(
        self, job: Job, made: Plan | None
    ) -> tuple[tuple[Finding, ...], int, Path | None]:
        """The bad rows are in the quarantine; a sample of them, how many wait, and the file."""
        table, name = job.table, self.mapping.name
        findings: tuple[Finding, ...] = ()
        path = self.quarantine / f"{table.name}.csv"
        fresh = self._one(f"SELECT count(*) FROM typed WHERE NOT _retried AND {_QUARANTINED}")
        if made is not None and fresh:
            findings = write_rows(self.con, made, name, None if self.dry_run else path)
        if self.dry_run:
            return findings, self._one(f"SELECT count(*) FROM typed WHERE {_WAITING}"), None
        write_contradicted(self.con, table, name, path)
        kept = waiting_path(self.quarantine, table.name)
        waiting = keep_waiting(self.con, made, table, job.mode, name, job.waiting, kept)
        return findings, waiting, path if path.exists() else None

    def _one(self, sql: str) -> int:
        row = self.con.execute(sql).fetchone()
        return int(row[0]) if row else 0

    # -- accounting ---------------------------------------------------------------------------

    def _account(
        self,
        job: Job,
        made: Plan | None,
        *,
        findings: tuple[Finding, ...],
        waiting: int,
        path: Path | None,
        repeats: bool,
        parts: tuple[Part, ...],
    ) -> None:
        """The table's rows and amounts are counted, conserved, and noted in report and manifest."""
        table, money = job.table, job.table.money
        sums = "".join(f", coalesce(sum({name}), 0)" for name in money)
        kind = "CASE WHEN _fault IS NULL THEN 'loaded' "
        kind += f"WHEN {_QUARANTINED} THEN 'quarantined' ELSE 'duplicate' END"
        rows: dict[str, int] = {}
        amounts: dict[str, dict[str, int]] = {}
        counted = self.con.execute(
            f"SELECT {kind}, count(*) {sums} FROM typed "
            f"WHERE NOT (_retried AND {_WAITING}) GROUP BY 1"
        ).fetchall()
        for what, number, *totals in counted:
            rows[what], amounts[what] = number, _named(money, totals)
        retried = self._one(f"SELECT count(*) FROM typed WHERE _retried AND NOT ({_WAITING})")
        entries = self._entries(job, made, sums)
        self.loads.append(_table_load(job, rows, amounts, repeats=repeats, parts=parts))
        for again in job.again:
            rows["duplicate"] = rows.get("duplicate", 0) + again["rows_in"]
            said = amounts.setdefault("duplicate", {})
            for name, total in again["money_in"].items():
                said[name] = said.get(name, 0) + total
        every = [*entries, *job.again]
        load = _table_load(job, rows, amounts, repeats=repeats, parts=parts)
        report = TableReport(
            table.name, job.mode,
            sum(e["rows_read"] for e in every), sum(e["not_picked"] for e in every),
            sum(e["rows_in"] - e["rows_read"] + e["not_picked"] for e in every), retried,
            load.rows_in, load.loaded, load.quarantined, load.duplicate,
            load.money_in, load.money_loaded, load.money_quarantined, load.money_duplicate,
            waiting, findings, path,
        )  # fmt: skip
        report.check()
        self.entries += entries
        self.reports.append(report)

    def _entries(self, job: Job, made: Plan | None, sums: str) -> list[dict[str, Any]]:
        """What the manifest keeps of each fresh file: enough to know it again, and to count it."""
        if made is None:
            return []
        corrected = self.intake.corrections is not None
        by = "''" if corrected else "source_file"
        view = "''" if corrected else "_file"
        read = dict(
            self.con.execute(f"SELECT {view}, count(*) FROM {made.main.view} GROUP BY 1").fetchall()
        )
        picked = dict(self.con.execute(f"SELECT {by}, count(*) FROM once GROUP BY 1").fetchall())
        found = self.con.execute(
            f"SELECT {by}, count(*) {sums} FROM typed WHERE NOT _retried GROUP BY 1"
        ).fetchall()
        totals = {name: (number, _named(job.table.money, rest)) for name, number, *rest in found}
        entries = []
        for file, mark in job.fresh.items():
            name = "" if corrected else file.name
            rows_in, money = totals.get(name, (0, _named(job.table.money, [])))
            entries.append(
                {
                    "file": file.name,
                    "table": job.table.name,
                    "sha256": file.sha256,
                    "bytes": file.size,
                    "mark": mark,
                    "rows_read": read.get(name, 0),
                    "not_picked": read.get(name, 0) - picked.get(name, 0),
                    "rows_in": rows_in,
                    "money_in": money,
                }
            )
        return entries


_WAITING = f"coalesce(_fault IN ({', '.join(map(literal, checks.WAITS))}), false)"
_QUARANTINED = f"coalesce(_fault <> {literal(checks.DUPLICATE)}, false)"


def _named(money: tuple[str, ...], totals: list[Any]) -> dict[str, int]:
    padded = [*totals, *[0] * (len(money) - len(totals))]
    return {name: int(total) for name, total in zip(money, padded, strict=True)}


def _table_load(
    job: Job,
    rows: dict[str, int],
    amounts: dict[str, dict[str, int]],
    *,
    repeats: bool,
    parts: tuple[Part, ...],
) -> TableLoad:
    money = {
        kind: {name: amounts.get(kind, {}).get(name, 0) for name in job.table.money}
        for kind in ("loaded", "quarantined", "duplicate")
    }
    return TableLoad(
        table=job.table.name,
        mode=job.mode,
        rows_in=sum(rows.values()),
        loaded=rows.get("loaded", 0),
        quarantined=rows.get("quarantined", 0),
        duplicate=rows.get("duplicate", 0),
        money_in={name: sum(one[name] for one in money.values()) for name in job.table.money},
        money_loaded=money["loaded"],
        money_quarantined=money["quarantined"],
        money_duplicate=money["duplicate"],
        repeats=repeats,
        parts=parts,
    )
