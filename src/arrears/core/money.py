"""Money is a whole number of minor units and a currency; one way to round, no division."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from fractions import Fraction

from arrears.core.errors import UserError

MINOR_DIGITS = 2  # every currency we know a book of; a book of yen waits for its own ADR
_LONGEST = 30  # digits before or after the point of a text that can still be an amount
LARGEST_MINOR = 10**15  # ten trillion yuan: beyond it an amount is a fault, not a loan


class MoneyMixed(UserError):
    """Two currencies met in one sum."""

    exit_code = 10


class NotMoney(UserError):
    """A text that was to be an amount is none."""

    exit_code = 11


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An amount in one currency.

    Units: `minor` is an integer number of minor units (分 for CNY).
    Raises: MoneyMixed when two currencies are added, subtracted or compared.
    """

    minor: int
    currency: str

    def __add__(self, other: "Money") -> "Money":
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.minor - self._same(other), self.currency)

    def __lt__(self, other: "Money") -> bool:
        return self.minor < self._same(other)

    def __str__(self) -> str:
        return f"{major_text(self.minor)} {self.currency}"

    def _same(self, other: "Money") -> int:
        if other.currency != self.currency:
            raise MoneyMixed(
                f"{self.currency} and {other.currency} cannot meet in one sum",
                hint="Keep each currency in a book (ARREARS_HOME) of its own.",
            )
        return other.minor


def round_half_up(exact: Decimal | Fraction) -> int:
    """The nearest whole minor unit; a half goes away from zero.

    Units:  minor units in, minor units out.
    Rounds: half up (away from zero on the half), the only rounding the product has.
    """
    if isinstance(exact, Fraction):
        floor, rest = divmod(abs(exact), 1)
        whole = int(floor) + (1 if rest * 2 >= 1 else 0)
        return whole if exact >= 0 else -whole
    return int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def split(minor: int, weights: Sequence[int]) -> list[int]:
    """Shares of an amount in proportion to whole weights, which always sum to the amount.

    Units:  minor units in and out; weights are any whole numbers, not all zero.
    Rounds: largest remainder first, then the earlier share.
    """
    total = sum(weights)
    if total <= 0:
        raise ValueError("weights must have a positive sum")
    shares = [minor * weight // total for weight in weights]
    left = minor - sum(shares)
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(minor * weights[i] % total), i))
    for i in by_remainder[:left]:
        shares[i] += 1
    return shares


def minor_from_text(text: str) -> int:
    """The minor units of an amount written in major units, such as `1234.50`.

    Raises: NotMoney when it is no number or has more decimals than the currency.
    """
    try:
        exact = Decimal(text)
    except InvalidOperation as error:
        raise NotMoney(f"{text!r} is not an amount") from error
    if not exact.is_finite() or abs(exact.adjusted()) > _LONGEST:
        raise NotMoney(f"{text!r} is not an amount")
    minor = Fraction(exact) * 10**MINOR_DIGITS
    if minor.denominator != 1:
        raise NotMoney(f"{text!r} has more than {MINOR_DIGITS} decimals")
    return int(minor)


def major_text(minor: int) -> str:
    """An amount as people read it: `-1,234.50` for -123450 minor units."""
    sign = "-" if minor < 0 else ""
    whole, cents = divmod(abs(minor), 10**MINOR_DIGITS)
    return f"{sign}{whole:,}.{cents:0{MINOR_DIGITS}d}"


def spoken(minor: int, currency: str, language: str) -> str:
    """An amount inside a sentence in `zh` or `en`: `1,234.50元` in Chinese, else `1,234.50 CNY`."""
    amount = major_text(minor)
    return f"{amount}元" if (language, currency) == ("zh", "CNY") else f"{amount} {currency}"
