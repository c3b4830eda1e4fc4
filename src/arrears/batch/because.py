"""Which rule set each figure of a loan: a code with its values and its source, no words yet."""

from datetime import date
from typing import Any

from arrears.core.day import days_within
from arrears.core.delinquency import (
    BUCKET_DAYS,
    SNAPSHOT_DAYS,
    Arrears,
    class_steps,
    latest_snapshot,
)
from arrears.core.loan import LoanFacts, Snapshot, Terms

Because = dict[str, Any]  # code, source, and the values that its sentence names

AGEING = "docs/explain/ageing.md"
ALLOCATION = "docs/explain/allocation.md"
INTEREST = "docs/explain/interest.md"
CARD_LAW = "商业银行信用卡业务监督管理办法 art. 57"


def because(
    loan: LoanFacts, figures: Arrears | None, state: str, as_of: date
) -> dict[str, Because]:
    """The rule behind each figure of a loan as known; of a loan without figures, why it has none.

    Units: `*_minor` minor units, `*_days` calendar days.
    """
    if figures is None:
        return {"state": _out_of_the_run(loan, state, as_of)}
    told = {
        "bucket": _rule("thirty_days_each", AGEING, days=BUCKET_DAYS),
        "class5": _grade(figures.dpd, as_of),
    }
    latest = latest_snapshot(loan, as_of)
    if latest is not None and figures.overdue_minor is None:
        return {**_stated(latest), **told}
    return {**_days(loan, figures), **told, **_amounts(loan, as_of)}


def _rule(code: str, source: str, **values: Any) -> Because:
    return {"code": code, **values, "source": source}


def _out_of_the_run(loan: LoanFacts, state: str, as_of: date) -> Because:
    if state == "not_opened":
        return _rule("not_opened", AGEING, opened_date=loan.opened_date)
    if state == "paid_in_full":
        return _rule(
            "paid_in_full",
            AGEING,
            paid_minor=sum(p.amount_minor for p in loan.payments),
            total_minor=sum(i.total_minor for i in loan.instalments),
            **_tolerance(loan.terms),
        )
    if state == "unknown":
        return _rule("no_recent_status", AGEING, most_days=SNAPSHOT_DAYS)
    latest = None if loan.status == "closed" else latest_snapshot(loan, as_of)
    if latest is not None:
        return _rule("closed_by_status", AGEING, snapshot_date=latest.snapshot_date)
    return _rule("closed_by_bank", AGEING)


def _grade(dpd: int, as_of: date) -> Because:
    steps = class_steps(as_of)
    first, grade = [step for step in steps.steps if dpd >= step[0]][-1]
    return _rule("five_class", steps.source, first_day=first, grade=grade)


def _stated(latest: Snapshot) -> dict[str, Because]:
    """A book of statuses: the bank's number is taken as given."""
    return {
        "dpd": _rule(
            "stated_by_bank",
            AGEING,
            snapshot_date=latest.snapshot_date,
            reported_dpd=latest.reported_dpd,
            most_days=SNAPSHOT_DAYS,
        ),
        "counted_dpd": _rule("as_stated", AGEING),
        "outstanding_minor": _rule("balance_stated", AGEING),
    }


def _days(loan: LoanFacts, figures: Arrears) -> dict[str, Because]:
    terms, oldest = loan.terms, figures.oldest_unpaid_date
    if oldest is None:
        clock = _rule("all_covered", AGEING, **_tolerance(terms))
        return {"dpd": clock, "counted_dpd": _rule("as_dpd", AGEING)}
    clock = _rule(
        "oldest_uncovered",
        AGEING,
        seq=figures.oldest_unpaid_seq,
        due_date=oldest,
        dpd_start=terms.dpd_start,
        **_tolerance(terms),
    )
    paused = days_within(loan.pauses, oldest, figures.as_of)
    if not terms.grace_days and not paused:
        return {"dpd": clock, "counted_dpd": _rule("as_dpd", AGEING)}
    counted = _rule(
        "less_grace_and_pauses", AGEING, grace_days=terms.grace_days, paused_days=paused
    )
    return {"dpd": clock, "counted_dpd": counted}


def _tolerance(terms: Terms) -> dict[str, Any]:
    per = terms.tolerance_per if terms.tolerance_minor else "none"
    return {"tolerance_minor": terms.tolerance_minor, "tolerance_per": per}


def _amounts(loan: LoanFacts, as_of: date) -> dict[str, Because]:
    due = [i for i in loan.instalments if i.due_date <= as_of]
    due_minor = sum(i.total_minor for i in due)
    paid_minor = sum(p.amount_minor for p in loan.payments)
    less = "due_less_paid" if paid_minor <= due_minor else "paid_ahead"
    order = loan.terms.order
    return {
        "overdue_minor": _rule(less, AGEING, due_minor=due_minor, paid_minor=paid_minor),
        "allocation": _rule(order, CARD_LAW if order == "card_91" else ALLOCATION),
        "penalty_minor": _charge(loan.terms, "penalty", "principal"),
        "compound_minor": _charge(loan.terms, "compound", "interest"),
        "outstanding_minor": _rule(
            "principal_and_due_less_paid",
            AGEING,
            principal_minor=sum(i.principal_minor for i in loan.instalments),
            beside_minor=sum(i.interest_minor + i.fee_minor for i in due),
            paid_minor=paid_minor,
        ),
    }


def _charge(terms: Terms, kind: str, on: str) -> Because:
    if not any(rate.kind == kind for rate in terms.rates):
        return _rule("no_rate", INTEREST)
    cap = "none" if terms.cap_bps is None else "capped"
    return _rule(
        "daily_simple", INTEREST, on=on, day_count=terms.day_count, cap_bps=terms.cap_bps, cap=cap
    )
