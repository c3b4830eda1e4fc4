"""What one cell of a decision table asks of an account."""

from collections.abc import Mapping
from dataclasses import dataclass

Facts = Mapping[str, object]  # the columns of one row of case_day


@dataclass(frozen=True, slots=True)
class Between:
    """The number lies in this range, ends included."""

    column: str
    low: int
    high: int | None = None  # None: without end

    def holds(self, facts: Facts) -> bool:
        """Whether the account fulfils it; an absent value does not."""
        value = facts[self.column]
        if not isinstance(value, int):
            return False
        return self.low <= value and (self.high is None or value <= self.high)


@dataclass(frozen=True, slots=True)
class OneOf:
    """The word is one of these."""

    column: str
    words: tuple[str, ...]

    def holds(self, facts: Facts) -> bool:
        """Whether the account fulfils it; an absent value does not."""
        return facts[self.column] in self.words


@dataclass(frozen=True, slots=True)
class Carries:
    """Of every group at least one flag is carried, and none of the barred ones."""

    column: str
    groups: tuple[tuple[str, ...], ...]
    barred: tuple[str, ...] = ()

    def holds(self, facts: Facts) -> bool:
        """Whether the account fulfils it."""
        carried = set(str(facts[self.column]).split(" "))
        return carried.isdisjoint(self.barred) and all(
            not carried.isdisjoint(group) for group in self.groups
        )


Condition = Between | OneOf | Carries
