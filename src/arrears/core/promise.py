"""Promises to pay: kept, part kept or broken by the borrower's payments, never by hand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from arrears.core.loan import Payment


@dataclass(frozen=True, slots=True)
class PromiseFacts:
    """A borrower's word: an amount by a day. Units: minor units, calendar days of tolerance."""

    promise_id: str
    made_date: date
    due_date: date
    amount_minor: int
    tolerance_days: int = 0

    @property
    def last_date(self) -> date:
        """The last value date that still keeps it."""
        return self.due_date + timedelta(days=self.tolerance_days)


@dataclass(frozen=True, slots=True)
class PromiseState:
    """What has become of a promise at the close of a day."""

    promise_id: str
    state: str  # open, kept, part_kept, broken
    paid_minor: int
    decided_date: date | None


def promise_states(
    promises: Sequence[PromiseFacts], payments: Sequence[Payment], *, as_of: date
) -> list[PromiseState]:
    """What has become of one borrower's promises; a cent counts for one promise only.

    Payments count with a value date after the promise was made and up to its last day, less what
    of them was reversed by `as_of`. The promise that ends first takes its money first. A promise is
    kept on the day its amount is reached, and part kept or broken at the close of its last day.
    """
    standing = {
        p.payment_id: p.amount_minor
        for p in payments
        if p.reverses_id is None and p.value_date <= as_of
    }
    for p in payments:
        if p.reverses_id in standing and p.value_date <= as_of:
            standing[p.reverses_id] += p.amount_minor
    by_day = sorted(
        (p for p in payments if p.payment_id in standing),
        key=lambda p: (p.value_date, p.payment_id),
    )
    states = []
    for promise in sorted(promises, key=lambda w: (w.last_date, w.made_date, w.promise_id)):
        paid, kept_on = 0, None
        for p in by_day:
            if (
                promise.made_date < p.value_date <= promise.last_date
                and paid < promise.amount_minor
            ):
                share = min(max(standing[p.payment_id], 0), promise.amount_minor - paid)
                standing[p.payment_id] -= share
                paid += share
                kept_on = p.value_date if paid == promise.amount_minor else None
        states.append(_state(promise, paid, kept_on, as_of))
    return states


def _state(promise: PromiseFacts, paid: int, kept_on: date | None, as_of: date) -> PromiseState:
    if kept_on is not None:
        return PromiseState(promise.promise_id, "kept", paid, kept_on)
    if as_of < promise.last_date:
        return PromiseState(promise.promise_id, "open", paid, None)
    return PromiseState(
        promise.promise_id, "part_kept" if paid else "broken", paid, promise.last_date
    )
