"""Whether a decision table is sound: no gaps, no rows that can never be taken; exact."""

from dataclasses import dataclass
from itertools import combinations, islice

from arrears.core.errors import Finding, UserError
from arrears.core.money import major_text
from arrears.decide.regions import Account, Box, Space, meet, space, uncovered
from arrears.decide.table import DecisionTable, Rule, parse
from arrears.decide.vocabulary import BY_COLUMN, Form

GAPS_SHOWN = 5


class TableUnsound(UserError):
    """A decision table leaves accounts out or has rows that can never be taken."""

    exit_code = 61


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two rows with different outcomes that hold for the same account: their order decides.

    `crossing` when in some column each allows what the other does not, such as 1..15 and 15..30:
    rarely meant. Flags never cross, as a case may carry any of them together.
    """

    first: str
    second: str
    example: Account
    crossing: bool


@dataclass(frozen=True, slots=True)
class Check:
    """What was found. `unreachable` names, for a row, the earlier rows that take all of it."""

    table: str
    gaps: tuple[Account, ...]
    unreachable: dict[str, tuple[str, ...]]
    overlaps: tuple[Overlap, ...]

    @property
    def errors(self) -> tuple[Finding, ...]:
        """What must be mended before the table is used."""
        gaps = (
            Finding(
                "gap",
                self.table,
                f"no row takes an account with {spoken(account)}: add a row for it, "
                "or end the table with a row that asks nothing",
                self.table,
            )
            for account in self.gaps
        )
        return (*gaps, *(self._lost(code, by) for code, by in self.unreachable.items()))

    @property
    def notices(self) -> tuple[Finding, ...]:
        """What a reviewer should look at: rows whose cells cross."""
        return tuple(
            Finding(
                "overlap",
                f"{lap.first}, {lap.second}",
                f"both hold for {spoken(lap.example)}; {lap.first} stands first and is taken",
                self.table,
            )
            for lap in self.overlaps
            if lap.crossing
        )

    def _lost(self, code: str, by: tuple[str, ...]) -> Finding:
        because = (
            f"never taken: {', '.join(by)} take every account it asks for; "
            "move it above them or delete it"
            if by
            else "never taken: no account fulfils all its cells; loosen one of them"
        )
        return Finding("unreachable", code, because, self.table)


def check(table: DecisionTable) -> Check:
    """Every gap (up to a few), unreachable row and overlap of the table, with example accounts."""
    room = space(table)
    boxes = [(rule, room.boxes(rule)) for rule in table.rules]
    covers = [(rule.code, box) for rule, some in boxes for box in some]
    gaps = islice(uncovered(room.whole, covers, set()), GAPS_SHOWN)
    return Check(
        table=table.name,
        gaps=tuple(room.account(box) for box in gaps),
        unreachable=_unreachable(boxes),
        overlaps=_overlaps(room, boxes),
    )


def sound(text: str, *, name: str = "decisions") -> DecisionTable:
    """The table that the text describes, when it has neither gaps nor rows never taken.

    Raises: TableUnreadable, TableUnsound.
    """
    table = parse(text, name=name)
    if errors := check(table).errors:
        raise TableUnsound(
            f"The decision table {name} has {len(errors)} fault(s)",
            hint="\n".join(f"{error.subject}: {error.because}" for error in errors),
            findings=errors,
        )
    return table


def spoken(account: Account) -> str:
    """An account as a person writes it in a table."""
    parts = []
    for column, value in account.items():
        heading = BY_COLUMN[column]
        if heading.form is Form.MONEY and isinstance(value, int):
            value = major_text(value)
        elif heading.form is Form.ANSWER:
            value = "yes" if value else "no"
        elif heading.form is Form.DAYS and value == heading.most:
            value = "never"
        parts.append(f"{heading.heading} {value if value != '' else 'none'}")
    return ", ".join(sorted(parts)) or "any facts at all"


def _unreachable(boxes: list[tuple[Rule, list[Box]]]) -> dict[str, tuple[str, ...]]:
    lost = {}
    before: list[tuple[str, Box]] = []
    for rule, own in boxes:
        used: set[str] = set()
        if not any(True for box in own for _ in uncovered(box, before, used)):
            order = [other.code for other, _ in boxes]
            lost[rule.code] = tuple(sorted(used, key=order.index))
        before += [(rule.code, box) for box in own]
    return lost


def _overlaps(room: Space, boxes: list[tuple[Rule, list[Box]]]) -> tuple[Overlap, ...]:
    laps = []
    for (first, ours), (second, theirs) in combinations(boxes, 2):
        if (first.treatment, first.priority) == (second.treatment, second.priority):
            continue
        pairs = [(a, b, meet(a, b)) for a in ours for b in theirs]
        shared = [both for _, _, both in pairs if both is not None]
        if shared:
            crossing = any(_crossing(room, a, b) for a, b, both in pairs if both is not None)
            laps.append(Overlap(first.code, second.code, room.account(shared[0]), crossing))
    return tuple(laps)


def _crossing(room: Space, one: Box, other: Box) -> bool:
    return any(
        a & ~b and b & ~a and axis.column in BY_COLUMN
        for axis, a, b in zip(room.axes, one, other, strict=True)
    )
