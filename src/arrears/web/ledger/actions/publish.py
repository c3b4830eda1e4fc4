"""Putting a run before people: whole, in one transaction, and only ever forward."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc
from django.db.models import Exists, Max, OuterRef, QuerySet
from django.utils.timezone import localdate

from arrears.batch import read
from arrears.batch.grants import grants
from arrears.batch.runs import Run
from arrears.core.errors import UserError
from arrears.lake.home import Home
from arrears.web.ledger.actions.act import action, log
from arrears.web.ledger.actions.parties import (
    bring_parties,
    changes,
    in_parts,
    lock_borrowers,
)
from arrears.web.ledger.actions.payments import settle_payments
from arrears.web.ledger.actions.settle import settle_promises
from arrears.web.ledger.copy import change_rows, copy_rows, held_rows, learn_rows, without_nulls
from arrears.web.ledger.holds import whole_on
from arrears.web.ledger.models import (
    Case,
    CaseDay,
    Grant,
    Hold,
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
GOING_ON = pa.schema([(n, pa.string()) for n in ("borrower_id", "branch")]).insert(
    0, pa.field("id", pa.int64())
)

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
    again it changes nothing. Its cases are not marked yet: `mark_cases` does that afterwards.
    Raises: OlderRun.
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
            cards=read.cards(home, run),
            published_at=at,
        )
        shown = without_nulls(ranked.select(CASE_DAY))
        StatedFact.objects.bulk_create(
            StatedFact(run_id=run_id, **fact) for fact in read.stated(home, run)
        )
        RunFigure.objects.bulk_create(RunFigure(run_id=run_id, **f) for f in _figures(shown))
        granted = without_nulls(grants(home, run))
        for model, table in ((CaseDay, shown), (Grant, granted)):
            copy_rows(model, table.append_column("run_id", pa.repeat(run_id, table.num_rows)))
    going_on = held_rows(Case.objects.exclude(state__in=ENDED), GOING_ON)
    ended = going_on.filter(
        pc.invert(pc.is_in(going_on["borrower_id"], value_set=ranked["borrower_id"]))
    )
    told = changes(*parties())
    today = localdate(at, ZoneInfo(home.institution().zone))
    over = list(_over(today).values_list("borrower_id", flat=True))
    touched = [*told.changed_people["borrower_id"].to_pylist(), *ended["borrower_id"].to_pylist()]
    lock_borrowers([*touched, *over])
    bring_parties(told, as_of=run.as_of)
    opened = _open_cases(ranked, going_on, run.as_of, today)
    _follow_branches(ranked, going_on)
    cured = _cure_cases(ended, run.as_of)
    reopened = sum(
        _over(today).filter(borrower_id__in=some).update(state="open") for some in in_parts(over)
    )
    decided = settle_promises(home=home, as_of=run.as_of, at=at)
    booked = settle_payments(home=home, run=run, run_id=run_id, at=at)
    learn_rows(CaseDay, "run_id", "rank", "borrower_id", "branch", "treatment")
    learn_rows(Case, "borrower_id", "state", "branch", "taken_by_id")
    Pointer.objects.update_or_create(name="run", defaults={"run_id": run_id, "marked_at": None})
    log(
        "publish_run",
        by=None,
        at=at,
        run=run_id,
        cases=ranked.num_rows,
        opened=opened,
        cured=cured,
        reopened=reopened,
        booked=booked,
    )
    return Published(run.as_of, ranked.num_rows, opened, cured, decided)


def _figures(shown: pa.Table) -> list[dict[str, Any]]:
    """What the cases come to by branch and bucket, so that no page has to add them up."""
    added = shown.group_by(["branch", "bucket"]).aggregate(
        [("overdue_minor", "sum"), ([], "count_all")]
    )
    renamed = {"overdue_minor_sum": "overdue_minor", "count_all": "cases"}
    return [{renamed.get(k, k): v for k, v in row.items()} for row in added.to_pylist()]


def _open_cases(ranked: pa.Table, going_on: pa.Table, as_of: date, today: date) -> int:
    """Every borrower of the run has a case, on hold where a hold is still in force.

    A re-default is linked to the case before.
    """
    known = pc.is_in(ranked["borrower_id"], value_set=going_on["borrower_id"])
    new = without_nulls(ranked.select(("borrower_id", "branch")).filter(pc.invert(known)))
    new = new.sort_by("borrower_id")  # indexes fill from one end
    borrowers = new["borrower_id"].to_pylist()
    before = _ended_before(borrowers)
    on_hold = Hold.objects.filter(whole_on(today)).values_list("borrower_id", flat=True)
    held = pc.is_in(new["borrower_id"], value_set=pa.array(on_hold, pa.string()))
    new = new.append_column("state", pc.if_else(held, "held", "open"))
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
    for some in in_parts(borrowers):
        theirs = ended.filter(borrower_id__in=some).values_list("borrower_id")
        found.update(theirs.annotate(latest=Max("pk")).order_by())
    return found


def _follow_branches(ranked: pa.Table, going_on: pa.Table) -> None:
    """A case is of the branch that its borrower's worst loan is of, so that the right people see it."""
    place = pc.index_in(going_on["borrower_id"], value_set=ranked["borrower_id"])
    still = going_on.filter(pc.is_valid(place))
    branch = pc.fill_null(ranked["branch"].take(place.drop_null()), "")
    moved = pc.not_equal(still["branch"], branch)
    change_rows(Case, pa.table({"id": still["id"], "branch": branch}).filter(moved))


def _over(today: date) -> QuerySet[Case]:
    """The cases on hold whose last hold came to its end by itself.

    Their contacts neither wait for this nor go before it: the gate asks the holds, on their days.
    """
    on_hold = Hold.objects.filter(whole_on(today), borrower_id=OuterRef("borrower_id"))
    found: QuerySet[Case] = Case.objects.filter(~Exists(on_hold), state="held")
    return found


def _cure_cases(ended: pa.Table, as_of: date) -> int:
    """Cases of borrowers who are not overdue any more are cured, whoever had them."""
    cured = 0
    for some in in_parts(ended["id"].to_pylist()):
        cases = Case.objects.filter(pk__in=some).exclude(state__in=ENDED)
        cured += cases.update(state="cured", ended_date=as_of, taken_by=None, taken_at=None)
    return cured
