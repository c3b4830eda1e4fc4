"""A rule book as plain values that JSON can hold, and read back: any past verdict can be given again."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, time
from typing import Any

from arrears.core.day import Span
from arrears.rules import calendar, condition, logic
from arrears.rules.book import Book
from arrears.rules.facts import RecordUnreadable
from arrears.rules.limit import Limit
from arrears.rules.pack import Pack, version_of
from arrears.rules.rule import Rule

# What a record may be made of, by its name: nothing else is ever made.
MADE = {made.__name__: made for made in (Span, Limit, Rule, Pack)} | {
    name: found
    for module in (condition, calendar, logic)
    for name, found in vars(module).items()
    if isinstance(found, type) and found.__module__ == module.__name__ and is_dataclass(found)
}


def book_record(book: Book) -> dict[str, object]:
    """The book whole: every pack with its rules, their figures and who says so."""
    return {"packs": [_told(pack) for pack in book.packs]}


def book_from(record: Mapping[str, object]) -> Book:
    """The book that `book_record` wrote. Raises: RecordUnreadable, also where it was changed since."""
    try:
        packs = tuple(_made(pack) for pack in record["packs"])  # type: ignore[attr-defined]
        whole = all(isinstance(pack, Pack) and version_of(pack) in pack.version for pack in packs)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _unreadable() from error
    if not whole:
        raise _unreadable()
    return Book(packs)


def _told(value: object) -> Any:
    if is_dataclass(value):
        told = {f.name: _told(getattr(value, f.name)) for f in fields(value) if f.init}
        return {"is": type(value).__name__} | told
    if isinstance(value, tuple):
        return [_told(one) for one in value]
    if isinstance(value, time | date):
        return {"is": type(value).__name__, "iso": value.isoformat()}
    return value


def _made(told: Any) -> Any:
    if isinstance(told, list):
        return tuple(_made(one) for one in told)
    if not isinstance(told, dict):
        return told
    if told["is"] in ("time", "date"):
        kind: Any = {"time": time, "date": date}[told["is"]]
        return kind.fromisoformat(told["iso"])
    return MADE[told["is"]](**{name: _made(one) for name, one in told.items() if name != "is"})


def _unreadable() -> RecordUnreadable:
    return RecordUnreadable(
        "A stored rule book cannot be read",
        hint="The record was changed after it was written: restore it from the backup.",
    )
