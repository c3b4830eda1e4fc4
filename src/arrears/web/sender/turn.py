"""Who may send: one sender at a time for a ledger, known by a lock that dies with it.

A message is `claimed` while a sender holds it. To put the claimed messages of a sender that is gone
into doubt, one has to know that it is gone. So whoever sends holds a lock for as long as it sends,
and whoever gets the lock knows that no other sender is alive:

- on PostgreSQL an advisory lock of the very connection that claims and marks: it ends with the
  process, with its machine, and with the connection. It needs a connection of its own, so none that a
  pool lends out by the transaction;
- on SQLite a file beside the ledger, locked by SQLite's own lock, as `lake.home.alone` does: a ledger
  in a file is used from one machine only.

Should a sender lose its connection while it lives, another may put its one claimed message in doubt;
it is not sent again, and the first may still mark it as sent. So the lock decides about doubt alone:
that nothing is sent twice rests on the claim, which is a conditional update under the borrower's lock.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from django.db import Error, OperationalError, connection

from arrears.core.errors import UserError

LOCK = 0x41525245415253  # "ARREARS"; advisory locks are counted apart in each database


class SenderAtWork(UserError):
    """Another sender is at work on this ledger at this moment."""

    exit_code = 106


@contextmanager
def only_sender(folder: Path) -> Iterator[None]:
    """Nobody else sends from this ledger meanwhile; `folder` holds the lock of a ledger in a file.

    Raises: SenderAtWork.
    """
    turn = _on_server() if connection.vendor == "postgresql" else _on_file(folder)
    with turn as mine:
        if not mine:
            raise SenderAtWork(
                "Another sender is at work on this ledger",
                hint="It sends what waits. Try again when it has ended, if anything is left.",
            )
        yield


@contextmanager
def _on_server() -> Iterator[bool]:
    """Whether the lock was got; this thread's connection holds it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        mine = bool(cursor.fetchone()[0])
    try:
        yield mine
    finally:
        if mine:
            _free()


def _free() -> None:
    """The lock is free; where that cannot be said to the server, the connection ends and frees it."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
    except Error:
        with suppress(Error):
            connection.close()


@contextmanager
def _on_file(folder: Path) -> Iterator[bool]:
    """Whether the lock was got; the file system forgets it with the process."""
    folder.mkdir(parents=True, exist_ok=True)
    lock = sqlite3.connect(folder / "sender.lock", isolation_level=None, timeout=0)
    with closing(lock):
        try:
            lock.execute("BEGIN EXCLUSIVE")
            mine = True
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise OperationalError(*error.args) from error  # no room, no right to write
            mine = False
        yield mine
