"""Conditions made of conditions, by Kleene's three-valued logic, which is SQL's."""

from collections.abc import Iterable
from dataclasses import dataclass

from arrears.rules.condition import Condition, Directions
from arrears.rules.facts import ContactFacts
from arrears.rules.limit import Limit


@dataclass(frozen=True, slots=True)
class All:
    """Every one of them holds."""

    terms: tuple[Condition, ...]

    def holds(self, facts: ContactFacts, limit: Limit, /) -> bool | None:
        """False as soon as one is, else unknown as soon as one is."""
        unknown = False
        for term in self.terms:
            if (holds := term.holds(facts, limit)) is False:
                return False
            unknown = unknown or holds is None
        return None if unknown else True

    def sql(self, limit: Limit, /) -> str:
        """AND."""
        return f"({' AND '.join(term.sql(limit) for term in self.terms)})"

    @property
    def asks(self) -> tuple[str, ...]:
        """What any of them turns on."""
        return _asked(self.terms)

    @property
    def loosens(self) -> Directions:
        """What any of them says."""
        return _directions(self.terms)


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one of them holds."""

    terms: tuple[Condition, ...]

    def holds(self, facts: ContactFacts, limit: Limit, /) -> bool | None:
        """True as soon as one is, else unknown as soon as one is."""
        unknown = False
        for term in self.terms:
            if (holds := term.holds(facts, limit)) is True:
                return True
            unknown = unknown or holds is None
        return None if unknown else False

    def sql(self, limit: Limit, /) -> str:
        """OR."""
        return f"({' OR '.join(term.sql(limit) for term in self.terms)})"

    @property
    def asks(self) -> tuple[str, ...]:
        """What any of them turns on."""
        return _asked(self.terms)

    @property
    def loosens(self) -> Directions:
        """What any of them says."""
        return _directions(self.terms)


@dataclass(frozen=True, slots=True)
class Not:
    """It does not hold."""

    term: Condition

    def holds(self, facts: ContactFacts, limit: Limit, /) -> bool | None:
        """The other way round; unknown stays unknown."""
        holds = self.term.holds(facts, limit)
        return None if holds is None else not holds

    def sql(self, limit: Limit, /) -> str:
        """NOT."""
        return f"(NOT {self.term.sql(limit)})"

    @property
    def asks(self) -> tuple[str, ...]:
        """What it turns on."""
        return self.term.asks

    @property
    def loosens(self) -> Directions:
        """What is easier to fulfil is harder not to."""
        return {name: frozenset(-it for it in both) for name, both in self.term.loosens.items()}


def where(when: Condition, then: Condition) -> Condition:
    """Where the first holds, the second does too."""
    return AnyOf((Not(when), then))


def _asked(terms: Iterable[Condition]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(fact for term in terms for fact in term.asks))


def _directions(terms: Iterable[Condition]) -> Directions:
    found: Directions = {}
    for term in terms:
        for name, both in term.loosens.items():
            found[name] = found.get(name, frozenset()) | both
    return found
