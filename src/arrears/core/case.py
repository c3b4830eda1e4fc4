"""A case is one borrower: several loans become one piece of work, and the worst loan leads."""

from collections.abc import Sequence
from dataclasses import dataclass

from arrears.core.delinquency import Arrears

TREATMENTS = (
    "none",
    "remind",
    "message",
    "courtesy",
    "letter",
    "call",
    "propose_visit",
    "propose_legal",
    "hold",
)

# The flags a case can carry, in the order in which they are written.
FLAGS = (
    "pause",
    "complaint",
    "dispute",
    "hardship",
    "vulnerable",
    "bereavement",
    "bankruptcy",
    "represented",
    "no_contact",
    "plan",
    "legal",
)

NEVER = 9999  # days since a contact that never took place

# The allowed moves of a case; a re-default is a new case linked to the old one.
CASE_MOVES = {
    "open": ("taken", "held", "in_plan", "cured", "closed"),
    "taken": ("open", "held", "in_plan", "cured", "closed"),
    "held": ("open", "taken", "cured", "closed"),  # taken only to offer help, never to collect
    "in_plan": ("open", "cured", "closed"),
    "cured": (),
    "closed": (),
}


@dataclass(frozen=True, slots=True)
class CaseFigures:
    """What a borrower's open loans come to. Units: minor units, days."""

    loans: int
    loans_overdue: int
    worst_loan_id: str
    dpd: int
    counted_dpd: int
    bucket: str
    class5: str
    overdue_minor: int
    penalty_minor: int
    compound_minor: int
    outstanding_minor: int


def case_figures(loans: Sequence[Arrears]) -> CaseFigures | None:
    """One borrower's loans as one case, or None when none of them is overdue.

    The worst loan is the one with most counted days past due, then most calendar days, then the
    largest overdue amount, then the first loan id. Amounts are sums over all open loans.
    """
    overdue = [a for a in loans if a.dpd >= 1]
    if not overdue:
        return None
    worst = min(overdue, key=lambda a: (-a.counted_dpd, -a.dpd, -(a.overdue_minor or 0), a.loan_id))
    return CaseFigures(
        loans=len(loans),
        loans_overdue=len(overdue),
        worst_loan_id=worst.loan_id,
        dpd=worst.dpd,
        counted_dpd=worst.counted_dpd,
        bucket=worst.bucket,
        class5=worst.class5,
        overdue_minor=sum(a.overdue_minor or 0 for a in loans),
        penalty_minor=sum(a.penalty_minor or 0 for a in loans),
        compound_minor=sum(a.compound_minor or 0 for a in loans),
        outstanding_minor=sum(a.outstanding_minor or 0 for a in loans),
    )
