"""The page on the gate shows the cases of the pack and nothing else."""

import re
from pathlib import Path

from arrears.rules.gate import may_contact
from tests.unit.rules.cases import cases

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "gate.md"


def row(case):
    """A case as the page shows it, with what the gate says of it today."""
    verdict = may_contact(case.facts)
    codes = ", ".join(f"`{code}`" for code in verdict.codes) or "-"
    earliest = f"{verdict.earliest_at:%Y-%m-%d %H:%M}" if verdict.earliest_at else "-"
    return f"| {case.en} | {case.zh} | {verdict.outcome.value} | {codes} | {earliest} |"


def test_the_page_shows_every_case_as_the_gate_decides_it():
    shown = re.findall(r"^\| (?!case ).*\|$", PAGE.read_text(encoding="utf-8"), re.M)
    assert shown == [row(case) for case in cases()]
