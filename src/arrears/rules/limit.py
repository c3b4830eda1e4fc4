"""A dated limit: the figures a rule had from one day to another, and who says so."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from itertools import pairwise
from typing import TypeGuard, TypeVar

from arrears.core.day import Span
from arrears.core.errors import UserError

FORCES = ("LAW", "REG", "NOTICE", "STD", "SELF", "DRAFT", "POLICY")
VERIFIED = ("primary", "secondary", "memory", "own")  # own: the house's policy, no outside text

_CITED = ("unit", "source", "article", "force", "verified")
_FIRST, _END = "from_date", "to_date"

Value = int | time | tuple[str, ...]
V = TypeVar("V", int, time, tuple[str, ...])


class PackUnreadable(UserError):
    """A pack of rules has faults; nothing is allowed by it until they are mended."""

    exit_code = 71


@dataclass(frozen=True, slots=True)
class Limit:
    """The figures of one rule for a span of days. Units: what `unit` says."""

    span: Span
    values: tuple[tuple[str, Value], ...]
    unit: str
    source: str
    article: str
    force: str  # one of FORCES
    verified: str  # one of VERIFIED: how far the text itself was seen
    _by_name: Mapping[str, Value] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_name", dict(self.values))

    def value(self, name: str, kind: type[V]) -> V:
        """The figure of that name. Raises: KeyError, TypeError when it is not of that kind."""
        found = self._by_name[name]
        if not isinstance(found, kind):
            raise TypeError(f"the limit {name} is not {kind.__name__}")
        return found


def limits_from(name: str, entries: object) -> tuple[Limit, ...]:
    """The limits of one rule in order of their days.

    Raises: PackUnreadable when one lacks its source or its days, or two hold on one day.
    """
    if not isinstance(entries, list) or not entries:
        raise _fault(name, "has no limit")
    if not all(isinstance(entry, Mapping) for entry in entries):
        raise _fault(name, f"is no list of tables: write each as [[rule.{name}]]")
    limits = sorted((_limit(name, entry) for entry in entries), key=lambda it: it.span.from_date)
    for earlier, later in pairwise(limits):
        if earlier.span.to_date is None or later.span.from_date < earlier.span.to_date:
            raise _fault(name, f"has two limits on {later.span.from_date}")
    return tuple(limits)


def table_of(written: Mapping[str, object], name: str, where: str) -> Mapping[str, object]:
    """The table of that name, empty where there is none. Raises: PackUnreadable, where it is no table."""
    found = written.get(name, {})
    if not isinstance(found, Mapping):
        raise PackUnreadable(f"{where}: {name} is no table", hint=f"Write it as [{name}].")
    return found


def in_force(limits: Sequence[Limit], day: date) -> Limit | None:
    """The limit that holds on the day, if there is one."""
    return next((limit for limit in limits if limit.span.holds(day)), None)


def _limit(name: str, entry: Mapping[str, object]) -> Limit:
    cited = {word: str(entry.get(word, "")) for word in _CITED}
    for word in ("unit", "source"):
        if not cited[word]:
            raise _fault(name, f"does not say its {word}")
    if cited["force"] not in FORCES or cited["verified"] not in VERIFIED:
        raise _fault(name, "does not say its force, or how it was verified")
    values = tuple(
        (word, _value(name, word, value))
        for word, value in entry.items()
        if word not in (*_CITED, _FIRST, _END)
    )
    return Limit(_span(name, entry), values, **cited)


def _span(name: str, entry: Mapping[str, object]) -> Span:
    first, end = entry.get(_FIRST), entry.get(_END)
    if not is_day(first) or not (end is None or is_day(end)):
        raise _fault(name, "does not say from which day it holds")
    if end is not None and end <= first:
        raise _fault(name, f"ends on {end}, before it begins")
    return Span(first, end)


def is_day(value: object) -> TypeGuard[date]:
    """Whether it is a calendar day, and no moment."""
    return isinstance(value, date) and not isinstance(value, datetime)


def _value(name: str, word: str, value: object) -> Value:
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return tuple(value)
    if isinstance(value, time) or type(value) is int:
        return value
    raise _fault(name, f"{word} is neither a whole number, nor a time of day, nor a list of words")


def _fault(name: str, wrong: str) -> PackUnreadable:
    return PackUnreadable(f"Rule {name} {wrong}", hint="Mend the limits.toml of the pack.")
