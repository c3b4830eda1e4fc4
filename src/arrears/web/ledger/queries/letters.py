"""Whom a letter reaches, so that nobody is written to too often or called for the same reason."""

from datetime import datetime, timedelta

from django.db.models import Q

from arrears.web.ledger.models import Message, Unaccounted

LETTER = "letter"  # the treatment that is a letter, and its channel
LETTERS_APART = timedelta(days=30)  # nobody is written to again before
OVERTAKEN = "a later run is before people"
# What has reached nobody and will not.
IN_VAIN = Q(state="withdrawn", because=OVERTAKEN) | Q(state__in=("refused", "failed"))


def written_to(at: datetime) -> Q:
    """Of rows with a borrower: those whom a letter has reached of late, or may have, or will.

    Also by a letter that only the send journal knows.
    """
    recent = Message.objects.filter(channel=LETTER, proposed_at__gt=at - LETTERS_APART)
    known = recent.exclude(IN_VAIN).values("borrower_id")
    lost = Unaccounted.objects.filter(channel=LETTER, claimed_at__gt=at - LETTERS_APART)
    return Q(borrower_id__in=known) | Q(
        borrower_id__in=lost.exclude(state="failed").values("borrower_id")
    )
