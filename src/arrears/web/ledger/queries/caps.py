"""Who has been contacted so often today, on their own day, that a cap leaves one contact or none."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Q

from arrears.web.ledger.facts import zone_named
from arrears.web.ledger.models import Borrower, ContactPoint, Person, Slot
from arrears.web.ledger.numbers import number_mark
from arrears.web.ledger.queries.paging import page_count, page_number
from arrears.web.ledger.queries.whose import cases_of, of_seen

PAGE = 50
# Between them lies everybody's day: no clock runs further ahead of, or behind, that of Greenwich.
EARLIEST, LATEST = timedelta(hours=-12), timedelta(hours=14)


@dataclass(frozen=True, slots=True)
class NearCap:
    """A borrower whose day is used up, or but for one. `zone` empty: theirs is not known.

    `value`: the number, where the cap is one of each number; personal.
    """

    borrower_id: str
    case_id: int | None
    name: str
    value: str
    zone: str
    local_date: date
    used: int


@dataclass(frozen=True, slots=True)
class Near:
    """How many have one of a kind left, and how many none. Grain: borrowers, or their numbers."""

    one_left: int
    none_left: int

    @property
    def total(self) -> int:
        """How many in all."""
        return self.one_left + self.none_left


@dataclass(frozen=True, slots=True)
class NearCaps:
    """By kind of slot how many are near its cap, and of one kind a page of them, the most used first."""

    counts: Mapping[str, Near]
    kind: str
    rows: tuple[NearCap, ...]
    number: int
    pages: int


def near_caps(
    person: Person, *, caps: Mapping[str, int], kind: str, at: datetime, zone: ZoneInfo, page: int
) -> NearCaps:
    """Who has used all, or all but one, of what a day's `caps` leave of each kind, as far as the person sees.

    The rows are those of `kind`; where it is none of the caps, those of the first that anybody is near.
    Units: slots of the day that it is where the borrower lives; where that is not known, where the
    institution says that all live, else where it is itself (`zone`).
    """
    used = _used(person, caps=caps, at=at, zone=zone)
    counts = _counts(used, caps)
    chosen = kind
    if kind not in counts:
        chosen = next((one for one, near in counts.items() if near.total), next(iter(counts), ""))
    total = counts[chosen].total if chosen else 0
    number = page_number(page, total, PAGE)
    ordered = used.filter(kind=chosen).order_by("-used", "borrower_id", "number")
    here = list(ordered[(number - 1) * PAGE : number * PAGE]) if total else []
    return NearCaps(counts, chosen, _rows(person, here), number, page_count(total, PAGE))


def near_counts(
    person: Person, *, caps: Mapping[str, int], at: datetime, zone: ZoneInfo
) -> Mapping[str, Near]:
    """By kind of slot how many `near_caps` lists."""
    return _counts(_used(person, caps=caps, at=at, zone=zone), caps)


def _counts(used: Any, caps: Mapping[str, int]) -> Mapping[str, Near]:
    asked = {}
    for kind, most in caps.items():
        asked[f"{kind}_all"] = Count("borrower_id", filter=Q(kind=kind))
        asked[f"{kind}_none"] = Count("borrower_id", filter=Q(kind=kind, used__gte=most))
    told = used.aggregate(**asked) if asked else {}
    return {
        kind: Near(told[f"{kind}_all"] - told[f"{kind}_none"], told[f"{kind}_none"])
        for kind in caps
    }


def _used(person: Person, *, caps: Mapping[str, int], at: datetime, zone: ZoneInfo) -> Any:
    """By borrower, day, kind and number: how many were used, where at most one is left."""
    utc = at.astimezone(UTC)
    first, last = (utc + EARLIEST).date(), (utc + LATEST).date()
    slots = Slot.objects.filter(local_date__gte=first, local_date__lte=last, kind__in=list(caps))
    lately = Borrower.objects.filter(pk__in=slots.values("borrower_id"))
    days = defaultdict(list)
    for name in lately.values_list("zone", flat=True).distinct().order_by("zone"):
        days[utc.astimezone(zone_named(name) or zone).date()].append(name)
    theirs = Q(pk__in=())
    for day, names in days.items():
        theirs |= Q(local_date=day, borrower_id__in=lately.filter(zone__in=names).values("pk"))
    near = Q()
    for kind, most in caps.items():
        near |= Q(kind=kind, used__gte=max(most - 1, 1))
    counted = of_seen(person, slots.filter(theirs)).values(
        "borrower_id", "local_date", "kind", "number"
    )
    return counted.annotate(used=Count("n")).filter(near)


def _rows(person: Person, used: list[dict[str, Any]]) -> tuple[NearCap, ...]:
    if not used:
        return ()
    numbers = [one["borrower_id"] for one in used]
    told = {
        pk: (name, zone)
        for pk, name, zone in Borrower.objects.filter(pk__in=numbers).values_list(
            "pk", "name", "zone"
        )
    }
    rung = [one["borrower_id"] for one in used if one["number"]]
    theirs = ContactPoint.objects.filter(borrower_id__in=rung) if rung else ()
    values = {number_mark(point.value): point.value for point in theirs}
    cases = cases_of(person, numbers)
    return tuple(
        NearCap(
            borrower_id=one["borrower_id"],
            case_id=cases.get(one["borrower_id"]),
            name=told.get(one["borrower_id"], ("", ""))[0],
            value=values.get(one["number"], ""),
            zone=told.get(one["borrower_id"], ("", ""))[1],
            local_date=one["local_date"],
            used=one["used"],
        )
        for one in used
    )
