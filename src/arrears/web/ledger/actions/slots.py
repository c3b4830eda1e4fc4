"""The slots of a borrower's day: what is counted takes the lowest free number of its kind."""

from collections.abc import Iterable
from datetime import date
from itertools import count

from arrears.web.ledger.models import Call, Slot
from arrears.web.ledger.sql import asked

BY_NUMBER = ("ring",)  # kinds that are counted by the number called
TAKEN = (
    "SELECT kind, number, n FROM ledger_slot WHERE borrower_id = %s AND local_date = %s"
    " UNION ALL"
    " SELECT kind, number, n FROM ledger_slot WHERE kind = 'ring' AND number = %s AND local_date = %s"
)


def use_slots(
    kinds: Iterable[str],
    *,
    borrower_id: str,
    on: date,
    number: str = "",
    call: Call | None = None,
) -> tuple[Slot, ...]:
    """A slot of each kind is used on that day of the borrower's, also beyond what the rules allow.

    What did happen is counted; the gate asks before, not here. It is called inside an action that holds
    the lock of the borrower, and of everyone who has the number; the key is unique, so two at once could
    not both have it either way.
    """
    taken = {tuple(row) for row in asked(TAKEN, borrower_id, on, number, on)}
    made = []
    for kind in kinds:
        counted_by = number if kind in BY_NUMBER else ""
        if kind in BY_NUMBER and not number:
            continue
        n = next(n for n in count(1) if (kind, counted_by, n) not in taken)
        taken.add((kind, counted_by, n))
        made.append(
            Slot(
                borrower_id=borrower_id,
                local_date=on,
                kind=kind,
                number=counted_by,
                n=n,
                call=call,
            )
        )
    return tuple(Slot.objects.bulk_create(made))


def free_slots(call: Call, *, but: Iterable[str]) -> None:
    """What a call held and did not come to is free again."""
    Slot.objects.filter(call=call).exclude(kind__in=tuple(but)).delete()
