"""Who has been contacted so often today, on their own day, that a cap leaves one contact or none."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Q

from arrears.rules.facts import known_zone
from arrears.web.ledger.models import Borrower, Case, Person, Slot, StatedFact
from arrears.web.ledger.policy import sees
from arrears.web.ledger.queries.paging import page_count, page_number

PAGE = 50
# Between them lies everybody's day: no clock runs further ahead of, or behind, that of Greenwich.
EARLIEST, LATEST = timedelta(hours=-12), timedelta(hours=14)


@dataclass(frozen=True, slots=True)
class NearCap:
    """A borrower whose day is used up, or but for one contact. `zone` empty: theirs is not known."""

    borrower_id: str
    case_id: int | None
    name: str
    zone: str
    local_date: date
    used: int


@dataclass(frozen=True, slots=True)
class NearCaps:
    """A page of them, the most contacted first; how many have one contact left, and how many none."""

    rows: tuple[NearCap, ...]
    one_left: int
    none_left: int
    number: int

    @property
    def total(self) -> int:
        """How many in all."""
        return self.one_left + self.none_left

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return page_count(self.total, PAGE)


def near_cap(
    person: Person, *, kind: str, most: int, at: datetime, zone: ZoneInfo, page: int = 1
) -> NearCaps:
    """The borrowers with a case that the person sees who have used all, or all but one, of a day's `most`.

    Units: contacts of that kind on the day that it is where the borrower lives; where that is not known,
    where the institution says that all live, else where it is itself (`zone`).
    """
    used = _used(person, kind=kind, most=most, at=at, zone=zone)
    counted = used.aggregate(
        none=Count("borrower_id", filter=Q(used__gte=most)), all=Count("borrower_id")
    )
    number = page_number(page, counted["all"], PAGE)
    ordered = used.order_by("-used", "borrower_id")
    here = list(ordered[(number - 1) * PAGE : number * PAGE])
    return NearCaps(
        rows=_rows(person, here),
        one_left=counted["all"] - counted["none"],
        none_left=counted["none"],
        number=number,
    )


def near_count(person: Person, *, kind: str, most: int, at: datetime, zone: ZoneInfo) -> int:
    """How many borrowers `near_cap` lists."""
    return int(_used(person, kind=kind, most=most, at=at, zone=zone).count())


def _used(person: Person, *, kind: str, most: int, at: datetime, zone: ZoneInfo) -> Any:
    """By borrower and day: how many contacts were used, where at most one is left."""
    utc = at.astimezone(UTC)
    first, last = (utc + EARLIEST).date(), (utc + LATEST).date()
    slots = Slot.objects.filter(local_date__gte=first, local_date__lte=last, kind=kind)
    lately = Borrower.objects.filter(pk__in=slots.values("borrower_id"))
    days = defaultdict(list)
    for name in lately.values_list("zone", flat=True).distinct().order_by("zone"):
        days[utc.astimezone(_zone_of(name) or zone).date()].append(name)
    theirs = Q(pk__in=())
    for day, names in days.items():
        theirs |= Q(local_date=day, borrower_id__in=lately.filter(zone__in=names).values("pk"))
    seen = sees(person)
    if seen:
        theirs &= Q(borrower_id__in=Case.objects.filter(seen).values("borrower_id"))
    by_borrower = slots.filter(theirs).values("borrower_id", "local_date")
    return by_borrower.annotate(used=Count("pk")).filter(used__gte=max(most - 1, 1))


def _zone_of(name: str) -> ZoneInfo | None:
    """The zone of that name; for none, the one that the institution states of all."""
    if name:
        return known_zone(name)
    stated = StatedFact.objects.filter(run__pointer__isnull=False, fact="zone")
    return known_zone(stated.values_list("value", flat=True).first())


def _rows(person: Person, used: list[dict[str, Any]]) -> tuple[NearCap, ...]:
    numbers = [one["borrower_id"] for one in used]
    told = {
        pk: (name, zone)
        for pk, name, zone in Borrower.objects.filter(pk__in=numbers).values_list(
            "pk", "name", "zone"
        )
    }
    seen = Case.objects.filter(sees(person), borrower_id__in=numbers).order_by("pk")
    cases = dict(seen.values_list("borrower_id", "pk"))  # the latest of each
    return tuple(
        NearCap(
            borrower_id=one["borrower_id"],
            case_id=cases.get(one["borrower_id"]),
            name=told.get(one["borrower_id"], ("", ""))[0],
            zone=told.get(one["borrower_id"], ("", ""))[1],
            local_date=one["local_date"],
            used=one["used"],
        )
        for one in used
    )
