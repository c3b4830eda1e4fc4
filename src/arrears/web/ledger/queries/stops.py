"""The holds in force, and those that begin later: whom nobody may contact, when, and what that rests on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q

from arrears.web.ledger.holds import not_over, on_day
from arrears.web.ledger.models import Hold, Person
from arrears.web.ledger.queries.paging import page_count, page_number
from arrears.web.ledger.queries.whose import cases_of, names_of, of_seen

PAGE = 50


@dataclass(frozen=True, slots=True)
class Stop:
    """A hold in force, or one that begins later. `by` empty: the system itself."""

    hold: Hold
    case_id: int | None
    name: str
    by: str


@dataclass(frozen=True, slots=True)
class Stops:
    """A page of holds, and how many are in force of each kind, and how many begin later."""

    rows: tuple[Stop, ...]
    kinds: Mapping[str, int]
    ahead: int
    total: int
    number: int

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return page_count(self.total, PAGE)


def in_force(person: Person, *, on: date) -> Any:
    """The holds that stop a contact on a day of the institution's, of borrowers with a case that one sees."""
    return of_seen(person, Hold.objects.filter(on_day(on)))


def stops(person: Person, *, on: date, kind: str = "", ahead: bool = False, page: int = 1) -> Stops:
    """The holds in force on that day of one kind, or of all, the oldest first.

    `ahead`: those that begin later instead, of every kind, the next first.
    """
    found, later = in_force(person, on=on), Q(from_date__gt=on)
    open_still = of_seen(person, Hold.objects.filter(not_over(on)))
    counted = open_still.values_list("kind").order_by()
    counted = counted.annotate(now=Count("pk", filter=~later), later=Count("pk", filter=later))
    kinds, coming = {}, 0
    for one, now, then in counted:
        kinds[one], coming = now, coming + then
    if ahead:
        total, ordered = coming, open_still.filter(later).order_by("from_date", "pk")
    elif kind:
        total, ordered = kinds.get(kind, 0), found.filter(kind=kind).order_by("at", "pk")
    else:
        total, ordered = sum(kinds.values()), found.order_by("at", "pk")
    number = page_number(page, total, PAGE)
    here = list(ordered.select_related("by", "about")[(number - 1) * PAGE : number * PAGE])
    return Stops(_rows(person, here), kinds, coming, total, number)


def _rows(person: Person, holds: list[Hold]) -> tuple[Stop, ...]:
    numbers = [hold.borrower_id for hold in holds]
    names, cases = names_of(numbers), cases_of(person, numbers)
    return tuple(
        Stop(
            hold=hold,
            case_id=cases.get(hold.borrower_id),
            name=names.get(hold.borrower_id, ""),
            by=hold.by.name if hold.by else "",
        )
        for hold in holds
    )
