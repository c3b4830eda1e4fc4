"""A fold sees each loan whole, wherever the batches happen to be cut."""

from itertools import pairwise

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arrears.batch import folds as room
from arrears.batch.folds import Fold, folds
from arrears.core.interest import NO_CHARGE
from arrears.core.loan import Terms
from tests.lib.loans import day

IN = pa.schema([("loan_id", pa.string()), ("minor", pa.int64())])
OUT = pa.schema([("loan_id", pa.string()), ("rows", pa.int64()), ("minor", pa.int64())])
ROWS = st.lists(st.tuples(st.sampled_from("ABCDE"), st.integers(0, 9)), max_size=12).map(sorted)


def summed(loan_id, rows):
    yield loan_id, len(rows), sum(minor for _, minor in rows)


SUMMED = Fold("read", "written", ("loan_id", "minor"), OUT, summed)


def batches(rows, cuts):
    table = pa.Table.from_pylist([dict(zip(IN.names, row, strict=True)) for row in rows], IN)
    edges = [0, *sorted(min(c, len(rows)) for c in cuts), len(rows)]
    for start, end in pairwise(edges):
        columns = [c.combine_chunks() for c in table.slice(start, end - start).columns]
        yield pa.RecordBatch.from_arrays(columns, schema=IN)


@given(ROWS, st.lists(st.integers(0, 12), max_size=5))
def test_it_does_not_matter_where_the_batches_are_cut(rows, cuts):
    made = pa.Table.from_batches(SUMMED(batches(rows, cuts)), OUT).to_pylist()
    names = sorted({name for name, _ in rows})
    own = {name: [minor for n, minor in rows if n == name] for name in names}
    assert made == [{"loan_id": n, "rows": len(own[n]), "minor": sum(own[n])} for n in names]


@pytest.mark.parametrize("most", [1, 2, 3, 100])
def test_what_is_made_comes_in_batches_and_none_is_lost(monkeypatch, most):
    monkeypatch.setattr(room, "ROWS_A_BATCH", most)
    rows = [(name, 1) for name in "ABCDE"]
    sizes = [batch.num_rows for batch in SUMMED(batches(rows, []))]
    assert sum(sizes) == 5
    assert max(sizes) <= most


def test_nothing_read_is_an_empty_table_with_its_columns():
    (only,) = SUMMED(iter([]))
    assert only.schema == OUT
    assert only.num_rows == 0


def made_of(name, rows, *, as_of="03-31"):
    terms = {"card": Terms(product="card", order="fees_first")}
    charges = {"card": (NO_CHARGE, NO_CHARGE)}
    fold = folds(as_of=day(as_of), terms=terms, charges=charges)[name]
    columns = list(zip(*rows, strict=True))
    batch = pa.RecordBatch.from_arrays([pa.array(c) for c in columns], list(fold.columns))
    return pa.Table.from_batches(fold([batch]), fold.schema).to_pylist()


def test_an_account_is_folded_from_its_events():
    rows = [
        ("A", "card", 0, day("01-15"), 1, None, None, 0, 100, 20, 10, 0),
        ("A", "card", 0, day("02-15"), 2, None, None, 0, 100, 15, 10, 0),
        ("A", "card", 1, day("02-20"), 0, "P1", None, 50, None, None, None, 0),
    ]
    (row,) = made_of("fold_event", rows)
    assert row == {
        "loan_id": "A",
        "overdue_fee_minor": 0,
        "overdue_interest_minor": 5,
        "overdue_principal_minor": 200,
        "penalty_minor": 0,
        "compound_minor": 0,
        "oldest_unpaid_date": day("01-15"),
        "oldest_unpaid_seq": 1,
    }


def test_an_account_with_nothing_missing_has_no_oldest_instalment():
    rows = [
        ("A", "card", 0, day("01-15"), 1, None, None, 0, 100, 0, 0, 0),
        ("A", "card", 1, day("02-20"), 0, "P1", None, 100, None, None, None, 0),
    ]
    (row,) = made_of("fold_event", rows)
    assert (row["oldest_unpaid_date"], row["oldest_unpaid_seq"]) == (None, None)


def test_what_was_paid_before_the_first_event_waits_for_it():
    rows = [("A", "card", 0, day("01-15"), 1, None, None, 0, 100, 0, 0, 60)]
    (row,) = made_of("fold_event", rows)
    assert row["overdue_principal_minor"] == 40


def test_paused_days_of_a_loan_count_once():
    since = day("03-01")
    rows = [("A", since, day("03-05"), day("03-10")), ("A", since, day("03-08"), None)]
    assert made_of("pause_event", rows) == [{"loan_id": "A", "paused_days": 27}]


@pytest.mark.parametrize(
    ("paid_minor", "as_of", "broken"),
    [
        (0, "03-09", False),
        (0, "03-10", True),
        (49, "03-10", True),
        (50, "03-10", False),
        (0, "03-11", False),
    ],
)
def test_a_promise_is_broken_on_its_last_day_only(paid_minor, as_of, broken):
    rows = [
        ("B", 0, "W1", None, day("03-01"), day("03-10"), 0, 50),
        ("B", 1, "P1", None, day("03-05"), day("03-05"), 0, paid_minor),
    ]
    made = made_of("promise_event", rows, as_of=as_of)
    assert made == ([{"borrower_id": "B"}] if broken else [])
