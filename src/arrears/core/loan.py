"""The facts about one loan that every figure is computed from."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import NamedTuple

from arrears.core.day import Span


class Instalment(NamedTuple):
    """What falls due on one day. Units: minor units, none negative."""

    seq: int
    due_date: date
    principal_minor: int
    interest_minor: int = 0
    fee_minor: int = 0

    @property
    def total_minor(self) -> int:
        """Fee, interest and principal together."""
        return self.principal_minor + self.interest_minor + self.fee_minor


class Payment(NamedTuple):
    """Money received, or the reversal of an earlier payment (then negative and naming it).

    A reversal counts from its own value date; it is never earlier than the payment it undoes and
    never larger. The three parts are the bank's own allocation, used by the order `as_booked` only.
    """

    payment_id: str
    value_date: date
    known_date: date
    amount_minor: int
    reverses_id: str | None = None
    principal_minor: int | None = None
    interest_minor: int | None = None
    fee_minor: int | None = None


class Snapshot(NamedTuple):
    """A status the bank states instead of a schedule: negative days mean closed."""

    snapshot_date: date
    known_date: date
    reported_dpd: int
    balance_minor: int | None = None


@dataclass(frozen=True, slots=True)
class Rate:
    """A yearly rate of a product from a day on. Units: basis points (1 % = 100)."""

    kind: str  # contract, penalty, compound
    from_date: date
    rate_bps: int


@dataclass(frozen=True, slots=True)
class Terms:
    """The conventions of a product; the defaults are those of a product nobody described."""

    product: str = ""
    kind: str = "loan"
    order: str = "per_instalment"
    grace_days: int = 0
    tolerance_minor: int = 0
    tolerance_per: str = "loan"
    dpd_start: str = "day_after"
    day_count: str = "act_365"
    cap_bps: int | None = None
    rates: tuple[Rate, ...] = ()

    def tolerance(self, seq: int) -> int:
        """How much may be missing from everything up to an instalment that still counts as covered."""
        return self.tolerance_minor * (seq if self.tolerance_per == "instalment" else 1)


@dataclass(frozen=True, slots=True)
class LoanFacts:
    """One loan with everything known about it. Instalments are in order of due date, then seq."""

    loan_id: str
    opened_date: date
    borrower_id: str = ""
    status: str = "open"
    terms: Terms = field(default_factory=Terms)
    instalments: tuple[Instalment, ...] = ()
    payments: tuple[Payment, ...] = ()
    snapshots: tuple[Snapshot, ...] = ()
    pauses: tuple[Span, ...] = ()

    def known(self, *, as_of: date, known_on: date) -> "LoanFacts":
        """The same loan with only what counts by the close of `as_of` and was known on `known_on`."""
        return replace(
            self,
            instalments=tuple(sorted(self.instalments, key=lambda i: (i.due_date, i.seq))),
            payments=tuple(
                sorted(
                    (
                        p
                        for p in self.payments
                        if p.value_date <= as_of and p.known_date <= known_on
                    ),
                    key=lambda p: (p.value_date, p.payment_id),
                )
            ),
            snapshots=tuple(
                s for s in self.snapshots if s.snapshot_date <= as_of and s.known_date <= known_on
            ),
        )


def effective(payments: Iterable[Payment], at: date) -> list[Payment]:
    """The payments that stand at the close of a day: each less what has been reversed by then.

    Order is kept; a payment that is wholly reversed is left out.
    """
    standing = [p for p in payments if p.value_date <= at]
    if not any(p.reverses_id for p in standing):
        return standing
    reversed_minor: dict[str, int] = {}
    for p in standing:
        if p.reverses_id is not None:
            reversed_minor[p.reverses_id] = reversed_minor.get(p.reverses_id, 0) - p.amount_minor
    kept = []
    for p in standing:
        if p.reverses_id is None:
            left = p.amount_minor - reversed_minor.get(p.payment_id, 0)
            if left == p.amount_minor:
                kept.append(p)
            elif left > 0:
                kept.append(
                    p._replace(
                        amount_minor=left,
                        principal_minor=None,
                        interest_minor=None,
                        fee_minor=None,
                    )
                )
    return kept
