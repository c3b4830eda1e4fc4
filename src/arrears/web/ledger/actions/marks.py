"""Marks of the day: whom no rule on stored facts lets anyone contact, said once a run is before people."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from django.db.models import QuerySet

from arrears.batch.mark import HOLDS, PURPOSE, REACHES, marked
from arrears.core.contact import HELP
from arrears.core.hold import HoldFacts, plain, possible_days
from arrears.rules.facts import known_zone
from arrears.web.ledger.actions.act import action, log
from arrears.web.ledger.actions.parties import lock_borrowers
from arrears.web.ledger.copy import copy_rows, held_rows
from arrears.web.ledger.facts import SOURCE_OF
from arrears.web.ledger.holds import OF_ANYONE, ON_ITS_WAY, Stops
from arrears.web.ledger.models import (
    Borrower,
    Case,
    CaseDay,
    CaseMark,
    ContactPoint,
    Hold,
    Pointer,
    ReceivedPayment,
    StatedFact,
)
from arrears.web.ledger.models.case import ENDED
from arrears.web.ledger.rulebook import book_in_use

STATES = pa.schema((("borrower_id", pa.string()), ("state", pa.string())))
CASES = pa.schema(
    (
        *((name, pa.string()) for name in ("borrower_id", "borrower_kind", "branch", "flags")),
        *((name, pa.int64()) for name in ("overdue_minor", "penalty_minor", "compound_minor")),
    )
)
POINTS = pa.schema(
    (name, pa.string()) for name in ("point_id", "borrower_id", "role", "kind", "value", "source")
)
ZONES = pa.schema((("borrower_id", pa.string()), ("zone", pa.string())))
FLAGGED = ("borrower_id", "flags")
CHANNELS = {
    kind: tuple(channel for channel, kinds in REACHES.items() if kind in kinds)
    for kind in sorted({kind for kinds in REACHES.values() for kind in kinds})
}
Holds = tuple[HoldFacts, ...]
ROW = pa.schema(
    (
        ("borrower_id", pa.string()),
        *((channel, pa.string()) for channel in REACHES),
        ("until_date", pa.date32()),
    )
)


@action
def mark_cases(*, at: datetime) -> int:
    """The cases of the run before people are marked by the rules on what is stored now; how many are.

    Once for each time that a run came before people: asked again it changes nothing and is 0. It is
    asked after every publishing, and again wherever messages are about to be proposed, so that what a
    crash left unmarked is marked then. The pointer's row is locked, then those of the borrowers on hold:
    whoever ends a hold meanwhile waits, and takes away the mark that rested on it.
    """
    pointer = Pointer.objects.select_for_update().filter(marked_at=None).first()
    if pointer is None:
        return 0
    run_id = pointer.run_id
    lock_borrowers([*_on_hold(), *_paying()])
    cases = held_rows(CaseDay.objects.filter(run_id=run_id), CASES)
    of_all = dict(StatedFact.objects.filter(run_id=run_id).values_list("fact", "value"))
    points = _usable(held_rows(ContactPoint.objects.filter(gone_since=None), POINTS), of_all)
    held, until = _held(cases, points, of_all.get("zone"), at)
    states = held_rows(Case.objects.exclude(state__in=ENDED), STATES)
    found = marked(book_in_use(), cases=cases, states=states, points=points, held=held, at=at)
    told = _rows(found, cases, until)
    CaseMark.objects.filter(run_id=run_id).delete()  # of when it was before people the last time
    copy_rows(CaseMark, told.append_column("run_id", pa.repeat(run_id, told.num_rows)))
    pointer.marked_at = at
    pointer.save(update_fields=["marked_at"])
    log("mark_cases", by=None, at=at, run=run_id, marked=told.num_rows)
    return int(told.num_rows)


def forget_marks(borrowers: Iterable[str]) -> None:
    """These borrowers' cases are marked no more, as what it rested on has changed; inside an action."""
    front = CaseMark.objects.filter(run__pointer__isnull=False)
    front.filter(borrower_id__in=set(borrowers)).delete()


def _rows(found: pa.Table, cases: pa.Table, until: Mapping[str, date]) -> pa.Table:
    """The rows of the marks: one of each borrower, with the rules against each channel."""
    rows: dict[str, dict[str, object]] = {}
    for borrower_id, channel, against in zip(*found.to_pydict().values(), strict=True):
        row = rows.setdefault(
            borrower_id, {"borrower_id": borrower_id} | dict.fromkeys(REACHES, "")
        )
        row[channel] = " ".join(dict.fromkeys(against))
        row["until_date"] = until.get(borrower_id)
    told = pa.Table.from_pylist(list(rows.values()), ROW)
    place = pc.index_in(told["borrower_id"], value_set=cases["borrower_id"])
    return told.append_column("branch", cases["branch"].take(place))


