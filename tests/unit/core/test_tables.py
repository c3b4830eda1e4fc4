"""The declared tables have the names, keys and kinds that the rooms agreed on."""

from dataclasses import fields

import pytest

from arrears.core.case import CaseFigures
from arrears.core.delinquency import Arrears
from arrears.core.loan import Instalment, Payment, Snapshot, Terms
from arrears.core.promise import PromiseFacts
from arrears.core.tables import ARREARS, BOOK, CASE_DAY, PROVENANCE, RUN, Kind

EVERY = [*BOOK.values(), *RUN.values()]


def names_of(record):
    own = getattr(record, "_fields", None)
    return list(own) if own else [field.name for field in fields(record)]


def test_the_book_and_the_run_have_the_tables_of_the_contract():
    assert set(BOOK) >= {
        "borrowers", "loans", "instalments", "payments", "products", "rates", "snapshots",
        "contact_points", "guarantors", "collateral", "consents", "flags", "contacts", "promises",
    }  # fmt: skip
    assert list(RUN) == ["arrears", "case_day", "roll", "worklist"]


def test_arrears_are_exported_as_the_contract_says():
    assert ARREARS.names == (
        "loan_id", "as_of", "dpd", "counted_dpd", "bucket", "class5", "oldest_unpaid_date",
        "oldest_unpaid_seq", "overdue_minor", "overdue_fee_minor", "overdue_interest_minor",
        "overdue_principal_minor", "penalty_minor", "compound_minor", "outstanding_minor",
    )  # fmt: skip


@pytest.mark.parametrize("table", EVERY, ids=lambda table: table.name)
def test_a_table_names_each_column_once_and_its_key_among_them(table):
    assert len(set(table.names)) == len(table.names)
    assert set(table.key) <= set(table.names)
    assert table.owner in ("", *table.names)
    assert {c.name for c in PROVENANCE}.isdisjoint(table.names)


@pytest.mark.parametrize("table", EVERY, ids=lambda table: table.name)
def test_a_column_says_by_its_name_what_it_holds(table):
    for column in table.columns:
        if column.name.endswith("_minor"):
            assert column.kind is Kind.MINOR
        if column.name.endswith(("_date", "as_of")):
            assert column.kind is Kind.DAY
        if column.name.endswith("_id"):
            assert column.kind is Kind.TEXT
    assert {c.name for c in table.columns if c.kind is Kind.MINOR} == set(table.money)


def test_a_column_is_found_by_its_name():
    assert BOOK["rates"].column("rate_bps").kind is Kind.WHOLE
    with pytest.raises(KeyError, match="rate_percent"):
        BOOK["rates"].column("rate_percent")


@pytest.mark.parametrize(
    ("record", "table", "beside"),
    [
        (Arrears, ARREARS, set()),
        (CaseFigures, CASE_DAY, set()),
        (Instalment, BOOK["instalments"], set()),
        (Payment, BOOK["payments"], {"known_date"}),
        (Snapshot, BOOK["snapshots"], {"known_date"}),
        (Terms, BOOK["products"], {"rates"}),
        (PromiseFacts, BOOK["promises"], set()),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_record_of_core_has_the_names_of_its_table(record, table, beside):
    assert set(names_of(record)) - beside <= set(table.names)
