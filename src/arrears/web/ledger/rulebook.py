"""The rule book in use: the laws that the institution names and its own figures, from its rules.toml."""

from datetime import datetime
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from arrears.rules.book import OWN_FILE, Book, book_in
from arrears.rules.facts import RecordUnreadable
from arrears.rules.record import book_from, book_record
from arrears.web.ledger.models import RuleBook
from arrears.web.ledger.sql import asked

KNOWN = "SELECT 1 FROM ledger_rulebook WHERE version = %s"
KEPT = 8  # books of past verdicts that a process remembers


class RulesNotKept(RecordUnreadable):
    """The rules of a past verdict are not kept here."""

    exit_code = 78


def book_in_use() -> Book:
    """The book by which the gate decides now. Raises: PackUnreadable, PackLoosens."""
    home: Path = settings.ARREARS_HOME  # type: ignore[misc]
    return book_in(home / OWN_FILE)


def book_of(version: str) -> Book:
    """The book that gave the verdicts of that version. Raises: RulesNotKept, RecordUnreadable."""
    now = book_in_use()
    return now if now.version == version else _kept(version)


def keep_book(book: Book, *, at: datetime) -> None:
    """The book is stored whole with its first verdict; it is called inside an action."""
    if not asked(KNOWN, book.version):
        # Two first verdicts at once: the second finds it there.
        made = RuleBook(version=book.version, record=book_record(book), first_at=at)
        RuleBook.objects.bulk_create([made], ignore_conflicts=True)


@lru_cache(maxsize=KEPT)
def _kept(version: str) -> Book:
    kept = RuleBook.objects.filter(pk=version).values_list("record", flat=True).first()
    if kept is None:
        raise RulesNotKept(
            f"The rules {version} are not kept here",
            hint="The verdict was given before rules were kept, or by another installation.",
        )
    return book_from(kept)
