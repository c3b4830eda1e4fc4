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
    order of allocation. A loan with a reversal is told from the beginning: what was paid may come undone.

    Grain:  one row per loan ever short; the columns of SHORT.
    Shapes: both tables have columns loan (a 64-bit number that stands for one loan), day (DATE) and
            minor (BIGINT), in any order; fastest where both keep the rows of a loan together, by day.
    Units:  minor units; `paid` is negative where a payment was reversed.
    """
    names, loans = _numbered(np.concatenate([_loans(due), _loans(paid)]))
    if not len(loans):
        return SHORT.empty_table()
    days = np.concatenate([_days(due), _days(paid)])
    fell_due = np.concatenate([_minor(due), np.zeros(len(paid), np.int64)])
    came_in = np.concatenate([np.zeros(len(due), np.int64), _minor(paid)])
    key = (loans << _DAY_BITS) | (days + _DAY_ZERO)
    order = np.argsort(key, kind="stable")
    key, came_in = key[order], came_in[order]
    all_due, all_paid = np.cumsum(fell_due[order]), np.cumsum(came_in)
    loans = key >> _DAY_BITS
    starts = np.flatnonzero(np.append(True, loans[1:] != loans[:-1]))
    missing = all_due - all_paid
    carried = np.append(0, missing[starts[1:] - 1])  # what the loans before had brought the sum to
    missing -= np.repeat(carried, np.diff(np.append(starts, len(loans))))
    closes = np.append(key[1:] != key[:-1], True)  # the last event of a loan's day
    evenings = np.flatnonzero(closes & (missing > 0))
    short, first = np.unique(loans[evenings], return_index=True)
    undone = np.isin(short, loans[came_in < 0])
    morning = np.searchsorted(key, key[evenings[first]])  # the first event of the first short day
    morning = np.where(undone, starts[short], morning)
    day = np.where(undone, _LONG_AGO, (key[morning] & _DAY_MASK) - _DAY_ZERO)
    return pa.table(
        [
            pa.array(names[short], pa.uint64()),
            pa.array(day.astype(np.int32), pa.int32()).cast(pa.date32()),
            pa.array(_between(all_due, starts[short], morning)),
            pa.array(_between(all_paid, starts[short], morning)),
        ],
        schema=SHORT,
    )


def _between(running: Numbers, first: Numbers, end: Numbers) -> Numbers:
    """What a running sum gained over the rows from `first` up to but not including `end`."""
    padded = np.append(0, running)
    gained: Numbers = padded[end] - padded[first]
    return gained


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


def _loans(table: pa.Table) -> npt.NDArray[np.uint64]:
    codes: npt.NDArray[np.uint64] = table["loan"].to_numpy()
    return codes


def _days(table: pa.Table) -> Numbers:
    return _numbers(table["day"].cast(pa.int32()))


def _minor(table: pa.Table) -> Numbers:
    return _numbers(table["minor"])


def _numbers(column: Any) -> Numbers:
    numbers: Numbers = column.to_numpy().astype(np.int64, copy=False)
    return numbers
