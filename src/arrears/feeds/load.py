"""Load: a bank's files become a new sealed version of the book, whole or not at all.

Order of the day: find the files, skip those already loaded, stage the rest as text, then table by
table read the cells, check the rows, write the good ones as Parquet and the bad ones as CSV; the
manifest is written last, and only it brings the parts into sight.
"""

import shutil
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from arrears.core.errors import Finding, UserError
from arrears.core.loan import Terms
from arrears.feeds import checks
from arrears.feeds.account import (
    QUARANTINED,
    WAITING,
    Outcome,
    table_load,
    table_report,
    take_account,
)
from arrears.feeds.cells import plan
from arrears.feeds.intake import Intake, Job
from arrears.feeds.parts import sweep, write_parts
from arrears.feeds.plan import Plan
from arrears.feeds.quarantine import (
    keep_waiting,
    read_corrections,
    retry_sql,
    waiting_path,
    write_contradicted,
    write_rows,
)
from arrears.feeds.report import LoadReport, TableReport
from arrears.feeds.reversals import check_reversals
from arrears.feeds.staging import BrokenFile, NoFile, Progress, Staged
from arrears.feeds.terms import Feed, Mapping, MappingWrong
from arrears.lake.book import Part, TableLoad, Version, seal, versions
from arrears.lake.duck import Connection, DuckError, connect, literal
from arrears.lake.files import clear
from arrears.lake.home import Home, Institution, alone, buckets_for

MOST_NOTES = 20  # of one kind


