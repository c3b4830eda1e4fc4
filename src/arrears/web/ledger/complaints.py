"""Whom of our people the complaints of a borrower are about, and since when they wait for an answer."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from arrears.web.ledger.models import Hold, Person


def complaints(
    borrower_id: str, by: Sequence[Person], *, first: date, last: date
) -> dict[str, Any]:
    """The facts of an answer that these people would give to the borrower's complaints of these days.

    One complaint about one of them, or about someone of their team as it is now, is enough; to say that
    none is, it must be known of each. Where the ledger has no complaint, and only the book a flag of one,
    nobody knows whom it is about. `received_date` is that of the one that has waited longest.
    """
    theirs = Hold.objects.filter(borrower_id=borrower_id, kind="complaint", ended_at=None)
    waiting = [h for h in theirs.select_related("about") if h.facts.in_force(first, last)]
    about = [hold.about for hold in waiting if hold.about]
    teams = {person.team_id for person in by if person.team_id}
    # What is not found is known not to be only where every complaint says whom it is about.
    otherwise = None
    if waiting and all(hold.about or hold.about_nobody for hold in waiting):
        otherwise = False
    received = [hold.received_date for hold in waiting if hold.received_date]
    return {
        "complained_of": any(person in about for person in by) or otherwise,
        "team_complained_of": any(person.team_id in teams for person in about) or otherwise,
        "received_date": min(received) if waiting and len(received) == len(waiting) else None,
    }
