"""Marks of the day: whom no rule on stored facts lets anyone contact, said at publishing for every case."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from arrears.batch.mark import HOLDS, PURPOSE, REACHES, marked
from arrears.core.hold import HoldFacts, kinds_stopping, plain, possible_days
from arrears.rules.facts import known_zone
from arrears.web.ledger.copy import copy_rows, held_rows, without_nulls
from arrears.web.ledger.facts import SOURCE_OF
from arrears.web.ledger.holds import OF_ANYONE, ON_ITS_WAY
from arrears.web.ledger.models import Case, CaseMark, ContactPoint, Hold, ReceivedPayment
from arrears.web.ledger.models.case import ENDED
from arrears.web.ledger.rulebook import book_in_use

STATES = pa.schema((("borrower_id", pa.string()), ("state", pa.string())))
AMOUNTS = ("borrower_id", "borrower_kind", "overdue_minor", "penalty_minor", "compound_minor")
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


def mark_cases(
    *,
    run_id: str,
    ranked: pa.Table,
    parties: tuple[pa.Table, pa.Table],
    stated: Iterable[Mapping[str, Any]],
    at: datetime,
) -> int:
    """The cases of the run are marked by the rules on what is stored now; how many are.

    Inside the action that publishes the run, once cases, points and payments are up to date.
    """
    people, points = parties
    of_all = {fact["fact"]: fact["value"] for fact in stated}
    points = _usable(without_nulls(points), of_all)
    held, until = _held(ranked, people, points, of_all.get("zone"), at)
    states = held_rows(Case.objects.exclude(state__in=ENDED), STATES)
    cases = ranked.select(AMOUNTS)
    found = marked(book_in_use(), cases=cases, states=states, points=points, held=held, at=at)
    rows: dict[str, dict[str, object]] = {}
    for borrower_id, channel, against in zip(*found.to_pydict().values(), strict=True):
        row = rows.setdefault(
            borrower_id, {"borrower_id": borrower_id} | dict.fromkeys(REACHES, "")
        )
        row[channel] = " ".join(dict.fromkeys(against))
        row["until_date"] = until.get(borrower_id)
    told = pa.Table.from_pylist(list(rows.values()), ROW)
    place = pc.index_in(told["borrower_id"], value_set=ranked["borrower_id"])
    told = told.append_column("branch", pc.fill_null(ranked["branch"].take(place), ""))
    CaseMark.objects.filter(run_id=run_id).delete()  # of when it was before people the last time
    copy_rows(CaseMark, told.append_column("run_id", pa.repeat(run_id, told.num_rows)))
    return len(rows)


def forget_marks(borrower_id: str) -> None:
    """The borrower's case is marked no more, as what it rested on has changed; inside an action."""
    CaseMark.objects.filter(borrower_id=borrower_id, run__pointer__isnull=False).delete()


def _usable(points: pa.Table, stated: Mapping[str, str]) -> pa.Table:
    """The points with their source, which may be stated of all, and whether they may be used."""
    for kind, statement in SOURCE_OF.items():
        if statement in stated:
            unknown = pc.and_(pc.equal(points["kind"], kind), pc.equal(points["source"], ""))
            known = pc.if_else(unknown, stated[statement], points["source"])
            points = points.set_column(points.column_names.index("source"), "source", known)
    bad = ContactPoint.objects.exclude(wrong_since=None, gone_since=None)
    wrong = pa.array(list(bad.values_list("pk", flat=True)), pa.string())
    usable = pc.invert(pc.is_in(points["point_id"], value_set=wrong))
    return points.append_column("usable", usable)


def _held(
    ranked: pa.Table, people: pa.Table, points: pa.Table, zone: str | None, at: datetime
) -> tuple[pa.Table, dict[str, date]]:
    """Which holds stop which point by which channel, and the first day on which a borrower's may be over."""
    theirs, closed = _holds(ranked)
    concerned = pc.is_in(points["borrower_id"], value_set=pa.array(list(theirs), pa.string()))
    if closed:
        shut = [plain(value) in closed for value in points["value"].to_pylist()]
        concerned = pc.or_(concerned, pa.array(shut))
    few = points.filter(concerned).select(("point_id", "borrower_id", "role", "kind", "value"))
    own = _zones(people, few["borrower_id"])
    until: dict[str, date] = {}
    rows = []
    for point_id, borrower_id, role, kind, value in zip(*few.to_pydict().values(), strict=True):
        days = _days(at, own.get(borrower_id) or zone)
        holds = theirs.get(borrower_id, ())
        if closed:
            holds = (*holds, *closed.get(plain(value), ()))
        named = value if any(hold.value for hold in holds) else ""
        rows += [
            (point_id, channel, stopping)
            for channel in CHANNELS.get(kind, ())
            if (stopping := _stopping(holds, days, channel, role, named))
        ]
        ends = [hold.until_date for hold in holds if hold.until_date and hold.in_force(*days)]
        if ends:
            until[borrower_id] = min([*ends, until.get(borrower_id, date.max)])
    columns = zip(*rows, strict=True) if rows else ((), (), ())
    return pa.table(
        [pa.array(c, k) for c, k in zip(columns, HOLDS.types, strict=True)], HOLDS
    ), until


def _holds(ranked: pa.Table) -> tuple[dict[str, Holds], dict[str, list[HoldFacts]]]:
    """The holds that nobody has ended: by borrower, and by the number that is closed for anyone."""
    theirs: dict[str, Holds] = defaultdict(tuple)
    closed: dict[str, list[HoldFacts]] = defaultdict(list)
    for hold in Hold.objects.filter(ended_at=None):
        theirs[hold.borrower_id] += (hold.facts,)
        if hold.value and hold.kind in OF_ANYONE:
            closed[hold.value].append(hold.facts)
    waiting = ReceivedPayment.objects.filter(settled_at=None).values_list("borrower_id", flat=True)
    for borrower_id in set(waiting):
        theirs[borrower_id] += (ON_ITS_WAY,)
    flagged = ranked.filter(pc.not_equal(pc.fill_null(ranked["flags"], ""), ""))
    for borrower_id, flags in zip(*flagged.select(FLAGGED).to_pydict().values(), strict=True):
        theirs[borrower_id] += _of_flags(flags)
    return theirs, closed


def _zones(people: pa.Table, borrowers: pa.ChunkedArray) -> dict[str, str | None]:
    """The own zone of each of these borrowers."""
    theirs = people.filter(pc.is_in(people["borrower_id"], value_set=borrowers))
    return dict(zip(*theirs.select(("borrower_id", "zone")).to_pydict().values(), strict=True))


# Most borrowers are stopped by flags alone, and there are few combinations of those.
@lru_cache(maxsize=1_024)
def _of_flags(flags: str) -> Holds:
    return tuple(HoldFacts(kind=flag) for flag in flags.split())


@lru_cache(maxsize=256)
def _days(at: datetime, zone: str | None) -> tuple[date, date]:
    return possible_days(at, known_zone(zone))


@lru_cache(maxsize=4_096)
def _stopping(
    holds: Holds, days: tuple[date, date], channel: str, role: str, value: str
) -> tuple[str, ...]:
    words = {"channel": channel, "purpose": PURPOSE, "role": role, "value": value}
    return tuple(sorted(kinds_stopping(holds, first=days[0], last=days[1], **words)))
