"""The loans that were ever short are those that a clerk finds short on the evening of some day."""

from collections import defaultdict
from datetime import date, timedelta

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arrears.batch.short import ever_short

FIRST = date(2026, 1, 15)
EVENTS = st.lists(
    st.tuples(
        st.sampled_from((0, 1, 7, 2**40, 2**43 - 1)),
        st.integers(-3, 6).map(lambda n: FIRST + timedelta(days=n)),
        st.integers(0, 9),
    ),
    max_size=12,
)
PAID = st.lists(
    st.tuples(
        st.sampled_from((0, 1, 7, 2**40, 2**43 - 1)),
        st.integers(-3, 6).map(lambda n: FIRST + timedelta(days=n)),
        st.sampled_from((1, 2, 3, 5, 9, 9, 9, -4)),
    ),
    max_size=12,
)


def a_table(events):
    loans, days, minor = zip(*events, strict=True) if events else ((), (), ())
    return pa.table(
        {
            "loan": pa.array(loans, pa.int64()),
            "day": pa.array(days, pa.date32()),
            "minor": pa.array(minor, pa.int64()),
        }
    )


def found(due, paid):
    return sorted(ever_short(a_table(due), a_table(paid))["loan"].to_pylist())


def by_hand(due, paid):
    evenings = {day for _, day, _ in [*due, *paid]}
    short = set()
    for evening in evenings:
        missing = defaultdict(int)
        for sign, events in ((1, due), (-1, paid)):
            for loan, day, minor in events:
                missing[loan] += sign * minor if day <= evening else 0
        short |= {loan for loan, minor in missing.items() if minor > 0}
    return sorted(short | {loan for loan, _, minor in paid if minor < 0})


@given(EVENTS, PAID)
def test_short_is_what_a_clerk_finds(due, paid):
    assert found(due, paid) == by_hand(due, paid)


@given(EVENTS, PAID)
def test_before_the_first_short_evening_all_is_summed_up(due, paid):
    for row in ever_short(a_table(due), a_table(paid)).to_pylist():
        own_due = [(day, minor) for loan, day, minor in due if loan == row["loan"]]
        own_paid = [(day, minor) for loan, day, minor in paid if loan == row["loan"]]
        if any(minor < 0 for _, minor in own_paid):
            assert (row["from_date"], row["to_date"]) == (date(1900, 1, 1), date(9999, 12, 31))
        else:
            evenings = sorted({day for day, _ in own_due + own_paid})
            missing = {e: sum_upto(own_due, e) - sum_upto(own_paid, e) for e in evenings}
            assert row["from_date"] == next(e for e in evenings if missing[e] > 0)
            last_short = max(e for e in evenings if missing[e] > 0)
            later = [e for e in evenings if e > last_short]
            assert row["to_date"] == (later[0] if later else date(9999, 12, 31))
        before = row["from_date"] - timedelta(days=1)
        assert row["due_before_minor"] == sum_upto(own_due, before)
        assert row["paid_before_minor"] == sum_upto(own_paid, before)


def sum_upto(events, evening):
    return sum(minor for day, minor in events if day <= evening)


@pytest.mark.parametrize(
    ("due", "paid", "short"),
    [
        ([], [], []),
        ([(1, FIRST, 100)], [], [1]),
        ([(1, FIRST, 100)], [(1, FIRST, 100)], []),
        ([(1, FIRST, 100)], [(1, FIRST, 99)], [1]),
        ([(1, FIRST, 100)], [(1, FIRST + timedelta(days=1), 100)], [1]),
        ([(1, FIRST, 100), (2, FIRST, 100)], [(1, FIRST, 200)], [2]),
        ([(1, FIRST, 100)], [(1, FIRST, 100), (1, FIRST + timedelta(days=1), -1)], [1]),
        ([(1, FIRST, 100)], [(1, FIRST, 100), (1, FIRST, -100)], [1]),
    ],
    ids=["nothing", "unpaid", "in time", "a cent", "late", "not lent", "undone", "undone at once"],
)
def test_the_evening_decides(due, paid, short):
    assert found(due, paid) == short
