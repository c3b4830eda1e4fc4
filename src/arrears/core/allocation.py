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

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import product
from typing import NamedTuple

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


class Accrual(NamedTuple):
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
    unpaid: list[list[int]] = field(
        default_factory=list
    )  # per instalment due: fee, interest, principal
    first_open: int = 0  # instalments before this one are wholly paid
    owed: list[int] = field(default_factory=lambda: [0, 0, 0])  # the sums of `unpaid`
    credit: list[tuple[str, int]] = field(default_factory=list)
    accruals: list[Accrual] = field(default_factory=list)
    _applied: list[tuple[str, date, int, str, int]] = field(default_factory=list)

    @property
    def applied(self) -> list[Applied]:
        """Which part of which payment paid which part of which instalment, in the order it did."""
        return [Applied(*row) for row in self._applied]

    def totals(self) -> tuple[int, int, int]:
        """Unpaid fee, interest and principal of everything that is due."""
        fee, interest, principal = self.owed
        return fee, interest, principal

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
        """The instalment is due and unpaid."""
        parts = [instalment.fee_minor, instalment.interest_minor, instalment.principal_minor]
        self.due.append(instalment)
        self.unpaid.append(parts)
        owed = self.owed
        owed[FEE] += parts[FEE]
        owed[INTEREST] += parts[INTEREST]
        owed[PRINCIPAL] += parts[PRINCIPAL]

    def use_credit(self, day: date) -> None:
        """Money that was waiting has paid what it can of what is due, in the order it came."""
        waiting, self.credit = self.credit, []
        for payment_id, minor in waiting:
            self._pour_in_order(payment_id, day, minor)

    def pay(self, payment: Payment) -> None:
        """The payment has paid what it can; what found nothing due is waiting."""
        left = payment.amount_minor
        if self.terms.order == "as_booked" and any(self.owed):
            booked = (payment.fee_minor, payment.interest_minor, payment.principal_minor)
            for part, minor in enumerate(booked):
                share = min(minor or 0, left)
                if share:
                    places = self._by_part((part,))
                    left -= share - self._pour(
                        payment.payment_id, payment.value_date, share, places
                    )
        self._pour_in_order(payment.payment_id, payment.value_date, left)

    def _pour_in_order(self, payment_id: str, day: date, minor: int) -> None:
        if any(self.owed):
            if minor:
                minor = self._pour(payment_id, day, minor, self._in_order(day))
            while self.first_open < len(self.unpaid) and not any(self.unpaid[self.first_open]):
                self.first_open += 1
        if minor:
            self.credit.append((payment_id, minor))

    def _in_order(self, day: date) -> Iterable[tuple[int, int]]:
        """Which part of which instalment a payment of this day pays first, and which then."""
        order = self.terms.order
        if order in ("per_instalment", "as_booked"):
            return product(range(self.first_open, len(self.due)), (FEE, INTEREST, PRINCIPAL))
        if order == "card_91" and self.dpd(day) >= CARD_TURNS_ON_DAY:
            return self._by_part((PRINCIPAL, INTEREST, FEE))
        return self._by_part((FEE, INTEREST, PRINCIPAL))

    def _by_part(self, parts: Sequence[int]) -> list[tuple[int, int]]:
        """These parts one after the other, each through every instalment, oldest first."""
        still_open = range(self.first_open, len(self.due))
        return [(at, part) for part in parts if self.owed[part] for at in still_open]

    def _pour(
        self, payment_id: str, day: date, minor: int, places: Iterable[tuple[int, int]]
    ) -> int:
        """What is left of an amount after paying parts of instalments, in this order."""
        for at, part in places:
            unpaid = self.unpaid[at]
            share = unpaid[part] if unpaid[part] < minor else minor
            if share:
                unpaid[part] -= share
                self.owed[part] -= share
                self._applied.append((payment_id, day, self.due[at].seq, PARTS[part], share))
                minor -= share
                if not minor:
                    break
        return minor


def past_due(due_date: date, day: date, dpd_start: str) -> int:
    """Days past due of something due and unpaid: 1 on the day after, or on the due day itself."""
    return (day - due_date).days + (1 if dpd_start == "due_day" else 0)


def account(
    terms: Terms,
    instalments: Sequence[Instalment],
    payments: Sequence[Payment],
    *,
    at: date,
    credit_minor: int = 0,
) -> Account:
    """The account at the close of a day, with every unpaid span of days on the way.

    `instalments` and `payments` are sorted by day. A reversal is replayed: from its value date on
    the account is what it would be had the payment never come; before it, the payment stood.
    `credit_minor` waits from before the first event: what had been paid beyond all that was due.
    """
    turns = sorted(
        {p.value_date for p in payments if p.reverses_id is not None and p.value_date <= at}
    )
    accruals: list[Accrual] = []
    since = date.min
    for turn in turns:
        before = _fold(terms, instalments, effective_before(payments, turn), turn, credit_minor)
        accruals += clipped(before.accruals, since, turn)
        since = turn
    final = _fold(terms, instalments, effective(payments, at), at, credit_minor)
    if turns:
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


def charged(
    accruals: Sequence[Accrual], penalty: RateIndex, compound: RateIndex
) -> tuple[int, int]:
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
    terms: Terms,
    instalments: Sequence[Instalment],
    payments: Sequence[Payment],
    upto: date,
    credit_minor: int,
) -> Account:
    """The account after every event up to a day; what falls due on a day comes before what is paid."""
    state = Account(terms, credit=[("", credit_minor)] if credit_minor else [])
    events = [(i.due_date, 0, n) for n, i in enumerate(instalments) if i.due_date <= upto]
    events += [(p.value_date, 1, n) for n, p in enumerate(payments)]
    events.sort()
    ends = [*events, (upto, 1, 0)][1:]
    for (day, is_payment, n), (until, next_is_payment, _) in zip(events, ends, strict=True):
        if is_payment:
            state.pay(payments[n])
        else:
            state.fall_due(instalments[n])
            if state.credit and (until, next_is_payment) != (day, 0):
                state.use_credit(day)
        _, interest, principal = state.owed
        if until > day and (interest or principal):
            state.accruals.append(Accrual(day, until, principal, interest))
    return state
