"""One ARREARS_HOME is one institution: one zone, one currency, one number of buckets."""

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from arrears.core.errors import UserError
from arrears.lake.files import read_json, write_json

LOANS_PER_BUCKET = 131_072
MOST_BUCKETS = 4_096


class NoBook(UserError):
    """Nothing has been loaded into this home yet."""

    exit_code = 20


class OtherBook(UserError):
    """The home already holds a book with another currency or zone."""

    exit_code = 21


class HomeBusy(UserError):
    """Another load is writing into this home at this moment."""

    exit_code = 22


@dataclass(frozen=True, slots=True)
class Institution:
    """What holds for the whole book; `buckets` is 0 until the first loans say how large it is."""

    name: str
    zone: str
    currency: str
    buckets: int = 0


@dataclass(frozen=True, slots=True)
class Home:
    """The folders of one institution."""

    path: Path

    @property
    def book(self) -> Path:
        return self.path / "book"

    @property
    def versions(self) -> Path:
        return self.path / "book" / "_versions"

    @property
    def quarantine(self) -> Path:
        return self.path / "quarantine"

    @property
    def runs(self) -> Path:
        return self.path / "runs"

    @property
    def scratch(self) -> Path:
        return self.path / "scratch"

    def institution(self) -> Institution:
        """The institution of this home. Raises: NoBook."""
        file = self.path / "institution.json"
        if not file.exists():
            raise NoBook(
                f"There is no book in {self.path}",
                hint="Load one first: arrears load --mapping standard --source FOLDER",
            )
        return Institution(**read_json(file))

    def found(self, institution: Institution) -> Institution:
        """The home belongs to this institution from now on, and keeps its number of buckets.

        Raises: OtherBook when it belongs to one with another currency or zone.
        """
        file = self.path / "institution.json"
        if not file.exists():
            write_json(file, asdict(institution))
            return institution
        held = self.institution()
        for what in ("currency", "zone"):
            ours, theirs = getattr(held, what), getattr(institution, what)
            if ours != theirs:
                raise OtherBook(
                    f"This home holds a book in {what} {ours}; the mapping says {theirs}",
                    hint="One home is one institution: set ARREARS_HOME to another folder.",
                )
        if institution.buckets and not held.buckets:
            held = replace(held, buckets=institution.buckets)
            write_json(file, asdict(held))
        return held

    def rename(self, name: str) -> Institution:
        """The institution is called so from now on, to its borrowers too. Raises: NoBook."""
        held = replace(self.institution(), name=name)
        write_json(self.path / "institution.json", asdict(held))
        return held


@contextmanager
def alone(home: Home) -> Iterator[None]:
    """Nobody else writes into this home meanwhile; a killed writer leaves no lock behind.

    The lock is SQLite's own, because it is the same on every platform and dies with its process.
    Raises: HomeBusy.
    """
    home.scratch.mkdir(parents=True, exist_ok=True)
    lock = sqlite3.connect(home.scratch / "lock", isolation_level=None, timeout=0)
    with closing(lock):
        try:
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            raise HomeBusy(
                f"Another load or run is writing into {home.path}",
                hint="Wait for it to end, then try again.",
            ) from error
        yield


def buckets_for(loans: int) -> int:
    """How many buckets suit a book of so many loans: about 131,072 in each, never more than 4,096.

    Rounds: up to a power of two, so that a book has room to grow.
    Source: ADR 0003.
    """
    full = -(-loans // LOANS_PER_BUCKET)
    return min(1 << max(full - 1, 0).bit_length(), MOST_BUCKETS)


def bucket_of(borrower_id: str, buckets: int) -> int:
    """The bucket in which everything about a borrower lies; the same on every machine.

    Source: ADR 0003; `bucket_sql` is the same in SQL.
    """
    return (
        int(hashlib.md5(borrower_id.encode(), usedforsecurity=False).hexdigest()[:8], 16) % buckets
    )


def bucket_sql(column: str, buckets: int) -> str:
    """`bucket_of` as an expression in DuckDB's dialect."""
    return f"(('0x' || substr(md5({column}), 1, 8))::BIGINT % {buckets})::INTEGER"
