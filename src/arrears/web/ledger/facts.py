"""What the ledger knows about one intended contact; what it does not know stays unknown."""

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from arrears.rules.facts import ContactFacts, known_zone
from arrears.web.ledger.holds import holds_of_points
from arrears.web.ledger.models import (
    Borrower,
    Case,
    CaseDay,
    ContactPoint,
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


def facts_of(
    *,
    case: Case,
    point: ContactPoint,
    channel: str,
    purpose: str,
    borrower: Borrower,
    at: datetime,
) -> ContactFacts:
    """What the ledger knows about this contact made now; what it does not know stays unknown.

    What is known of the borrower or the point goes before what the institution states of all.
    """
    return facts_of_points(
        case=case, points=(point,), channel=channel, purpose=purpose, borrower=borrower, at=at
    )[0]


def facts_of_points(
    *,
    case: Case,
    points: Sequence[ContactPoint],
    channel: str,
    purpose: str,
    borrower: Borrower,
    at: datetime,
) -> tuple[ContactFacts, ...]:
    """The facts of the same contact by each of the points, in their order, asked for once."""
    told = _stated() if not borrower.zone or not all(p.source for p in points) else {}
    zone_name = borrower.zone or told.get("zone") or None
    zone = known_zone(zone_name)
    used = None
    if zone is not None:
        used = slots_used(borrower.pk, at.astimezone(zone).date())
    days = CaseDay.objects.filter(run__pointer__isnull=False, borrower_id=borrower.pk)
    overdue_minor, flags = days.values_list("overdue_minor", "flags").first() or (None, "")
    holds = holds_of_points(
        borrower.pk,
        at=at,
        zone=zone,
        channel=channel,
        purpose=purpose,
        points=points,
        flags=flags.split(),
    )
    return tuple(
        ContactFacts(
            purpose=purpose,
            channel=channel,
            at=at,
            zone=zone_name,
            role=point.role or None,
            point_source=point.source or told.get(SOURCE_OF.get(point.kind, "")) or None,
            point_valid=point.usable,
            holds=kinds,
            attempts_today=used,
            overdue_minor=overdue_minor,
            case_state=case.state,
            stated=_taken_from(told, borrower, point),
        )
        for point, kinds in zip(points, holds, strict=True)
    )


def zone_of(borrower_id: str) -> ZoneInfo | None:
    """The zone where the borrower lives; None where that is not known."""
    own = Borrower.objects.filter(pk=borrower_id).values_list("zone", flat=True).first()
    return known_zone(own or _stated().get("zone"))


def local_date_of(borrower: Borrower, at: datetime) -> date | None:
    """The day that it is at that moment where the borrower lives; None where that is not known."""
    zone = known_zone(borrower.zone or _stated().get("zone"))
    return at.astimezone(zone).date() if zone else None


def slots_used(borrower_id: str, on: date) -> int:
    """How many contacts were attempted on that day of the borrower's."""
    return int(Slot.objects.filter(borrower_id=borrower_id, local_date=on).count())


def _stated() -> dict[str, str]:
    """What the institution states of all its borrowers, as the run before people knew it."""
    stated = StatedFact.objects.filter(run__pointer__isnull=False)
    return dict(stated.values_list("fact", "value"))


def _taken_from(told: dict[str, str], borrower: Borrower, point: ContactPoint) -> frozenset[str]:
    """Which facts of this contact are not known of this one but stated of all."""
    names = {
        "zone": not borrower.zone and told.get("zone"),
        "point_source": not point.source and told.get(SOURCE_OF.get(point.kind, "")),
    }
    return frozenset(name for name, value in names.items() if value)
