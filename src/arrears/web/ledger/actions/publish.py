"""Putting a run before people: whole, in one transaction, and only ever forward."""

from dataclasses import dataclass
from datetime import date, datetime

import pyarrow as pa
from django.db import connection

from arrears.batch import read
from arrears.batch.runs import Run
from arrears.core.errors import UserError
from arrears.lake.home import Home
from arrears.web.ledger.actions.act import action, log
from arrears.web.ledger.actions.settle import settle_promises
from arrears.web.ledger.copy import copy_rows, without_nulls
from arrears.web.ledger.models import (
    Borrower,
    Case,
    CaseDay,
    ContactPoint,
    Pointer,
    PublishedRun,
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
        copy_rows(CaseDay, shown.append_column("run_id", pa.repeat(run_id, shown.num_rows)))
    opened = _open_cases(run_id, run.as_of)
    cured = _cure_cases(run_id, run.as_of)
    _bring_parties(home, run)
    decided = settle_promises(home=home, as_of=run.as_of, at=at)
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


def _open_cases(run_id: str, as_of: date) -> int:
    """Every borrower of the run has a case; a re-default is linked to the case before."""
    ended = ", ".join(f"'{state}'" for state in ENDED)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ledger_case (borrower_id, state, branch, opened_date, before_id) "
            "SELECT d.borrower_id, 'open', d.branch, %s, b.id "
            "FROM ledger_caseday AS d "
            f"LEFT JOIN ledger_case AS c ON c.borrower_id = d.borrower_id AND c.state NOT IN ({ended}) "
            "LEFT JOIN (SELECT borrower_id, MAX(id) AS id FROM ledger_case GROUP BY borrower_id) AS b "
            "ON b.borrower_id = d.borrower_id "
            "WHERE d.run_id = %s AND c.id IS NULL ORDER BY d.rank",
            [as_of, run_id],
        )
        return int(cursor.rowcount)


def _cure_cases(run_id: str, as_of: date) -> int:
    """Cases of borrowers who are not overdue any more are cured, whoever had them."""
    return int(
        Case.objects.exclude(state__in=ENDED)
        .exclude(borrower_id__in=CaseDay.objects.filter(run_id=run_id).values("borrower_id"))
        .update(state="cured", ended_date=as_of, taken_by=None, taken_at=None)
    )


def _bring_parties(home: Home, run: Run) -> None:
    """Who the borrowers with a case are and how they can be reached, as the book knows by this run."""
    people, points = read.parties(home, run)
    for model, columns, table in ((Borrower, BORROWER, people), (ContactPoint, POINT, points)):
        told = without_nulls(table.select(columns))
        held = {row[0]: row for row in model.objects.values_list(*columns)}
        new = [key not in held for key in told[columns[0]].to_pylist()]
        copy_rows(model, told.filter(pa.array(new, pa.bool_())))
        for row in told.to_pylist():
            key, *values = row.values()
            if held.get(key, (key, *values)) != (key, *values):
                model.objects.filter(pk=key).update(**dict(zip(columns[1:], values, strict=True)))
