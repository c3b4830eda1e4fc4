"""What is counted of a borrower's day, each kind apart: contacts, messages, talks, rings, visits."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from arrears.web.ledger.sql import asked

# Which fact of a contact each kind of slot is the count of; rings are counted by their number.
COUNTS = {
    "contact": "attempts_today",
    "message": "messages_today",
    "talk": "effective_today",
    "put_through": "connected_today",
    "visit": "visits_today",
}
USED = "SELECT kind, point_id FROM ledger_slot WHERE borrower_id = %s AND local_date = %s"
# A number that is called is the borrower's own: by it an override is found at once.
LIFTED = (
    "SELECT o.point_id, o.rule_id FROM ledger_contactpoint p"
    " JOIN ledger_override o ON o.point_id = p.point_id"
    " WHERE p.borrower_id = %s AND o.local_date = %s AND o.borrower_id = p.borrower_id"
)


@dataclass(frozen=True, slots=True)
class Counts:
    """The day's counts as facts by their names, and the rings by point."""

    facts: Mapping[str, int]
    rings: Mapping[str, int]


def counts_of(borrower_id: str, on: date) -> Counts:
    """What has been used of that day of the borrower's, and what calls under way may yet use."""
    kinds: Counter[str] = Counter()
    rings: Counter[str] = Counter()
    for kind, point_id in asked(USED, borrower_id, on):
        kinds[kind] += 1
        if kind == "ring":
            rings[point_id] += 1
    return Counts({fact: kinds[kind] for kind, fact in COUNTS.items()}, rings)


def overrides_of(borrower_id: str, on: date) -> Mapping[str, tuple[str, ...]]:
    """By point the rules that someone entitled let pass on that day."""
    found: dict[str, list[str]] = defaultdict(list)
    for point_id, rule_id in asked(LIFTED, borrower_id, on):
        found[point_id].append(rule_id)
    return {point_id: tuple(rules) for point_id, rules in found.items()}
