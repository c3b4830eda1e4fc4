"""Gaps, rows never taken and overlaps are found exactly, each with an account that shows it."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arrears.decide.check import TableUnsound, check, sound, spoken
from arrears.decide.meaning import NoRule, first_hit
from arrears.decide.regions import space
from tests.lib.decisions import a_table, a_text, an_account

COLUMNS = "flags | bucket | counted_dpd | overdue | promise_broken | product"
CELLS = st.tuples(
    st.sampled_from(["-", "-", "plan", "!plan", "plan/legal", "legal !plan"]),
    st.sampled_from(["-", "-", "M0", "M1..M2", "M2..", "M1/M7+"]),
    st.sampled_from(["-", "-", "..15", "10..40", ">= 31"]),
    st.sampled_from(["-", "-", "< 100.00", ">= 50.00"]),
    st.sampled_from(["-", "-", "yes", "no"]),
    st.sampled_from(["-", "-", "card", "card/car"]),
).map(" | ".join)
TABLES = st.lists(CELLS, min_size=1, max_size=6).map(lambda rows: a_table(*rows, columns=COLUMNS))


def accounts_of(table):
    """One account in every region that the table can tell apart."""
    room = space(table)
    pieces = [[1 << i for i in range(len(axis.pieces))] for axis in room.axes]
    return [an_account(**room.account(box)) for box in product(*pieces)]


def takers(table, account):
    return [rule.code for rule in table.rules if rule.holds(account)]


@given(TABLES)
def test_the_check_finds_what_trying_every_account_finds(table):
    taken = [takers(table, account) for account in accounts_of(table)]
    found = check(table)
    assert bool(found.gaps) == any(not codes for codes in taken)
    first = {codes[0] for codes in taken if codes}
    assert set(found.unreachable) == {rule.code for rule in table.rules} - first
    pairs = {(a, b) for codes in taken for a in codes for b in codes if a < b}
    assert {(lap.first, lap.second) for lap in found.overlaps} == pairs


@given(TABLES)
def test_the_examples_show_what_they_are_said_to_show(table):
    found = check(table)
    for gap in found.gaps:
        with pytest.raises(NoRule):
            first_hit(table, an_account(**gap))
    for lap in found.overlaps:
        assert {lap.first, lap.second} <= set(takers(table, an_account(**lap.example)))


@given(TABLES)
def test_the_rows_named_for_an_unreachable_row_are_enough_to_hide_it(table):
    for code, by in check(table).unreachable.items():
        for account in accounts_of(table):
            codes = takers(table, account)
            assert code not in codes or not set(by).isdisjoint(codes)


def test_a_gap_is_shown_with_an_account_and_the_mend():
    (gap,) = check(a_table("M0", "M2..", columns="bucket")).errors
    assert gap.code == "gap"
    assert "bucket M1, counted_dpd 1" in gap.because
    assert "end the table with a row that asks nothing" in gap.because


def test_a_row_that_others_hide_together_names_them():
    found = check(a_table("1..10", "..0", "11..", "5..20", columns="counted_dpd"))
    assert found.unreachable == {"r4": ("r1", "r3")}
    assert "r1, r3 take every account" in found.errors[0].because


def test_a_row_that_contradicts_itself_is_never_taken():
    found = check(a_table("M1 | >= 60", "- | -", columns="bucket | counted_dpd"))
    assert found.unreachable == {"r1": ()}
    assert "no account fulfils all its cells" in found.errors[0].because


def test_a_bucket_is_a_range_of_counted_days():
    assert not check(
        a_table("M0 | -", "- | 1..180", "M7+ | -", columns="bucket | counted_dpd")
    ).gaps
    (gap,) = check(a_table("M0..M1 | -", "- | >= 32", columns="bucket | counted_dpd")).gaps
    assert gap == {"counted_dpd": 31, "bucket": "M2"}


def test_a_boundary_that_is_in_two_rows_is_a_notice_and_no_error():
    found = check(a_table("..15", "15..30", "-", columns="counted_dpd"))
    assert not found.errors
    (notice,) = found.notices
    assert notice.subject == "r1, r2"
    assert "counted_dpd 15" in notice.because


def test_an_exception_before_its_rule_and_flags_together_are_no_notice():
    columns = "flags | counted_dpd"
    found = check(a_table("plan | -", "legal | -", "- | 1..15", "- | -", columns=columns))
    assert len(found.overlaps) == 6
    assert not found.notices


def test_rows_with_the_same_outcome_do_not_overlap():
    same = " | call | 1 | other"
    laps = check(a_table("1..5" + same, "3..9" + same, "-", columns="counted_dpd")).overlaps
    assert [(lap.first, lap.second) for lap in laps] == [("r1", "r3"), ("r2", "r3")]


def test_a_product_nobody_named_is_thought_of():
    (gap,) = check(a_table("card/car", columns="product")).gaps
    assert gap == {"product": "any_other"}


def test_a_table_that_asks_nothing_is_sound():
    assert sound(a_text("")).rules[0].code == "r1"


def test_an_unsound_table_is_refused_with_every_fault():
    with pytest.raises(TableUnsound, match="2 fault") as raised:
        sound(a_text("M1..M7+", "M2", columns="bucket"), name="trial")
    assert {finding.code for finding in raised.value.findings} == {"gap", "unreachable"}
    assert "r2: never taken" in raised.value.hint


def test_an_account_is_spoken_of_in_the_words_of_the_table():
    account = {"overdue_minor": 123456, "promise_broken_today": 1, "days_since_contact": 9999}
    assert spoken(account) == "overdue 1,234.56, promise_broken yes, since_contact never"


def test_sixty_rows_are_checked():
    rows = [f"{n}..{n + 40} | {n % 7}.00..{n}.50 | -" for n in range(59)]
    columns = "counted_dpd | overdue | flags"
    found = check(a_table(*rows, "- | - | !plan", columns=columns))
    assert all(gap["flags"] == "plan" for gap in found.gaps)
    assert len(found.gaps) == 5
