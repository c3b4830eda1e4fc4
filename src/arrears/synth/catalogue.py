"""What the made-up bank sells: one product for every convention a book can have, and its rates."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

FACTOR_SCALE = 10**9  # an annuity factor is a whole number of billionths
CAP_BPS = 2400
PENALTY_PERCENT = 150  # of the contract rate; compound interest runs at the same rate

Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class Product:
    """One product: its conventions, and what its loans look like.

    Units: `share` counts of a hundred loans, `thousands` are yuan, terms are months.
    """

    product: str
    kind: str
    order: str
    grace_days: int
    tolerance_minor: int
    tolerance_per: str
    day_count: str
    share: int
    rate_bps: tuple[int, int]  # before and after the one change of rates
    terms: tuple[int, ...]
    thousands: tuple[int, int]  # least and most that is lent
    dpd_start: str = "day_after"
    first_fee_minor: int = 0
    monthly_fee_minor: int = 0


PRODUCTS = (
    Product(
        "consumer", "loan", "per_instalment", 0, 0, "loan", "act_360", 45,
        rate_bps=(1080, 960), terms=(12, 24, 36), thousands=(5, 120),
    ),
    Product(
        "business", "loan", "per_instalment", 3, 100, "loan", "act_360", 20,
        rate_bps=(780, 650), terms=(12, 24, 36), thousands=(50, 900), first_fee_minor=20_000,
    ),
    Product(
        "farm", "loan", "per_instalment", 5, 10, "instalment", "act_365", 20,
        rate_bps=(690, 600), terms=(12, 24, 36), thousands=(10, 200),
    ),
    Product(
        "car", "loan", "fees_first", 3, 100, "loan", "act_360", 5,
        rate_bps=(860, 720), terms=(24, 36), thousands=(40, 300),
        first_fee_minor=80_000, monthly_fee_minor=1_000,
    ),
    Product(
        "card", "card", "card_91", 3, 0, "loan", "act_365", 8,
        rate_bps=(1460, 1320), terms=(12, 18, 24), thousands=(3, 50), monthly_fee_minor=500,
    ),
    Product(
        "partner", "loan", "as_booked", 0, 10, "instalment", "act_365", 2,
        rate_bps=(1200, 1140), terms=(12, 24), thousands=(2, 30), dpd_start="due_day",
    ),
)  # fmt: skip

ORDER_AS_BOOKED = tuple(p.order == "as_booked" for p in PRODUCTS)


def annuity_factor(rate_bps: int, term: int) -> int:
    """The level monthly instalment per unit lent, in whole billionths.

    Rounds: down; the last instalment of a schedule absorbs what is left.
    """
    monthly = Decimal(rate_bps) / 120_000
    return int(FACTOR_SCALE * monthly / (1 - (1 + monthly) ** -term))


def rate_change(first_date: date, last_date: date) -> date:
    """The day on which every rate changes: two fifths into the book."""
    return first_date + timedelta(days=(last_date - first_date).days * 2 // 5)


def product_rows(first_date: date) -> Sequence[Row]:
    """The rows of `products`, known since the book began."""
    names = (
        "product", "kind", "order", "grace_days", "tolerance_minor", "tolerance_per",
        "dpd_start", "day_count",
    )  # fmt: skip
    return [
        {name: getattr(p, name) for name in names} | {"cap_bps": CAP_BPS, "known_date": first_date}
        for p in PRODUCTS
    ]


def rate_rows(first_date: date, last_date: date) -> Sequence[Row]:
    """The rows of `rates`: three kinds for each product, before and after the change of rates."""
    days = (first_date, rate_change(first_date, last_date))
    rows: list[Row] = []
    for p in PRODUCTS:
        for day, contract in zip(days, p.rate_bps, strict=True):
            raised = contract * PENALTY_PERCENT // 100
            for kind, rate in (("contract", contract), ("penalty", raised), ("compound", raised)):
                row: Row = {"product": p.product, "from_date": day, "kind": kind, "rate_bps": rate}
                rows.append(row | {"known_date": day})
    return rows
