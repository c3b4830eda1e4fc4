"""Putting a run before people: whole, in one transaction, and only ever forward."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

import pyarrow as pa
import pyarrow.compute as pc
from django.db.models import Max

from arrears.batch import read
from arrears.batch.runs import Run
from arrears.core.errors import UserError
from arrears.lake.home import Home
from arrears.web.ledger.actions.act import action, log
from arrears.web.ledger.actions.settle import settle_promises
from arrears.web.ledger.copy import change_rows, copy_rows, held_rows, learn_rows, without_nulls
from arrears.web.ledger.models import (
    Borrower,
    Case,
    CaseDay,
    ContactPoint,
    Pointer,
    PublishedRun,
    RunFigure,
    StatedFact,
)
from arrears.web.ledger.models.case import ENDED

# The columns of CaseDay that come from the run, as `read.ranked_cases` gives them.
CASE_DAY = (
    "borrower_id",
    "rank",
    "treatment",
    "reasons",
    "borrower_kind",
    "loans",
    "loans_overdue",
    "worst_loan_id",
    "dpd",
    "counted_dpd",
    "bucket",
    "class5",
    "overdue_minor",
    "penalty_minor",
    "compound_minor",
    "outstanding_minor",
    "branch",
    "product",
    "last_contact_date",
    "promise_broken_today",
    "flags",
)
BORROWER = (
    "borrower_id",
    "kind",
    "name",
    "id_number",
    "zone",
    "language",
    "region_code",
    "address",
)
POINT = ("point_id", "borrower_id", "role", "kind", "value", "source", "valid_from")
GOING_ON = pa.schema([("id", pa.int64()), ("borrower_id", pa.string())])
IDS_AT_ONCE = 900  # SQLite has been built with room for 999

T = TypeVar("T")
Parties = tuple[pa.Table, pa.Table]


class OlderRun(UserError):
    """People see a later business day already."""

    exit_code = 103


@dataclass(frozen=True, slots=True)
class Published:
    """What publishing changed. Grain: one per run."""

    as_of: date
    cases: int
    opened: int
    cured: int
    promises_decided: int


@action
def publish_run(*, home: Home, run: Run, at: datetime) -> Published:
    """People see this run: its ranked cases, who is new, who is cured, which promises are decided.

    A case is touched only when it is new or cured; the rest of the run is copied beside it. Published
    again it changes nothing. Raises: OlderRun.
    """
    seen = Pointer.objects.select_for_update().select_related("run").first()
    if seen and seen.run.as_of > run.as_of:
        raise OlderRun(
            f"People see {seen.run.as_of} already; {run.as_of} lies before it",
            hint="Publishing only moves forward. To look back, use: arrears explain --as-of DATE",
        )
    run_id = f"{run.as_of}-{run.folder.name}"
    if seen and seen.run_id == run_id:
        return Published(run.as_of, seen.run.cases, 0, 0, 0)
    ranked = read.ranked_cases(run)
    with ThreadPoolExecutor(1) as reader:
        parties = reader.submit(read.parties, home, run)  # meanwhile the database is busy
        return _published(home, run, run_id, ranked, at, parties.result)


def _published(
    home: Home,
    run: Run,
    run_id: str,
    ranked: pa.Table,
    at: datetime,
    parties: Callable[[], Parties],
) -> Published:
    """What publishing changed, once it is done."""
    if not PublishedRun.objects.filter(pk=run_id).exists():
        PublishedRun.objects.create(
            run_id=run_id,
            as_of=run.as_of,
            known_on=run.known_on,
            book_version=run.book_version,
            cases=ranked.num_rows,
            published_at=at,
        )
        shown = without_nulls(ranked.select(CASE_DAY))
        StatedFact.objects.bulk_create(
            StatedFact(run_id=run_id, **fact) for fact in read.stated(home, run)
        )
        RunFigure.objects.bulk_create(RunFigure(run_id=run_id, **f) for f in _figures(shown))
        copy_rows(CaseDay, shown.append_column("run_id", pa.repeat(run_id, shown.num_rows)))
    going_on = held_rows(Case.objects.exclude(state__in=ENDED), GOING_ON)
    opened = _open_cases(ranked, going_on, run.as_of)
    cured = _cure_cases(ranked, going_on, run.as_of)
    _bring_parties(*parties())
    decided = settle_promises(home=home, as_of=run.as_of, at=at)
    learn_rows(CaseDay, "run_id", "rank", "borrower_id", "branch", "treatment")
    learn_rows(Case, "borrower_id", "state", "branch", "taken_by_id")
    Pointer.objects.update_or_create(name="run", defaults={"run_id": run_id})
    log(
        "publish_run",
        by=None,
        at=at,
        run=run_id,
        cases=ranked.num_rows,
        opened=opened,
        cured=cured,
    )
    return Published(run.as_of, ranked.num_rows, opened, cured, decided)


def _figures(shown: pa.Table) -> list[dict[str, Any]]:
    """What the cases come to by branch and bucket, so that no page has to add them up."""
    added = shown.group_by(["branch", "bucket"]).aggregate(
        [("overdue_minor", "sum"), ([], "count_all")]
    )
    renamed = {"overdue_minor_sum": "overdue_minor", "count_all": "cases"}
    return [{renamed.get(k, k): v for k, v in row.items()} for row in added.to_pylist()]


def _open_cases(ranked: pa.Table, going_on: pa.Table, as_of: date) -> int:
    """Every borrower of the run has a case; a re-default is linked to the case before."""
    known = pc.is_in(ranked["borrower_id"], value_set=going_on["borrower_id"])
    new = without_nulls(ranked.select(("borrower_id", "branch")).filter(pc.invert(known)))
    new = new.sort_by("borrower_id")  # indexes fill from one end
    borrowers = new["borrower_id"].to_pylist()
    before = _ended_before(borrowers)
    new = new.append_column("state", pa.repeat("open", new.num_rows))
    new = new.append_column("opened_date", pa.repeat(as_of, new.num_rows))
    linked = pa.array([before.get(b) for b in borrowers], pa.int64())
    copy_rows(Case, new.append_column("before_id", linked))
    return int(new.num_rows)


def _ended_before(borrowers: Sequence[str]) -> dict[str, int]:
    """The latest case that has ended, of those of some borrowers who had one."""
    ended = Case.objects.filter(state__in=ENDED)
    found: dict[str, int] = {}
    if not ended.exists():
        return found
    for some in _in_parts(borrowers):
        theirs = ended.filter(borrower_id__in=some).values_list("borrower_id")
        found.update(theirs.annotate(latest=Max("pk")).order_by())
    return found


def _cure_cases(ranked: pa.Table, going_on: pa.Table, as_of: date) -> int:
    """Cases of borrowers who are not overdue any more are cured, whoever had them."""
    overdue = pc.is_in(going_on["borrower_id"], value_set=ranked["borrower_id"])
    cured = 0
    for some in _in_parts(going_on["id"].filter(pc.invert(overdue)).to_pylist()):
        cases = Case.objects.filter(pk__in=some).exclude(state__in=ENDED)
        cured += cases.update(state="cured", ended_date=as_of, taken_by=None, taken_at=None)
    return cured


def _bring_parties(people: pa.Table, points: pa.Table) -> None:
    """Who the borrowers with a case are and how they can be reached, as the book knows by this run."""
    for model, columns, table in ((Borrower, BORROWER, people), (ContactPoint, POINT, points)):
        told = without_nulls(table.select(columns))
        held = held_rows(model.objects.all(), told.schema)
        place = pc.index_in(told[columns[0]], value_set=held[columns[0]])
        copy_rows(model, told.filter(pc.is_null(place)))
        again = told.filter(pc.is_valid(place))
        change_rows(model, again.filter(_differ(again, held.take(place.drop_null()))))


def _differ(told: pa.Table, held: pa.Table) -> pa.Array:
    """Which rows are not the same in both; the rows stand in the same order."""
    no = pa.scalar(value=False)
    differ = pa.repeat(no, told.num_rows)
    for ours, theirs in zip(told.columns, held.columns, strict=True):
        missing = pc.xor(pc.is_null(ours), pc.is_null(theirs))
        other = pc.or_(missing, pc.fill_null(pc.not_equal(ours, theirs), no))
        differ = pc.or_(differ, other)
    return differ


def _in_parts(ids: Sequence[T]) -> Iterator[Sequence[T]]:
    """The ids, so many at a time as one statement may ask for."""
    for first in range(0, len(ids), IDS_AT_ONCE):
        yield ids[first : first + IDS_AT_ONCE]
