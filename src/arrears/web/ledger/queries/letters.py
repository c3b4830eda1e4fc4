"""Whom a letter reaches, so that nobody is written to too often or called for the same reason."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from arrears.web.ledger.models import Message

LETTER = "letter"  # the treatment that is a letter, and its channel
LETTERS_APART = timedelta(days=30)  # nobody is written to again before
OVERTAKEN = "a later run is before people"
# What has reached nobody and will not.
IN_VAIN = Q(state="withdrawn", because=OVERTAKEN) | Q(state__in=("refused", "failed"))


def written_to(at: datetime) -> QuerySet[Any]:
    """The borrowers whom a letter has reached of late, or may have, or will."""
    recent = Message.objects.filter(channel=LETTER, proposed_at__gt=at - LETTERS_APART)
    return recent.exclude(IN_VAIN).values("borrower_id")
