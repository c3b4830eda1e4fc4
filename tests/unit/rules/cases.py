"""Contacts that are in order, but for what a test changes."""

from arrears.rules.book import Book
from arrears.rules.cases import in_order, told
from arrears.rules.facts import KINDS, ContactFacts
from arrears.rules.pack import load_pack


def lawful(pack: str = "cn", **changes) -> ContactFacts:
    """A contact that is in order, but for the changes; lists are sets of words or lists of days."""
    base = in_order(pack)
    return told({name: getattr(base, name) for name in KINDS} | changes)


def alone(pack: str) -> Book:
    """A book of that pack only."""
    return Book((load_pack(pack),))
