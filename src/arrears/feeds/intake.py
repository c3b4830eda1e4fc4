"""Intake: which files feed which table in this load, which came before, and what is staged."""

import hashlib
import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from arrears.core.tables import BOOK, Table
from arrears.feeds.quarantine import Corrections, waiting_path
from arrears.feeds.staging import File, NoFile, Progress, Staged, find_files, stage, stage_rows
from arrears.feeds.terms import STATED, Feed, Mapping
from arrears.lake.book import versions
from arrears.lake.duck import Connection, literal
from arrears.lake.files import sha256
from arrears.lake.home import Home

# Borrowers before their loans, loans before what hangs on them.
FIRST = ("facts", "products", "rates", "borrowers", "loans", "payments", "instalments")
TABLES = (*FIRST, *(name for name in BOOK if name not in FIRST))


@dataclass(frozen=True, slots=True)
class Job:
    """What one table gets in this load: a feed for fresh files, and rows that waited."""

    table: Table
    feed: Feed | None  # None when no file is fresh
    fresh: dict[File, str]  # each fresh file and its mark
    again: tuple[dict[str, Any], ...]  # manifest entries of files loaded before
    waiting: Path | None

    @property
    def mode(self) -> str:
        return self.feed.mode if self.feed else "increment"


@dataclass(slots=True)
class Intake:
    """The files of one load. `corrections` stand in place of the main files they came from."""

    home: Home
    mapping: Mapping
    folder: Path
    corrections: Corrections | None
    corrected: Path | None
    notes: list[str]

    def files(self) -> dict[str, list[File]]:
        """The files of every source. Raises: NoFile."""
        found = {}
        for name, source in self.mapping.sources.items():
            found[name] = find_files(source, self.folder)
            if not found[name] and self.corrections is None and not source.optional:
                raise self._no_file(name)
        absent = [name for name, files in found.items() if not files]
        if self.corrections is None and found and len(absent) == len(found):
            raise self._no_file(absent[0])
        if absent:
            self.notes.append(f"no file for {', '.join(absent)}: skipped")
        return found

    def _no_file(self, name: str) -> NoFile:
        source = self.mapping.sources[name]
        seen = sorted(p.name for p in self.folder.iterdir())[:20] if self.folder.is_dir() else []
        return NoFile(
            f"No file for [source.{name}]: looked for {', '.join(source.files)} in {self.folder}",
            hint=f"Found there: {', '.join(seen) or 'nothing'}. "
            f"Mend files (line {source.line} of the mapping) or --source.",
        )

    def jobs(self, files: dict[str, list[File]], after: int) -> list[Job]:
        """One job per table with files, corrections or rows that wait since `after`, in order."""
        sealed = {(e["table"], e["mark"]): e for v in versions(self.home) for e in v.sources}
        jobs = []
        for name in TABLES:
            waiting = waiting_path(self.home.quarantine / f"{after:06d}", name)
            held = waiting if waiting.exists() else None
            feed = self.mapping.feeds.get(name)
            marks = self._marks(name, feed, files)
            fresh = {file: mark for file, mark in marks.items() if (name, mark) not in sealed}
            again = tuple(sealed[name, mark] for mark in marks.values() if (name, mark) in sealed)
            if marks or held:
                jobs.append(Job(BOOK[name], feed if fresh else None, fresh, again, held))
        return jobs

    def _marks(self, name: str, feed: Feed | None, files: dict[str, list[File]]) -> dict[File, str]:
        """The files of a table, each with a hash of all that decides what its rows become."""
        partners: list[File] = []
        if self.corrections is not None and self.corrected is not None:
            if name not in self.corrections.rows:
                return {}
            if feed is None:
                self.notes.append(f"the mapping makes no {name}: its corrections were not loaded")
                return {}
            path = self.corrected
            found = [File(path.name, path, sha256(path), path.stat().st_size)]
        elif feed is None:
            return {}
        elif feed.source == STATED:
            found = [self._stated(name)]
        else:
            found = files[feed.source]
            partners = files[feed.join.source] if feed.join else []
        marks = {}
        for file in found:
            named = file.name if feed.known.file else ""
            says = [
                name,
                file.sha256,
                named,
                str(self.corrections is not None),
                self.mapping.mark(feed),
            ]
            says += [partner.sha256 for partner in partners]
            marks[file] = hashlib.sha256("\n".join(says).encode()).hexdigest()
        return marks

    def _stated(self, name: str) -> File:
        text = json.dumps(self.mapping.stated[name], sort_keys=True, ensure_ascii=False)
        digest = hashlib.sha256(text.encode()).hexdigest()
        return File(f"{self.mapping.name}.toml", Path(), digest, len(text.encode()))

    # -- staging ------------------------------------------------------------------------------

    def stage(
        self,
        con: Connection,
        jobs: list[Job],
        files: dict[str, list[File]],
        progress: Progress | None,
    ) -> dict[str, Staged]:
        """Every source that a job reads is in reach of SQL; of a main source only what is fresh."""
        feeds = [(job, job.feed) for job in jobs if job.feed is not None]
        joined = {feed.join.source for _, feed in feeds if feed.join}
        staged = {}
        for name, source in self.mapping.sources.items():
            fresh = {f for job, feed in feeds if feed.source == name for f in job.fresh}
            if self.corrections is not None:
                fresh = set()
            used = [file for file in files[name] if name in joined or file in fresh]
            if used:
                staged[name] = stage(con, source, used, self.home.scratch / "load", progress)
        return staged

    def main(self, con: Connection, job: Job, feed: Feed, staged: dict[str, Staged]) -> Staged:
        """The rows that a job reads: of fresh files, of a correction, or of the mapping itself."""
        table = job.table.name
        if self.corrections is not None:
            columns, rows = self.corrections.columns[table], self.corrections.rows[table]
            return replace(stage_rows(con, f"corrected_{table}", columns, rows), name=feed.source)
        if feed.source == STATED:
            stated = self.mapping.stated[table]
            names = sorted({name for row in stated for name in row})
            file = next(iter(job.fresh)).name
            rows = [
                (*(row.get(n, "") for n in names), file, str(i)) for i, row in enumerate(stated, 1)
            ]
            return stage_rows(con, f"stated_{table}", names, rows)
        main = staged[feed.source]
        if set(main.files) == set(job.fresh):
            return main
        view, listed = f'"fresh_{table}"', ", ".join(literal(file.name) for file in job.fresh)
        chosen = f"SELECT * FROM {main.view} WHERE _file IN ({listed})"
        con.execute(f"CREATE OR REPLACE TEMP VIEW {view} AS {chosen}")
        return replace(main, view=view, files=tuple(job.fresh))

    def partner(self, feed: Feed, staged: dict[str, Staged]) -> Staged | None:
        """The source that a feed joins, if it joins one."""
        if feed.join is None:
            return None
        if feed.join.source in staged:
            return staged[feed.join.source]
        raise self._no_file(feed.join.source)
