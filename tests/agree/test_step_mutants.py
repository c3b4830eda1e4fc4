"""The agreement tests can see: each of these mistakes, planted in a step, is caught."""

from dataclasses import replace
from datetime import timedelta

import pytest

from arrears.batch import plan, run
from tests.lib.engines import disagreements, many_loans, meant, run_steps
from tests.lib.loans import AS_OF, telling_loans

pytestmark = pytest.mark.long

MUTANTS = (
    ("loan", "l.opened_date <= :as_of", "TRUE"),
    ("loan", "l.opened_date <= :as_of", "l.opened_date < :as_of"),
    ("paid", "WHERE value_date <= :as_of", ""),
    ("paid", "value_date <= :as_of", "value_date < :as_of"),
    ("schedule", "due_date <= :as_of", "due_date < :as_of"),
    ("balance", "- l.tolerance_minor", "- 0 * l.tolerance_minor"),
    ("balance", "tolerance_grows = 1 THEN s.last_seq", "tolerance_grows = 1 THEN 1"),
    ("late_due", "i.due_date <= :as_of AND", ""),
    ("oldest", "tolerance_grows = 1 THEN d.seq", "tolerance_grows = 1 THEN 1"),
    ("late_paid", "p.value_date <= :as_of AND", ""),
    ("late_due", "i.due_date >= l.from_date", "i.due_date > l.from_date"),
    ("late_paid", "p.value_date >= l.from_date", "p.value_date > l.from_date"),
    ("late_paid", "p.value_date <= l.to_date", "p.value_date < l.to_date"),
    ("fold_event", "p.value_date <= l.to_date", "p.value_date < l.to_date"),
    ("due", "due_before_minor +", ""),
    ("reached", "paid_before_minor AS", "CAST(0 AS BIGINT) AS"),
    ("fold_event", "  l.paid_before_minor - l.due_before_minor", "  0"),
    ("unpaid", "r.reached_minor < d.through_minor", "r.reached_minor <= d.through_minor - 1000"),
    ("unpaid", "GREATEST(r.from_date, d.due_date)", "r.from_date"),
    ("unpaid", "LEAST(principal_minor, missing_minor)", "missing_minor"),
    ("charge", "ROUND(SUM(CAST(u.principal_minor", "ROUND(1.4 * SUM(CAST(u.principal_minor"),
    ("charge", "a.day = u.from_date", "a.day = u.to_date"),
    ("standing", "GREATEST(missing_minor - principal_minor, 0)", "missing_minor"),
    ("oldest", "    > l.tolerance_minor", "    >= l.tolerance_minor"),
    ("oldest", "    > l.tolerance_minor", "    > 0"),
    ("oldest", "ORDER BY d.due_date, d.seq", "ORDER BY d.due_date DESC, d.seq"),
    ("stated", "snapshot_date >= :oldest_snapshot", "snapshot_date > :oldest_snapshot"),
    ("days", "+ l.first_day", ""),
    ("days", "- l.grace_days", ""),
    ("days", "- COALESCE(p.paused_days, 0)", ""),
    ("case_loan", "a.counted_dpd DESC", "a.counted_dpd"),
    ("case_loan", "WHERE dpd >= 1", "WHERE dpd > 1"),
)


LATE = AS_OF + timedelta(days=400)  # all is known, so only the as-of filters hold things back


@pytest.fixture(scope="module")
def book():
    return [*many_loans(500, number=1), *telling_loans()]


@pytest.fixture(scope="module")
def meaning(book):
    return meant(book, as_of=AS_OF, known_on=LATE)


@pytest.mark.parametrize(("name", "said", "planted"), MUTANTS)
def test_a_planted_mistake_is_caught(book, meaning, monkeypatch, name, said, planted):
    (right,) = (step for step in plan.steps() if step.name == name)
    assert said in right.sql
    wrong = replace(right, sql=right.sql.replace(said, planted))
    steps = tuple(wrong if step.name == name else step for step in plan.steps())
    monkeypatch.setattr(run.plan, "steps", lambda: steps)
    assert disagreements(meaning, run_steps(book, as_of=AS_OF, known_on=LATE))


def test_without_a_mistake_nothing_is_caught(book, meaning):
    assert not disagreements(meaning, run_steps(book, as_of=AS_OF, known_on=LATE))
