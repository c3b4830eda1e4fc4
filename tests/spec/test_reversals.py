"""What core takes for granted of reversals holds in the book on any day."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.lib.files import book, row, stored, take, write

DAYS = [f"2026-02-0{n}" for n in range(1, 5)]
ROWS = st.lists(
    st.builds(
        lambda number, undoes, loan, amount, value, known: row(
            "payments",
            payment_id=f"Y{number}",
            reverses_id=f"Y{undoes}" if undoes else "",
            loan_id=loan,
            amount_minor=amount,
            value_date=value,
            known_date=known,
        ),
        st.integers(1, 5),
        st.sampled_from([0, 0, 1, 1, 2, 3]),
        st.sampled_from(["L1", "L1", "L1", "L2"]),
        st.integers(1, 5),
        st.sampled_from(DAYS[:2]),
        st.sampled_from(DAYS[1:]),
    ),
    min_size=1,
    max_size=14,
)


def known_on(rows, day):
    """The version of each payment that counts on a day."""
    latest = {}
    for one in sorted(rows, key=lambda r: r["known_date"]):
        if one["known_date"] <= day:
            latest[one["payment_id"]] = one
    return latest


@pytest.mark.long
@settings(max_examples=20)
@given(st.lists(ROWS, min_size=1, max_size=3))
def test_reversals_in_the_book_are_what_core_relies_on(tmp_path_factory, loads):
    folder = tmp_path_factory.mktemp("reversals")
    home = folder / "home"
    take(home, book(folder / "loans", loans=[row("loans"), row("loans", loan_id="L2")]))
    for number, rows in enumerate(loads):
        write(folder / str(number), "payments.csv", rows)
        take(home, folder / str(number))
    kept = stored(home, "payments")
    for day in map(date.fromisoformat, DAYS):
        known = known_on(kept, day)
        taken = dict.fromkeys(known, 0)
        for one in known.values():
            if one["reverses_id"]:
                paid = known[one["reverses_id"]]
                assert not paid["reverses_id"]
                assert paid["loan_id"] == one["loan_id"]
                assert paid["value_date"] <= one["value_date"]
                taken[paid["payment_id"]] -= one["amount_minor"]
        assert all(took <= max(known[key]["amount_minor"], 0) for key, took in taken.items())
