"""How people pay: on time, late, in parts, ahead, by a payment that bounces, or no longer."""

from dataclasses import dataclass, fields, replace
from enum import IntEnum

import numpy as np
import pyarrow as pa

from arrears.synth.catalogue import ORDER_AS_BOOKED
from arrears.synth.schedule import Instalments, Loans
from arrears.synth.season import Mask, Whole, in_festival
from arrears.synth.sheet import digits, empty_where, joined, sheet


class Habit(IntEnum):
    """How a borrower pays all their loans."""

    PUNCTUAL = 0
    SLOW = 1  # now and then a few days late
    PARTS = 2  # now and then in two parts
    LATE = 3  # often weeks late
    SETTLES = 4  # pays everything that is left, early
    STOPS = 5  # no longer pays at all


HABIT_SHARE = (0.80, 0.09, 0.02, 0.018, 0.032, 0.04)
_STOP_CHANCE = 0.22  # that a missed instalment is the last of those missed: long arrears are fewer
_SHORT_SHARE = 0.0008  # of payments that fall a little short
_BOUNCE_SHARE = 0.004
_BOOKED_LATER_SHARE = 0.02  # of payments that the bank tells us days after they count


@dataclass(frozen=True, slots=True)
class Payments:
    """Payments of one chunk, column by column.

    Grain: one row per payment or reversal; `reverses` is a row number, or -1.
    """

    loan: Whole
    value: Whole
    known: Whole
    reverses: Whole
    principal: Whole
    interest: Whole
    fee: Whole

    @property
    def amount(self) -> Whole:
        """What was paid; negative in a reversal."""
        return self.principal + self.interest + self.fee

    def rows(self, pick: Whole | Mask) -> "Payments":
        """The picked rows; `reverses` keeps the old row numbers."""
        return Payments(*(getattr(self, f.name)[pick] for f in fields(self)))


def draw_habits(rng: np.random.Generator, borrowers: int) -> Whole:
    """A habit for each borrower."""
    habits: Whole = rng.choice(len(HABIT_SHARE), size=borrowers, p=HABIT_SHARE)
    return habits


def draw_payments(
    rng: np.random.Generator, loans: Loans, due: Instalments, habits: Whole, last: int
) -> Payments:
    """Every payment known by the last day, in order of loan and value date."""
    habit = habits[loans.borrower][due.loan]
    paid = _settle(rng, loans, _intended(rng, due, habit), due, habit, last)
    paid = _shorten(rng, _in_parts(rng, paid, habit))
    keep = (paid.amount > 0) & (paid.value <= last)
    paid = _known_later(rng, paid.rows(keep))
    return _in_order(_bounced(rng, paid), last)


def payment_table(loans: Loans, paid: Payments) -> pa.Table:
    """The table `payments`; only products booked by the bank say what each payment paid."""
    start = np.searchsorted(paid.loan, paid.loan)
    nth = digits(np.arange(len(paid.loan)) - start + 1, 3)
    ids = joined("P", digits(loans.number[paid.loan], 10), "-", nth)
    unbooked = ~np.array(ORDER_AS_BOOKED)[loans.product[paid.loan]]
    columns = {
        "payment_id": ids,
        "loan_id": loans.ids.take(pa.array(paid.loan)),
        "value_date": paid.value,
        "amount_minor": paid.amount,
        "reverses_id": ids.take(pa.array(paid.reverses, mask=paid.reverses < 0)),
        "principal_minor": empty_where(paid.principal, unbooked),
        "interest_minor": empty_where(paid.interest, unbooked),
        "fee_minor": empty_where(paid.fee, unbooked),
        "known_date": paid.known,
    }
    return sheet("payments", columns)


def missed(due: Instalments, paid: Payments, loans: int, last: int) -> tuple[Whole, Whole]:
    """What each loan owes on the last day, and the day since when.

    Units: minor units; days since 1970, or the day after the last when nothing is owed.
    """
    asked = np.where(due.due <= last, due.total, 0)
    start = np.searchsorted(due.loan, np.arange(loans))
    got = np.zeros(loans, np.int64)
    np.add.at(got, paid.loan, paid.amount)
    owed = np.maximum(np.add.reduceat(asked, start) - got, 0)
    reached = np.cumsum(due.total)
    reached -= (reached - due.total)[start][due.loan]  # from here on of its own loan only
    unpaid = (due.due <= last) & (reached > got[due.loan])
    since = np.minimum.reduceat(np.where(unpaid, due.due, last + 1), start)
    return owed, since


def _intended(rng: np.random.Generator, due: Instalments, habit: Whole) -> Payments:
    """One payment in full for each instalment, on the day it would come."""
    count = len(habit)
    early = -rng.choice(4, size=count, p=(0.6, 0.2, 0.1, 0.1))
    some_days, weeks = rng.integers(1, 10, count), rng.integers(10, 61, count)
    chance = rng.random(count)
    delay = np.where((habit == Habit.SLOW) & (chance < 0.35), some_days, early)
    delay = np.where((habit == Habit.LATE) & (chance < 0.5), weeks, delay)
    forgets = in_festival(due.due) & ((habit != Habit.PUNCTUAL) | (chance < 0.10))
    delay = np.where(forgets, np.maximum(delay, 0) + rng.integers(2, 9, count), delay)
    value = due.due + delay
    none = np.full(count, -1)
    return Payments(due.loan, value, value, none, due.principal, due.interest, due.fee)


