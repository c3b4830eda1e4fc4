"""The accounts there can be, cut into finitely many regions at the thresholds of a table.

Bucket is cut as counted days past due, of which it is a function. All other columns are taken as
independent of one another: a gap may show an account that no book holds, but none is missed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from arrears.core.case import FLAGS
from arrears.core.delinquency import BUCKET_DAYS, BUCKETS, bucket
from arrears.decide.condition import Between, Carries, Condition, OneOf
from arrears.decide.table import DecisionTable, Rule
from arrears.decide.vocabulary import BY_COLUMN, Form

OTHER_NAME = "any_other"

Box = tuple[int, ...]  # for each axis a set of its pieces, as bits
Account = dict[str, object]


@dataclass(frozen=True, slots=True)
class Axis:
    """One column, cut into pieces; each piece is known by one value that lies in it."""

    column: str  # of case_day, or the name of a flag
    pieces: tuple[object, ...]

    @property
    def all(self) -> int:
        """The bits of all pieces."""
        return (1 << len(self.pieces)) - 1


@dataclass(frozen=True, slots=True)
class Space:
    """The axes of a table. A rule is a union of boxes in it, an account is a point."""

    axes: tuple[Axis, ...]

    @property
    def whole(self) -> Box:
        """The box of all accounts."""
        return tuple(axis.all for axis in self.axes)

    def boxes(self, rule: Rule) -> list[Box]:
        """The rule as disjoint boxes; none when no account can fulfil it."""
        choices = [self._bits(condition) for condition in rule.conditions]
        made = []
        for choice in product(*choices):
            box = {axis.column: axis.all for axis in self.axes}
            for bits in choice:
                for column, mask in bits.items():
                    box[column] &= mask
            if all(box.values()):
                made.append(tuple(box.values()))
        return made

    def account(self, box: Box) -> Account:
        """One account of the box: the columns the table asks about, and `bucket`."""
        first = {
            axis.column: axis.pieces[(bits & -bits).bit_length() - 1]
            for axis, bits in zip(self.axes, box, strict=True)
        }
        carried = " ".join(flag for flag in FLAGS if first.pop(flag, False))
        if any(axis.column in FLAGS for axis in self.axes):
            first["flags"] = carried
        if isinstance(days := first.get("counted_dpd"), int):
            first["bucket"] = bucket(days)
        return first

    def _bits(self, condition: Condition) -> list[dict[str, int]]:
        """The condition as alternatives that exclude one another, each some bits per column."""
        match condition:
            case Between(column, low, high):
                return [{column: self._mask(column, low, high)}]
            case OneOf("bucket", words):
                masks = (self._mask("counted_dpd", *bucket_days(word)) for word in words)
                return [{"counted_dpd": sum(masks)}]
            case OneOf(column, words):
                pieces = self._axis(column).pieces
                return [{column: sum(1 << i for i, p in enumerate(pieces) if p in words)}]
            case Carries(_, groups, barred):
                absent = dict.fromkeys(barred, 0b01)
                return [_both(absent, *parts) for parts in product(*map(_either, groups))]

    def _axis(self, column: str) -> Axis:
        return next(axis for axis in self.axes if axis.column == column)

    def _mask(self, column: str, low: int, high: int | None) -> int:
        pieces = self._axis(column).pieces
        inside = (isinstance(p, int) and low <= p and (high is None or p <= high) for p in pieces)
        return sum(1 << i for i, holds in enumerate(inside) if holds)


def space(table: DecisionTable) -> Space:
    """The space of a table: one axis for each column and flag it asks about."""
    conditions = [c for rule in table.rules for c in rule.conditions]
    cuts: dict[str, set[int]] = {}
    words: dict[str, list[object]] = {}
    flags: set[str] = set()
    for condition in conditions:
        match condition:
            case Between(column, low, high):
                cuts.setdefault(column, {0}).update([low] if high is None else [low, high + 1])
            case OneOf("bucket", _):
                cuts.setdefault("counted_dpd", set()).update(bucket_days(b)[0] for b in BUCKETS)
            case OneOf(column, some):
                heading = BY_COLUMN[column]
                known = [*heading.words, *([OTHER_NAME] if heading.form is Form.NAMES else [])]
                pieces = words.setdefault(column, list(known))
                pieces += [word for word in some if word not in pieces]
            case Carries(_, groups, barred):
                flags.update(barred, *groups)
    axes = [Axis(column, _starts(column, cut)) for column, cut in cuts.items()]
    axes += [Axis(column, tuple(pieces)) for column, pieces in words.items()]
    axes += [Axis(flag, (False, True)) for flag in FLAGS if flag in flags]
    return Space(tuple(axes))


def bucket_days(name: str) -> tuple[int, int | None]:
    """The first and last counted day past due of a bucket."""
    place = BUCKETS.index(name)
    first = (place - 1) * BUCKET_DAYS + 1 if place else 0
    return first, None if name == BUCKETS[-1] else place * BUCKET_DAYS


def uncovered(box: Box, covers: Sequence[tuple[str, Box]], used: set[str]) -> Iterator[Box]:
    """The parts of a box that none of the covers reaches; disjoint, and together exactly they.

    `used` gains the names of covers that were needed to see that the other parts are covered.
    """
    near = [(name, cover) for name, cover in covers if meet(box, cover) is not None]
    if not near:
        yield box
        return
    name, cover = min(near, key=lambda named: _outside(box, named[1]))
    used.add(name)
    for axis, bits in enumerate(cover):
        if outside := box[axis] & ~bits:
            yield from uncovered((*box[:axis], outside, *box[axis + 1 :]), near, used)
            box = (*box[:axis], box[axis] & bits, *box[axis + 1 :])


def meet(one: Box, other: Box) -> Box | None:
    """The box of what lies in both, or None when nothing does."""
    both = tuple(a & b for a, b in zip(one, other, strict=True))
    return both if all(both) else None


def _outside(box: Box, cover: Box) -> int:
    """On how many axes the cover leaves some of the box out."""
    return sum(1 for a, b in zip(box, cover, strict=True) if a & ~b)


def _starts(column: str, cuts: set[int]) -> tuple[int, ...]:
    most = BY_COLUMN[column].most
    return tuple(sorted(cut for cut in cuts if most is None or cut <= most))


def _either(flags: tuple[str, ...]) -> list[dict[str, int]]:
    """At least one of the flags, as alternatives that exclude one another."""
    return [{**dict.fromkeys(flags[:i], 0b01), flag: 0b10} for i, flag in enumerate(flags)]


def _both(*parts: dict[str, int]) -> dict[str, int]:
    together: dict[str, int] = {}
    for part in parts:
        for column, mask in part.items():
            together[column] = together.get(column, mask) & mask
    return together
