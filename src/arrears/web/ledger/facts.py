"""What the ledger knows about one intended contact; what it does not know stays unknown."""

from datetime import datetime

from arrears.rules.facts import ContactFacts, known_zone
from arrears.web.ledger.models import (
    Borrower,
    CaseDay,
    ContactPoint,
    Hold,
    Message,
    Slot,
    StatedFact,
)

# Which statement about all points of a kind says where the bank has them from.
SOURCE_OF = {
    "mobile": "phone_source",
    "landline": "phone_source",
    "email": "email_source",
    "address": "address_source",
}


def facts_of(message: Message, borrower: Borrower, at: datetime) -> ContactFacts:
    """What the ledger knows about sending this message now; what it does not know stays unknown.

    What is known of the borrower or the point goes before what the institution states of all.
    """
    point = message.point
    zone_name, source, stated = _known_or_stated(borrower, point)
    zone = known_zone(zone_name)
    used = None
    if zone is not None:
        local = at.astimezone(zone).date()
        used = Slot.objects.filter(borrower_id=borrower.pk, local_date=local).count()
    day = CaseDay.objects.filter(run__pointer__isnull=False, borrower_id=borrower.pk).first()
    flags = day.flags.split() if day else []
    holds = Hold.objects.filter(borrower_id=borrower.pk, ended_at__isnull=True)
    return ContactFacts(
        purpose=message.purpose,
        channel=message.channel,
        at=at,
        zone=zone_name,
        role=point.role or None,
        point_source=source,
        point_valid=point.wrong_since is None,
        holds=frozenset((*holds.values_list("kind", flat=True), *flags)),
        attempts_today=used,
        overdue_minor=day.overdue_minor if day else None,
        case_state=message.case.state,
        stated=stated,
    )


def _known_or_stated(
    borrower: Borrower, point: ContactPoint
) -> tuple[str | None, str | None, frozenset[str]]:
    """The borrower's zone, the point's source, and which of them is what the institution states of all."""
    zone, source = borrower.zone or None, point.source or None
    if zone and source:
        return zone, source, frozenset()
    stated = StatedFact.objects.filter(run__pointer__isnull=False)
    told = dict(stated.values_list("fact", "value"))
    stated_zone = told.get("zone") if zone is None else None
    stated_source = told.get(SOURCE_OF.get(point.kind, "")) if source is None else None
    given = {"zone": stated_zone, "point_source": stated_source}
    names = frozenset(name for name, value in given.items() if value)
    return zone or stated_zone, source or stated_source, names
