"""What a rule asks: true, false, or unknown when a fact it turns on is missing; in Python and in SQL.

Each condition is plain data with four readers: `holds` for one contact, `sql` for a table of them, `asks`
for the facts it turns on, and `loosens` for the figures that would make it easier to fulfil.
"""

from dataclasses import dataclass
from datetime import date, time
from typing import Protocol

from arrears.rules.facts import WORDS, ContactFacts
from arrears.rules.limit import Limit

LOOSER, TIGHTER = 1, -1  # what a larger figure makes of a rule
Directions = dict[str, frozenset[int]]


class Condition(Protocol):
    """One question with three answers, as in Kleene's logic and in SQL."""

    def holds(self, facts: ContactFacts, limit: Limit, /) -> bool | None:
        """Whether it is so; None when that cannot be known."""

    def sql(self, limit: Limit, /) -> str:
        """The same answer as an expression over columns named as the facts, local_date and local_time."""

    @property
    def asks(self) -> tuple[str, ...]:
        """The facts that it turns on."""

    @property
    def loosens(self) -> Directions:
        """By the name of a figure whether a larger one makes it easier (1) or harder (-1) to fulfil."""


@dataclass(frozen=True, slots=True)
class OneOf:
    """The fact is one of the words of the limit of that name.

    A word that the house does not have may mean anything, so it answers nothing; `strange` is what it
    answers where no other answer would ever be against the rule.
    """

    fact: str
    words: str
    strange: bool | None = None

    def holds(self, facts: ContactFacts, limit: Limit, /) -> bool | None:
        """Whether the word is among them."""
        value: object = getattr(facts, self.fact)
        if facts.known(self.fact):
            return value in limit.value(self.words, tuple)
        return None if value is None else self.strange

    def sql(self, limit: Limit, /) -> str:
        """IN, or false where there is no word."""
        found = f"list_contains({literal(limit.value(self.words, tuple))}, {self.fact})"
        return _word_sql(self.fact, found, strange=self.strange)

    @property
    def asks(self) -> tuple[str, ...]:
        """The fact itself."""
        return (self.fact,)

    @property
    def loosens(self) -> Directions:
        """More words, more facts that are among them."""
        return {self.words: frozenset((LOOSER,))}


@dataclass(frozen=True, slots=True)
class Only:
    """Every word of the fact, a set, is one of the limit's; a strange one is not."""

    fact: str
    words: str

    def holds(self, facts: ContactFacts, limit: Limit, /) -> bool | None:
        """Whether there is nothing else."""
        return None if getattr(facts, self.fact) is None else not self.minded(facts, limit)

    def minded(self, facts: ContactFacts, limit: Limit) -> tuple[str, ...]:
        """The words of the fact that are not among the limit's."""
        found: frozenset[str] = getattr(facts, self.fact) or frozenset()
        return tuple(sorted(found - set(limit.value(self.words, tuple))))

    def sql(self, limit: Limit, /) -> str:
        """The list holds all of the column's."""
        return f"list_has_all({literal(limit.value(self.words, tuple))}, {self.fact})"

    @property
    def asks(self) -> tuple[str, ...]:
        """The fact itself."""
        return (self.fact,)

    @property
    def loosens(self) -> Directions:
        """More words, more that is harmless."""
        return {self.words: frozenset((LOOSER,))}


@dataclass(frozen=True, slots=True)
class Lacks:
    """No word of the fact, a set, is one of the limit's; a strange one may mean any of them."""

    fact: str
    words: str

    def holds(self, facts: ContactFacts, limit: Limit, /) -> bool | None:
        """Whether none of them is there."""
        return not self.minded(facts, limit) if facts.known(self.fact) else None

    def minded(self, facts: ContactFacts, limit: Limit) -> tuple[str, ...]:
        """The words of the fact that are among the limit's."""
        found: frozenset[str] = getattr(facts, self.fact) or frozenset()
        return tuple(sorted(found & set(limit.value(self.words, tuple))))

    def sql(self, limit: Limit, /) -> str:
        """The list and the column have nothing in common."""
        lacks = f"NOT list_has_any({literal(limit.value(self.words, tuple))}, {self.fact})"
        return _words_sql(self.fact, lacks)

    @property
    def asks(self) -> tuple[str, ...]:
        """The fact itself."""
        return (self.fact,)

    @property
    def loosens(self) -> Directions:
        """More words, more that is in the way."""
        return {self.words: frozenset((TIGHTER,))}


