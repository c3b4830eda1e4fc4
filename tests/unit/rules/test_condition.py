"""A condition has three answers, and a missing fact can only make an answer less certain."""

from dataclasses import fields, replace
from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arrears.core.day import Span
from arrears.rules.calendar import Aged, Done, FewIn, Recent, Since, Within
from arrears.rules.condition import (
    LOOSER,
    TIGHTER,
    AtLeast,
    AtMost,
    Below,
    IsSo,
    Lacks,
    NotOver,
    OneOf,
    Only,
)
from arrears.rules.facts import NEVER
from arrears.rules.limit import Limit
from arrears.rules.logic import All, AnyOf, Not, where
from arrears.rules.rule import minded
from tests.unit.rules.cases import lawful

VALUES = (
    ("opens", time(8)),
    ("closes", time(22)),
    ("words", ("collect", "plan")),
    ("states", ("taken",)),
    ("figure", 2),
    ("days", 2),
)
LIMIT = Limit(Span(date(2020, 1, 1)), VALUES, "-", "-", "", "POLICY", "own")
LEAVES = (
    Within(),
    OneOf("purpose", "words"),
    OneOf("case_state", "states"),
    Only("holds", "words"),
    Lacks("holds", "words"),
    Below("attempts_today", "figure"),
    AtMost("attempts_today", "figure"),
    AtLeast("overdue_minor", "figure"),
    NotOver("attempts_today", "overdue_minor"),
    IsSo("point_valid"),
    Since("exam_date", "figure"),
    Done("handover_notice_date", "figure"),
    Recent("exam_date", "figure"),
    Aged("settled_date", "figure"),
    FewIn("call_dates", "figure", "days"),
)
conditions = st.recursive(
    st.sampled_from(LEAVES),
    lambda inner: (
        st.builds(where, inner, inner)
        | st.builds(Not, inner)
        | st.builds(All, st.tuples(inner, inner))
        | st.builds(AnyOf, st.tuples(inner, inner))
    ),
    max_leaves=6,
)
contacts = st.builds(
    lawful,
    purpose=st.sampled_from(("collect", "remind")),
    case_state=st.sampled_from(("taken", "held")),
    holds=st.sampled_from(([], ["plan"], ["dispute"], ["dispute", "plan"])),
    attempts_today=st.integers(1, 3),
    overdue_minor=st.integers(1, 3),
    point_valid=st.booleans(),
    zone=st.sampled_from(("Asia/Shanghai", "America/New_York")),
    exam_date=st.sampled_from((NEVER, date(2026, 3, 7), date(2026, 3, 8), date(2026, 3, 10))),
    handover_notice_date=st.sampled_from((NEVER, date(2026, 3, 8), date(2026, 3, 9))),
    settled_date=st.sampled_from((NEVER, date(2024, 2, 29), date(2024, 3, 10), date(2024, 3, 11))),
    call_dates=st.lists(st.sampled_from((date(2026, 3, 8), date(2026, 3, 9))), max_size=3),
)


@pytest.mark.parametrize(
    ("when", "then", "expected"),
    [
        (True, True, True),
        (True, False, False),
        (True, None, None),
        (False, True, True),
        (False, False, True),
        (False, None, True),
        (None, True, True),
        (None, False, None),
        (None, None, None),
    ],
)
def test_where_has_the_table_of_kleene(when, then, expected):
    words = {True: "collect", False: "remind", None: None}
    states = {True: "taken", False: "held", None: None}
    facts = lawful(purpose=words[when], case_state=states[then])
    asked = where(OneOf("purpose", "words"), OneOf("case_state", "states"))
    assert asked.holds(facts, LIMIT) is expected


@given(conditions, contacts, st.sets(st.sampled_from(sorted({f for c in LEAVES for f in c.asks}))))
def test_an_answer_given_without_a_fact_is_the_answer_with_it(condition, facts, gone):
    partly = replace(facts, **dict.fromkeys(gone))
    answer = condition.holds(partly, LIMIT)
    assert answer is None or answer is condition.holds(facts, LIMIT)


@given(conditions, contacts)
def test_a_condition_asks_no_fact_that_it_does_not_name(condition, facts):
    others = set(facts.__dataclass_fields__) - set(condition.asks)
    assert condition.holds(replace(facts, **dict.fromkeys(others)), LIMIT) is condition.holds(
        facts, LIMIT
    )


LARGER = {
    time(8): time(9),
    time(22): time(23),
    ("collect", "plan"): ("collect", "plan", "dispute", "remind"),
    ("taken",): ("taken", "held"),
    2: 3,
}


@given(conditions, contacts, st.sampled_from([name for name, _ in VALUES]))
def test_a_larger_figure_makes_it_easier_or_harder_only_as_the_condition_says(
    condition, facts, name
):
    """And of one that moves both ways, or of one that it does not read, nothing is claimed."""
    larger = tuple((n, LARGER[v] if n == name else v) for n, v in VALUES)
    before, after = (condition.holds(facts, replace(LIMIT, values=v)) for v in (VALUES, larger))
    ways = condition.loosens.get(name, frozenset())
    if after and not before:
        assert LOOSER in ways
    if before and not after:
        assert TIGHTER in ways


NO_FIGURE = ("fact", "other", "strange")


@pytest.mark.parametrize("leaf", LEAVES, ids=lambda leaf: type(leaf).__name__)
def test_a_condition_says_a_direction_of_each_figure_that_it_reads_and_of_no_other(leaf):
    figures = [getattr(leaf, f.name) for f in fields(leaf) if f.name not in NO_FIGURE]
    read = {"opens", "closes"} if isinstance(leaf, Within) else set(figures)
    assert set(leaf.loosens) == read
    assert all(len(ways) == 1 for ways in leaf.loosens.values())


def test_a_figure_that_two_conditions_read_moves_them_as_both_say():
    both = (Below("attempts_today", "figure"), AtLeast("overdue_minor", "figure"))
    for many in (All(both), AnyOf(both), Not(All(both))):
        assert many.loosens == {"figure": {LOOSER, TIGHTER}}


@pytest.mark.parametrize(
    ("claim", "answer"), [(True, True), (False, False), (None, None), ("yes", None), (1, None)]
)
def test_a_claim_that_is_neither_true_nor_false_is_not_known(claim, answer):
    assert IsSo("willing").holds(lawful(willing=claim), LIMIT) is answer


@pytest.mark.parametrize(("days", "answer"), [(31, True), (32, None)])
def test_nobody_knows_the_calls_of_more_days_than_are_told_of(days, answer):
    few = FewIn("call_dates", "figure", "days")
    limit = replace(LIMIT, values=(("figure", 2), ("days", days)))
    assert few.holds(lawful(call_dates=[date(2026, 3, 8)]), limit) is answer
    assert few.sql(limit).startswith("CASE") is (answer is not None)


def test_the_words_that_conditions_mind_are_told_in_order_and_each_once():
    facts = lawful(holds=["plan", "other", "collect"], text_classes=["threat", "plan"])
    lacks, only = Lacks("holds", "words"), Only("text_classes", "words")
    asked = All((lacks, AnyOf((IsSo("willing"), only, lacks))))
    assert minded(asked, facts, LIMIT) == ("collect", "plan", "threat")


@given(conditions, contacts)
def test_what_is_not_known_is_for_want_of_a_fact_it_names(condition, facts):
    nothing = replace(facts, **dict.fromkeys(condition.asks))
    assert condition.holds(facts, LIMIT) is not None
    assert condition.holds(nothing, LIMIT) is None
