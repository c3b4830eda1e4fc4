"""A day's figures as they stand on the terminal."""

import pytest

from arrears.cli.figures import (
    show_ageing,
    show_list,
    show_roll,
    show_summary,
    show_treatments,
)
from arrears.cli.screen import Language


def a_loan(
    bucket="M1", class5="special_mention", dpd=5, overdue_minor=123_45, outstanding_minor=1_000_00
):
    return {
        "bucket": bucket,
        "class5": class5,
        "dpd": dpd,
        "overdue_minor": overdue_minor,
        "outstanding_minor": outstanding_minor,
    }


def a_place(rank=1, treatment="call", borrower_id="B1"):
    reasons = "rule=r07;why=late;bucket=M1;dpd=5;overdue=12345;never_contacted"
    figures = {"bucket": "M1", "dpd": 5, "overdue_minor": 123_45}
    told = {"rank": rank, "treatment": treatment, "borrower_id": borrower_id, "reasons": reasons}
    return {**told, **figures}


def cells(text, first):
    """The cells of the line that begins with this word."""
    lines = [
        [cell.strip() for cell in line.strip("│┃ \n").split("│")] for line in text.splitlines()
    ]
    return next(line[1:] for line in lines if line[0] == first)


def test_ageing_adds_up_by_bucket_and_by_grade(terminal):
    book = [a_loan(), a_loan(), a_loan("M0", "normal", 0, 0)]
    show_ageing(book, Language.en)
    said = terminal.capture.readouterr().out
    assert cells(said, "M1") == ["2", "2", "246.90", "2,000.00"]
    assert cells(said, "M0") == ["1", "0", "0.00", "1,000.00"]
    assert cells(said, "special mention") == ["2", "2", "246.90", "2,000.00"]
    assert cells(said, "all") == ["3", "2", "246.90", "3,000.00"]


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        (Language.zh, ("在账 3 笔", "3,000.00 元", "逾期 2 笔（占 66.66%）", "占余额 33.33%")),
        (Language.en, ("3 loans, 3,000.00 outstanding", "2 overdue (66.66%)", "1,000.00, 33.33%")),
    ],
)
def test_the_day_in_three_lines(terminal, lang, words):
    show_summary([a_loan(), a_loan(class5="loss"), a_loan("M0", "normal", 0, 0)], lang)
    said = terminal.capture.readouterr().out
    assert all(word in said for word in words)


def test_a_day_without_loans_has_no_shares(terminal):
    show_summary([], Language.en)
    assert "0 overdue (0.00%)" in terminal.capture.readouterr().out


@pytest.mark.parametrize(
    ("lang", "word"), [(Language.zh, "按逾期阶段"), (Language.en, "By bucket")]
)
def test_a_book_without_loans_is_shown_all_the_same(terminal, lang, word):
    show_ageing([], lang)
    assert word in terminal.capture.readouterr().out


def test_the_roll_reads_from_left_to_top(terminal):
    move = {"from_date": "2026-03-30", "from_bucket": "M0", "to_bucket": "M1", "loans": 7}
    show_roll([move, {**move, "to_bucket": "M0", "loans": 1200}], Language.en)
    said = terminal.capture.readouterr().out
    assert "since 2026-03-30" in said
    assert cells(said, "M0") == ["1,200", "7"]


def test_the_first_day_of_a_book_has_no_roll(terminal):
    show_roll([], Language.en)
    assert terminal.capture.readouterr().out == ""


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        (Language.zh, ("前1名", "从未联系", "123.45", "M1后期")),
        (Language.en, ("first 1 of 2", "never contacted", "123.45")),
    ],
)
def test_the_list_says_why_in_both_languages(terminal, lang, words):
    show_list([a_place(), a_place(2, borrower_id="B2")], lang, currency="CNY", first=1)
    said = terminal.capture.readouterr().out
    assert all(word in said for word in words)
    assert "B2" not in said


def test_treatments_are_counted(terminal):
    show_treatments([a_place(), a_place(2), a_place(3, "hold")], Language.en)
    said = terminal.capture.readouterr().out
    assert cells(said, "call") == ["2"]
    assert cells(said, "hold") == ["1"]
    assert cells(said, "remind") == ["0"]
