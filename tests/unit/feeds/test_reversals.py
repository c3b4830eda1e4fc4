"""A reversal reaches the book only when core can follow it, whichever row came first."""

import pytest

from tests.lib.files import TODAY, book, codes, quarantined, row, stored, take, write

PAID = row("payments", amount_minor=10500)
TWO_LOANS = [row("loans"), row("loans", loan_id="L2")]


def undo(**changes):
    """A sound reversal of the whole payment Y1."""
    return row(
        "payments", **{"payment_id": "Z1", "reverses_id": "Y1", "amount_minor": 10500, **changes}
    )


def amounts(home):
    return {(r["payment_id"], r["amount_minor"]) for r in stored(home, "payments")}


BAD = [
    (undo(value_date="2026-02-04"), "reversal_before_payment", "value_date"),
    (undo(known_date="2026-02-27"), "reversal_before_payment", "known_date"),
    (undo(amount_minor=10501), "reversal_exceeds", "amount_minor"),
    (undo(loan_id="L2"), "reversal_other_loan", "loan_id"),
]


@pytest.mark.parametrize(("reversal", "code", "column"), BAD)
@pytest.mark.parametrize("apart", [False, True], ids=["one file", "payment stored before"])
def test_a_reversal_that_core_cannot_follow_is_refused(tmp_path, reversal, code, column, apart):
    home = tmp_path / "home"
    rows = [PAID, reversal]
    if apart:
        take(home, book(tmp_path / "a", loans=TWO_LOANS, payments=[PAID]))
        rows = [reversal]
    report = take(home, book(tmp_path / "b", loans=TWO_LOANS, payments=rows))
    (held,) = quarantined(report, "payments")
    assert (held["_code"], held["_column"]) == (code, column)
    assert "Y1 of loan L1, 10500 of 2026-02-05, known 2026-03-01" in held["_reason"]
    assert amounts(home) == {("Y1", 10500)}


def test_a_reversal_of_a_reversal_is_refused_and_so_is_what_undoes_it(tmp_path):
    again = undo(payment_id="Z2", reverses_id="Z1")
    third = undo(payment_id="Z3", reverses_id="Z2")
    report = take(tmp_path / "home", book(tmp_path / "a", payments=[PAID, undo(), again, third]))
    assert codes(report, "payments") == ["reversal_of_reversal"] * 2
    assert amounts(tmp_path / "home") == {("Y1", 10500), ("Z1", -10500)}


def test_on_the_same_day_and_to_the_last_cent_is_sound(tmp_path):
    parts = [undo(amount_minor=10000), undo(payment_id="Z2", amount_minor=500)]
    report = take(tmp_path / "home", book(tmp_path / "a", payments=[PAID, *parts]))
    assert report.quarantined == 0


def test_reversals_that_are_too_much_together_are_refused_from_the_one_that_is(tmp_path):
    parts = [
        undo(amount_minor=6000),
        undo(payment_id="Z2", amount_minor=6000, known_date="2026-03-02"),
        undo(payment_id="Z3", amount_minor=99999),
    ]
    report = take(tmp_path / "home", book(tmp_path / "a", payments=[PAID, *parts]))
    held = {r["payment_id"]: r["_code"] for r in quarantined(report, "payments")}
    assert held == {"Z2": "reversal_exceeds", "Z3": "reversal_exceeds"}
    assert amounts(tmp_path / "home") == {("Y1", 10500), ("Z1", -6000)}


@pytest.mark.parametrize("known", ["2026-02-28", "2026-03-01", "2026-03-05"])
def test_a_later_file_is_weighed_together_with_what_is_stored(tmp_path, known):
    home = tmp_path / "home"
    paid = row("payments", known_date="2026-02-27")
    take(home, book(tmp_path / "a", payments=[paid, undo(amount_minor=6000)]))
    write(tmp_path / "b", "payments.csv", [undo(payment_id="Z2", known_date=known)])
    assert codes(take(home, tmp_path / "b"), "payments") == ["reversal_exceeds"]
    write(tmp_path / "c", "payments.csv", [undo(payment_id="Z3", amount_minor=4500)])
    assert take(home, tmp_path / "c").quarantined == 0


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"amount_minor": 10499}, "reversal_exceeds"),
        ({"value_date": "2026-02-06"}, "reversal_before_payment"),
        ({"loan_id": "L2"}, "reversal_other_loan"),
        ({"amount_minor": 20000}, None),
    ],
)
def test_a_payment_may_not_come_to_stand_against_its_reversal(tmp_path, changes, code):
    home = tmp_path / "home"
    take(home, book(tmp_path / "a", loans=TWO_LOANS, payments=[PAID, undo()]))
    write(tmp_path / "b", "payments.csv", [row("payments", known_date="2026-03-09", **changes)])
    report = take(home, tmp_path / "b")
    assert [f.code for f in report.findings] == ([code] if code else [])


def test_a_reversal_fits_the_version_of_its_payment_that_stands_then(tmp_path):
    home = tmp_path / "home"
    more = row("payments", amount_minor=20000, known_date="2026-03-05")
    take(home, book(tmp_path / "a", payments=[PAID, more]))
    early, late = (undo(amount_minor=15000, known_date=f"2026-03-0{n}") for n in (4, 6))
    write(tmp_path / "b", "payments.csv", [early])
    assert codes(take(home, tmp_path / "b"), "payments") == ["reversal_exceeds"]
    write(tmp_path / "c", "payments.csv", [late])
    assert take(home, tmp_path / "c").quarantined == 0


def test_a_reversal_that_was_too_large_and_is_corrected_by_the_bank_leaves_room(tmp_path):
    home = tmp_path / "home"
    less = undo(amount_minor=5000, known_date="2026-03-05")
    rest = undo(payment_id="Z2", amount_minor=5500, known_date="2026-03-06")
    take(home, book(tmp_path / "a", payments=[PAID, undo()]))
    write(tmp_path / "b", "payments.csv", [less, rest])
    assert take(home, tmp_path / "b").quarantined == 0


def test_a_reversal_that_waited_counts_from_the_day_its_payment_is_known(tmp_path):
    home = tmp_path / "home"
    first, second = ({k: v for k, v in one.items() if k != "known_date"} for one in (undo(), PAID))
    write(tmp_path / "a", "payments.csv", [first])
    take(home, book(tmp_path / "a"), today=TODAY)
    write(tmp_path / "b", "payments.csv", [second])
    report = take(home, tmp_path / "b", today=TODAY.replace(month=4, day=1))
    assert (report.loaded, report.quarantined) == (2, 0)
    assert {str(r["known_date"]) for r in stored(home, "payments")} == {"2026-04-01"}


def test_a_reversal_that_waited_in_vain_lands_in_the_quarantine(tmp_path):
    home = tmp_path / "home"
    write(tmp_path / "a", "payments.csv", [undo(amount_minor=10501)])
    take(home, book(tmp_path / "a"))
    write(tmp_path / "b", "payments.csv", [PAID])
    report = take(home, tmp_path / "b")
    assert (report.table("payments").waiting, codes(report, "payments")) == (
        0,
        ["reversal_exceeds"],
    )
