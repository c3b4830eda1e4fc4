"""The pages about decision tables say what the code does."""

import re

from arrears.core.case import FLAGS, TREATMENTS
from arrears.decide.meaning import first_hit
from arrears.decide.reasons import FACT_WORDS, WHY, sentence
from arrears.decide.table import parse
from arrears.decide.vocabulary import HEADINGS
from tests.lib.decisions import an_account
from tests.lib.tree import ROOT

REFERENCE = (ROOT / "docs/reference/decision-table.md").read_text(encoding="utf-8")
EXPLAIN = (ROOT / "docs/explain/worklist.md").read_text(encoding="utf-8")
DEFAULT = parse((ROOT / "src/arrears/decide/tables/default.txt").read_text(encoding="utf-8"))


def test_every_heading_stands_in_the_reference_with_its_column_and_example():
    for h in HEADINGS.values():
        row = rf"\| `{h.heading}` \| `{h.column}` \| .* \| `{re.escape(h.example)}` \|"
        assert re.search(row, REFERENCE), h.heading


def test_every_reason_treatment_and_flag_stands_in_the_reference():
    for code, (chinese, english) in WHY.items():
        assert f"| `{code}` | {chinese} | {english} |" in REFERENCE
    assert " ".join(TREATMENTS) in REFERENCE
    assert " ".join(FLAGS) in REFERENCE.replace("\n", " ")


def test_the_table_of_the_reference_can_be_read():
    text = REFERENCE.split("```")[1]
    assert [rule.code for rule in parse(text).rules] == ["r1", "r2", "r3"]


def test_the_reasons_of_the_explanation_are_what_the_default_table_gives():
    decision = first_hit(DEFAULT, an_account(promise_broken_today=1))
    assert EXPLAIN.split("```")[1].strip() == decision.reasons
    chinese = sentence(decision.reasons, treatment=decision.treatment, lang="zh")
    english = sentence(decision.reasons, treatment=decision.treatment, lang="en")
    assert chinese in EXPLAIN
    assert english in EXPLAIN.replace("\n", " ")
    assert all(f"`{code}`" in EXPLAIN for code in FACT_WORDS)


def test_the_worked_example_comes_out():
    cases = {
        "A": an_account(),
        "B": an_account(counted_dpd=46, overdue_minor=80_000),
        "C": an_account(counted_dpd=20, overdue_minor=600_000, promise_broken_today=1),
        "D": an_account(counted_dpd=140, overdue_minor=9_000_000, flags="complaint"),
    }
    for name, account in cases.items():
        decision = first_hit(DEFAULT, account)
        outcome = f"| {decision.rule} | {decision.treatment} | {decision.priority} |"
        row = next(line for line in EXPLAIN.splitlines() if line.startswith(f"| {name} |"))
        assert outcome in row
        assert f"| {account['bucket']} | {account['dpd']} |" in row
