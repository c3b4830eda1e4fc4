"""The first row that holds is taken, and a fact that is not there fulfils nothing."""

import pytest

from arrears.decide.meaning import NoRule, first_hit
from tests.lib.decisions import a_table, an_account


def test_the_first_row_that_holds_is_taken():
    table = a_table("1..15", "..30", "-", columns="counted_dpd")
    days = {1: "r1", 15: "r1", 16: "r2", 30: "r2", 31: "r3"}
    taken = {n: first_hit(table, an_account(counted_dpd=n)).rule for n in days}
    assert taken == days


def test_the_outcome_is_that_of_the_row():
    table = a_table("M2 | letter | 7 | large", columns="bucket")
    decision = first_hit(table, an_account())
    assert (decision.treatment, decision.priority) == ("letter", 7)
    assert decision.reasons.startswith("rule=r1;why=large;bucket=M2;")


def test_flags_are_whole_words():
    table = a_table("plan", "!plan/legal", "-", columns="flags")
    for flags, rule in (("", "r2"), ("plan", "r1"), ("legal", "r3"), ("legal plan", "r1")):
        assert first_hit(table, an_account(flags=flags)).rule == rule


def test_an_unknown_product_or_amount_fulfils_no_condition():
    account = an_account(product=None, overdue_minor=None)
    table = a_table("card | -", "- | >= 0", "- | -", columns="product | overdue")
    assert first_hit(table, account).rule == "r3"


def test_an_account_that_no_row_takes_is_refused():
    with pytest.raises(NoRule, match="borrower B1"):
        first_hit(a_table("M1", columns="bucket"), an_account())