def _usable(points: pa.Table, stated: Mapping[str, str]) -> pa.Table:
    """The points with their source, which may be stated of all, and whether they may be used."""
    for kind, statement in SOURCE_OF.items():
        if statement in stated:
            unknown = pc.and_(pc.equal(points["kind"], kind), pc.equal(points["source"], ""))
            known = pc.if_else(unknown, stated[statement], points["source"])
            points = points.set_column(points.column_names.index("source"), "source", known)
    bad = ContactPoint.objects.filter(wrong_since__isnull=False)
    wrong = pa.array(list(bad.values_list("pk", flat=True)), pa.string())
    usable = pc.invert(pc.is_in(points["point_id"], value_set=wrong))
    return points.append_column("usable", usable)


def _held(
    cases: pa.Table, points: pa.Table, zone: str | None, at: datetime
) -> tuple[pa.Table, dict[str, date]]:
    """Which holds stop which point by which channel, and the first day on which a borrower's may be over."""
    theirs, closed = _holds(cases)
    concerned = pc.is_in(points["borrower_id"], value_set=pa.array(list(theirs), pa.string()))
    if closed:
        shut = [plain(value) in closed for value in points["value"].to_pylist()]
        concerned = pc.or_(concerned, pa.array(shut))
    few = points.filter(concerned).select(("point_id", "borrower_id", "role", "kind", "value"))
    own = _zones(few["borrower_id"])
    until: dict[str, date] = {}
    rows = []
    for point_id, borrower_id, role, kind, value in zip(*few.to_pydict().values(), strict=True):
        days = _days(at, own.get(borrower_id) or zone)
        holds = theirs.get(borrower_id, ())
        if closed:
            holds = (*holds, *closed.get(plain(value), ()))
        named = value if any(hold.value for hold in holds) else ""
        rows += [
            (point_id, channel, *stopped)
            for channel in CHANNELS.get(kind, ())
            if (stopped := _stopped(holds, days, channel, role, named))
        ]
        ends = [hold.until_date for hold in holds if hold.until_date and hold.in_force(*days)]
        if ends:
            until[borrower_id] = min([*ends, until.get(borrower_id, date.max)])
    columns = zip(*rows, strict=True) if rows else [()] * len(HOLDS)
    return pa.table(
        [pa.array(c, k) for c, k in zip(columns, HOLDS.types, strict=True)], HOLDS
    ), until


def _holds(cases: pa.Table) -> tuple[dict[str, Holds], dict[str, list[HoldFacts]]]:
    """The holds that nobody has ended: by borrower, and by the number that is closed for anyone."""
    theirs: dict[str, Holds] = defaultdict(tuple)
    closed: dict[str, list[HoldFacts]] = defaultdict(list)
    for hold in Hold.objects.filter(ended_at=None):
        theirs[hold.borrower_id] += (hold.facts,)
        if hold.value and hold.kind in OF_ANYONE:
            closed[hold.value].append(hold.facts)
    for borrower_id in set(_paying()):
        theirs[borrower_id] += (ON_ITS_WAY,)
    flagged = cases.filter(pc.not_equal(cases["flags"], ""))
    for borrower_id, flags in zip(*flagged.select(FLAGGED).to_pydict().values(), strict=True):
        theirs[borrower_id] += _of_flags(flags)
    return theirs, closed


def _zones(borrowers: pa.ChunkedArray) -> dict[str, str]:
    """The own zone of each of these borrowers who has one."""
    known = held_rows(Borrower.objects.exclude(zone=""), ZONES)
    theirs = known.filter(pc.is_in(known["borrower_id"], value_set=borrowers))
    return dict(zip(*theirs.to_pydict().values(), strict=True))


def _on_hold() -> QuerySet[Any]:
    """The borrowers of the holds that nobody has ended."""
    return Hold.objects.filter(ended_at=None).values_list("borrower_id", flat=True)


def _paying() -> QuerySet[Any]:
    """The borrowers of the payments on their way."""
    return ReceivedPayment.objects.filter(settled_at=None).values_list("borrower_id", flat=True)


# Most borrowers are stopped by flags alone, and there are few combinations of those.
@lru_cache(maxsize=1_024)
def _of_flags(flags: str) -> Holds:
    return tuple(HoldFacts(kind=flag) for flag in flags.split())


@lru_cache(maxsize=256)
def _days(at: datetime, zone: str | None) -> tuple[date, date]:
    return possible_days(at, known_zone(zone))


@lru_cache(maxsize=4_096)
def _stopped(
    holds: Holds, days: tuple[date, date], channel: str, role: str, value: str
) -> tuple[str, tuple[str, ...]] | None:
    """What they would be contacted for and the kinds that stop it; None where nothing stops collecting."""
    stops, to = Stops(holds, *days), {"channel": channel, "role": role, "value": value}
    stopping = stops.kinds(purpose=PURPOSE, **to)
    if not stopping:
        return None
    if channel != "call" or stops.purpose_in_person("call", role=role, value=value) != HELP:
        return PURPOSE, tuple(sorted(stopping))
    return HELP, tuple(sorted(stops.kinds(purpose=HELP, **to)))
