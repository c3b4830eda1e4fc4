"""What waits in the outbox."""

from datetime import datetime

from django.db.models import Count, Min

from arrears.web.ledger.models import Message


def waiting() -> list[tuple[str, int, datetime]]:
    """By channel: how many messages nobody has claimed, and when the first of them may go."""
    proposed = Message.objects.filter(state="proposed").values("channel")
    counted = proposed.annotate(count=Count("pk"), first=Min("not_before")).order_by("channel")
    return [(row["channel"], row["count"], row["first"]) for row in counted]


def in_doubt() -> int:
    """How many messages nobody can know the end of."""
    return int(Message.objects.filter(state="in_doubt").count())
