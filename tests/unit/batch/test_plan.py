"""A step's text is filled with literals and nothing else, and every step can be filled."""

from datetime import date

import pytest

from arrears.batch.plan import filled, fingerprint, parameters, steps
from arrears.core.case import FLAGS

TOLD = parameters(as_of=date(2026, 3, 31), oldest_snapshot=date(2026, 2, 14))


@pytest.mark.parametrize(
    ("sql", "text"),
    [
        ("SELECT :as_of", "SELECT DATE '2026-03-31'"),
        ("(:as_of,:last_day)", "(DATE '2026-03-31',400)"),
        (":as_of :as_of", "DATE '2026-03-31' DATE '2026-03-31'"),
        ("x::BIGINT", "x::BIGINT"),
        ("x::as_of", "x::as_of"),
        ("'a:as_of'", "'a:as_of'"),
        ("SELECT 1", "SELECT 1"),
    ],
)
def test_a_name_after_a_colon_becomes_its_literal(sql, text):
    assert filled(sql, TOLD) == text


def test_a_name_that_nobody_told_is_a_bug():
    with pytest.raises(KeyError, match="as_off"):
        filled("SELECT :as_off", TOLD)


@pytest.mark.parametrize("step", steps(), ids=lambda step: step.name)
def test_every_step_can_be_filled_and_opens_with_its_header(step):
    assert filled(step.sql, TOLD)
    assert step.header.startswith(f"-- {step.name}: ")
    assert step.sql.startswith(step.header)


def test_the_steps_are_in_order_and_make_each_table_once():
    made = steps()
    assert [s.number for s in made] == sorted({s.number for s in made})
    assert len({s.name for s in made}) == len(made)


def test_flag_words_come_in_their_fixed_order():
    words = TOLD["flag_words"]
    places = [words.index(f"'{flag} '") for flag in FLAGS]
    assert places == sorted(places)


def test_a_fingerprint_tells_texts_apart_and_where_they_end():
    names = [fingerprint(t) for t in (["ab", "c"], ["a", "bc"], ["abc"], ["c", "ab"])]
    assert len(set(names)) == 4
    assert fingerprint(["ab", "c"]) == fingerprint(iter(["ab", "c"]))
