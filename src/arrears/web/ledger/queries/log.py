"""The log as those read it who watch: who did what, when, to which case."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Prefetch, Q

from arrears.web.ledger.models import Case, Event, EventValue, Person
from arrears.web.ledger.policy import sees

PAGE = 50
REASON = "reason"  # the one value beside an event that its readers are shown
ERASED = "erased"  # in place of a value that is not kept any more
SYSTEM = 0  # in place of a person's number: what nobody did by hand


@dataclass(frozen=True, slots=True)
class Asked:
    """Which events are asked for; None and empty ask for all. `by` is a person's number or SYSTEM."""

    by: int | None = None
    verb: str = ""
    case_id: int | None = None
    day: date | None = None


@dataclass(frozen=True, slots=True)
class LogRow:
    """One event. `by` empty: the system itself. `detail`: codes and figures, as the action wrote them."""

    event_id: int
    at: datetime
    by: str
    verb: str
    case_id: int | None
    detail: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class LogPage:
    """Some events, newest first. `older` is where the next page begins, None on the last one."""

    rows: tuple[LogRow, ...]
    older: int | None


def events(person: Person, asked: Asked, *, zone: ZoneInfo, before: int | None = None) -> LogPage:
    """The events about cases that the person sees, and those about none, as far as they are asked for.

    Pages follow each other by the number of their first event: a log is too long to be counted.
    Units: a day is one where the institution is.
    """
    seen = sees(person)
    found = with_reasons(Event.objects.select_related("by"))
    if seen:
        found = found.filter(
            Q(case_id=None) | Q(case_id__in=Case.objects.filter(seen).values("pk"))
        )
    if asked.by is not None:
        found = found.filter(by=asked.by or None)
    if asked.verb:
        found = found.filter(verb=asked.verb)
    if asked.case_id is not None:
        found = found.filter(case_id=asked.case_id)
    if asked.day:
        begin = datetime.combine(asked.day, time.min, zone)
        end = datetime.combine(asked.day + timedelta(days=1), time.min, zone)
        found = found.filter(at__gte=begin, at__lt=end)
    if before is not None:
        found = found.filter(pk__lt=before)
    here = list(found.order_by("-pk")[: PAGE + 1])
    rows = tuple(_row(event) for event in here[:PAGE])
    return LogPage(rows, rows[-1].event_id if len(here) > PAGE else None)


def with_reasons(found: Any) -> Any:
    """The events, with the reasons that people gave, in one query more."""
    return found.prefetch_related(
        Prefetch("kept", EventValue.objects.filter(name=REASON), to_attr="reasons")
    )


def detail_of(event: Event) -> dict[str, Any]:
    """What an event of `with_reasons` tells, the reason among it, or that it was erased."""
    told = {kept.name: kept.value for kept in event.reasons}  # type: ignore[attr-defined]
    erased = {REASON: ERASED} if REASON in event.seals else {}
    return {**event.detail, **erased, **told}


def doers() -> tuple[tuple[int, str], ...]:
    """Everyone who was ever admitted, by name, for choosing whose events are shown."""
    return tuple(Person.objects.order_by("name", "pk").values_list("pk", "name"))


def _row(event: Event) -> LogRow:
    return LogRow(
        event_id=event.pk,
        at=event.at,
        by=event.by.name if event.by else "",
        verb=event.verb,
        case_id=event.case_id,
        detail=detail_of(event),
    )