@dataclass(frozen=True, slots=True)
class Below:
    """The number is under the limit of that name: one more still fits."""

    fact: str
    most: str

    def holds(self, facts: ContactFacts, limit: Limit, /) -> bool | None:
        """Whether it is under."""
        number = _number(facts, self.fact)
        return None if number is None else number < limit.value(self.most, int)

    def sql(self, limit: Limit, /) -> str:
        """Less than."""
        return _number_sql(self.fact, f"{self.fact} < {limit.value(self.most, int)}")

    @property
    def asks(self) -> tuple[str, ...]:
        """The number."""
        return (self.fact,)

    @property
    def loosens(self) -> Directions:
        """A larger one lets more through."""
        return {self.most: frozenset((LOOSER,))}


@dataclass(frozen=True, slots=True)
class AtMost:
    """The number does not go over the limit of that name."""

    fact: str
    most: str

    def holds(self, facts: ContactFacts, limit: Limit, /) -> bool | None:
        """Whether it stays within."""
        number = _number(facts, self.fact)
        return None if number is None else number <= limit.value(self.most, int)

    def sql(self, limit: Limit, /) -> str:
        """Less than or equal."""
        return _number_sql(self.fact, f"{self.fact} <= {limit.value(self.most, int)}")

    @property
    def asks(self) -> tuple[str, ...]:
        """The number."""
        return (self.fact,)

    @property
    def loosens(self) -> Directions:
        """A larger one lets more through."""
        return {self.most: frozenset((LOOSER,))}


@dataclass(frozen=True, slots=True)
class AtLeast:
    """The number reaches the limit of that name."""

    fact: str
    least: str

    def holds(self, facts: ContactFacts, limit: Limit, /) -> bool | None:
        """Whether it reaches it."""
        number = _number(facts, self.fact)
        return None if number is None else number >= limit.value(self.least, int)

    def sql(self, limit: Limit, /) -> str:
        """Greater than or equal."""
        return _number_sql(self.fact, f"{self.fact} >= {limit.value(self.least, int)}")

    @property
    def asks(self) -> tuple[str, ...]:
        """The number."""
        return (self.fact,)

    @property
    def loosens(self) -> Directions:
        """A larger one is harder to reach."""
        return {self.least: frozenset((TIGHTER,))}


@dataclass(frozen=True, slots=True)
class NotOver:
    """One number does not go over another."""

    fact: str
    other: str

    def holds(self, facts: ContactFacts, _limit: Limit, /) -> bool | None:
        """Whether it stays within."""
        number, most = _number(facts, self.fact), _number(facts, self.other)
        return None if number is None or most is None else number <= most

    def sql(self, _limit: Limit, /) -> str:
        """Less than or equal."""
        inner = _number_sql(self.other, f"{self.fact} <= {self.other}")
        return _number_sql(self.fact, inner)

    @property
    def asks(self) -> tuple[str, ...]:
        """Both numbers."""
        return (self.fact, self.other)

    @property
    def loosens(self) -> Directions:
        """It has no figures."""
        return {}


@dataclass(frozen=True, slots=True)
class IsSo:
    """The claim is true."""

    fact: str

    def holds(self, facts: ContactFacts, _limit: Limit, /) -> bool | None:
        """Whether it is true."""
        claim: object = getattr(facts, self.fact)
        return claim if isinstance(claim, bool) else None

    def sql(self, _limit: Limit, /) -> str:
        """The column itself."""
        return self.fact

    @property
    def asks(self) -> tuple[str, ...]:
        """The claim."""
        return (self.fact,)

    @property
    def loosens(self) -> Directions:
        """It has no figures."""
        return {}


def literal(value: tuple[str, ...] | time | date) -> str:
    """Words, a time of day or a day as DuckDB and Spark read them."""
    if isinstance(value, tuple):
        words = ("'" + word.replace("'", "''") + "'" for word in value)
        return f"CAST([{', '.join(words)}] AS VARCHAR[])"
    if isinstance(value, time):
        return f"TIME '{value.isoformat()}'"
    return f"DATE '{value.isoformat()}'"


def _number(facts: ContactFacts, fact: str) -> int | None:
    """The number, unless it can be no such thing: then it is as good as not known."""
    number: object = getattr(facts, fact)
    return number if type(number) is int and number >= 0 else None


def _word_sql(fact: str, then: str, *, strange: bool | None) -> str:
    """The answer, where the column holds a word that the house has, else what a strange one answers."""
    words = WORDS.get(fact)
    if words is None:
        return then
    ours = f"list_contains({literal(tuple(sorted(words)))}, {fact})"
    other = "" if strange is None else f" WHEN NOT {ours} THEN {str(strange).lower()}"
    return f"CASE WHEN {ours} THEN {then}{other} END"


def _words_sql(fact: str, then: str) -> str:
    """The answer, where the column holds no other words than the house has."""
    words = WORDS.get(fact)
    if words is None:
        return f"({then})"
    return f"CASE WHEN list_has_all({literal(tuple(sorted(words)))}, {fact}) THEN {then} END"


def _number_sql(fact: str, then: str) -> str:
    return f"CASE WHEN {fact} >= 0 THEN {then} END"
