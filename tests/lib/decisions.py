"""Builders of decision tables and of the accounts they decide about, with defaults for the rest."""

from arrears.core.case import NEVER
from arrears.core.delinquency import FIVE_CLASS, bucket
from arrears.core.tables import CASE_DAY
from arrears.decide.table import DecisionTable, parse

CLASSES = tuple(grade for _, grade in FIVE_CLASS[-1].steps)


def an_account(**facts):
    """A row of case_day: a person 45 days late with 1,234.00, never contacted, but as said."""
    account = {
        "borrower_id": "B1",
        "as_of": "2026-03-31",
        "borrower_kind": "person",
        "loans": 1,
        "loans_overdue": 1,
        "worst_loan_id": "L1",
        "dpd": facts.get("counted_dpd", 45),
        "counted_dpd": 45,
        "class5": "special_mention",
        "overdue_minor": 123_400,
        "penalty_minor": 0,
        "compound_minor": 0,
        "outstanding_minor": 2_000_000,
        "branch": None,
        "product": "consumer",
        "last_contact_date": None,
        "days_since_contact": NEVER,
        "promise_broken_today": 0,
        "flags": "",
    } | facts
    account.setdefault("bucket", bucket(account["counted_dpd"]))
    assert set(account) == set(CASE_DAY.names)
    return account


def a_text(*rows: str, columns: str = "") -> str:
    """The text of a table; a row without an outcome gets one of its own."""
    width = columns.count("|") + 1 if columns else 0
    lines = [" | ".join(filter(None, ["rule", columns, "treatment | priority | because"]))]
    for number, row in enumerate(rows, 1):
        whole = row.count("|") + 1 > width if row else False
        end = "" if whole else f" | call | {number} | other"
        lines.append(f"r{number} | {row}{end}" if row else f"r{number}{end}")
    return "\n".join(lines)


def a_table(*rows: str, columns: str = "") -> DecisionTable:
    """The table of `a_text`."""
    return parse(a_text(*rows, columns=columns), name="trial")
