"""Which loans were ever short: at the close of some day, less had been paid than was due.

A loan that never was has nothing overdue, no day past due and no charge under any order of allocation,
so only the others need their instalments looked at one by one. The answer is exact; it is an economy of
work, and an engine may as well answer "all of them". Why this and not a window in SQL: ADR 0005.
"""

from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Numbers = npt.NDArray[np.int64]

_DAY_BITS = 20  # days since 1970 shifted to be positive, enough for years 1..2840
_DAY_ZERO = 1 << (_DAY_BITS - 1)
_DAY_MASK = (1 << _DAY_BITS) - 1
_LONG_AGO = (date(1900, 1, 1) - date(1970, 1, 1)).days


SHORT = pa.schema(
    [
        ("loan", pa.uint64()),
        ("from_date", pa.date32()),
        ("due_before_minor", pa.int64()),
        ("paid_before_minor", pa.int64()),
    ]
)


def ever_short(due: pa.Table, paid: pa.Table) -> pa.Table:
    """The loans that were short at the close of some day, and where they stood before the first.

    Before `from_date` all that was due had been paid each evening, so nothing of it is owed under any
    order of allocation. A loan with a reversal is always here, and from the beginning, since what was
    paid may come undone.

    Grain:  one row per loan ever short; the columns of SHORT.
    Shapes: both tables have columns loan (a 64-bit number that stands for one loan), day (DATE) and
            minor (BIGINT), in any order; fastest where both keep the rows of a loan together, by day.
    Units:  minor units; `paid` is negative where a payment was reversed.
    """
    names, loans = _numbered(np.concatenate([_column(due, "loan"), _column(paid, "loan")]))
    due_key, fell_due = _in_order(loans[: len(due)], due)
    paid_key, came_in = _in_order(loans[len(due) :], paid)
    all_due, all_paid = _summed(fell_due), _summed(came_in)
    every = np.arange(len(names) + 1) << _DAY_BITS
    due_before = all_due[np.searchsorted(due_key, every)]  # on other loans, in order of key
    paid_before = all_paid[np.searchsorted(paid_key, every)]
    loan = due_key >> _DAY_BITS
    # The last instalment of a day sees the whole day; an earlier one misses less, never more.
    fallen_due = all_due[1:] - due_before[loan]
    come_in = all_paid[np.searchsorted(paid_key, due_key, side="right")] - paid_before[loan]
    missing = fallen_due - come_in
    undone = np.unique(paid_key[came_in < 0] >> _DAY_BITS)
    evenings = np.flatnonzero(missing > 0)
    short, first = np.unique(loan[evenings], return_index=True)
    morning = due_key[evenings[first]]
    kept = ~np.isin(short, undone)
    morning = np.concatenate([morning[kept], (undone << _DAY_BITS) | (_LONG_AGO + _DAY_ZERO)])
    short = np.concatenate([short[kept], undone])
    return pa.table(
        [
            pa.array(names[short], pa.uint64()),
            pa.array(((morning & _DAY_MASK) - _DAY_ZERO).astype(np.int32)).cast(pa.date32()),
            pa.array(all_due[np.searchsorted(due_key, morning)] - due_before[short]),
            pa.array(all_paid[np.searchsorted(paid_key, morning)] - paid_before[short]),
        ],
        schema=SHORT,
    )


def _in_order(loans: Numbers, events: pa.Table) -> tuple[Numbers, Numbers]:
    """Loan and day of each event as one ascending number, and the amounts in the same order."""
    days = _numbers(events["day"].cast(pa.int32()))
    key = (loans << _DAY_BITS) | (days + _DAY_ZERO)
    minor = _numbers(events["minor"])
    if np.all(key[1:] >= key[:-1]):
        return key, minor
    order = np.argsort(key, kind="stable")
    return key[order], minor[order]


def _summed(minor: Numbers) -> Numbers:
    """The sum of the first n amounts, for every n from 0."""
    return np.append(0, np.cumsum(minor))


def _numbered(codes: npt.NDArray[np.uint64]) -> tuple[npt.NDArray[np.uint64], Numbers]:
    """The distinct codes in order of appearance, and for each row the place of its code there."""
    if not len(codes):
        return codes, codes.astype(np.int64)
    starts = np.flatnonzero(np.append(True, codes[1:] != codes[:-1]))
    _, first, which = np.unique(codes[starts], return_index=True, return_inverse=True)
    by_appearance = np.argsort(first)
    place = np.empty_like(by_appearance)
    place[by_appearance] = np.arange(len(place))
    lengths = np.diff(np.append(starts, len(codes)))
    return codes[starts][np.sort(first)], np.repeat(place[which], lengths)


def _column(table: pa.Table, name: str) -> npt.NDArray[np.uint64]:
    codes: npt.NDArray[np.uint64] = table[name].to_numpy()
    return codes


def _numbers(column: Any) -> Numbers:
    numbers: Numbers = column.to_numpy().astype(np.int64, copy=False)
    return numbers
