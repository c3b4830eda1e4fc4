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
_EVER = (date(9999, 12, 31) - date(1970, 1, 1)).days


SHORT = pa.schema(
    [
        ("loan", pa.int64()),
        ("from_date", pa.date32()),
        ("to_date", pa.date32()),
        ("due_before_minor", pa.int64()),
        ("paid_before_minor", pa.int64()),
    ]
)


def ever_short(due: pa.Table, paid: pa.Table) -> pa.Table:
    """The loans that were short at the close of some day, since when, until when, and what came before.

    Before `from_date` all that was due had been paid each evening, so nothing of it is owed under any
    order of allocation; at the close of `to_date` and ever after it had been paid again (9999 where it
    never was). A loan with a reversal is always here, and for all days, since what was paid may come
    undone.

    Grain:  one row per loan ever short; the columns of SHORT.
    Shapes: both tables have columns loan (a number from 0 to 2**43 that stands for one loan), day
            (DATE) and minor (BIGINT), in any order; fastest in order of loan and day.
    Units:  minor units; `paid` is negative where a payment was reversed.
    """
    loans, days = (
        np.concatenate([_numbers(table[column]) for table in (paid, due)])
        for column in ("loan", "day")
    )
    key = (loans << _DAY_BITS) | (days + _DAY_ZERO)
    in_order = np.argsort(key, kind="stable")  # merges runs: cheap where rows come in order
    key = key[in_order]
    is_due = in_order >= len(paid)
    minor = np.concatenate([_numbers(t["minor"]) for t in (paid, due)])[in_order]
    all_due, all_paid = _summed(minor * is_due), _summed(minor * ~is_due)
    loan = key >> _DAY_BITS
    opens = np.flatnonzero(_changes(loan))  # where each loan begins
    short = all_due - all_paid
    short_before = np.repeat(short[opens], np.diff(np.append(opens, len(key))))  # of other loans
    evening = np.append(_changes(key)[1:], len(key) > 0)  # the last row of each loan's day
    missing = np.flatnonzero(evening & (short[1:] > short_before))
    undone = np.unique(loan[~is_due & (minor < 0)])
    missing = missing[~np.isin(loan[missing], undone)]
    first = missing[_changes(loan[missing])]  # of each loan
    last = missing[_changes(loan[missing][::-1])[::-1]]
    morning = np.searchsorted(key, key[first])  # the first row of that day
    begins = opens[np.searchsorted(loan[opens], np.append(loan[first], undone))]
    morning = np.append(morning, begins[len(first) :])
    from_days = np.where(np.arange(len(morning)) < len(first), _days(key[morning]), _LONG_AGO)
    after = np.append(last + 1, np.zeros(len(undone), int)) % max(len(key), 1)
    whole_again = (loan[after] == loan[morning]) & (after > morning)
    to_days = np.where(whole_again, _days(key[after]), _EVER)
    return pa.table(
        [
            pa.array(loan[morning]),
            pa.array(from_days.astype(np.int32)).cast(pa.date32()),
            pa.array(to_days.astype(np.int32)).cast(pa.date32()),
            pa.array(all_due[morning] - all_due[begins]),
            pa.array(all_paid[morning] - all_paid[begins]),
        ],
        schema=SHORT,
    )


def _changes(key: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
    """Where a value differs from the one before it; true for the first."""
    return np.append(True, key[1:] != key[:-1])[: len(key)]


def _summed(minor: Numbers) -> Numbers:
    """The sum of the first n amounts, for every n from 0."""
    return np.append(0, np.cumsum(minor))


def _days(key: Numbers) -> Numbers:
    """The day in a key, since 1970."""
    return (key & _DAY_MASK) - _DAY_ZERO


def _numbers(column: Any) -> Numbers:
    if pa.types.is_date(column.type):
        column = column.cast(pa.int32())
    numbers: Numbers = column.to_numpy().astype(np.int64, copy=False)
    return numbers
