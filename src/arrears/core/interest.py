"""Penalty and compound interest: simple, by the day, on what was unpaid the evening before.

The yearly rate of a day is the one in force on it, no more than the product's cap. Days of a rate
add up in whole basis-point-days; the index of a day is that sum as a fraction of the year, rounded
once to ten decimals, so that charge = amount x (index at the end - at the start). It is rounded to
the minor unit once per loan, half up. Worked tables: docs/explain/interest.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from arrears.core.loan import Rate, Terms

YEAR_DAYS = {"act_360": 360, "act_365": 365}
INDEX_DIGITS = 10
_SCALE: int = 10**INDEX_DIGITS


@dataclass(frozen=True, slots=True)
class RateIndex:
    """The cumulative rate of one kind of charge of one product.

    Units: `points[n]` is the index at the close of day `first + n`, in 10**-10 of the amount.
    """

    first: date
    points: tuple[int, ...]

    def at(self, day: date) -> int:
        """The index at a day's close; 0 before the first rate. Raises: IndexError past the end."""
        offset = (day - self.first).days
        return self.points[offset] if offset >= 0 else 0

    def decimal(self, day: date) -> Decimal:
        """The index of a day as the fraction it stands for."""
        return Decimal(self.at(day)).scaleb(-INDEX_DIGITS)


NO_CHARGE = RateIndex(date.max, ())


def rate_index(terms: Terms, kind: str, *, upto: date) -> RateIndex:
    """The index of a kind of charge ("penalty" or "compound") for every day to `upto` inclusive.

    Rounds: half up to ten decimals, once per day from the exact sum, so errors do not add up.
    """
    rates = sorted((r for r in terms.rates if r.kind == kind), key=lambda r: r.from_date)
    if not rates or rates[0].from_date > upto:
        return NO_CHARGE
    year = YEAR_DAYS[terms.day_count] * 10_000
    first = rates[0].from_date - timedelta(days=1)
    points, bps_days = [0], 0
    for day_number in range(1, (upto - first).days + 1):
        bps_days += _rate_on(rates, first + timedelta(days=day_number), terms.cap_bps)
        points.append((2 * bps_days * _SCALE + year) // (2 * year))
    return RateIndex(first, tuple(points))


def charge_minor(scaled: int) -> int:
    """A sum of amount x index differences as whole minor units.

    Units:  10**-10 minor units in, never negative; minor units out.
    Rounds: half up, once per loan and kind of charge.
    """
    return (2 * scaled + _SCALE) // (2 * _SCALE)


def _rate_on(rates: Sequence[Rate], day: date, cap_bps: int | None) -> int:
    bps = next(r.rate_bps for r in reversed(rates) if r.from_date <= day)
    return bps if cap_bps is None else min(bps, cap_bps)
