"""What is counted of a borrower's day and of a number's, and what was let pass that day, in one question."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Any

from arrears.core.contact import result_of
from arrears.rules.facts import CALL_DAYS, NEVER
from arrears.web.ledger.models import Call, Visit
from arrears.web.ledger.sql import Question, marks, moment

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
    " AND (visit_id IS NULL OR NOT (visit_id = %s))"
    " UNION ALL"
    " SELECT kind, number, '' FROM ledger_slot WHERE kind = 'ring' AND number IN ({numbers})"
    " AND local_date >= %s AND (call_id IS NULL OR NOT (call_id = %s))"
    " UNION ALL"
    " SELECT '', number, rule_id FROM ledger_override WHERE borrower_id = %s AND local_date = %s"
    " UNION ALL"
    # What is not known yet of a call under way is taken as the worst.
    " SELECT 'call', CASE k.state WHEN 'dialling' THEN '' ELSE COALESCE(c.outcome, k.state) END,"
    " CAST(k.local_date AS TEXT) FROM ledger_call k LEFT JOIN ledger_contact c ON c.id = k.contact_id"
    " WHERE k.borrower_id = %s AND NOT (k.state = 'not_dialled') AND NOT (k.id = %s)"
    " UNION ALL"
    " SELECT o.channel, o.outcome, CAST(o.at AS TEXT) FROM ledger_contact o"
    " LEFT JOIN ledger_call d ON d.contact_id = o.id"
    " WHERE o.borrower_id = %s AND o.channel IN ('call', 'inbound') AND d.id IS NULL"
)
TELEPHONED = ("call", "inbound")


@dataclass(frozen=True, slots=True)
class Counts:
    """The day's counts as facts by their names; by the mark of a number its rings, and the rules let pass.

    `called` are facts of the calls about the debt of whichever day: each one placed, and the last talk.
    """

    facts: Mapping[str, int]
    rings: Mapping[str, int]
    lifted: Mapping[str, frozenset[str]]
    called: Mapping[str, Any]

    def of(self, number: str) -> dict[str, Any]:
        """The facts of a contact by the number with that mark."""
        return {
            "unanswered_today": self.rings.get(number, 0),
            "overrides": self.lifted.get(number, frozenset()),
        }


def counts_asked(
    borrower_id: str, on: date, numbers: Iterable[str] = (), *, but: Call | Visit | None = None
) -> Question:
    """The question whose rows are what has been used of that day of the borrower's, and may yet be.

    A later day counts as well: whoever moves west has their day again, and no other contacts in it.
    Rings are those of these numbers, given by their marks, whichever borrower was called by them. What the
    call or visit `but` uses is left out.
    """
    rung = tuple(dict.fromkeys(numbers))
    but_call, but_visit = (but.pk if isinstance(but, kind) else 0 for kind in (Call, Visit))
    told = (borrower_id, on, but_call, but_visit, *rung, on, but_call, borrower_id, on)
    return DAY.format(numbers=marks(rung)), (*told, borrower_id, but_call, borrower_id)


def counts_told(rows: Iterable[Any], *, on: date, zone: tzinfo) -> Counts:
    """The counts that the rows of `counts_asked` make.

    A call that nobody claimed was on the day that it was in `zone`, where the borrower lives.
    """
    kinds: Counter[str] = Counter()
    rings: Counter[str] = Counter()
    lifted: dict[str, frozenset[str]] = {}
    placed: list[date] = []
    talked = NEVER
    for kind, number, rule_id in rows:
        if kind in TELEPHONED:
            day = _day(rule_id, zone)
            if kind == "call" and day > on - CALL_DAYS:
                placed.append(day)
            if result_of(number) == "talked":
                talked = max(talked, day)
            continue
        kinds[kind] += 1
        if kind == "ring":
            rings[number] += 1
        elif rule_id:
            lifted[number] = lifted.get(number, frozenset()) | {rule_id}
    called = {"call_dates": tuple(sorted(placed)), "last_talk_date": talked}
    return Counts({fact: kinds[kind] for kind, fact in COUNTS.items()}, rings, lifted, called)


def _day(told: str, zone: tzinfo) -> date:
    """The day of a call: as it was claimed for, or of the moment at which somebody wrote it down."""
    if len(told) == len("2026-11-20"):
        return date.fromisoformat(told)
    return moment(datetime.fromisoformat(told)).astimezone(zone).date()
