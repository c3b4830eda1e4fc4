"""A borrower's loans make one case, and the worst loan leads."""

import pytest

from arrears.core.case import CASE_MOVES, FLAGS, TREATMENTS, case_figures
from arrears.core.delinquency import Arrears
from tests.lib.loans import AS_OF


def a_figure(name="A", dpd=10, counted=None, overdue=100, **more):
    counted = dpd if counted is None else counted
    amounts = {"penalty_minor": 7, "compound_minor": 3, "outstanding_minor": 900} | more
    return Arrears(
        name, AS_OF, dpd, counted, f"bucket of {name}", f"class of {name}",
        None, None, overdue, None, None, None, **amounts,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("loans", "worst"),
    [
        ([a_figure("A", 10), a_figure("B", 20)], "B"),
        ([a_figure("A", 50, counted=5), a_figure("B", 20)], "B"),
        ([a_figure("A", 20, counted=20), a_figure("B", 23, counted=20)], "B"),
        ([a_figure("A", overdue=100), a_figure("B", overdue=101)], "B"),
        ([a_figure("B"), a_figure("A")], "A"),
        ([a_figure("A", overdue=None), a_figure("B", overdue=1)], "B"),
        ([a_figure("A", 0, counted=0, overdue=10**9), a_figure("B", 1)], "B"),
    ],
    ids=["days", "counted before calendar", "calendar", "amount", "id", "unstated", "only overdue"],
)
def test_the_worst_loan_leads(loans, worst):
    found = case_figures(loans)
    assert (found.worst_loan_id, found.bucket) == (worst, f"bucket of {worst}")
    assert found.class5 == f"class of {worst}"


def test_the_amounts_are_sums_over_all_open_loans():
    found = case_figures([a_figure("A", 0, overdue=5), a_figure("B", 9), a_figure("C", 3)])
    assert (found.loans, found.loans_overdue) == (3, 2)
    assert (found.overdue_minor, found.outstanding_minor) == (205, 2_700)
    assert (found.penalty_minor, found.compound_minor) == (21, 9)


def test_an_amount_that_is_not_stated_adds_nothing():
    blank = dict.fromkeys(("penalty_minor", "compound_minor", "outstanding_minor"))
    found = case_figures([a_figure("A", overdue=None, **blank), a_figure("B", 9)])
    assert (found.overdue_minor, found.penalty_minor, found.outstanding_minor) == (100, 7, 900)


@pytest.mark.parametrize("loans", [[], [a_figure("A", 0)]])
def test_without_an_overdue_loan_there_is_no_case(loans):
    assert case_figures(loans) is None


def test_a_case_moves_among_its_states_only_and_ends():
    assert {to for moves in CASE_MOVES.values() for to in moves} <= set(CASE_MOVES)
    reached = {"open"}
    for _ in CASE_MOVES:
        reached |= {to for state in reached for to in CASE_MOVES[state]}
    assert reached == set(CASE_MOVES)
    assert {state for state, moves in CASE_MOVES.items() if not moves} == {"cured", "closed"}


def test_words_stand_once():
    assert len(set(TREATMENTS)) == len(TREATMENTS) == 9
    assert len(set(FLAGS)) == len(FLAGS)
