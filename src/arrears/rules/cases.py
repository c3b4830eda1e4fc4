"""The worked cases of a pack: what the gate must say of each, for tests, the manual and the rule book."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any

from arrears.rules.book import Book
from arrears.rules.facts import KINDS, ContactFacts
from arrears.rules.gate import may_contact
from arrears.rules.pack import HOME, load_pack
from arrears.rules.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Case:
    """One act and what the gate must say of it when it goes by the pack alone."""

    en: str
    zh: str
    facts: ContactFacts
    outcome: str
    codes: tuple[str, ...]  # of the reasons against it, in order
    duties: tuple[str, ...]  # their codes, in order
    earliest_at: datetime | None
    instead: str

    def agrees(self, verdict: Verdict) -> bool:
        """Whether the gate says what the case says."""
        return (
            verdict.outcome.value == self.outcome
            and verdict.codes == self.codes
            and tuple(duty.code for duty in verdict.duties) == self.duties
            and (verdict.earliest_at, verdict.instead) == (self.earliest_at, self.instead)
        )


@cache
def cases(pack: str) -> tuple[Case, ...]:
    """Every case of a shipped pack, in the order of its file."""
    base, written = _written(pack)
    return tuple(
        Case(
            case["en"],
            case["zh"],
            told(base | case.get("facts", {}) | dict.fromkeys(case.get("unknown", ()))),
            case["outcome"],
            tuple(case.get("codes", ())),
            tuple(case.get("duties", ())),
            case.get("earliest_at"),
            case.get("instead", ""),
        )
        for case in written
    )


def in_order(pack: str) -> ContactFacts:
    """The contact that the cases of a pack begin with: nothing is against it."""
    return told(_written(pack)[0])


@cache
def decided(pack: str) -> tuple[tuple[Case, Verdict], ...]:
    """Every case of a shipped pack, and what the gate says of it by that pack alone."""
    book = Book((load_pack(pack),))
    return tuple((case, may_contact(case.facts, book=book)) for case in cases(pack))


def told(values: Mapping[str, Any]) -> ContactFacts:
    """Facts from a table of TOML, in which sets of words and lists of days are both lists."""
    return ContactFacts(**{name: _value(name, value) for name, value in values.items()})


@cache
def _written(pack: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    text = files(HOME).joinpath(pack, "cases.toml").read_text(encoding="utf-8")
    written = tomllib.loads(text)
    return written["base"], written["case"]


def _value(name: str, value: Any) -> Any:
    if isinstance(value, list):
        return frozenset(value) if KINDS[name] == frozenset[str] else tuple(value)
    return value
