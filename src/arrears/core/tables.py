"""Every table that rooms hand each other: its columns, their types and units, and its grain."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a column holds; an engine maps each kind to one of its own types."""

    TEXT = "text"
    DAY = "day"  # a calendar date
    MINOR = "minor"  # 64-bit whole minor units of the book's currency
    WHOLE = "whole"  # 32-bit whole number
    DEGREE = "degree"  # a coordinate, WGS-84, the only floating point there is


@dataclass(frozen=True, slots=True)
class Column:
    """One column: a required one must have a value in every row."""

    name: str
    kind: Kind
    required: bool = True
    one_of: tuple[str, ...] = ()
    least: int | None = None  # smallest lawful whole number or amount


@dataclass(frozen=True, slots=True)
class Table:
    """A declared table. `owner` says which column places a row in a bucket of the lake."""

    name: str
    grain: str
    key: tuple[str, ...]
    owner: str  # "borrower_id", "loan_id", or "" for tables small enough to be whole
    columns: tuple[Column, ...]

    def column(self, name: str) -> Column:
        """The column of that name. Raises: KeyError."""
        return {c.name: c for c in self.columns}[name]

    @property
    def names(self) -> tuple[str, ...]:
        """The column names in order."""
        return tuple(c.name for c in self.columns)

    @property
    def money(self) -> tuple[str, ...]:
        """The columns that hold amounts."""
        return tuple(c.name for c in self.columns if c.kind is Kind.MINOR)


def _text(name: str, *one_of: str) -> Column:
    return Column(name, Kind.TEXT, one_of=one_of)


def _maybe(name: str, kind: Kind = Kind.TEXT) -> Column:
    return Column(name, kind, required=False)


def _day(name: str) -> Column:
    return Column(name, Kind.DAY)


def _minor(name: str, least: int | None = 0) -> Column:
    return Column(name, Kind.MINOR, least=least)


def _whole(name: str, least: int | None = 0) -> Column:
    return Column(name, Kind.WHOLE, least=least)


ORDERS = ("per_instalment", "fees_first", "card_91", "as_booked")
BORROWER_KINDS = ("person", "company")
LOAN_STATUSES = ("open", "closed", "written_off")
POINT_ROLES = (
    "debtor",
    "guarantor",
    "co_debtor",
    "contact",
    "legal_representative",
    "attorney",  # whoever acts for the borrower
)
LIABLE_ROLES = ("guarantor", "co_debtor")  # who answers for the debt where a document proves it
POINT_SOURCES = ("contract", "borrower", "update", "public", "court", "consent")
MADE_UP = "made-up-"  # how the id of a point begins that was made up for a book without any

# What an institution may state of all its borrowers in `facts`, with the values that are lawful; () is any.
STATED_FACTS: dict[str, tuple[str, ...]] = {
    "zone": (),
    "phone_source": POINT_SOURCES,
    "email_source": POINT_SOURCES,
    "address_source": POINT_SOURCES,
}

# Where a row came from; every book table ends with these three.
PROVENANCE = (_text("source_file"), _whole("source_row"), _day("known_date"))

_SPAN = (
    _maybe("borrower_id"),
    _maybe("loan_id"),
    _text("kind"),
    _maybe("evidence"),
    _day("from_date"),
    _maybe("to_date", Kind.DAY),
)


def _spans(name: str, grain: str, *further: Column) -> Table:
    """A table of what holds on days; its further columns are part of the key."""
    key = ("borrower_id", "loan_id", "kind", "from_date", *(column.name for column in further))
    return Table(name, grain, key, "borrower_id", (*_SPAN, *further))


