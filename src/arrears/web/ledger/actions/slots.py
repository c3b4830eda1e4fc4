"""The slots of a borrower's day: what is counted takes the lowest free number of its kind."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import count

from arrears.web.ledger.models import Call, Slot, Visit
from arrears.web.ledger.sql import asked, marks

BY_NUMBER = ("ring",)  # kinds that are counted by the number called
TAKEN = (
    "SELECT borrower_id, kind, number, n, local_date FROM ledger_slot"
    " WHERE borrower_id IN ({owners}) AND local_date IN ({days})"
    " UNION ALL"
    " SELECT borrower_id, kind, number, n, local_date FROM ledger_slot"
    " WHERE kind = 'ring' AND number IN ({numbers}) AND local_date IN ({days})"
)


@dataclass(frozen=True, slots=True)
class Use:
    """What one contact uses of a borrower's day. Shapes: the kinds of slots."""

    kinds: Sequence[str]
    borrower_id: str
    on: date
    number: str = ""
    of: Call | Visit | None = None  # which gives back what it did not come to


def use_slots(uses: Sequence[Use]) -> list[tuple[Slot, ...]]:
    """A slot of each kind is used on that day of the borrower's, also beyond what the rules allow.

    What did happen is counted; the gate asks before, not here. It is called inside an action that holds
    the lock of the borrower, and of everyone who has the number; the key is unique, so two at once could
    not both have it either way.
    """
    taken = _taken(uses) if uses else set()
    made = [_slots(use, taken) for use in uses]
    Slot.objects.bulk_create([slot for some in made for slot in some])
    return made


def _taken(uses: Sequence[Use]) -> set[tuple[str, ...]]:
    """What is used by now of these days and numbers, each by its key; more than that does no harm."""
    owners = tuple({use.borrower_id for use in uses})
    days = tuple({use.on for use in uses})
    numbers = tuple({use.number for use in uses})
    sql = TAKEN.format(owners=marks(owners), days=marks(days), numbers=marks(numbers))
    return {
        _key(owner, kind, number, n, day)
        for owner, kind, number, n, day in asked(sql, *owners, *days, *numbers, *days)
    }


def _key(owner: str, kind: str, number: str, n: int, day: object) -> tuple[str, ...]:
    """What no two slots share: whose it is, or of which number, and its number on that day."""
    return (kind, number if kind in BY_NUMBER else owner, str(day), str(n))


def _slots(use: Use, taken: set[tuple[str, ...]]) -> tuple[Slot, ...]:
    """The lowest free slots for that use, not written yet; they are taken from now on."""
    made = []
    for kind in use.kinds:
        number = use.number if kind in BY_NUMBER else ""
        if kind in BY_NUMBER and not number:
            continue
        keys = ((n, _key(use.borrower_id, kind, number, n, use.on)) for n in count(1))
        n, key = next((n, key) for n, key in keys if key not in taken)
        taken.add(key)
        made.append(
            Slot(
                borrower_id=use.borrower_id,
                local_date=use.on,
                kind=kind,
                number=number,
                n=n,
                call=use.of if isinstance(use.of, Call) else None,
                visit=use.of if isinstance(use.of, Visit) else None,
            )
        )
    return tuple(made)


def free_slots(made: Call | Visit, *, but: Iterable[str]) -> None:
    """What a call or visit held and did not come to is free again."""
    made.slots.exclude(kind__in=tuple(but)).delete()
