"""What the rules advise against and someone entitled let pass: by whom, why, for which number and day."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from arrears.web.ledger.models import Override, Person
from arrears.web.ledger.queries.whose import cases_of, names_of, of_seen

PAGE = 50


@dataclass(frozen=True, slots=True)
class OverrideRow:
    """One rule let pass for one number on one day of the borrower's. `name` and `value` are personal."""

    override_id: int
    borrower_id: str
    case_id: int | None
    name: str
    value: str
    rule_id: str
    local_date: date
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class OverridePage:
    """Some of them, newest first. `older` is where the next page begins, None on the last one."""

    rows: tuple[OverrideRow, ...]
    older: int | None


def seen_overrides(person: Person) -> Any:
    """Those about borrowers with a case that the person sees."""
    return of_seen(person, Override.objects.all())


def overrides(person: Person, *, before: int | None = None) -> OverridePage:
    """The overrides, newest first; pages follow each other by the number of their first."""
    found = seen_overrides(person).select_related("by", "point").order_by("-pk")
    if before is not None:
        found = found.filter(pk__lt=before)
    here = list(found[: PAGE + 1])
    rows = _rows(person, here[:PAGE])
    return OverridePage(rows, rows[-1].override_id if len(here) > PAGE else None)


def _rows(person: Person, here: list[Override]) -> tuple[OverrideRow, ...]:
    if not here:
        return ()
    numbers = [one.borrower_id for one in here]
    names, cases = names_of(numbers), cases_of(person, numbers)
    return tuple(
        OverrideRow(
            override_id=one.pk,
            borrower_id=one.borrower_id,
            case_id=cases.get(one.borrower_id),
            name=names.get(one.borrower_id, ""),
            value=one.point.value,
            rule_id=one.rule_id,
            local_date=one.local_date,
            reason=one.reason,
            by=one.by.name,
            at=one.at,
        )
        for one in here
    )
