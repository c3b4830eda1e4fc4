"""Amounts in capital numerals, against the examples of the rules and against reading them back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arrears.core.capitals import in_capitals
from arrears.core.money import LARGEST_MINOR

# The first six are those of the rules (annex 1, rule 4); where they leave a choice, one of both.
EXAMPLES = {
    140950: "人民币壹仟肆佰零玖元伍角整",
    600714: "人民币陆仟零柒元壹角肆分",
    168032: "人民币壹仟陆佰捌拾元叁角贰分",
    10700053: "人民币壹拾万柒仟元伍角叁分",
    1640902: "人民币壹万陆仟肆佰零玖元零贰分",
    32504: "人民币叁佰贰拾伍元零肆分",
    0: "人民币零元整",
    1: "人民币壹分",
    10: "人民币壹角整",
    100: "人民币壹元整",
    1_000: "人民币壹拾元整",
    100_000_500: "人民币壹佰万零伍元整",
    1_000_000_000_000: "人民币壹佰亿元整",
    LARGEST_MINOR: "人民币壹拾万亿元整",
}
VALUES = {sign: n for n, sign in enumerate("零壹贰叁肆伍陆柒捌玖")}
PLACES = {"拾": 10, "佰": 100, "仟": 1000}
GROUPS = {"万": 10**4, "亿": 10**8}


def read_back(words):
    """The minor units that the words say."""
    total = part = digit = minor = 0
    for sign in words.removeprefix("人民币").removesuffix("整"):
        if sign in VALUES:
            digit = VALUES[sign]
        elif sign in PLACES:
            part, digit = part + digit * PLACES[sign], 0
        elif sign in GROUPS:
            total = (
                (total + part + digit) * GROUPS[sign]
                if sign == "亿"
                else total + (part + digit) * GROUPS[sign]
            )
            part = digit = 0
        else:
            if sign == "元":
                minor, total, part = (total + part + digit) * 100, 0, 0
            else:
                minor += digit * {"角": 10, "分": 1}[sign]
            digit = 0
    return minor


@pytest.mark.parametrize("minor", EXAMPLES)
def test_the_rules_own_examples(minor):
    assert in_capitals(minor) == EXAMPLES[minor]


@given(st.integers(0, LARGEST_MINOR))
def test_every_amount_reads_back_and_says_no_nought_twice(minor):
    words = in_capitals(minor)
    assert read_back(words) == minor
    assert "零零" not in words
    assert words.endswith("整") or minor % 10


@pytest.mark.parametrize("minor", [-1, LARGEST_MINOR + 1])
def test_what_is_no_amount_is_refused(minor):
    with pytest.raises(ValueError, match="no amount"):
        in_capitals(minor)
