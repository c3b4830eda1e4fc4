"""The made-up bank's year: when people borrow, and the festival in which they forget to pay."""

from datetime import date

import numpy as np
from numpy.typing import NDArray

Whole = NDArray[np.int64]
Mask = NDArray[np.bool_]

_EPOCH = date(1970, 1, 1)
_MONTH_WEIGHT = (9, 5, 12, 9, 8, 10, 7, 8, 10, 7, 11, 9)  # January first
_WEEKEND_WEIGHT, _WORKDAY_WEIGHT = 1, 4

# The first day of the lunar year. Source: the public almanac.
_SPRING = (
    date(2015, 2, 19),
    date(2016, 2, 8),
    date(2017, 1, 28),
    date(2018, 2, 16),
    date(2019, 2, 5),
    date(2020, 1, 25),
    date(2021, 2, 12),
    date(2022, 2, 1),
    date(2023, 1, 22),
    date(2024, 2, 10),
    date(2025, 1, 29),
    date(2026, 2, 17),
    date(2027, 2, 6),
    date(2028, 1, 26),
    date(2029, 2, 13),
    date(2030, 2, 3),
    date(2031, 1, 23),
    date(2032, 2, 11),
)


def number(day: date) -> int:
    """The day as a count of days since 1970."""
    return (day - _EPOCH).days


def opening_days(rng: np.random.Generator, count: int, first: int, last: int) -> Whole:
    """Days from `first` to `last` on which loans are opened: more in spring, few at weekends."""
    days = np.arange(first, last + 1)
    month = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) % 12
    weekend = (days + 3) % 7 >= 5  # 1970-01-01 was a Thursday; Monday is 0
    weight = np.array(_MONTH_WEIGHT)[month] * np.where(weekend, _WEEKEND_WEIGHT, _WORKDAY_WEIGHT)
    drawn: Whole = rng.choice(days, size=count, p=weight / weight.sum())
    return drawn


def months_later(days: Whole, months: Whole) -> Whole:
    """The same day of the month, so many months later; never after the 28th."""
    month = days.astype("datetime64[D]").astype("datetime64[M]")
    day_of_month = days - month.astype("datetime64[D]").astype(np.int64)
    target = (month + months).astype("datetime64[D]").astype(np.int64)
    moved: Whole = target + np.minimum(day_of_month, 27)
    return moved


def in_festival(days: Whole) -> Mask:
    """Which of the days lie from New Year's Eve to a week after."""
    inside: Mask = np.zeros(len(days), dtype=np.bool_)
    for spring in _SPRING:
        inside |= (days >= number(spring) - 1) & (days <= number(spring) + 7)
    return inside