def _settle(
    rng: np.random.Generator,
    loans: Loans,
    paid: Payments,
    due: Instalments,
    habit: Whole,
    last: int,
) -> Payments:
    """Those who stop pay nothing from some instalment on; those who settle pay all from one on."""
    count = len(loans.term)
    start = np.searchsorted(due.loan, np.arange(count))
    elapsed = np.add.reduceat((due.due <= last).astype(np.int64), start)
    gone = np.minimum(rng.geometric(_STOP_CHANCE, count), elapsed)
    stop = np.where(gone > 0, elapsed - gone, loans.term)[due.loan]
    turn = rng.integers(3, 25, count)[due.loan]
    drop = (habit == Habit.STOPS) & (due.seq > stop) | (habit == Habit.SETTLES) & (due.seq > turn)
    settles = (habit == Habit.SETTLES) & (due.seq == turn)
    parts = {}
    for name in ("principal", "interest", "fee"):
        part = getattr(due, name)
        upto = np.cumsum(part)
        end = upto[np.append(start[1:], len(part)) - 1][due.loan]
        parts[name] = np.where(settles, end - upto + part, np.where(drop, 0, part))
    return replace(paid, **parts)


def _in_parts(rng: np.random.Generator, paid: Payments, habit: Whole) -> Payments:
    """Some payments come as two, weeks apart: first fees, then interest, then principal."""
    part = np.flatnonzero((habit == Habit.PARTS) & (rng.random(len(habit)) < 0.4))
    whole = paid.rows(part)
    early = whole.amount * rng.integers(20, 81, len(part)) // 100
    fee = np.minimum(early, whole.fee)
    interest = np.minimum(early - fee, whole.interest)
    first = (early - fee - interest, interest, fee)
    columns = [c.copy() for c in (paid.principal, paid.interest, paid.fee)]
    for column, some in zip(columns, first, strict=True):
        column[part] = some
    value = whole.value + rng.integers(5, 36, len(part))
    rest = replace(
        whole, value=value, known=value, principal=whole.principal - first[0],
        interest=whole.interest - first[1], fee=whole.fee - first[2],
    )  # fmt: skip
    before = replace(paid, principal=columns[0], interest=columns[1], fee=columns[2])
    return _together(before, rest)


def _shorten(rng: np.random.Generator, paid: Payments) -> Payments:
    """A few payments fall short by up to one and a half yuan, which some tolerances forgive."""
    short = rng.random(len(paid.loan)) < _SHORT_SHARE
    by = np.where(short, rng.integers(1, 151, len(short)), 0)
    return replace(paid, principal=paid.principal - np.minimum(by, paid.principal))


def _known_later(rng: np.random.Generator, paid: Payments) -> Payments:
    """Most payments are known the same day, some the next, a few long after they count."""
    chance = rng.random(len(paid.loan))
    lag = np.where(chance < 0.05, 1, 0)
    booked_later = chance > 1 - _BOOKED_LATER_SHARE
    lag = np.where(booked_later, rng.integers(2, 16, len(chance)), lag)
    return replace(paid, known=paid.value + lag)


def _bounced(rng: np.random.Generator, paid: Payments) -> Payments:
    """Some payments are taken back days later and made again; half lose their value date too."""
    at = np.flatnonzero(rng.random(len(paid.loan)) < _BOUNCE_SHARE)
    whole = paid.rows(at)
    back = whole.known + rng.integers(1, 5, len(at))
    value = np.where(rng.random(len(at)) < 0.5, whole.value, back)
    taken = replace(
        whole, value=value, known=back, reverses=at,
        principal=-whole.principal, interest=-whole.interest, fee=-whole.fee,
    )  # fmt: skip
    again_on = back + rng.integers(1, 21, len(at))
    again = replace(whole, value=again_on, known=again_on)
    return _together(_together(paid, taken), again)


def _in_order(paid: Payments, last: int) -> Payments:
    """What is known by the last day, by loan and value date; a reversal follows its payment."""
    kept = np.flatnonzero(paid.known <= last)
    order = kept[np.lexsort((paid.reverses[kept] >= 0, paid.value[kept], paid.loan[kept]))]
    place = np.full(len(paid.loan), -1)
    place[order] = np.arange(len(order))
    ordered = paid.rows(order)
    reverses = np.where(ordered.reverses < 0, -1, place[ordered.reverses])
    return replace(ordered, reverses=reverses)


def _together(first: Payments, second: Payments) -> Payments:
    pairs = ((getattr(first, f.name), getattr(second, f.name)) for f in fields(Payments))
    return Payments(*(np.concatenate(pair) for pair in pairs))