class Shrunk(UserError):
    """A snapshot has lost more than half of the rows of the one before."""

    exit_code = 47


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
        plans = [self._plan(job, staged) for job in jobs]
        self._choose_buckets([made for made in plans if made])
        checks.know(self.con, self.home, self.institution.buckets)
        for turn, (job, made) in enumerate(zip(jobs, plans, strict=True)):
            if self.progress:
                self.progress(job.table.name, turn, len(jobs))
            self._table(job, made)
        new = any(t.loaded or t.quarantined for t in self.loads)
        version = self._seal() if new and not self.dry_run else None
        if version is None:
            _sweep(self.home, self.number)
        notes = tuple(self.intake.notes)
        return LoadReport(version, self.dry_run, self.mapping.name, tuple(self.reports), notes)

    def _plan(self, job: Job, staged: dict[str, Staged]) -> Plan | None:
        """How the fresh rows of a table come out of their files; None when there are none."""
        if job.feed is None:
            return None
        main = self.intake.main(self.con, job, job.feed, staged)
        partner = self.intake.partner(job.feed, staged)
        return plan(self.mapping, job.feed, job.table, main, partner, self.today)

    def _choose_buckets(self, plans: list[Plan]) -> None:
        """The first loans, or else the first borrowers, say how many buckets the home has."""
        stated = self.mapping.institution.buckets
        if stated and stated != self.institution.buckets:
            held = f"this home keeps its {self.institution.buckets} buckets"
            self.intake.notes.append(f"{held}: buckets = {stated} counts for a new home only")
        counts = {
            made.table.name: self._execute(made.feed, made.counted()).fetchone()
            for made in plans
            if made.table.name in ("loans", "borrowers") and not self.institution.buckets
        }
        for table in ("loans", "borrowers"):
            rows = counts.get(table)
            if rows and rows[0] and not self.institution.buckets:
                self.institution = replace(self.institution, buckets=buckets_for(rows[0]))

    def _seal(self) -> int:
        self.home.found(self.institution)
        sources, notes = tuple(self.entries), tuple(self.intake.notes)
        seal(self.home, Version(self.number, self.mapping.name, sources, tuple(self.loads), notes))
        return self.number

    # -- one table ----------------------------------------------------------------------------

    def _table(self, job: Job, made: Plan | None) -> None:
        """The table's rows are typed, checked, written and counted; its report is kept."""
        self._type(job, made)
        old = checks.stored(self.home, job.table.name, self.mapping.name, job.mode)
        repeats = checks.check_repeats(self.con, job.table, old)
        checks.check_owners(self.con, job.table)
        if job.table.name == "payments":
            check_reversals(self.con, old, repeats=repeats)
        if job.table.name == "loans":
            self._note_products()
        checks.learn(self.con, job.table, self.institution.buckets)
        self._refuse_shrunk(job, made)
        findings, waiting, path = self._bad_rows(job, made)
        parts: tuple[Part, ...] = ()
        if not self.dry_run:
            buckets = self.institution.buckets
            parts = write_parts(self.con, self.home, job.table, job.mode, buckets, self.number)
        outcome = Outcome(findings, waiting, path, repeats, parts)
        corrected = self.intake.corrections is not None
        account = take_account(self.con, job, made, corrected=corrected)
        self.con.execute("DROP TABLE typed")
        self.reports.append(table_report(job, account, outcome))
        self.loads.append(table_load(job, account, outcome))
        self.entries += account.entries

    def _type(self, job: Job, made: Plan | None) -> None:
        """The temp table `typed` holds the fresh rows of a table, and those that waited."""
        retried = retry_sql(job.waiting, job.table, job.mode, self.mapping.name)
        corrections = self.intake.corrections
        if corrections is not None and job.table.name in corrections.rows:
            mended = ", ".join(
                f"({literal(r[-2])}, {r[-1]})" for r in corrections.rows[job.table.name]
            )
            retried += f" AND (source_file, source_row) NOT IN (VALUES {mended})"
        create = f"CREATE OR REPLACE TEMP TABLE typed AS {retried}"
        if made is None:
            self.con.execute(create)
        else:
            self._execute(made.feed, f"{create} UNION ALL BY NAME {made.typed()}")

    def _execute(self, feed: Feed, sql: str) -> Connection:
        """The SQL of a feed has run. Raises: MappingWrong or BrokenFile when it cannot."""
        try:
            return self.con.execute(sql)
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

    def _note_products(self) -> None:
        """The notes name the products that nobody described: they are aged with the defaults."""
        unknown = checks.undescribed(self.con)
        t = Terms()
        defaults = (
            f"order {t.order}, {t.grace_days} days of grace, tolerance {t.tolerance_minor}, "
            f"{t.dpd_start}, {t.day_count}, no rates"
        )
        self.intake.notes += [
            f"product {product} is not described: it is aged with the defaults ({defaults}); "
            "describe it in [[products]] of the mapping, or in a table of products"
            for product in unknown[:MOST_NOTES]
        ]
        if len(unknown) > MOST_NOTES:
            self.intake.notes.append(f"{len(unknown) - MOST_NOTES} more products are not described")

    def _refuse_shrunk(self, job: Job, made: Plan | None) -> None:
        """A snapshot has not lost most of its rows, or someone said that it may. Raises: Shrunk."""
        fresh = made is not None and not self.intake.corrections
        if job.mode != "snapshot" or not fresh or self.accept_shrink:
            return
        shrunk = checks.check_shrink(self.con, self.home, job.table.name, self.mapping.name)
        if shrunk is not None:
            before, now = shrunk
            raise Shrunk(
                f"The snapshot of {job.table.name} has {now} rows, the one before had {before}",
                hint="Is the file whole? If it is right, load it with --accept-shrink.",
            )

    def _bad_rows(
        self, job: Job, made: Plan | None
    ) -> tuple[tuple[Finding, ...], int, Path | None]:
        """The bad rows are in the quarantine; a sample of them, how many wait, and the file."""
        table, name = job.table, self.mapping.name
        findings: tuple[Finding, ...] = ()
        path = self.quarantine / f"{table.name}.csv"
        fresh = self._one(f"SELECT count(*) FROM typed WHERE NOT _retried AND {QUARANTINED}")
        if made is not None and fresh:
            findings = write_rows(self.con, made, name, None if self.dry_run else path)
        if self.dry_run:
            return findings, self._one(f"SELECT count(*) FROM typed WHERE {WAITING}"), None
        write_contradicted(self.con, table, name, path)
        kept = waiting_path(self.quarantine, table.name)
        waiting = keep_waiting(self.con, made, table, job.mode, name, job.waiting, kept)
        return findings, waiting, path if path.exists() else None

    def _one(self, sql: str) -> int:
        row = self.con.execute(sql).fetchone()
        return int(row[0]) if row else 0
