"""Which loans were ever short: at the close of some day, less had been paid than was due.

A loan that never was has nothing overdue, no day past due and no charge under any order of allocation,
so only the others need their instalments looked at one by one. The answer is exact; it is an economy of
work, and an engine may as well answer "all of them". Why this and not a window in SQL: ADR 0005.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Numbers = npt.NDArray[np.int64]

_DAY_BITS = 20  # days since 1970 shifted to be positive, enough for years 1..2840


def ever_short(due: pa.Table, paid: pa.Table) -> pa.Array:
    """The loans that were short at the close of some day, each once.

    Shapes: both tables have columns loan (a 64-bit number that stands for one loan), day (DATE) and
            minor (BIGINT), in any order; fastest where both keep the rows of a loan together, by day.
    Units:  minor units; `paid` is negative where a payment was reversed.
    """
    names, loans = _numbered(np.concatenate([_loans(due), _loans(paid)]))
    if not len(loans):
        return pa.array([], pa.uint64())
    days = np.concatenate([_days(due), _days(paid)])
    minor = np.concatenate([_minor(due), -_minor(paid)])
    key = (loans << _DAY_BITS) | (days + (1 << (_DAY_BITS - 1)))
    order = np.argsort(key, kind="stable")
    key, minor = key[order], minor[order]
    loans = key >> _DAY_BITS
    closes = np.append(key[1:] != key[:-1], True)  # the last event of a loan's day
    starts = np.flatnonzero(np.append(True, loans[1:] != loans[:-1]))
    running = np.cumsum(minor)
    before = (running - minor)[starts]  # what other loans had brought the sum to
    missing = running - np.repeat(before, np.diff(np.append(starts, len(loans))))
    return pa.array(names[np.unique(loans[closes & (missing > 0)])], pa.uint64())


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
    numbers: Numbers = column.to_numpy().astype(np.int64)
    return numbers
