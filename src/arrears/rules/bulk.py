"""The gate for a whole table at once: the rules whose facts the table knows, as one SQL query.

It proposes, and never allows: whatever is done about one borrower passes `may_contact` again.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from arrears.core.day import local_date
from arrears.rules.book import Book
from arrears.rules.facts import KINDS, known_zone
from arrears.rules.rule import DUTY, SOFT, Rule

# The types of the columns that facts are read from.
TYPES = {int: "BIGINT", bool: "BOOLEAN", str: "VARCHAR", frozenset[str]: "VARCHAR[]"}


def asked(
    book: Book, columns: Iterable[str], *, act: str, clocked: bool = True
) -> tuple[Rule, ...]:
    """The rules on such an act that can be answered from these columns and, where `clocked`, the moment."""
    known = {*columns, "at"} if clocked else set(columns)
    return tuple(
        rule
        for pack in book.packs
        for rule in pack.asked_of(act)
        if rule.effect != DUTY and known.issuperset(rule.asks)
    )


def verdicts_sql(
    book: Book, columns: Iterable[str], *, act: str, at: datetime, source: str, clocks: str = ""
) -> str:
    """A query that gives each row of `source` with `against`: the rules that it does not fulfil, in order.

    `source` has the columns, named as the facts; `clocks` is a table of (zone, local_date, local_time) as
    `clocks_at` makes it. A row is against a rule where the rule is false or cannot be known; what may be
    overridden is in `against` as well, after a question mark. Without `clocks` no rule is asked that turns
    on the moment: `at` only says which rules are in force.
    """
    columns = tuple(columns)
    found = []
    for pack in book.packs:
        day = local_date(at, pack.zone)
        mine = set(pack.asked_of(act))
        for rule in asked(book, columns, act=act, clocked=bool(clocks)):
            if rule in mine:
                mark = "?" if rule.effect == SOFT else ""
                found.append(
                    f"CASE WHEN ({rule.sql(on=day)}) IS NOT TRUE THEN '{mark}{rule.rule_id}' END"
                )
    listed = ",\n    ".join(dict.fromkeys(found)) or "'no_rule_in_force'"
    clocked = (
        f"(SELECT facts.*, clocks.local_date, clocks.local_time FROM {source} AS facts "
        f"LEFT JOIN {clocks} AS clocks ON facts.zone = clocks.zone)"
    )
    return (
        "SELECT source.*, list_filter([\n    "
        f"{listed}\n], lambda one: one IS NOT NULL) AS against\n"
        f"FROM {clocked if clocks else source} AS source"
    )


def clocks_at(at: datetime, zones: Iterable[str]) -> list[tuple[str, str, str]]:
    """What the clock shows in each zone that exists: (zone, date, time) in ISO form."""
    shown = []
    for name in sorted(set(zones)):
        zone: ZoneInfo | None = known_zone(name)
        if zone is not None:
            local = at.astimezone(UTC).astimezone(zone)
            shown.append((name, local.date().isoformat(), local.time().isoformat()))
    return shown


def column_type(fact: str) -> str:
    """The type of the column that the fact is read from. Raises: KeyError for the moment itself."""
    kind = KINDS[fact]
    if kind in TYPES:
        return TYPES[kind]
    return {"date": "DATE", "tuple": "DATE[]"}[getattr(kind, "__name__", "tuple")]
