"""Whether the debtor can still be reached, by the calls to them in their order: the facts of lost contact."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta, tzinfo
from typing import Any

from arrears.core.contact import TELEPHONES, result_of
from arrears.rules.facts import NEVER
from arrears.web.ledger.models import ContactPoint
from arrears.web.ledger.sql import asked, moment

# In the order in which the calls were placed, whenever their end was written down.
SPOKEN = (
    "SELECT p.role, p.value, c.outcome, k.local_date, c.at, c.contact_date"
    " FROM ledger_contact c"
    " LEFT JOIN ledger_contactpoint p ON p.point_id = c.point_id"
    " LEFT JOIN ledger_call k ON k.contact_id = c.id"
    " WHERE c.borrower_id = %s AND c.channel IN ('call', 'visit', 'inbound')"
    " ORDER BY COALESCE(k.at, c.at), c.id"
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


def _found_wrong(point: ContactPoint, wrong: Mapping[str, datetime]) -> bool:
    """Whether a call since the bank gave the point this value found somebody else there."""
    found = wrong.get(point.value)
    return bool(point.wrong_since and found and point.wrong_since <= found)
