"""The runs in sight: a run is there when its manifest is."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from arrears.lake.files import read_json
from arrears.lake.home import Home


@dataclass(frozen=True, slots=True)
class Run:
    """One day's run. `known_on` None: with all that was loaded, up to `book_version`."""

    folder: Path
    as_of: date
    known_on: date | None
    book_version: int
    engine: str
    before: date | None
    rows: dict[str, int]

    def files(self, table: str, bucket: int | None = None) -> list[Path]:
        """The Parquet files of one of the run's tables; of one bucket, where the table is in buckets."""
        folder = self.folder / table
        own = folder / f"bucket={bucket:03d}.parquet" if bucket is not None else None
        return [own] if own and own.exists() else sorted(folder.glob("*.parquet"))


def visible(folder: Path) -> Run | None:
    """The run in a folder, or None while it is not whole."""
    return read_run(folder) if (folder / "manifest.json").exists() else None


def read_run(folder: Path) -> Run:
    """The whole run in a folder."""
    raw = read_json(folder / "manifest.json")
    return Run(
        folder=folder,
        as_of=date.fromisoformat(raw["as_of"]),
        known_on=date.fromisoformat(raw["known_on"]) if raw["known_on"] else None,
        book_version=raw["book_version"],
        engine=raw["engine"],
        before=date.fromisoformat(raw["before"]) if raw["before"] else None,
        rows=raw["rows"],
    )


def runs(home: Home) -> list[Run]:
    """Every run in sight, by day, then by the version of the book, then by when it was made."""
    made = [visible(path.parent) for path in home.runs.glob("*/*/manifest.json")]
    return sorted(
        (run for run in made if run),
        key=lambda r: (r.as_of, r.book_version, (r.folder / "manifest.json").stat().st_mtime_ns),
    )


def latest(home: Home, *, as_of: date, known_on: date | None = None) -> Run | None:
    """The newest run of a day with this view of what was known."""
    fitting = [r for r in runs(home) if r.as_of == as_of and r.known_on == known_on]
    return fitting[-1] if fitting else None


def latest_before(home: Home, as_of: date, known_on: date | None) -> Run | None:
    """The newest run of the nearest earlier day, with the same view if there is one."""
    earlier = [r for r in runs(home) if r.as_of < as_of]
    same = [r for r in earlier if r.known_on == known_on]
    return (same or earlier or [None])[-1]  # type: ignore[list-item]
