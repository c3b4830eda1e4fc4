"""What people did, as a feed of the book: contacts, promises and holds go back to where a run reads them."""

from collections import defaultdict
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq

from arrears.core.case import FLAGS
from arrears.synth.sheet import schema
from arrears.web.ledger.models import Contact, Hold, Message, Promise

GONE_OUT = ("sent", "delivered", "bounced", "in_doubt")  # in doubt counts: it may have arrived

NEXT = timedelta(days=1)

Row = dict[str, Any]


def work(*, zone: ZoneInfo, until: date, since: date | None = None) -> dict[str, pa.Table]:
    """What people and the sender did, as it is known by a day; or only what is new `since` one.

    Shapes: the tables `contacts`, `promises`, `flags` and `holds` of the book, with `known_date`; ids begin
    with `work-`, so that none is one of the bank's. What has changed is told again under a later
    known day, never under the same, as the book could not say which of the two came last.
    Units: days where the institution is.
    """
    made = {
        "contacts": _contacts(zone),
        "promises": _promises(),
        "flags": _flags(zone),
        "holds": _holds(zone),
    }
    return {
        name: pa.Table.from_pylist(
            [row for row in rows if (since or date.min) <= row["known_date"] <= until],
            schema=schema(name),
        )
        for name, rows in made.items()
    }


def write_work(
    folder: Path, *, zone: ZoneInfo, until: date, since: date | None = None
) -> dict[str, int]:
    """The work lies in the folder as files of the `standard` layout; the rows of each table."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = {}
    for name, table in work(zone=zone, until=until, since=since).items():
        file = folder / f"{name}-work.parquet"
        draft = folder / f".{file.name}.draft"
        pq.write_table(table, draft)
        draft.replace(file)
        rows[name] = table.num_rows
    return rows


def _contacts(zone: ZoneInfo) -> list[Row]:
    spoken = Contact.objects.values_list(
        "pk", "borrower_id", "channel", "outcome", "contact_date"
    ).order_by("pk")
    written = (
        Message.objects.filter(state__in=GONE_OUT)
        .values_list("pk", "borrower_id", "channel", "claimed_at")
        .order_by("pk")
    )
    rows = [("c", *row) for row in spoken]
    rows += [("m", *row[:3], "sent", _day(row[3], zone)) for row in written]
    return [
        {
            "contact_id": f"work-{kind}{pk}",
            "borrower_id": borrower_id,
            "channel": channel,
            "outcome": outcome,
            "contact_date": day,
            "known_date": day,
        }
        for kind, pk, borrower_id, channel, outcome, day in rows
    ]


def _promises() -> list[Row]:
    """Promises; one that was withdrawn ends before it was made, so that it asks for nothing."""
    rows = []
    for promise in Promise.objects.order_by("pk"):
        row = {
            "promise_id": f"work-{promise.pk}",
            "borrower_id": promise.borrower_id,
            "made_date": promise.made_date,
            "due_date": promise.due_date,
            "amount_minor": promise.amount_minor,
            "tolerance_days": promise.tolerance_days,
            "known_date": promise.made_date,
        }
        if promise.state == "withdrawn":
            tomorrow = promise.made_date + NEXT
            withdrawn = {"due_date": promise.made_date - NEXT, "tolerance_days": 0}
            row |= {**withdrawn, "known_date": max(promise.decided_date or tomorrow, tomorrow)}
        rows.append(row)
    return rows


def _flags(zone: ZoneInfo) -> list[Row]:
    """The holds that a run knows as flags: those of a whole case.

    Those of one kind that begin on one day are one flag, as long as any of them lasts.
    """
    together: dict[tuple[str, str, date], list[Hold]] = defaultdict(list)
    for hold in Hold.objects.filter(kind__in=FLAGS).order_by("pk"):
        if hold.facts.whole:
            together[(hold.borrower_id, hold.kind, _begun(hold, zone))].append(hold)
    return [
        {
            "borrower_id": borrower_id,
            "kind": kind,
            "evidence": "work",
            "from_date": begun,
            **_until(holds, "to_date", zone),
        }
        for (borrower_id, kind, begun), holds in together.items()
    ]


def _holds(zone: ZoneInfo) -> list[Row]:
    """Every hold of a borrower with what it stops, without the number or address itself."""
    return [
        {
            "hold_id": f"work-{hold.pk}",
            "borrower_id": hold.borrower_id,
            "kind": hold.kind,
            "channels": hold.channels or None,
            "purposes": hold.purposes or None,
            "role": hold.role or None,
            "point_id": hold.point_id,
            "from_date": _begun(hold, zone),
            **_until([hold], "until_date", zone),
        }
        for hold in Hold.objects.exclude(borrower_id="").order_by("pk")
    ]


def _until(holds: list[Hold], name: str, zone: ZoneInfo) -> Row:
    """The day on which the last of some holds ends, and since when that is known.

    Each time that it became another one is a later known day.
    """
    moments = sorted(moment for hold in holds for moment in (hold.at, hold.ended_at) if moment)
    known = _day(moments[0], zone)
    told = _end([hold for hold in holds if hold.at <= moments[0]], moments[0], zone)
    for moment in moments[1:]:
        end = _end([hold for hold in holds if hold.at <= moment], moment, zone)
        if end != told:
            known, told = max(_day(moment, zone), known + NEXT), end
    return {name: told, "known_date": known}


def _end(holds: list[Hold], by: datetime, zone: ZoneInfo) -> date | None:
    """The day on which the last of these is over, as it was known at a moment; None: not known."""
    ends = []
    for hold in holds:
        over = [hold.until_date] if hold.until_date else []
        over += [_day(hold.ended_at, zone)] if hold.ended_at and hold.ended_at <= by else []
        if not over:
            return None
        ends.append(min(over))
    return max(ends)


def _begun(hold: Hold, zone: ZoneInfo) -> date:
    return hold.from_date or _day(hold.at, zone)


def _day(moment: datetime, zone: ZoneInfo) -> date:
    return moment.astimezone(zone).date()
