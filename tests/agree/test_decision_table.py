"""A decision table means the same in Python and in DuckDB, for random tables and accounts."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arrears.core.case import FLAGS, NEVER
from arrears.decide.compile import query
from arrears.decide.meaning import NoRule, first_hit
from arrears.decide.table import parse
from arrears.lake.duck import connect
from tests.lib.decisions import CLASSES, a_table, an_account
from tests.lib.tree import ROOT

DEFAULT = parse((ROOT / "src/arrears/decide/tables/default.txt").read_text(encoding="utf-8"))

ACCOUNTS = st.fixed_dictionaries(
    {
        "counted_dpd": st.integers(0, 250),
        "dpd": st.integers(0, 260),
        "overdue_minor": st.sampled_from([0, 1, 9_999, 10_000, 10_001, 499_999, 500_000])
        | st.integers(0, 10_000_000),
        "outstanding_minor": st.integers(0, 10_000_000),
        "days_since_contact": st.sampled_from([0, 2, 3, NEVER]) | st.integers(0, 90),
        "promise_broken_today": st.integers(0, 1),
        "borrower_kind": st.sampled_from(["person", "company"]),
        "class5": st.sampled_from(CLASSES),
        "product": st.sampled_from(["card", "car", "车贷", None]),
        "loans_overdue": st.integers(1, 4),
        "flags": st.sets(st.sampled_from(FLAGS), max_size=2).map(
            lambda some: " ".join(flag for flag in FLAGS if flag in some)
        ),
    }
)
COLUMNS = (
    "flags | bucket | counted_dpd | overdue | outstanding | since_contact | promise_broken | "
    "borrower_kind | class5 | product | loans_overdue"
)
CELLS = st.tuples(
    st.sampled_from(["-", "no_contact", "!plan", "plan/legal !pause", "complaint dispute"]),
    st.sampled_from(["-", "M0", "M1..M2", "M2..", "M1/M7+"]),
    st.sampled_from(["-", "..15", "10..40", ">= 31", "30"]),
    st.sampled_from(["-", "< 100.00", ">= 5000.00", "0.01..100.00", "0"]),
    st.sampled_from(["-", "> 50000.00"]),
    st.sampled_from(["-", "<= 2", "never", ">= 7"]),
    st.sampled_from(["-", "yes", "no"]),
    st.sampled_from(["-", "person", "company"]),
    st.sampled_from(["-", "doubtful..", "normal/loss"]),
    st.sampled_from(["-", "card/车贷", "car"]),
    st.sampled_from(["-", ">= 2", "1"]),
).map(" | ".join)
TABLES = st.lists(CELLS, min_size=1, max_size=6).map(lambda rows: a_table(*rows, columns=COLUMNS))


def by_python(table, account):
    try:
        decision = first_hit(table, account)
    except NoRule:
        return (None, None, None, None)
    return (decision.rule, decision.treatment, decision.priority, decision.reasons)


@pytest.fixture(scope="module")
def duck():
    with connect() as connection:
        yield connection


def by_duckdb(duck, table, accounts):
    numbered = [account | {"borrower_id": str(n)} for n, account in enumerate(accounts)]
    duck.register("case_day", pa.Table.from_pylist(numbered))
    return duck.sql(
        f"SELECT rule, treatment, priority, reasons FROM ({query(table)}) AS decided "
        "ORDER BY CAST(borrower_id AS INTEGER)"
    ).fetchall()


@given(TABLES, st.lists(ACCOUNTS, min_size=1, max_size=20))
def test_a_random_table_decides_the_same(duck, table, facts):
    accounts = [an_account(**some) for some in facts]
    assert by_duckdb(duck, table, accounts) == [by_python(table, account) for account in accounts]


@given(st.lists(ACCOUNTS, min_size=1, max_size=50))
def test_the_default_table_decides_the_same(duck, facts):
    accounts = [an_account(**some) for some in facts]
    assert by_duckdb(duck, DEFAULT, accounts) == [
        by_python(DEFAULT, account) for account in accounts
    ]
