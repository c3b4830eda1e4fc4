"""The edge: days, numbers, and how a user error is shown."""

from datetime import date

import pytest

from arrears.cli.edge import SHOWN_FINDINGS, NotADay, day, show
from arrears.cli.screen import number
from arrears.core.errors import Finding, UserError


def test_a_day_is_written_with_the_year_first():
    assert day("2026-03-31") == date(2026, 3, 31)


@pytest.mark.parametrize("text", ["31.03.2026", "2026-02-30", "today", ""])
def test_anything_else_is_no_day_and_the_hint_says_how_to_write_one(text):
    with pytest.raises(NotADay) as caught:
        day(text)
    assert "YYYY-MM-DD" in caught.value.hint


@pytest.mark.parametrize(
    ("cell", "text"), [(None, ""), (0, "0"), (1234567, "1,234,567"), ("M1", "M1")]
)
def test_a_cell_is_written_as_people_read_it(cell, text):
    assert number(cell) == text


def test_an_error_is_a_sentence_its_findings_and_a_hint_on_stderr(terminal):
    findings = tuple(
        Finding("odd", f"line {n}", "[this] is odd", "map.toml") for n in range(SHOWN_FINDINGS + 2)
    )
    show(UserError("Two [things] are odd", hint="Mend [them].", findings=findings))
    said = terminal.capture.readouterr()
    assert said.out == ""
    assert "Two [things] are odd" in said.err
    assert "line 0: [this] is odd (map.toml)" in said.err
    assert f"line {SHOWN_FINDINGS}:" not in said.err
    assert "… and 2 more" in said.err
    assert "Mend [them]." in said.err


def test_what_the_sentence_says_is_not_said_again(terminal):
    show(UserError("line 3: it is odd", findings=(Finding("odd", "line 3", "it is odd"),)))
    assert terminal.capture.readouterr().err.count("it is odd") == 1
