"""Whether the debtor can still be reached, and whom one has asked where they are: facts of lost contact."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Any

from arrears.core.contact import TELEPHONES, THIRD_PERSONS, result_of
from arrears.core.hold import plain
from arrears.rules.facts import NEVER
from arrears.web.ledger.models import Call, ContactPoint, Visit
from arrears.web.ledger.sql import asked, marks, moment

# In the order in which the calls were placed, whenever their end was written down.
SPOKEN = (
    "SELECT p.role, p.value, c.outcome, k.local_date, c.at, c.contact_date"
    " FROM ledger_contact c"
    " LEFT JOIN ledger_contactpoint p ON p.point_id = c.point_id"
    " LEFT JOIN ledger_call k ON k.contact_id = c.id"
    " WHERE c.borrower_id = %s AND c.channel IN ('call', 'visit', 'inbound')"
    " ORDER BY COALESCE(k.at, c.at), c.id"
)
# What somebody other than the debtor was asked by, whoever wrote it down; of one under way as if answered.
ASKED = (
    "SELECT p.value FROM ledger_contact c"
    " LEFT JOIN ledger_contactpoint p ON p.point_id = c.point_id"
    " WHERE c.borrower_id = %s AND NOT (c.outcome = 'no_answer')"
    f" AND (p.role IN ({marks(THIRD_PERSONS)})"
    " OR (p.point_id IS NULL AND c.outcome IN ('third_person', 'wrong_number')))"
    " UNION ALL"
    " SELECT p.value FROM ledger_call k JOIN ledger_contactpoint p ON p.point_id = k.point_id"
    " WHERE k.borrower_id = %s AND k.state = 'dialling' AND NOT (k.id = %s)"
    f" AND p.role IN ({marks(THIRD_PERSONS)})"
    " UNION ALL"
    " SELECT p.value FROM ledger_visit v JOIN ledger_contactpoint p ON p.point_id = v.point_id"
    " WHERE v.borrower_id = %s AND v.state = 'on_the_way' AND NOT (v.id = %s)"
    f" AND p.role IN ({marks(THIRD_PERSONS)})"
)
DAY = timedelta(days=1)


def reached(
    borrower_id: str, points: Iterable[ContactPoint], *, zone: tzinfo | None
) -> dict[str, Any]:
    """The facts of lost contact; `points` are those of the borrower, `zone` is where they live.

    A call counts as failed, and a number as out of service, only by a call that was claimed before it was
    dialled: what anyone writes down of another one opens no way to third persons. It counts only where it
    is known that it was the debtor's telephone. A talk of any kind, one that the borrower began among
    them, ends the count. Where no telephone of the debtor is known, nobody knows that none is in service.
    """
    in_a_row, failed = 0, NEVER
    days: set[date] = set()
    wrong: dict[str, datetime] = {}
    for role, value, outcome, local_date, at, contact_date in asked(SPOKEN, borrower_id):
        claimed = local_date is not None
        day = local_date or (moment(at).astimezone(zone).date() if zone else contact_date)
        result = result_of(outcome)
        if result == "talked":
            in_a_row, failed = 0, NEVER
            days.clear()
        elif result == "unanswered" and claimed and role == "debtor":
            in_a_row, failed = in_a_row + 1, day
            days.add(day)
        elif outcome == "wrong_number" and claimed:
            wrong[value] = moment(at)
    unreached = 0
    while failed - unreached * DAY in days:
        unreached += 1
    own = [p for p in points if p.role == "debtor" and p.kind in TELEPHONES and not p.gone_since]
    return {
        "failed_in_a_row": in_a_row,
        "last_failed_date": failed,
        "unreached_days": unreached,
        "number_invalid": all(_found_wrong(p, wrong) for p in own) if own else None,
    }


@dataclass(frozen=True, slots=True)
class Inquiries:
    """How often other persons were asked where the debtor is, by their number; "" where it is not known."""

    by_value: Mapping[str, int]

    def before(self, value: str) -> int | None:
        """How often whoever is reached by it was asked; None where it may be one asked by another number.

        Nobody has said whether two numbers are of one person: once somebody was asked by another one, only
        whoever was asked by this one as well is known to have been.
        """
        here = self.by_value.get(plain(value), 0)
        return here if here or not self.by_value else None


def inquiries(borrower_id: str, *, but: Call | Visit | None) -> Inquiries:
    """Whom one has asked where the debtor is so far, but for what the call or visit `but` asks."""
    but_call, but_visit = (but.pk if isinstance(but, kind) else 0 for kind in (Call, Visit))
    told: tuple[Any, ...] = (borrower_id, *THIRD_PERSONS)
    told += (borrower_id, but_call, *THIRD_PERSONS, borrower_id, but_visit, *THIRD_PERSONS)
    return Inquiries(Counter(plain(value or "") for (value,) in asked(ASKED, *told)))


def _found_wrong(point: ContactPoint, wrong: Mapping[str, datetime]) -> bool:
    """Whether a call since the bank gave the point this value found somebody else there."""
    found = wrong.get(point.value)
    return bool(point.wrong_since and found and point.wrong_since <= found)
