"""A decision table is read cell by cell, and every fault is named with its line and its mend."""

import pytest

from arrears.decide.condition import Between, Carries, OneOf
from arrears.decide.table import TableUnreadable, parse
from arrears.decide.vocabulary import HEADINGS
from tests.lib.decisions import a_table, a_text


def condition_of(heading, cell):
    (rule,) = a_table(cell, columns=heading).rules
    return rule.conditions[0] if rule.conditions else None


def faults_of(text):
    with pytest.raises(TableUnreadable) as raised:
        parse(text, name="trial")
    return {(fault.subject, fault.because) for fault in raised.value.findings}


@pytest.mark.parametrize(
    ("heading", "cell", "meant"),
    [
        ("counted_dpd", "-", None),
        ("counted_dpd", "7", Between("counted_dpd", 7, 7)),
        ("counted_dpd", "1..15", Between("counted_dpd", 1, 15)),
        ("counted_dpd", "16..", Between("counted_dpd", 16, None)),
        ("counted_dpd", "..15", Between("counted_dpd", 0, 15)),
        ("counted_dpd", ">= 16", Between("counted_dpd", 16, None)),
        ("counted_dpd", "> 16", Between("counted_dpd", 17, None)),
        ("counted_dpd", "≤ 3", Between("counted_dpd", 0, 3)),
        ("counted_dpd", "<3", Between("counted_dpd", 0, 2)),
        ("overdue", ">= 500.00", Between("overdue_minor", 50_000, None)),
        ("overdue", "< 5,000", Between("overdue_minor", 0, 499_999)),
        ("overdue", "0.01..100.00", Between("overdue_minor", 1, 10_000)),
        ("outstanding", "0", Between("outstanding_minor", 0, 0)),
        ("since_contact", "never", Between("days_since_contact", 9999, 9999)),
        ("since_contact", ">= 7", Between("days_since_contact", 7, 9999)),
        ("promise_broken", "yes", Between("promise_broken_today", 1, 1)),
        ("promise_broken", "no", Between("promise_broken_today", 0, 0)),
        ("bucket", "M2..M4", OneOf("bucket", ("M2", "M3", "M4"))),
        ("bucket", "M5..", OneOf("bucket", ("M5", "M6", "M7+"))),
        ("bucket", "M7+/M1", OneOf("bucket", ("M1", "M7+"))),
        ("class5", "..special_mention", OneOf("class5", ("normal", "special_mention"))),
        ("borrower_kind", "company", OneOf("borrower_kind", ("company",))),
        ("product", "card/车贷", OneOf("product", ("card", "车贷"))),
        ("loans_overdue", ">= 2", Between("loans_overdue", 2, None)),
        ("flags", "hardship", Carries("flags", (("hardship",),))),
        ("flags", "plan/legal !pause", Carries("flags", (("plan", "legal"),), ("pause",))),
        ("flags", "!plan/legal", Carries("flags", (), ("plan", "legal"))),
    ],
)
def test_a_cell_means_what_it_says(heading, cell, meant):
    assert condition_of(heading, cell) == meant


@pytest.mark.parametrize("heading", HEADINGS.values(), ids=lambda h: h.heading)
def test_the_example_of_every_heading_can_be_read(heading):
    assert condition_of(heading.heading, heading.example) is not None


@pytest.mark.parametrize(
    ("heading", "cell", "mend"),
    [
        ("bucket", "M8", "write one of M0, M1,"),
        ("bucket", "M4..M2", "write M2..M4"),
        ("bucket", "M1/M1", "write it once"),
        ("flags", "hardshp", "did you mean hardship?"),
        ("counted_dpd", "15..1", "no number fulfils"),
        ("counted_dpd", "< 0", "no number fulfils"),
        ("counted_dpd", "a week", "write it like '1..15'"),
        ("counted_dpd", "", "write - where nothing is asked"),
        ("overdue", "500.005", "more than 2 decimals"),
        ("overdue", "lots", "is not an amount"),
        ("overdue", "99999999999999999", "out of bounds"),
        ("since_contact", "10000", "out of bounds"),
        ("promise_broken", "maybe", "write one of no, yes"),
        ("product", "car'd", "use letters, digits, _ and -"),
    ],
)
def test_a_faulty_cell_is_named_with_its_line_and_its_mend(heading, cell, mend):
    ((subject, because),) = faults_of(a_text("-", cell or " ", columns=heading))
    assert subject == "line 3"
    assert because.startswith(f"{heading}: ")
    assert mend in because


@pytest.mark.parametrize(
    ("row", "mend"),
    [
        ("R1 | call | 1 | other", "write small letters and digits"),
        ("r1 | cal | 1 | other", "did you mean call?"),
        ("r1 | call | soon | other", "whole number from 0 to 999"),
        ("r1 | call | 1 | othr", "did you mean other?"),
        ("r1 | call | 1", "3 cells under 4 headings"),
    ],
)
def test_a_faulty_outcome_is_named_with_its_mend(row, mend):
    ((subject, because),) = faults_of("rule | treatment | priority | because\n" + row)
    assert subject == "line 2"
    assert mend in because


def test_all_faults_come_at_once():
    text = a_text("M9 | x", "M1 | 1..2", "- | 5..1", columns="bucket | counted_dpd")
    assert [subject for subject, _ in sorted(faults_of(text))] == ["line 2", "line 2", "line 4"]


def test_a_code_is_given_once():
    row = "r1 | call | 1 | other\n"
    ((_, because),) = faults_of("rule | treatment | priority | because\n" + row * 2)
    assert "stands on line 2 already" in because


@pytest.mark.parametrize(
    ("headings", "mend"),
    [
        ("rule | buckt | treatment | priority | because", "did you mean bucket?"),
        ("rule | bucket | bucket | treatment | priority | because", "delete one"),
        ("code | treatment | priority | because", "the first heading is rule"),
        ("rule | priority | treatment | because", "the last ones are treatment | priority"),
    ],
)
def test_a_faulty_heading_is_named_with_its_mend(headings, mend):
    assert any(mend in because for _, because in faults_of(headings))


@pytest.mark.parametrize("text", ["", "# nothing\n", "rule | treatment | priority | because\n"])
def test_a_table_without_rows_is_refused(text):
    ((_, because),) = faults_of(text)
    assert "add one" in because


def test_comments_blank_lines_and_an_editor_s_mark_say_nothing():
    bare = "rule | treatment | priority | because\nr1 | call | 1 | other"
    dressed = "\ufeff# why\n\n" + bare.replace("\n", "  # heading\n\n") + " # row\n"
    assert [rule.code for rule in parse(dressed).rules] == ["r1"]
    assert parse(dressed).rules[0].line == 5
