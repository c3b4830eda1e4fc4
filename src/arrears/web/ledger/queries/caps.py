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
RING = "ring"  # counted by number, not by borrower
EARLIEST = timedelta(hours=-12)  # no clock runs further behind that of Greenwich
Used = tuple[str, str, int]  # borrower, the mark of a number or nothing, how many


@dataclass(frozen=True, slots=True)
class NearCap:
    """A borrower whose day is used up, or but for one. `zone` empty: theirs is not known.

    `value`: the number, where the cap is one of each number; personal. Then others may have been called
    by it as well, and the borrower is one of them.
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

    Counted as the gate counts: of the day that it is where the borrower lives, and of any later day;
    of rings, by number, whoever was called by it. The rows are those of `kind`; where it is none of the
    caps, those of the first that anybody is near. Units: slots. Where a borrower's zone is not known, it
    is where the institution says that all live, else where it is itself (`zone`).
    """
    day = _Day(person, at, zone)
    used, rung = _used(day, caps), _rung(day, caps)
    counts = _counts(used, rung, caps)
    chosen = kind
    if kind not in counts:
        chosen = next((one for one, near in counts.items() if near.total), next(iter(counts), ""))
    total = counts[chosen].total if chosen else 0
    number = page_number(page, total, PAGE)
    span = slice((number - 1) * PAGE, number * PAGE)
    if chosen == RING:
        here = rung[span]
    else:
        ordered = used.filter(kind=chosen).order_by("-used", "borrower_id")
        here = [(one["borrower_id"], "", one["used"]) for one in ordered[span]] if total else []
    return NearCaps(counts, chosen, _rows(day, here), number, page_count(total, PAGE))


def near_counts(
    person: Person, *, caps: Mapping[str, int], at: datetime, zone: ZoneInfo
) -> Mapping[str, Near]:
    """By kind of slot how many `near_caps` lists."""
    day = _Day(person, at, zone)
    return _counts(_used(day, caps), _rung(day, caps), caps)


@dataclass(frozen=True, slots=True)
class _Day:
    """A moment as the page asks of it: for whom, and where it is where a zone is not known."""

    person: Person
    at: datetime
    zone: ZoneInfo

    def of(self, zone: str) -> date:
        """The day that it is in a borrower's zone."""
        return self.at.astimezone(zone_named(zone) or self.zone).date()

    @property
    def slots(self) -> Any:
        """The slots of any day that is somebody's today, or later."""
        return Slot.objects.filter(local_date__gte=(self.at.astimezone(UTC) + EARLIEST).date())


def _counts(used: Any, rung: list[Used], caps: Mapping[str, int]) -> Mapping[str, Near]:
    asked = {}
    for kind, most in caps.items():
        asked[f"{kind}_all"] = Count("borrower_id", filter=Q(kind=kind))
        asked[f"{kind}_none"] = Count("borrower_id", filter=Q(kind=kind, used__gte=most))
    told = used.aggregate(**asked) if asked else {}
    near = {
        kind: Near(told[f"{kind}_all"] - told[f"{kind}_none"], told[f"{kind}_none"])
        for kind in caps
    }
    if RING in caps:
        full = sum(count >= caps[RING] for *_who, count in rung)
        near[RING] = Near(len(rung) - full, full)
    return near


def _used(day: _Day, caps: Mapping[str, int]) -> Any:
    """By borrower and kind, but for rings: how many were used, where at most one is left."""
    kinds = [kind for kind in caps if kind != RING]
    slots = day.slots.filter(kind__in=kinds)
    lately = Borrower.objects.filter(pk__in=slots.values("borrower_id"))
    days = defaultdict(list)
    for name in lately.values_list("zone", flat=True).distinct().order_by("zone"):
        days[day.of(name)].append(name)
    theirs = Q(pk__in=())
    for today, names in days.items():
        whose = lately.filter(zone__in=names).values("pk")
        theirs |= Q(local_date__gte=today, borrower_id__in=whose)
    near = Q()
    for kind in kinds:
        near |= Q(kind=kind, used__gte=max(caps[kind] - 1, 1))
    counted = of_seen(day.person, slots.filter(theirs)).values("borrower_id", "kind")
    return counted.annotate(used=Count("n")).filter(near)


def _rung(day: _Day, caps: Mapping[str, int]) -> list[Used]:
    """By number how often it rang, whoever was called by it, where at most one is left; the most first.

    Each with the borrower whom the person sees and whose day began first, as most counts against them.
    """
    if RING not in caps:
        return []
    least = max(caps[RING] - 1, 1)
    rings = day.slots.filter(kind=RING)
    often = rings.values("number").annotate(n_rung=Count("pk")).filter(n_rung__gte=least)
    near = rings.filter(number__in=often.values("number"))
    rows = list(near.values_list("number", "borrower_id", "local_date"))
    if not rows:
        return []
    seen = Borrower.objects.filter(pk__in=of_seen(day.person, near).values("borrower_id"))
    zones = dict(seen.values_list("pk", "zone"))
    today = {zone: day.of(zone) for zone in set(zones.values())}
    days: dict[str, list[date]] = defaultdict(list)
    whose: dict[str, tuple[date, str]] = {}
    for number, borrower_id, on in rows:
        days[number].append(on)
        if borrower_id in zones:
            own = (today[zones[borrower_id]], borrower_id)
            whose[number] = min(whose.get(number, own), own)
    counted = (
        (borrower_id, number, sum(on >= first for on in days[number]))
        for number, (first, borrower_id) in whose.items()
    )
    return sorted((one for one in counted if one[2] >= least), key=lambda one: (-one[2], one[:2]))


def _rows(day: _Day, used: list[Used]) -> tuple[NearCap, ...]:
    if not used:
        return ()
    ids = [borrower_id for borrower_id, _number, _count in used]
    people = Borrower.objects.filter(pk__in=ids).values_list("pk", "name", "zone")
    told = {pk: (name, zone) for pk, name, zone in people}
    today = {zone: day.of(zone) for zone in {"", *(zone for _name, zone in told.values())}}
    rung = [borrower_id for borrower_id, number, _count in used if number]
    theirs = ContactPoint.objects.filter(borrower_id__in=rung) if rung else ()
    values = {number_mark(point.value): point.value for point in theirs}
    cases = cases_of(day.person, ids)
    return tuple(
        NearCap(
            borrower_id=borrower_id,
            case_id=cases.get(borrower_id),
            name=told.get(borrower_id, ("", ""))[0],
            value=values.get(number, ""),
            zone=told.get(borrower_id, ("", ""))[1],
            local_date=today[told.get(borrower_id, ("", ""))[1]],
            used=count,
        )
        for borrower_id, number, count in used
    )
