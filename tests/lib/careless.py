"""What a race must see: the gate asked without the lock that keeps its answer true."""

from datetime import datetime

from arrears.rules.gate import may_contact
from arrears.web.ledger.facts import facts_of
from arrears.web.ledger.models import Borrower, Message


def asked_without_lock(message_id: int, at: datetime) -> Message | None:
    """The message, where the gate allowed it at that moment; nothing keeps that so until it is claimed."""
    message: Message = Message.objects.select_related("case", "point").get(pk=message_id)
    facts = facts_of(
        case=message.case,
        point=message.point,
        channel=message.channel,
        purpose=message.purpose,
        borrower=Borrower.objects.get(pk=message.borrower_id),
        at=at,
        template_approved=True,
        text_classes=frozenset(),
        missing_fields=frozenset(),
    )
    return message if may_contact(facts).allowed else None
