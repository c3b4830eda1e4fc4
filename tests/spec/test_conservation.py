"""Nothing is lost: whatever the rows are, each is loaded, a duplicate, or in the quarantine."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.lib.files import book, row, stored, take, write

AMOUNTS = st.sampled_from(["100", "250.00", "-5", "", "x", "0", "9" * 30, "1000000000000000"])
PAYMENTS = st.lists(
    st.builds(
        lambda number, loan, amount, back, known: row(
            "payments",
            payment_id=f"Y{number}" if number else "",
            loan_id=loan,
            amount_minor=amount,
            reverses_id=f"Y{back}" if back else "",
            known_date=known,
        ),
        st.integers(0, 6),
        st.sampled_from(["L1", "L2", "L9"]),
        AMOUNTS,
        st.sampled_from([0, 0, 0, 1, 2]),
        st.sampled_from(["2026-03-01", "2026-03-02", "soon"]),
    ),
    min_size=1,
    max_size=12,
)


READABLE = {"100": 100, "250.00": 250, "-5": -5, "0": 0, "1000000000000000": 10**15}


def brings(one):
    """The amount that a row brings, if it can be read: a reversal counts as negative."""
    minor = READABLE.get(one["amount_minor"], 0)
    return -abs(minor) if one["reverses_id"] else minor


@pytest.mark.long
@settings(max_examples=25)
@given(st.lists(PAYMENTS, min_size=1, max_size=3))
def test_rows_and_money_are_conserved_over_several_loads(tmp_path_factory, loads):
    folder = tmp_path_factory.mktemp("conserved")
    home = folder / "home"
    given_rows = loaded = duplicate = quarantined = retried = 0
    for number, rows in enumerate(loads):
        write(folder / str(number), "payments.csv", rows)
        report = take(home, folder / str(number)).table("payments")
        assert report.rows_read == len(rows)
        assert report.money_in["amount_minor"] == sum(map(brings, rows))
        given_rows += len(rows)
        loaded += report.loaded
        duplicate += report.duplicate
        quarantined += report.quarantined
        retried += report.retried
    assert given_rows == loaded + duplicate + quarantined - retried
    after = take(home, book(folder / "rest", loans=[row("loans"), row("loans", loan_id="L2")]))
    held = [r for r in stored(home, "payments") if r["payment_id"]]
    late = next((t.loaded for t in after.tables if t.table == "payments"), 0)
    assert len(held) == loaded + late