_BOOK = (
    Table(
        "borrowers",
        "one row per borrower",
        ("borrower_id",),
        "borrower_id",
        (
            _text("borrower_id"),
            _text("kind", *BORROWER_KINDS),
            _maybe("name"),
            _maybe("id_number"),
            _maybe("zone"),
            _maybe("language"),
            _maybe("region_code"),
            _maybe("address"),
            _maybe("lon", Kind.DEGREE),
            _maybe("lat", Kind.DEGREE),
        ),
    ),
    Table(
        "loans",
        "one row per loan",
        ("loan_id",),
        "borrower_id",
        (
            _text("loan_id"),
            _text("borrower_id"),
            _text("product"),
            _maybe("branch"),
            _text("currency"),
            _day("opened_date"),
            _minor("principal_minor"),
            _text("status", *LOAN_STATUSES),
        ),
    ),
    Table(
        "instalments",
        "one row per loan and instalment; seq counts from 1 in order of due date",
        ("loan_id", "seq"),
        "loan_id",
        (
            _text("loan_id"),
            _whole("seq", 1),
            _day("due_date"),
            _minor("principal_minor"),
            _minor("interest_minor"),
            _minor("fee_minor"),
        ),
    ),
    Table(
        "payments",
        "one row per payment or reversal; a reversal names the payment and is negative",
        ("payment_id",),
        "loan_id",
        (
            _text("payment_id"),
            _text("loan_id"),
            _day("value_date"),
            _minor("amount_minor", None),
            _maybe("reverses_id"),
            _maybe("principal_minor", Kind.MINOR),
            _maybe("interest_minor", Kind.MINOR),
            _maybe("fee_minor", Kind.MINOR),
        ),
    ),
    Table(
        "products",
        "one row per product: its conventions",
        ("product",),
        "",
        (
            _text("product"),
            _text("kind", "loan", "card"),
            _text("order", *ORDERS),
            _whole("grace_days"),
            _minor("tolerance_minor"),
            _text("tolerance_per", "loan", "instalment"),
            _text("dpd_start", "day_after", "due_day"),
            _text("day_count", "act_360", "act_365"),
            Column("cap_bps", Kind.WHOLE, required=False, least=0),
        ),
    ),
    Table(
        "rates",
        "one row per product, kind and day from which the rate holds",
        ("product", "kind", "from_date"),
        "",
        (
            _text("product"),
            _day("from_date"),
            _text("kind", "contract", "penalty", "compound"),
            _whole("rate_bps"),
        ),
    ),
    Table(
        "snapshots",
        "one row per loan and day on which the bank stated its status",
        ("loan_id", "snapshot_date"),
        "loan_id",
        (
            _text("loan_id"),
            _day("snapshot_date"),
            _whole("reported_dpd", None),
            _maybe("balance_minor", Kind.MINOR),
        ),
    ),
    Table(
        "contact_points",
        "one row per way to reach someone about a borrower",
        ("point_id",),
        "borrower_id",
        (
            _text("point_id"),
            _text("borrower_id"),
            _text("role", *POINT_ROLES),
            _text("kind", "mobile", "landline", "email", "address", "app"),
            _text("value"),
            # Empty: where the institution states it for all (STATED_FACTS), that; else no contact is lawful.
            Column("source", Kind.TEXT, required=False, one_of=POINT_SOURCES),
            _maybe("valid_from", Kind.DAY),
        ),
    ),
    _spans(
        "guarantors",
        "one row per guarantee (kind: guarantor, co_debtor), contact point of who signed it, and day from "
        "which it holds; without a point nobody is known to be liable by it",
        _maybe("point_id"),
    ),
    _spans("collateral", "one row per pledge and day from which it holds"),
    _spans(
        "consents",
        "one row per consent (kind: hours, more_calls …) and day from which it holds",
    ),
    _spans("flags", "one row per flag (pause, complaint, hardship …) and its first day"),
    Table(
        "contacts",
        "one row per contact that took place; comes back from the ledger",
        ("contact_id",),
        "borrower_id",
        (
            _text("contact_id"),
            _text("borrower_id"),
            _maybe("loan_id"),
            _text("channel"),
            _day("contact_date"),
            _maybe("outcome"),
        ),
    ),
    Table(
        "promises",
        "one row per promise to pay; comes back from the ledger",
        ("promise_id",),
        "borrower_id",
        (
            _text("promise_id"),
            _text("borrower_id"),
            _maybe("loan_id"),
            _day("made_date"),
            _day("due_date"),
            _minor("amount_minor", 1),
            _whole("tolerance_days"),
        ),
    ),
    Table(
        "holds",
        "one row per hold, with what it stops; comes back from the ledger",
        ("hold_id",),
        "borrower_id",
        (
            _text("hold_id"),
            _text("borrower_id"),
            _text("kind"),
            _maybe("channels"),
            _maybe("purposes"),
            _maybe("role"),
            _maybe("point_id"),
            _day("from_date"),
            _maybe("until_date", Kind.DAY),
        ),
    ),
    Table(
        "facts",
        "one row per institution-wide statement and the day from which it holds",
        ("fact", "from_date"),
        "",
        (_text("fact"), _text("value"), _maybe("evidence"), _day("from_date")),
    ),
)

