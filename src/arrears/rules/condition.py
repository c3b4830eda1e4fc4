"""What a rule asks of a contact: true, false, or unknown when a fact it turns on is missing."""

from dataclasses import dataclass
from datetime import time
from typing import Protocol

from arrears.rules.facts import ContactFacts
from arrears.rules.limit import Limit


class Condition(Protocol):
    """One question with three answers, as in Kleene's logic and in SQL."""

    def holds(self, facts: ContactFacts, limit: Limit, /) -> bool | None:
        """Whether it is so; None when that cannot be known."""

    @property
    def asks(self) -> tuple[str, ...]:
        """The facts that it turns on."""


@dataclass(frozen=True, slots=True)
class Within:
    """The borrower's wall clock is in the window from `opens` up to but not including `closes`."""

    def holds(self, facts: ContactFacts, limit: Limit, /) -> bool | None:
        """Whether the window is open. Raises: ValueError for a naive moment."""
        local = facts.local
        if local is None:
            return None
        return limit.value("opens", time) <= local.time() < limit.value("closes", time)

    @property
    def asks(self) -> tuple[str, ...]:
        """The moment and the zone."""
        return ("at", "zone")


@dataclass(frozen=True, slots=True)
class OneOf:
    """The fact is one of the words of the limit of that name."""

    fact: str
    words: str

    def holds(self, facts: ContactFacts, limit: Limit, /) -> bool | None:
        """Whether the word is among them."""
        value: object = getattr(facts, self.fact)
        return None if value is None else value in limit.value(self.words, tuple)

    @property
    def asks(self) -> tuple[str, ...]:
        """The fact itself."""
        return (self.fact,)


@dataclass(frozen=True, slots=True)
class Only:
    """Every hold in force is one of the words of the limit of that name; a strange one is not."""

    words: str

    def holds(self, facts: ContactFacts, limit: Limit, /) -> bool | None:
        """Whether nothing else is in force."""
        return None if facts.holds is None else not self.minded(facts, limit)

    def minded(self, facts: ContactFacts, limit: Limit) -> tuple[str, ...]:
        """The holds in force that are not among the words."""
        return tuple(sorted((facts.holds or frozenset()) - set(limit.value(self.words, tuple))))

    @property
    def asks(self) -> tuple[str, ...]:
        """The holds."""
        return ("holds",)


@dataclass(frozen=True, slots=True)
class Lacks:
    """No hold in force is one of the words of the limit of that name."""

    words: str

    def holds(self, facts: ContactFacts, limit: Limit, /) -> bool | None:
        """Whether none of them is in force."""
        return None if facts.holds is None else not self.minded(facts, limit)

    def minded(self, facts: ContactFacts, limit: Limit) -> tuple[str, ...]:
        """The holds in force that are among the words."""
        return tuple(sorted((facts.holds or frozenset()) & set(limit.value(self.words, tuple))))

    @property
    def asks(self) -> tuple[str, ...]:
        """The holds."""
        return ("holds",)


@dataclass(frozen=True, slots=True)
class Below:
    """The number is under the limit of that name: one more still fits."""

    fact: str
    most: str

    def holds(self, facts: ContactFacts, limit: Limit, /) -> bool | None:
        """Whether it is under. Raises: ValueError for what cannot be a count."""
        number = _number(facts, self.fact)
        return None if number is None else number < limit.value(self.most, int)

    @property
    def asks(self) -> tuple[str, ...]:
        """The number."""
        return (self.fact,)


@dataclass(frozen=True, slots=True)
class AtLeast:
    """The number reaches the limit of that name."""

    fact: str
    least: str

    def holds(self, facts: ContactFacts, limit: Limit, /) -> bool | None:
        """Whether it reaches it. Raises: ValueError for what cannot be an amount owed."""
        number = _number(facts, self.fact)
        return None if number is None else number >= limit.value(self.least, int)

    @property
    def asks(self) -> tuple[str, ...]:
        """The number."""
        return (self.fact,)


@dataclass(frozen=True, slots=True)
class IsSo:
    """The claim is true."""

    fact: str

    def holds(self, facts: ContactFacts, _limit: Limit, /) -> bool | None:
        """Whether it is true. Raises: ValueError for what is neither true nor false."""
        claim: object = getattr(facts, self.fact)
        if claim is None or isinstance(claim, bool):
            return claim
        raise ValueError(f"{self.fact} is neither true nor false")

    @property
    def asks(self) -> tuple[str, ...]:
        """The claim."""
        return (self.fact,)


@dataclass(frozen=True, slots=True)
class Where:
    """Where the first condition holds, the second does too."""

    when: Condition
    then: Condition

    def holds(self, facts: ContactFacts, limit: Limit, /) -> bool | None:
        """Kleene's "not the first, or the second"."""
        when, then = self.when.holds(facts, limit), self.then.holds(facts, limit)
        if when is False or then is True:
            return True
        return None if when is None or then is None else False

    @property
    def asks(self) -> tuple[str, ...]:
        """What either of them turns on."""
        return (*self.when.asks, *self.then.asks)


def _number(facts: ContactFacts, fact: str) -> int | None:
    number: object = getattr(facts, fact)
    if number is None:
        return None
    if type(number) is not int or number < 0:
        raise ValueError(f"{fact} is not a whole number from 0 on")
    return number
