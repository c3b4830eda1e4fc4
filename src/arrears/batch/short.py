"""Which loans were ever short: at the close of some day, less had been paid than was due.

A loan that never was has nothing overdue, no day past due and no charge under any order of allocation,
so only the others need their instalments looked at one by one. The answer is exact; it is an economy of
work, and an engine may as well answer "all of them". Why this and not a window in SQL: ADR 0005.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Numbers = npt.NDArray[np.int64]

_DAY_BITS = 20  # days since 1970 shifted to be positive, enough for years 1..2840


def ever_short(due: pa.Table, paid: pa.Table) -> pa.Array:
    """The loan ids that were short at the close of some day.

    Shapes: `due` and `paid` have columns loan_id, day (DATE), minor (BIGINT), in any order.
    Units:  minor units; `paid` is negative where a payment was reversed.
    """
    names = pc.unique(due["loan_id"].combine_chunks())
    codes = np.concatenate([_codes(due, names), _codes(paid, names)])
    days = np.concatenate([_days(due), _days(paid)])
    minor = np.concatenate([_minor(due), -_minor(paid)])
    known = codes >= 0  # a payment on a loan with nothing due cannot make it short
    codes, days, minor = codes[known], days[known], minor[known]
    if not len(codes):
        return names.slice(0, 0)
    key = (codes << _DAY_BITS) | (days + (1 << (_DAY_BITS - 1)))
    order = np.argsort(key, kind="stable")
    key, minor = key[order], minor[order]
    closes = np.append(key[1:] != key[:-1], True)  # the last event of a loan's day
    loans = key >> _DAY_BITS
    first = np.append(True, loans[1:] != loans[:-1])
    running = np.cumsum(minor)
    before = (running - minor)[first]  # what other loans had brought the sum to
    missing = running - np.repeat(before, np.diff(np.append(np.flatnonzero(first), len(loans))))
    return names.take(pa.array(np.unique(loans[closes & (missing > 0)])))


def _codes(table: pa.Table, names: pa.Array) -> Numbers:
    found = pc.index_in(table["loan_id"], value_set=names)
    return _numbers(pc.fill_null(found, -1))


def _days(table: pa.Table) -> Numbers:
    return _numbers(table["day"].cast(pa.int32()))


def _minor(table: pa.Table) -> Numbers:
    return _numbers(table["minor"])


def _numbers(column: Any) -> Numbers:
    numbers: Numbers = column.to_numpy().astype(np.int64)
    return numbers
