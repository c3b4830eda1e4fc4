"""The ledger of a home, opened: every command that needs the workbench begins here."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from arrears.core.errors import UserError
from arrears.lake.home import Home


class NoWorkbench(UserError):
    """The libraries of the workbench, or an extra that was asked for, are not installed."""

    exit_code = 16


class LedgerAway(UserError):
    """The ledger's database does not answer, or cannot be written."""

    exit_code = 107


def open_ledger(home: Home, environ: Mapping[str, str] | None = None) -> None:
    """Django knows this home and its ledger's tables are up to date.

    `environ` None is the environment of this process.

    Raises: NoBook, NoWorkbench, DatabaseUnreadable, LedgerAway.
    """
    begin(home, environ)
    from arrears.web.start import upgrade

    with answering():
        upgrade()


def begin(home: Home, environ: Mapping[str, str] | None = None) -> None:
    """Django knows this home; its ledger is not asked anything.

    Raises: NoBook, NoWorkbench, DatabaseUnreadable.
    """
    home.institution()
    try:
        from arrears.web.start import start
    except ImportError as error:
        raise NoWorkbench(
            f"The workbench needs {error.name}, which is not installed",
            hint='Install it with: pip install "arrears[web]"',
        ) from error
    from django.core.exceptions import ImproperlyConfigured

    try:
        start(home, os.environ if environ is None else environ)
    except ImproperlyConfigured as error:
        raise NoWorkbench(
            "The database's own library is not installed",
            hint='For PostgreSQL install it with: pip install "arrears[postgres]"',
        ) from error


def has_ledger(home: Home, environ: Mapping[str, str]) -> bool:
    """Whether a workbench was ever begun for this home; nothing is opened."""
    if not (home.path / "institution.json").exists():
        return False
    on_server = bool(environ.get("ARREARS_DATABASE"))
    return on_server or (home.path / "ledger" / "ledger.sqlite3").exists()


@contextmanager
def answering() -> Iterator[None]:
    """What is done meanwhile needs the ledger's database.

    Raises: LedgerAway, when it is away, locked for too long, or out of room.
    """
    from django.db import Error

    from arrears.web.broken import of_the_ledger

    try:
        yield
    except Error as error:
        if of_the_ledger(error):
            raise away(error) from error
        raise


def away(error: Exception) -> LedgerAway:
    """The ledger is away, said without its password."""
    first = str(error).strip().splitlines()
    return LedgerAway(
        f"The ledger does not answer: {first[0] if first else type(error).__name__}",
        hint="Look whether the database runs and has room, and at ARREARS_DATABASE.",
    )
