"""Which debt a payment pays: four orders, each a fold over the days on which something happened.

Names of the orders (a product states one):
    per_instalment  oldest instalment first; in it fee, then interest, then principal
    fees_first      all fees that are due, then all interest, then all principal, oldest first
    card_91         fees, interest, principal like fees_first while the account is at most 90 days past
                    due when the payment counts; from day 91 principal, then interest, then fees
    as_booked       as the bank's own split of the payment says; a payment without one, and what the
                    split leaves over, per_instalment
On one day what falls due comes before what is paid. Money that finds nothing due waits and is used, in
the same order, on the day the next instalment falls due. Worked tables: docs/explain/allocation.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from arrears.core.interest import RateIndex
from arrears.core.loan import Instalment, Payment, Terms, effective

FEE, INTEREST, PRINCIPAL = 0, 1, 2
PARTS = ("fee", "interest", "principal")
CARD_TURNS_ON_DAY = 91  # Source: 商业银行信用卡业务监督管理办法 art. 57


@dataclass(frozen=True, slots=True)
class Applied:
    """A part of a payment that paid a part of an instalment. Units: minor units."""

    payment_id: str
    applied_date: date
    seq: int
    part: str
    minor: int


@dataclass(frozen=True, slots=True)
class Accrual:
    """Unpaid overdue money over some days. Units: minor units; the span is (from_date, to_date]."""

    from_date: date
    to_date: date
    principal_minor: int
    interest_minor: int


@dataclass(slots=True)
class Account:
    """What is due and still unpaid of one loan while days go by, and what that has cost so far."""

    terms: Terms
    due: list[Instalment] = field(default_factory=list)
    unpaid: list[list[int]] = field(default_factory=list)  # per instalment due: fee, interest, principal
    first_open: int = 0  # instalments before this one are wholly paid
    credit: list[tuple[str, int]] = field(default_factory=list)
    applied: list[Applied] = field(default_factory=list)
    accruals: list[Accrual] = field(default_factory=list)

    def totals(self) -> tuple[int, int, int]:
        """Unpaid fee, interest and principal of everything that is due."""
        live = self.unpaid[self.first_open :]
        return sum(u[FEE] for u in live), sum(u[INTEREST] for u in live), sum(u[PRINCIPAL] for u in live)

    def oldest_uncovered(self) -> Instalment | None:
        """The first instalment up to which more is missing than the product tolerates."""
        missing = 0
        for at in range(self.first_open, len(self.due)):
            missing += sum(self.unpaid[at])
            if missing > self.terms.tolerance(self.due[at].seq):
                return self.due[at]
        return None

    def dpd(self, day: date) -> int:
        """Calendar days past due at the close of a day, as the product counts them."""
        oldest = self.oldest_uncovered()
        return 0 if oldest is None else past_due(oldest.due_date, day, self.terms.dpd_start)

    def fall_due(self, instalment: Instalment) -> None:
        self.due.append(instalment)
        self.unpaid.append(
            [instalment.fee_minor, instalment.interest_minor, instalment.principal_minor]
        )
        waiting, self.credit = self.credit, []
        for payment_id, minor in waiting:
            self._pour_in_order(payment_id, instalment.due_date, minor)

    def pay(self, payment: Payment) -> None:
        left = payment.amount_minor
        if self.terms.order == "as_booked":
            booked = (payment.fee_minor, payment.interest_minor, payment.principal_minor)
            for part, minor in enumerate(booked):
                share = min(minor or 0, left)
                left -= share - self._pour(payment.payment_id, payment.value_date, share, (part,))
        self._pour_in_order(payment.payment_id, payment.value_date, left)

    def _pour_in_order(self, payment_id: str, day: date, minor: int) -> None:
        order = self.terms.order
        if order == "fees_first":
            left = self._pour_by_part(payment_id, day, minor, (FEE, INTEREST, PRINCIPAL))
        elif order == "card_91":
            turned = self.dpd(day) >= CARD_TURNS_ON_DAY
            parts = (PRINCIPAL, INTEREST, FEE) if turned else (FEE, INTEREST, PRINCIPAL)
            left = self._pour_by_part(payment_id, day, minor, parts)
        else:
            left = self._pour(payment_id, day, minor, (FEE, INTEREST, PRINCIPAL))
        if left:
            self.credit.append((payment_id, left))
        while self.first_open < len(self.unpaid) and not any(self.unpaid[self.first_open]):
            self.first_open += 1

    def _pour_by_part(self, payment_id: str, day: date, minor: int, parts: tuple[int, ...]) -> int:
        for part in parts:
            minor = self._pour(payment_id, day, minor, (part,))
        return minor

    def _pour(self, payment_id: str, day: date, minor: int, parts: tuple[int, ...]) -> int:
        """What is left of an amount after paying these parts of each instalment, oldest first."""
        for at in range(self.first_open, len(self.unpaid)):
            if not minor:
                break
            row = self.unpaid[at]
            for part in parts:
                share = min(row[part], minor)
                if share:
                    row[part] -= share
                    minor -= share
                    self.applied.append(
                        Applied(payment_id, day, self.due[at].seq, PARTS[part], share)
                    )
        return minor


def past_due(due_date: date, day: date, dpd_start: str) -> int:
    """Days past due of something due and unpaid: 1 on the day after, or on the due day itself."""
    return (day - due_date).days + (1 if dpd_start == "due_day" else 0)


def account(
    terms: Terms, instalments: Sequence[Instalment], payments: Sequence[Payment], *, at: date
) -> Account:
    """The account at the close of a day, with every unpaid span of days on the way.

    `instalments` and `payments` are sorted by day. A reversal is replayed: from its value date on
    the account is what it would be had the payment never come; before it, the payment stood.
    """
    turns = sorted({p.value_date for p in payments if p.reverses_id is not None and p.value_date <= at})
    accruals: list[Accrual] = []
    since = date.min
    for turn in turns:
        before = _fold(terms, instalments, effective_before(payments, turn), upto=turn)
        accruals += clipped(before.accruals, since, turn)
        since = turn
    final = _fold(terms, instalments, effective(payments, at), upto=at)
    final.accruals = accruals + clipped(final.accruals, since, at)
    return final


def effective_before(payments: Sequence[Payment], day: date) -> list[Payment]:
    """The payments that stand at the close of the day before a day."""
    return effective([p for p in payments if p.value_date < day], day)


def clipped(accruals: Sequence[Accrual], after: date, upto: date) -> list[Accrual]:
    """The parts of some accruals that lie in (after, upto]."""
    return [
        Accrual(max(a.from_date, after), min(a.to_date, upto), a.principal_minor, a.interest_minor)
        for a in accruals
        if max(a.from_date, after) < min(a.to_date, upto)
    ]


def charged(accruals: Sequence[Accrual], penalty: RateIndex, compound: RateIndex) -> tuple[int, int]:
    """What the accruals cost so far: penalty on principal, compound on interest.

    Units: 10**-10 minor units, exact; `interest.charge_minor` rounds them.
    """
    on_principal = sum(
        a.principal_minor * (penalty.at(a.to_date) - penalty.at(a.from_date)) for a in accruals
    )
    on_interest = sum(
        a.interest_minor * (compound.at(a.to_date) - compound.at(a.from_date)) for a in accruals
    )
    return on_principal, on_interest


def _fold(
    terms: Terms, instalments: Sequence[Instalment], payments: Sequence[Payment], *, upto: date
) -> Account:
    state = Account(terms)
    dues = [i for i in instalments if i.due_date <= upto]
    days = sorted({i.due_date for i in dues} | {p.value_date for p in payments})
    next_due = next_payment = 0
    for n, day in enumerate(days):
        while next_due < len(dues) and dues[next_due].due_date == day:
            state.fall_due(dues[next_due])
            next_due += 1
        while next_payment < len(payments) and payments[next_payment].value_date == day:
            state.pay(payments[next_payment])
            next_payment += 1
        _, interest, principal = state.totals()
        until = days[n + 1] if n + 1 < len(days) else upto
        if (interest or principal) and until > day:
            state.accruals.append(Accrual(day, until, principal, interest))
    return state
