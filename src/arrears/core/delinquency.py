"""How late a loan is: days past due, bucket, five-class, and how much is overdue.

Worked tables: docs/explain/ageing.md. Conventions: docs/reference/conventions.md.
"""

from dataclasses import dataclass
from datetime import date

from arrears.core.allocation import Account, account, charged
from arrears.core.day import days_within
from arrears.core.interest import charge_minor, rate_index
from arrears.core.loan import LoanFacts, Snapshot

BUCKET_DAYS = 30
BUCKETS = ("M0", "M1", "M2", "M3", "M4", "M5", "M6", "M7+")
SNAPSHOT_DAYS = 45  # a status older than this says nothing about today


@dataclass(frozen=True, slots=True)
class ClassSteps:
    """From a day on: the five-class grade from a number of calendar days past due."""

    from_date: date
    steps: tuple[tuple[int, str], ...]  # (first day past due, grade), ascending
    source: str


FIVE_CLASS = (
    ClassSteps(
        date.min,
        (
            (0, "normal"),
            (1, "special_mention"),
            (91, "substandard"),
            (181, "doubtful"),
            (361, "loss"),
        ),
        "common practice under 银监发〔2007〕54号, "
        "which sets no day counts of its own; not verified",
    ),
    ClassSteps(
        date(2023, 7, 1),
        (
            (0, "normal"),
            (1, "special_mention"),
            (91, "substandard"),
            (271, "doubtful"),
            (361, "loss"),
        ),
        "商业银行金融资产风险分类办法 (2023 no. 1), arts. 10-13",
    ),
)


@dataclass(frozen=True, slots=True)
class Arrears:
    """Where one open loan stands at the close of `as_of`; the columns of tables.ARREARS.

    Units: `*_minor` minor units; None where a status book does not say.
    """

    loan_id: str
    as_of: date
    dpd: int
    counted_dpd: int
    bucket: str
    class5: str
    oldest_unpaid_date: date | None
    oldest_unpaid_seq: int | None
    overdue_minor: int | None
    overdue_fee_minor: int | None
    overdue_interest_minor: int | None
    overdue_principal_minor: int | None
    penalty_minor: int | None
    compound_minor: int | None
    outstanding_minor: int | None


def bucket(counted_dpd: int) -> str:
    """The bucket of a counted number of days past due: thirty days each, M7+ from 181."""
    return BUCKETS[min((max(counted_dpd, 0) + BUCKET_DAYS - 1) // BUCKET_DAYS, len(BUCKETS) - 1)]


def class5(dpd: int, as_of: date) -> str:
    """The five-class grade of calendar days past due under the thresholds in force on a day."""
    return [grade for first, grade in class_steps(as_of).steps if dpd >= first][-1]


def class_steps(as_of: date) -> ClassSteps:
    """The thresholds in force on a day."""
    return next(c for c in reversed(FIVE_CLASS) if c.from_date <= as_of)


def arrears(loan: LoanFacts, *, as_of: date, known_on: date) -> Arrears | None:
    """Where the loan stands, or None when it is not open: unopened, closed, or paid in full.

    Grain:  one loan in, one Arrears out.
    Source: docs/explain/ageing.md.
    """
    seen = loan.known(as_of=as_of, known_on=known_on)
    if seen.opened_date > as_of or seen.status == "closed":
        return None
    if seen.instalments:
        return _from_schedule(seen, as_of)
    return _from_snapshot(seen, as_of)


def paid_in_full(loan: LoanFacts, paid_minor: int) -> bool:
    """Whether what was paid reaches the whole schedule less the last instalment's tolerance."""
    last = max(i.seq for i in loan.instalments)
    total = sum(i.total_minor for i in loan.instalments)
    return paid_minor >= total - loan.terms.tolerance(last)


def _from_schedule(loan: LoanFacts, as_of: date) -> Arrears | None:
    paid = sum(p.amount_minor for p in loan.payments)
    if paid_in_full(loan, paid):
        return None
    state = account(loan.terms, loan.instalments, loan.payments, at=as_of)
    fee, interest, principal = state.totals()
    penalty, compound = charges(loan, state, as_of)
    oldest = state.oldest_uncovered()
    dpd = state.dpd(as_of)
    counted = counted_dpd(loan, oldest.due_date if oldest else None, dpd, as_of)
    due_beside_principal = sum(i.total_minor - i.principal_minor for i in state.due)
    principal_ever = sum(i.principal_minor for i in loan.instalments)
    return Arrears(
        loan_id=loan.loan_id,
        as_of=as_of,
        dpd=dpd,
        counted_dpd=counted,
        bucket=bucket(counted),
        class5=class5(dpd, as_of),
        oldest_unpaid_date=oldest.due_date if oldest else None,
        oldest_unpaid_seq=oldest.seq if oldest else None,
        overdue_minor=fee + interest + principal,
        overdue_fee_minor=fee,
        overdue_interest_minor=interest,
        overdue_principal_minor=principal,
        penalty_minor=penalty,
        compound_minor=compound,
        outstanding_minor=max(principal_ever + due_beside_principal - paid, 0),
    )


def counted_dpd(loan: LoanFacts, oldest_due: date | None, dpd: int, as_of: date) -> int:
    """Days past due less grace and less the days on which the clock was paused, at least 0."""
    if oldest_due is None:
        return 0
    paused = days_within(loan.pauses, oldest_due, as_of)
    return max(dpd - loan.terms.grace_days - paused, 0)


def charges(loan: LoanFacts, state: Account, as_of: date) -> tuple[int, int]:
    """Penalty and compound interest on everything ever unpaid after its due day, to `as_of`.

    Units:  minor units.
    Rounds: each half up, once.
    """
    penalty = rate_index(loan.terms, "penalty", upto=as_of)
    compound = rate_index(loan.terms, "compound", upto=as_of)
    on_principal, on_interest = charged(state.accruals, penalty, compound)
    return charge_minor(on_principal), charge_minor(on_interest)


def _from_snapshot(loan: LoanFacts, as_of: date) -> Arrears | None:
    latest = latest_snapshot(loan, as_of)
    if latest is None or latest.reported_dpd < 0:
        return None
    dpd = latest.reported_dpd
    return Arrears(
        loan_id=loan.loan_id,
        as_of=as_of,
        dpd=dpd,
        counted_dpd=dpd,
        bucket=bucket(dpd),
        class5=class5(dpd, as_of),
        oldest_unpaid_date=None,
        oldest_unpaid_seq=None,
        overdue_minor=None,
        overdue_fee_minor=None,
        overdue_interest_minor=None,
        overdue_principal_minor=None,
        penalty_minor=None,
        compound_minor=None,
        outstanding_minor=latest.balance_minor,
    )


def latest_snapshot(loan: LoanFacts, as_of: date) -> Snapshot | None:
    """The latest status that is recent enough to speak for `as_of`."""
    recent = [s for s in loan.snapshots if 0 <= (as_of - s.snapshot_date).days <= SNAPSHOT_DAYS]
    return max(recent, key=lambda s: s.snapshot_date, default=None)
