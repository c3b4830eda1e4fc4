"""The log as it is verified and exported: numbered events in order, each with what it vouches for."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, Min, QuerySet

from arrears.verify import FORMAT, GENESIS, Wrong
from arrears.web.ledger.events import RECORDED, VERDICT, event_record, verdict_record
from arrears.web.ledger.models import (
    Event,
    EventLink,
    EventValue,
    EventWaiting,
    GateVerdict,
    LogCheck,
    LogHead,
    StatedFact,
)

PAGE = 900  # SQLite has been built with room for 999

Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class LogState:
    """How the log stands: what has a number, what waits, how far it is checked and anchored."""

    count: int
    waiting: int
    waiting_since: datetime | None  # of the oldest event that has no number
    checked_at: datetime | None
    whole_at: datetime | None
    wrong: tuple[Wrong, ...]
    anchored_count: int
    anchored_at: datetime | None
    tried_at: datetime | None
    faults: tuple[str, ...]

    @property
    def unanchored(self) -> int:
        """How many numbered events no anchor holds yet."""
        return max(self.count - self.anchored_count, 0)


def log_state() -> LogState:
    """How the log stands now."""
    kept = LogCheck.objects.first() or LogCheck()
    return LogState(
        count=log_head()["count"],
        **EventWaiting.objects.aggregate(waiting=Count("pk"), waiting_since=Min("event__at")),
        checked_at=kept.checked_at,
        whole_at=kept.whole_at,
        wrong=tuple(Wrong(**one) for one in kept.wrong),
        anchored_count=kept.anchored_count,
        anchored_at=kept.anchored_at,
        tried_at=kept.tried_at,
        faults=tuple(kept.faults),
    )


def log_head() -> Record:
    """The last number that was given and its hash, in the format of an export."""
    found = LogHead.objects.values("count", "hash").first() or {"count": 0, "hash": GENESIS}
    return {"format": FORMAT, **found}


def checked_to() -> tuple[int, str]:
    """The number up to which the log is checked, and its hash, if its link still has that; else the first."""
    kept = LogCheck.objects.exclude(checked_at=None).first()
    if kept is None or not EventLink.objects.filter(seq=kept.count, hash=kept.hash).exists():
        return 0, GENESIS
    return kept.count, kept.hash


def settings_logged() -> Mapping[str, Any]:
    """The settings that were logged last; empty where none were."""
    last = (
        Event.objects.filter(verb="use_settings").order_by("-pk").values_list("detail", flat=True)
    )
    return last.first() or {}


def stated_now() -> list[str]:
    """What is stated of all borrowers by the run that is before people."""
    told = StatedFact.objects.filter(run__pointer__isnull=False).order_by("fact")
    return [f"{fact}={value}" for fact, value in told.values_list("fact", "value")]


@contextmanager
def one_moment() -> Iterator[None]:
    """What is read meanwhile is the ledger of one moment, and nobody who writes waits for it."""
    if connection.in_atomic_block:  # the caller's moment
        yield
    elif connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
    else:  # `atomic` would take SQLite's one right to write
        with connection.cursor() as cursor:
            cursor.execute("BEGIN")
            try:
                yield
            finally:
                cursor.execute("ROLLBACK")


def records(*, after: int = 0, values: bool = True) -> Iterator[Record]:
    """Each numbered event behind a number, in order, then each that has none and waits for none.

    A record has `seq`, `hash`, `event`, and, where the event vouches for them, `verdict` and `values`.
    """
    while links := list(_links(after)):
        ids = [event_id for _seq, _hash, event_id in links]
        events = _readable(Event.objects.filter(pk__in=ids), RECORDED, event_record)
        wanted = [v for e in events.values() if (v := _verdict(e)) is not None]
        found = GateVerdict.objects.filter(pk__in=wanted)
        verdicts = _readable(found, VERDICT, verdict_record)
        kept = _values(ids) if values else {}
        for seq, link_hash, event_id in links:
            event = events.get(event_id)
            told: Record = {"seq": seq, "hash": link_hash, "event": event}
            if event and (verdict := _verdict(event)) is not None:
                told["verdict"] = verdicts.get(verdict)
            if event_id in kept:
                told["values"] = kept[event_id]
            yield told
        after = links[-1][0]
    yield from _without_number()


def _links(after: int) -> Any:
    found = EventLink.objects.filter(seq__gt=after).order_by("seq")
    return found.values_list("seq", "hash", "event_id")[:PAGE]


def _without_number() -> Iterator[Record]:
    """The events that the sequencer will never see: nobody who writes a log leaves one."""
    for event_id in Event.objects.filter(link=None, waiting=None).values_list("pk", flat=True):
        yield {"seq": None, "hash": None, "event": {"id": event_id}}


def _verdict(event: Record) -> int | None:
    """The verdict that an event vouches for."""
    sealed = event.get("seals")
    if not isinstance(sealed, dict) or "verdict" not in sealed:
        return None
    detail = event["detail"]
    known = detail.get("verdict") if isinstance(detail, dict) else None
    return known if isinstance(known, int) else None


def _values(ids: list[int]) -> dict[int, list[Record]]:
    """The personal values that are still there, by their event."""
    kept: dict[int, list[Record]] = defaultdict(list)
    rows = EventValue.objects.filter(event_id__in=ids).order_by("pk")
    for row in rows.values("event_id", "name", "salt", "value"):
        kept[row.pop("event_id")].append(row)
    return kept


def _readable(
    found: QuerySet[Any], columns: tuple[str, ...], record: Callable[[Record], Record]
) -> dict[int, Record]:
    """The rows by their id; of one whose columns hold what no program wrote there, nothing."""
    try:
        return {row["id"]: record(row) for row in found.values(*columns)}
    except (ValueError, TypeError, AttributeError):
        rows: dict[int, Record] = {}
        for row_id in found.values_list("pk", flat=True):
            try:
                rows[row_id] = record(found.values(*columns).get(pk=row_id))
            except (ValueError, TypeError, AttributeError):
                rows[row_id] = {"id": row_id}
        return rows
