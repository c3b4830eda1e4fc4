"""How the ledger and the send journal stand, and what only the journal knows."""

from dataclasses import dataclass
from datetime import date, datetime

from arrears.web.ledger.journal import Frozen, JournalAway, JournalGone
from arrears.web.ledger.models import Unaccounted
from arrears.web.ledger.whole import require_whole_journal

MOST_SHOWN = 100


@dataclass(frozen=True, slots=True)
class UnknownContact:
    """A contact that may have gone out, and of which the ledger has no other record."""

    n: int
    key: str
    borrower_id: str
    channel: str
    on: date | None
    claimed_at: datetime | None


def frozen() -> Frozen | JournalGone | JournalAway | None:
    """Why nobody is contacted at this moment; None where nothing is against it."""
    try:
        require_whole_journal()
    except (Frozen, JournalGone, JournalAway) as error:
        return error
    return None


def unknown_contacts() -> tuple[int, tuple[UnknownContact, ...]]:
    """How many contacts only the journal knows and nobody has settled, and the newest of them."""
    newest = Unaccounted.objects.filter(settled_at=None).order_by("-n")[:MOST_SHOWN]
    found = tuple(
        UnknownContact(one.n, one.key, one.borrower_id, one.channel, one.local_date, one.claimed_at)
        for one in newest
    )
    total = (
        len(found)
        if len(found) < MOST_SHOWN
        else Unaccounted.objects.filter(settled_at=None).count()
    )
    return total, found
