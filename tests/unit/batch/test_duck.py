"""A number stands for a loan only while it tells all loans of a bucket apart."""

from datetime import date

import pytest

from arrears.batch.engines import duck
from tests.lib.engines import disagreements, many_loans, meant, run_steps

DAY = {"as_of": date(2026, 6, 30), "known_on": date(2030, 1, 1)}


def test_where_two_loans_share_a_number_another_is_taken(monkeypatch):
    loans = many_loans(20, number=1)
    weak = "CAST(LENGTH(loan_id) AS UBIGINT)"
    monkeypatch.setattr(duck, "NUMBERS", (weak, *duck.NUMBERS))
    assert disagreements(meant(loans, **DAY), run_steps(loans, **DAY)) == []


def test_loans_are_never_mixed_up_for_want_of_a_number(monkeypatch):
    monkeypatch.setattr(duck, "NUMBERS", ("CAST(0 AS UBIGINT)",))
    with pytest.raises(duck.StepFailed, match="apart"):
        run_steps(many_loans(20, number=1), **DAY)
