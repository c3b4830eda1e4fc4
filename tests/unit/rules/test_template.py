"""Texts of messages: a closed list of words, and values that can bring in nothing of their own."""

import pytest

from arrears.rules.speech.hits import found_in
from arrears.rules.speech.template import (
    KINDS,
    VARIABLES,
    faults,
    filled,
    hidden,
    longest,
    may_hold,
    missing,
    only_posted,
    sample,
    strange,
)

GOOD = {"institution": "某某银行", "amount": "1,234.56元", "as_of": "2026-11-20", "days": "12"}
EVERY = "{institution}{amount}{as_of}{days}"


def test_only_the_words_of_a_use_can_be_filled_in():
    assert not strange("reminder", EVERY)
    assert strange("reminder", "{holder}")
    assert not strange("card_letter", "{holder}")
    assert all(strange("card_letter", text) for text in ("{password}", "{", "}", "{{amount}}"))


def test_a_card_letter_needs_what_the_law_lists():
    whole = "".join(f"{{{name}}}" for name in KINDS["card_letter"].needs)
    assert missing("card_letter", whole) == ()
    for name in KINDS["card_letter"].needs:
        lacking = missing("card_letter", whole.replace(f"{{{name}}}", ""))
        assert [one.name for one in lacking] == [name]
    assert len(KINDS["card_letter"].needs) == 11


@pytest.mark.parametrize(
    "name", ["某某银行", "Crédit Agricole S.A.", "Sacombank Cần Thơ", "ABC Co.,Ltd"]
)
def test_an_honest_name_is_let_through(name):
    assert faults(EVERY, {**GOOD, "institution": name}) == ()


def test_lines_are_seen_and_turned_writing_is_not():
    assert not hidden("第一行\r\n\t第二行")
    assert hidden("应还\u202e001")


def test_a_letter_of_a_loan_says_who_what_and_how_and_goes_on_paper_only():
    lacking = [one.name for one in missing("loan_letter", "{institution}{amount}")]
    assert lacking == ["holder", "pay_way", "contact"]
    assert strange("loan_letter", "{balance}")
    assert [name for name in KINDS if only_posted(name)] == ["card_letter", "loan_letter"]
    assert not only_posted("anything")


def test_every_text_says_who_speaks_and_a_reminder_what_is_owed():
    assert [one.name for one in missing("reminder", "您好")] == ["institution", "amount"]
    assert [one.name for one in missing("anything", "您好")] == ["institution"]


@pytest.mark.parametrize("name", KINDS)
def test_what_a_text_needs_may_be_filled_in(name):
    assert set(KINDS[name].needs) <= set(may_hold(name)) <= set(VARIABLES)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_made_up_values_are_sound_and_lawful(language):
    values = sample(language)
    whole = "".join(f"{{{name}}}" for name in VARIABLES)
    assert faults(whole, values) == ()
    assert [name for name, value in values.items() if found_in(value)] == []
    assert {name: len(value) for name, value in longest().items()} == {
        name: one.longest for name, one in VARIABLES.items()
    }


def test_nothing_in_a_value_is_looked_at_again():
    assert filled("{institution} {amount}", {**GOOD, "institution": "{amount}"}) == (
        "{amount} 1,234.56元"
    )


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        ("{amount}", "marks"),
        ("某银行}", "marks"),
        ("某\n银行", "marks"),
        ("某\r银行", "marks"),
        ("某\x00银行", "marks"),
        ("某\x1b[2J银行", "marks"),
        ("某\u202e银行", "marks"),
        ("某\u200b银行", "marks"),
        ("某\u2029银行", "marks"),
        ("某\t银行", "marks"),
        ("某\u00ad银行", "marks"),
        ("某\u061c银行", "marks"),
        ("某\u3164银行", "marks"),
        ("某\ufff9银行", "marks"),
        ("某\U000e0041银行", "marks"),
        ("某\ud800银行", "marks"),
        ("某\ue000银行", "marks"),
        ("a\u0301\u0301\u0301 银行", "marks"),
        ("｛amount｝", "marks"),
        ("ｗｗｗ．bank.example", "link"),
        ("bank-pay。top", "link"),
        ("bank.example/pay", "link"),
        ("10.0.0.7", "link"),
        ("见 https://pay.example/x", "link"),
        ("WWW.pay-now.example", "link"),
        ("登录 bank-pay.top 还款", "link"),
        ("银" * 81, "long"),
        ("银" * 10_000, "long"),
        ("", "absent"),
        ("  ", "absent"),
    ],
)
def test_a_name_that_brings_something_with_it_is_refused(value, fault):
    assert faults(EVERY, {**GOOD, "institution": value}) == (("institution", fault),)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("amount", "1,234.56"),
        ("amount", "很多元"),
        ("amount", "1,234.56元，否则坐牢"),
        ("as_of", "明天"),
        ("as_of", "2026-13-01"),
        ("as_of", "2026-11-32"),
        ("amount", "١٢元"),
        ("days", "十二"),
        ("days", "-1"),
        ("days", "１２"),
    ],
)
def test_a_figure_is_a_figure(name, value):
    assert faults(EVERY, {**GOOD, name: value}) == ((name, "shape"),)


def test_only_the_words_that_stand_in_a_text_are_looked_at():
    assert faults("{institution}", {"institution": "某某银行", "amount": "{"}) == ()
    assert faults("{amount}", {}) == (("amount", "absent"),)
