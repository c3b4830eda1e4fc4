"""What an institution tells for its letters: checked whole, every mistake named, nothing wrong is kept."""

import pytest

from arrears.rules.speech.template import TOLD, VARIABLES, untold
from arrears.rules.speech.told import FILE, TextsWrong, told_in


def written(folder, text):
    """The file of a home with that text."""
    file = folder / FILE
    file.write_text(text, encoding="utf-8")
    return file


def test_without_a_file_nothing_is_told(tmp_path):
    assert told_in(tmp_path / FILE) == {}


def test_each_language_has_its_own_words(tmp_path):
    file = written(
        tmp_path, "[zh]\npay_way = '任一网点'\n[en]\npay_way = 'https://bank.test/pay'\n"
    )
    assert told_in(file) == {
        "zh": {"pay_way": "任一网点"},
        "en": {"pay_way": "https://bank.test/pay"},
    }


def test_a_text_is_asked_for_what_the_institution_has_to_tell_and_nothing_else():
    text = "{holder}{amount}{contact}{pay_way}"
    assert [one.name for one in untold(text, {"contact": "95588"})] == ["pay_way"]
    assert untold(text, {"contact": "95588", "pay_way": "网点"}) == ()
    assert set(TOLD) < set(VARIABLES)


@pytest.mark.parametrize(
    ("line", "because"),
    [
        ("pay_wya = '网点'", "Was pay_way meant"),
        ("amount = '1.00元'", "no such word"),
        ("pay_way = 1", "in quotes"),
        ("pay_way = ''", "empty"),
        ("pay_way = '{amount}'", "braces"),
        ('pay_way = "网\\n点"', "line break"),
        ("seal = '见 https://bank.test'", "link"),
        (f"seal = '{'章' * 81}'", "at most 80 characters"),
        ("contact = '不还就坐牢'", "坐牢"),
    ],
)
def test_what_cannot_stand_in_a_letter_is_named_with_its_place(tmp_path, line, because):
    with pytest.raises(TextsWrong, match="1 mistake") as error:
        told_in(written(tmp_path, f"[zh]\nreason = '贷款到期未还'\n{line}\n"))
    (finding,) = error.value.findings
    assert finding.subject == f"[zh] {line.partition(' ')[0]}"
    assert because in finding.because
    assert finding.source == FILE


@pytest.mark.parametrize("text", ["[fr]\npay_way = 'x'\n", "pay_way = 'x'\n"])
def test_a_table_is_of_a_language_that_letters_have(tmp_path, text):
    with pytest.raises(TextsWrong) as error:
        told_in(written(tmp_path, text))
    assert "zh, en" in error.value.findings[0].because


@pytest.mark.parametrize("made", [b"[zh", b"\xff\xfe"])
def test_a_file_that_cannot_be_read_says_how_to_mend_it(tmp_path, made):
    (tmp_path / FILE).write_bytes(made)
    with pytest.raises(TextsWrong) as error:
        told_in(tmp_path / FILE)
    assert error.value.hint
