"""The waterfall and the charges as a clerk would do them, day by day, sharing no code with core.

Every day is worked out from the beginning: the payments that stand at its close go down a list of
debts, sorted as the product's order says. It is slow, plain, and has no cleverness to be wrong in.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from arrears.core.loan import LoanFacts, Payment, Terms

ONE = timedelta(days=1)
RANK = {"fee": 0, "interest": 1, "principal": 2}


@dataclass
class Debt:
    """One part of one instalment, from the day it falls due. Units: minor units still unpaid."""

    due_date: date
    seq: int
    part: str
    minor: int


def debts_at_close(loan: LoanFacts, day: date) -> list[Debt]:
    """What is due and what of it is unpaid at the close of a day."""
    standing = list(_standing(loan.payments, day))
    debts: list[Debt] = []
    waiting = 0
    happened = {i.due_date for i in loan.instalments} | {p.value_date for p, _ in standing}
    for now in sorted(d for d in happened if d <= day):
        for i in loan.instalments:
            if i.due_date == now:
                debts.append(Debt(now, i.seq, "fee", i.fee_minor))
                debts.append(Debt(now, i.seq, "interest", i.interest_minor))
                debts.append(Debt(now, i.seq, "principal", i.principal_minor))
        waiting = _pay(loan.terms, debts, waiting, now)
        for payment, minor in standing:
            if payment.value_date == now:
                waiting += _pay_booked(loan.terms, debts, payment, minor, now)
    return sorted(debts, key=lambda d: (d.due_date, d.seq, RANK[d.part]))


def uncovered(terms: Terms, debts: list[Debt]) -> tuple[date, int] | None:
    """Due day and number of the first instalment up to which more is missing than is tolerated."""
    for due_date, seq in sorted({(d.due_date, d.seq) for d in debts}):
        missing = sum(d.minor for d in debts if (d.due_date, d.seq) <= (due_date, seq))
        allowed = terms.tolerance_minor * (seq if terms.tolerance_per == "instalment" else 1)
        if missing > allowed:
            return due_date, seq
    return None


def charges(loan: LoanFacts, as_of: date) -> tuple[int, int]:
    """Penalty and compound interest: a day costs by what was unpaid the evening before."""
    costs = {"principal": index(loan.terms, "penalty", as_of)}
    costs["interest"] = index(loan.terms, "compound", as_of)
    sums = dict.fromkeys(costs, Fraction(0))
    day = min(i.due_date for i in loan.instalments) + ONE
    while day <= as_of:
        evening = debts_at_close(loan, day - ONE)
        for part, cost in costs.items():
            unpaid = sum(d.minor for d in evening if d.part == part)
            sums[part] += unpaid * (cost.get(day, Fraction(0)) - cost.get(day - ONE, Fraction(0)))
        day += ONE
    return _half_up(sums["principal"]), _half_up(sums["interest"])


def index(terms: Terms, kind: str, upto: date) -> dict[date, Fraction]:
    """The cumulative rate at the close of each day with a rate: exact, then to ten decimals."""
    held = sorted((r.from_date, r.rate_bps) for r in terms.rates if r.kind == kind)
    exact = Fraction(0)
    found = {}
    now = held[0][0] if held else upto + ONE
    while now <= upto:
        bps = [rate for since, rate in held if since <= now][-1]
        if terms.cap_bps is not None and bps > terms.cap_bps:
            bps = terms.cap_bps
        exact += Fraction(bps, 10_000) / int(terms.day_count.split("_")[1])
        found[now] = Fraction(_half_up(exact * 10**10), 10**10)
        now += ONE
    return found


def _standing(payments: tuple[Payment, ...], day: date) -> Iterator[tuple[Payment, int]]:
    for p in sorted(payments, key=lambda p: (p.value_date, p.payment_id)):
        back = sum(
            r.amount_minor
            for r in payments
            if r.reverses_id == p.payment_id and r.value_date <= day
        )
        if p.reverses_id is None and p.value_date <= day and p.amount_minor + back > 0:
            yield p, p.amount_minor + back


def _pay(terms: Terms, debts: list[Debt], minor: int, day: date, only: str = "") -> int:
    oldest = uncovered(terms, debts)
    late = (day - oldest[0]).days + (terms.dpd_start == "due_day") if oldest else 0
    turn = -1 if terms.order == "card_91" and late > 90 else 1

    def place(debt: Debt) -> tuple[object, ...]:
        age = (debt.due_date, debt.seq)
        if terms.order in ("fees_first", "card_91"):
            return (turn * RANK[debt.part], *age)
        return (*age, RANK[debt.part])

    for debt in sorted(debts, key=place):
        if only in ("", debt.part):
            share = min(debt.minor, minor)
            debt.minor -= share
            minor -= share
    return minor


def _pay_booked(terms: Terms, debts: list[Debt], payment: Payment, minor: int, day: date) -> int:
    if terms.order == "as_booked" and minor == payment.amount_minor:
        for part in RANK:
            meant = min(getattr(payment, f"{part}_minor") or 0, minor)
            minor -= meant - _pay(terms, debts, meant, day, part)
    return _pay(terms, debts, minor, day)


def _half_up(exact: Fraction) -> int:
    return (2 * exact.numerator + exact.denominator) // (2 * exact.denominator)
