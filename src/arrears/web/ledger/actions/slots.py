"""The slots of a borrower's day: every attempted contact by whatever channel uses one."""

from datetime import date

from arrears.web.ledger.facts import slots_used
from arrears.web.ledger.models import Slot

KIND = "contact"


def use_slot(*, borrower_id: str, on: date) -> Slot:
    """The next slot of that day of the borrower's is used, also beyond what the rules allow.

    What did happen is counted; the gate asks before, not here. It is called inside an action that holds
    the borrower's lock; the key is unique, so two at once could not both have it either way.
    """
    n = slots_used(borrower_id, on) + 1
    slot: Slot = Slot.objects.create(borrower_id=borrower_id, local_date=on, kind=KIND, n=n)
    return slot
