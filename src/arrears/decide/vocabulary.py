"""The words of a decision table: its headings, the columns they stand for, what a cell may say."""

from dataclasses import dataclass
from enum import Enum

from arrears.core.case import FLAGS, NEVER
from arrears.core.delinquency import BUCKETS, FIVE_CLASS
from arrears.core.tables import BORROWER_KINDS

ANY = "-"  # a cell that asks nothing


class Form(Enum):
    """How the cells of a column are written."""

    WHOLE = "whole number"
    MONEY = "amount in major units"
    DAYS = "days, or never"
    ANSWER = "yes or no"
    ORDERED = "words in an order"
    WORDS = "words"
    NAMES = "names"  # the bank's own words: any are possible
    FLAGS = "flags"


@dataclass(frozen=True, slots=True)
class Heading:
    """One heading of a table and the column of `case_day` for which it stands."""

    heading: str
    column: str
    form: Form
    words: tuple[str, ...] = ()
    most: int | None = None  # largest number there is
    example: str = ""


_HEADINGS = (
    Heading("flags", "flags", Form.FLAGS, FLAGS, example="hardship !plan"),
    Heading("bucket", "bucket", Form.ORDERED, BUCKETS, example="M2..M3"),
    Heading("counted_dpd", "counted_dpd", Form.WHOLE, example="1..15"),
    Heading("overdue", "overdue_minor", Form.MONEY, example=">= 500.00"),
    Heading("outstanding", "outstanding_minor", Form.MONEY, example="< 10000.00"),
    Heading("since_contact", "days_since_contact", Form.DAYS, most=NEVER, example="<= 2"),
    Heading("promise_broken", "promise_broken_today", Form.ANSWER, most=1, example="yes"),
    Heading("borrower_kind", "borrower_kind", Form.WORDS, BORROWER_KINDS, example="company"),
    Heading(
        "class5",
        "class5",
        Form.ORDERED,
        tuple(grade for _, grade in FIVE_CLASS[-1].steps),
        example="doubtful..loss",
    ),
    Heading("product", "product", Form.NAMES, example="card/car"),
    Heading("loans_overdue", "loans_overdue", Form.WHOLE, example=">= 2"),
)

HEADINGS: dict[str, Heading] = {heading.heading: heading for heading in _HEADINGS}
BY_COLUMN: dict[str, Heading] = {heading.column: heading for heading in _HEADINGS}

FIRST = "rule"
OUTCOME = ("treatment", "priority", "because")  # the last three headings, in this order
