"""The slots of a borrower's day: what is counted takes the lowest free number of its kind."""

from collections.abc import Iterable
from datetime import date

from arrears.web.ledger.models import Call, Slot

BY_POINT = ("ring",)  # kinds that are counted by the number called


def use_slots(
    kinds: Iterable[str],
    *,
    borrower_id: str,
    on: date,
    point_id: str = "",
    call: Call | None = None,
) -> tuple[Slot, ...]:
    """A slot of each kind is used on that day of the borrower's, also beyond what the rules allow.

    What did happen is counted; the gate asks before, not here. It is called inside an action that holds
    the borrower's lock; the key is unique, so two at once could not both have it either way.
    """
    return tuple(
        _use(kind, borrower_id, on, point_id if kind in BY_POINT else "", call)
        for kind in kinds
        if kind not in BY_POINT or point_id
    )


def free_slots(call: Call, *, but: Iterable[str]) -> None:
    """What a call held and did not come to is free again."""
    Slot.objects.filter(call=call).exclude(kind__in=tuple(but)).delete()


def _use(kind: str, borrower_id: str, on: date, point_id: str, call: Call | None) -> Slot:
    key = {"borrower_id": borrower_id, "local_date": on, "kind": kind, "point_id": point_id}
    taken = set(Slot.objects.filter(**key).values_list("n", flat=True))
    n = next(n for n in range(1, len(taken) + 2) if n not in taken)
    slot: Slot = Slot.objects.create(**key, n=n, call=call)
    return slot
