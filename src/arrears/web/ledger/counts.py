"""What is counted of a borrower's day and of a number's, and what was let pass that day, in one question."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from arrears.web.ledger.sql import asked, marks

# Which fact of a contact each kind of slot is the count of; rings are counted by their number, whoever
# of those who have it was called.
COUNTS = {
    "contact": "attempts_today",
    "message": "messages_today",
    "talk": "effective_today",
    "put_through": "connected_today",
    "visit": "visits_today",
}
DAY = (
    "SELECT kind, '', '' FROM ledger_slot WHERE borrower_id = %s AND local_date >= %s"
    " AND NOT (kind = 'ring') AND (call_id IS NULL OR NOT (call_id = %s))"
    " UNION ALL"
    " SELECT kind, number, '' FROM ledger_slot WHERE kind = 'ring' AND number IN ({numbers})"
    " AND local_date >= %s AND (call_id IS NULL OR NOT (call_id = %s))"
    " UNION ALL"
    " SELECT '', number, rule_id FROM ledger_override WHERE borrower_id = %s AND local_date = %s"
)


@dataclass(frozen=True, slots=True)
class Counts:
    """The day's counts as facts by their names; by the mark of a number its rings, and the rules let pass."""

    facts: Mapping[str, int]
    rings: Mapping[str, int]
    lifted: Mapping[str, frozenset[str]]


def counts_of(
    borrower_id: str, on: date, numbers: Iterable[str] = (), *, but_call: int = 0
) -> Counts:
    """What has been used of that day of the borrower's, and what calls under way may yet use.

    A later day counts as well: whoever moves west has their day again, and no other contacts in it.
    Rings are those of these numbers, given by their marks, whichever borrower was called by them. What the
    call of the number `but_call` uses is left out.
    """
    kinds: Counter[str] = Counter()
    rings: Counter[str] = Counter()
    lifted: dict[str, frozenset[str]] = {}
    rung = tuple(dict.fromkeys(numbers))
    told = (borrower_id, on, but_call, *rung, on, but_call, borrower_id, on)
    for kind, number, rule_id in asked(DAY.format(numbers=marks(rung)), *told):
        kinds[kind] += 1
        if kind == "ring":
            rings[number] += 1
        elif rule_id:
            lifted[number] = lifted.get(number, frozenset()) | {rule_id}
    return Counts({fact: kinds[kind] for kind, fact in COUNTS.items()}, rings, lifted)
