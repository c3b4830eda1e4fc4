"""The holds in force: whom nobody may contact now, since when, and what that rests on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count

from arrears.web.ledger.holds import on_day
from arrears.web.ledger.models import Hold, Person
from arrears.web.ledger.queries.paging import page_count, page_number
from arrears.web.ledger.queries.whose import cases_of, names_of, of_seen

PAGE = 50


@dataclass(frozen=True, slots=True)
class Stop:
    """A hold in force. `by` empty: the system itself."""

    hold: Hold
    case_id: int | None
    name: str
    by: str


@dataclass(frozen=True, slots=True)
class Stops:
    """A page of holds, the oldest first, and how many there are of each kind."""

    rows: tuple[Stop, ...]
    kinds: Mapping[str, int]
    total: int
    number: int

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return page_count(self.total, PAGE)


def in_force(person: Person, *, on: date) -> Any:
    """The holds that stop a contact on a day of the institution's, of borrowers with a case that one sees."""
    return of_seen(person, Hold.objects.filter(on_day(on)))


def stops(person: Person, *, on: date, kind: str = "", page: int = 1) -> Stops:
    """The holds in force on that day of one kind, or of all."""
    found = in_force(person, on=on)
    kinds = dict(found.values_list("kind").annotate(n=Count("pk")).order_by())
    total = kinds.get(kind, 0) if kind else sum(kinds.values())
    listed = found.filter(kind=kind) if kind else found
    number = page_number(page, total, PAGE)
    ordered = listed.select_related("by").order_by("at", "pk")
    here = list(ordered[(number - 1) * PAGE : number * PAGE])
    return Stops(_rows(person, here), kinds, total, number)


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
