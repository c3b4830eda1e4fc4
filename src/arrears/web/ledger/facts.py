"""What the ledger knows about one intended contact; what it does not know stays unknown."""

from datetime import datetime

from arrears.rules.facts import ContactFacts, known_zone
from arrears.web.ledger.models import Borrower, CaseDay, Hold, Message, Pointer, Slot


def facts_of(message: Message, at: datetime) -> ContactFacts:
    """What the ledger knows about sending this message now; what it does not know stays unknown."""
    borrower = Borrower.objects.get(pk=message.borrower_id)
    point = message.point
    run = Pointer.objects.select_related("run").get().run
    day = CaseDay.objects.filter(run=run, borrower_id=message.borrower_id).first()
    zone = known_zone(borrower.zone or None)
    used = None
    if zone is not None:
        local = at.astimezone(zone).date()
        used = Slot.objects.filter(borrower_id=message.borrower_id, local_date=local).count()
    holds = Hold.objects.filter(borrower_id=message.borrower_id, ended_at__isnull=True)
    flags = day.flags.split() if day else []
    return ContactFacts(
        purpose=message.purpose,
        channel=message.channel,
        at=at,
        zone=borrower.zone or None,
        role=point.role or None,
        point_source=point.source or None,
        point_valid=point.wrong_since is None,
        holds=frozenset((*holds.values_list("kind", flat=True), *flags)),
        attempts_today=used,
        overdue_minor=day.overdue_minor if day else None,
        case_state=message.case.state,
    )
