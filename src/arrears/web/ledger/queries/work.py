"""What people did, as a feed of the book: contacts, promises and holds go back to where a run reads them."""

from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq

from arrears.synth.sheet import schema
from arrears.web.ledger.models import Contact, Hold, Message, Promise

GONE_OUT = ("sent", "delivered", "bounced", "in_doubt")  # in doubt counts: it may have arrived

Row = dict[str, Any]


def work(*, zone: ZoneInfo, on: date | None = None) -> dict[str, pa.Table]:
    """Everything that people and the sender did, or what was done or ended on one day.

    Shapes: the tables `contacts`, `promises` and `flags` of the book, with `known_date`; ids begin
    with `work-`, so that none is one of the bank's. A promise that was withdrawn is left out.
    Units: days where the institution is.
    """
    made = {"contacts": _contacts(zone), "promises": _promises(), "flags": _flags(zone)}
    return {name: _table(name, rows, on) for name, rows in made.items()}


def write_work(folder: Path, *, zone: ZoneInfo, on: date | None = None) -> dict[str, int]:
    """The work lies in the folder as files of the `standard` layout; the rows of each table."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = {}
    for name, table in work(zone=zone, on=on).items():
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
        .values_list("pk", "borrower_id", "channel", "state", "claimed_at")
        .order_by("pk")
    )
    rows = [("c", *row[:4], row[4]) for row in spoken]
    rows += [("m", *row[:4], _day(row[4], zone)) for row in written]
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
    told = Promise.objects.exclude(state="withdrawn").order_by("pk")
    return [
        {
            "promise_id": f"work-{promise.pk}",
            "borrower_id": promise.borrower_id,
            "made_date": promise.made_date,
            "due_date": promise.due_date,
            "amount_minor": promise.amount_minor,
            "tolerance_days": promise.tolerance_days,
            "known_date": promise.made_date,
        }
        for promise in told
    ]


def _flags(zone: ZoneInfo) -> list[Row]:
    """Holds; those of one kind that began on one day are one flag, as long as any of them lasts."""
    flags: dict[tuple[str, str, date], Row] = {}
    for hold in Hold.objects.order_by("pk"):
        begun = _day(hold.at, zone)
        ended = _day(hold.ended_at, zone) if hold.ended_at else None
        row = {
            "borrower_id": hold.borrower_id,
            "kind": hold.kind,
            "evidence": f"work-{hold.pk}",
            "from_date": begun,
            "to_date": ended,
            "known_date": ended or begun,
        }
        same = flags.setdefault((hold.borrower_id, hold.kind, begun), row)
        if same["to_date"] and (ended is None or ended > same["to_date"]):
            flags[(hold.borrower_id, hold.kind, begun)] = row
    return list(flags.values())


def _table(name: str, rows: list[Row], on: date | None) -> pa.Table:
    told = [row for row in rows if on is None or row["known_date"] == on]
    return pa.Table.from_pylist(told, schema=schema(name))


def _day(moment: datetime, zone: ZoneInfo) -> date:
    return moment.astimezone(zone).date()