BOOK: dict[str, Table] = {table.name: table for table in _BOOK}

ARREARS = Table(
    "arrears",
    "one row per open loan and as_of",
    ("loan_id", "as_of"),
    "loan_id",
    (
        _text("loan_id"),
        _day("as_of"),
        _whole("dpd"),
        _whole("counted_dpd"),
        _text("bucket"),
        _text("class5"),
        _maybe("oldest_unpaid_date", Kind.DAY),
        _maybe("oldest_unpaid_seq", Kind.WHOLE),
        _maybe("overdue_minor", Kind.MINOR),
        _maybe("overdue_fee_minor", Kind.MINOR),
        _maybe("overdue_interest_minor", Kind.MINOR),
        _maybe("overdue_principal_minor", Kind.MINOR),
        _maybe("penalty_minor", Kind.MINOR),
        _maybe("compound_minor", Kind.MINOR),
        _maybe("outstanding_minor", Kind.MINOR),
    ),
)

CASE_DAY = Table(
    "case_day",
    "one row per borrower with an overdue loan, and as_of",
    ("borrower_id", "as_of"),
    "borrower_id",
    (
        _text("borrower_id"),
        _day("as_of"),
        _text("borrower_kind", *BORROWER_KINDS),
        _whole("loans"),
        _whole("loans_overdue"),
        _text("worst_loan_id"),
        _whole("dpd"),
        _whole("counted_dpd"),
        _text("bucket"),
        _text("class5"),
        _minor("overdue_minor"),
        _minor("penalty_minor"),
        _minor("compound_minor"),
        _minor("outstanding_minor"),
        _maybe("branch"),
        _maybe("product"),
        _maybe("last_contact_date", Kind.DAY),
        _whole("days_since_contact"),
        _whole("promise_broken_today"),
        _text("flags"),
    ),
)

ROLL = Table(
    "roll",
    "one row per bucket before, bucket now, and as_of",
    ("from_date", "as_of", "from_bucket", "to_bucket"),
    "",
    (
        _day("from_date"),
        _day("as_of"),
        _text("from_bucket"),
        _text("to_bucket"),
        _minor("loans"),
        _minor("overdue_minor"),
        _minor("outstanding_minor"),
    ),
)

WORKLIST = Table(
    "worklist",
    "one row per case of case_day, best first",
    ("as_of", "rank"),
    "",
    (
        _day("as_of"),
        _minor("rank", 1),
        _text("borrower_id"),
        _text("treatment"),
        _whole("priority"),
        _text("reasons"),
        _text("worst_loan_id"),
        _whole("dpd"),
        _text("bucket"),
        _minor("overdue_minor"),
    ),
)

RUN: dict[str, Table] = {t.name: t for t in (ARREARS, CASE_DAY, ROLL, WORKLIST)}
