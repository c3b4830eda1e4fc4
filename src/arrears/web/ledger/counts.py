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
USED = "SELECT kind, number FROM ledger_slot WHERE borrower_id = %s AND local_date = %s"
LIFTED = "SELECT number, rule_id FROM ledger_override WHERE borrower_id = %s AND local_date = %s"


@dataclass(frozen=True, slots=True)
class Counts:
    """The day's counts as facts by their names, and the rings by the mark of their number."""

    facts: Mapping[str, int]
    rings: Mapping[str, int]


def counts_of(borrower_id: str, on: date) -> Counts:
    """What has been used of that day of the borrower's, and what calls under way may yet use."""
    kinds: Counter[str] = Counter()
    rings: Counter[str] = Counter()
    for kind, number in asked(USED, borrower_id, on):
        kinds[kind] += 1
        if kind == "ring":
            rings[number] += 1
    return Counts({fact: kinds[kind] for kind, fact in COUNTS.items()}, rings)


def overrides_of(borrower_id: str, on: date) -> Mapping[str, tuple[str, ...]]:
    """By the mark of a number the rules that someone entitled let pass on that day."""
    found: dict[str, list[str]] = defaultdict(list)
    for number, rule_id in asked(LIFTED, borrower_id, on):
        found[number].append(rule_id)
    return {number: tuple(rules) for number, rules in found.items()}
