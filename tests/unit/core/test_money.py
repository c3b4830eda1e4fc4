"""An amount is whole minor units: it never mixes currencies, and rounds in one way."""

import re
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arrears.core.money import (
    Money,
    MoneyMixed,
    NotMoney,
    major_text,
    minor_from_text,
    round_half_up,
    split,
    spoken,
)

MINOR = st.integers(-(10**15), 10**15)


def test_amounts_of_one_currency_add_subtract_compare_and_print():
    ten, three = Money(1000, "CNY"), Money(300, "CNY")
    assert ten + three == Money(1300, "CNY")
    assert three - ten == Money(-700, "CNY")
    assert three < ten
    assert not ten < three
    assert not ten < ten
    assert str(three - ten) == "-7.00 CNY"


@pytest.mark.parametrize(
    "sum_of", [lambda a, b: a + b, lambda a, b: a - b, lambda a, b: a < b], ids=["+", "-", "<"]
)
def test_two_currencies_never_meet_in_one_sum(sum_of):
    with pytest.raises(MoneyMixed, match="CNY and USD") as raised:
        sum_of(Money(1, "CNY"), Money(1, "USD"))
    assert "ARREARS_HOME" in raised.value.hint


@pytest.mark.parametrize(
    ("exact", "whole"),
    [
        ("0.5", 1),
        ("0.4999999999", 0),
        ("1.5", 2),
        ("2.5", 3),
        ("-0.5", -1),
        ("-0.4999999999", 0),
        ("-2.5", -3),
        ("7", 7),
    ],
)
def test_a_half_goes_away_from_zero(exact, whole):
    assert round_half_up(Decimal(exact)) == whole
    assert round_half_up(Fraction(exact)) == whole


@given(MINOR, st.integers(1, 10**6))
def test_rounding_is_never_off_by_more_than_a_half(numerator, denominator):
    exact = Fraction(numerator, denominator)
    rounded = round_half_up(exact)
    assert abs(rounded - exact) <= Fraction(1, 2)
    assert abs(rounded) >= abs(exact) or abs(rounded - exact) < Fraction(1, 2)
    assert round_half_up(-exact) == -rounded


@pytest.mark.parametrize(
    ("minor", "weights", "shares"),
    [
        (100, [1, 1, 1], [34, 33, 33]),
        (101, [1, 1, 1], [34, 34, 33]),
        (5, [7, 2, 1], [4, 1, 0]),  # 3.5, 1.0, 0.5: of equal remainders the earlier share
        (10, [0, 3], [0, 10]),
        (10, [0, 1], [0, 10]),
        (10, [5, 1], [8, 2]),  # 8.33, 1.67: the smaller share has the larger remainder
    ],
)
def test_a_split_gives_the_odd_cents_to_the_largest_remainders(minor, weights, shares):
    assert split(minor, weights) == shares


@given(st.integers(0, 10**15), st.lists(st.integers(0, 10**6), min_size=1).filter(any))
def test_a_split_loses_no_cent_and_is_fair_to_within_one(minor, weights):
    shares = split(minor, weights)
    assert sum(shares) == minor
    for share, weight in zip(shares, weights, strict=True):
        assert abs(share - Fraction(minor * weight, sum(weights))) < 1


@pytest.mark.parametrize("weights", [[], [0, 0], [1, -1]])
def test_a_split_among_nobody_is_a_bug(weights):
    with pytest.raises(ValueError, match="positive sum"):
        split(100, weights)


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ("1234.50", 123_450),
        ("-0.01", -1),
        ("7", 700),
        ("7.10", 710),
        ("1e2", 10_000),
        (" 3 ", 300),
        ("1" + "0" * 30, 10**32),  # the longest that is still read
    ],
)
def test_an_amount_is_read_from_major_units(text, minor):
    assert minor_from_text(text) == minor


@pytest.mark.parametrize(
    "text",
    [
        "",
        "12,5",
        "abc",
        "0.001",
        "1.999",
        "NaN",
        "Infinity",
        "--1",
        "9e999999",
        "1e-999999",
        "1." + "0" * 29 + "1",
        "1" + "0" * 31,
    ],
)
def test_a_text_that_is_no_amount_is_refused_with_the_text(text):
    with pytest.raises(NotMoney, match=re.escape(repr(text))):
        minor_from_text(text)


@pytest.mark.parametrize(
    ("minor", "text"),
    [(0, "0.00"), (-5, "-0.05"), (-123_450, "-1,234.50"), (100_000_000, "1,000,000.00")],
)
def test_an_amount_is_written_for_people(minor, text):
    assert major_text(minor) == text


@given(MINOR)
def test_what_is_written_reads_back(minor):
    assert minor_from_text(major_text(minor).replace(",", "")) == minor


@pytest.mark.parametrize(
    ("minor", "currency", "language", "said"),
    [
        (123450, "CNY", "zh", "1,234.50元"),
        (123450, "CNY", "en", "1,234.50 CNY"),
        (-5, "CZK", "zh", "-0.05 CZK"),
    ],
)
def test_an_amount_in_a_sentence_names_its_currency_as_the_language_does(
    minor, currency, language, said
):
    assert spoken(minor, currency, language) == said
