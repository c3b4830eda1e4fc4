"""A decision table for a whole book: SQL expressions that every engine reads the same way."""

from collections.abc import Iterable
from dataclasses import dataclass

from arrears.core.case import NEVER
from arrears.decide.condition import Between, Carries, Condition, OneOf
from arrears.decide.table import DecisionTable, Rule

# Treatment priority, promise broken today, DPD, overdue amount, case id. Source: the contract.
RANK_ORDER = "priority, promise_broken_today DESC, dpd DESC, overdue_minor DESC, borrower_id"


@dataclass(frozen=True, slots=True)
class Compiled:
    """SQL expressions in DuckDB's dialect.

    `rule` reads the columns of case_day; the others read those and the column `rule`.
    Where no row takes an account all are NULL.
    """

    rule: str
    treatment: str
    priority: str
    reasons: str


def compiled(table: DecisionTable) -> Compiled:
    """The table as expressions; `meaning.first_hit` is the same in Python."""
    whens = "\n".join(f"  WHEN {_all(rule)} THEN {_text(rule.code)}" for rule in table.rules)
    return Compiled(
        rule=f"CASE\n{whens}\nEND",
        treatment=_by_rule((rule.code, _text(rule.treatment)) for rule in table.rules),
        priority=_by_rule((rule.code, str(rule.priority)) for rule in table.rules),
        reasons=_reasons(table),
    )


def query(table: DecisionTable, source: str = "case_day") -> str:
    """Every row of the source with its `rule`, `treatment`, `priority` and `reasons`."""
    made = compiled(table)
    return (
        f"SELECT\n*,\n{made.treatment} AS treatment,\n{made.priority} AS priority,\n"
        f"{made.reasons} AS reasons\nFROM (\nSELECT\n*,\n{made.rule} AS rule\nFROM {source}\n"
        ") AS hit"
    )


def ranked(table: DecisionTable, source: str = "case_day") -> str:
    """The table `worklist` of the source, best first."""
    return (
        f"SELECT\nas_of,\nCAST(ROW_NUMBER() OVER (ORDER BY {RANK_ORDER}) AS BIGINT) AS rank,\n"
        "borrower_id, treatment, priority, reasons, worst_loan_id, dpd, bucket, overdue_minor\n"
        f"FROM (\n{query(table, source)}\n) AS decided\nORDER BY rank"
    )


def _all(rule: Rule) -> str:
    return " AND ".join(_condition(c) for c in rule.conditions) or "TRUE"


def _condition(condition: Condition) -> str:
    match condition:
        case Between(column, low, high):
            if low == high:
                return f"{column} = {low}"
            upper = [] if high is None else [f"{column} <= {high}"]
            return " AND ".join([f"{low} <= {column}", *upper])
        case OneOf(column, words):
            return f"{column} IN ({', '.join(map(_text, words))})"
        case Carries(column, groups, barred):
            asked = [_or(column, group) for group in groups]
            return " AND ".join([*asked, *(f"NOT ({_carries(column, flag)})" for flag in barred)])


def _or(column: str, flags: tuple[str, ...]) -> str:
    one = " OR ".join(_carries(column, flag) for flag in flags)
    return f"({one})" if len(flags) > 1 else one


def _carries(column: str, flag: str) -> str:
    return f"(' ' || {column} || ' ') LIKE '% {flag} %'"


def _by_rule(outcomes: Iterable[tuple[str, str]]) -> str:
    """A CASE over the column `rule`; rules with the same outcome share a branch."""
    rules_of: dict[str, list[str]] = {}
    for code, outcome in outcomes:
        rules_of.setdefault(outcome, []).append(_text(code))
    whens = (f"  WHEN rule IN ({', '.join(c)}) THEN {out}" for out, c in rules_of.items())
    return "\n".join(["CASE", *whens, "END"])


def _reasons(table: DecisionTable) -> str:
    """`reasons.reason_codes`, code by code."""
    why = _by_rule((rule.code, _text(rule.because)) for rule in table.rules)
    since = f"';contacted=' || {_cast('days_since_contact')}"
    parts = (
        f"'rule=' || rule || ';why=' || {why}",
        f"';bucket=' || bucket || ';dpd=' || {_cast('dpd')}",
        f"CASE WHEN counted_dpd = dpd THEN '' ELSE ';counted=' || {_cast('counted_dpd')} END",
        f"';overdue=' || {_cast('overdue_minor')}",
        f"CASE WHEN 1 < loans_overdue THEN ';loans=' || {_cast('loans_overdue')} ELSE '' END",
        "CASE WHEN borrower_kind = 'company' THEN ';company' ELSE '' END",
        "CASE WHEN promise_broken_today = 1 THEN ';promise_broken' ELSE '' END",
        f"CASE WHEN days_since_contact = {NEVER} THEN ';never_contacted' ELSE {since} END",
        "CASE WHEN flags = '' THEN '' ELSE ';flags=' || flags END",
    )
    return "\n|| ".join(parts)


def _cast(column: str) -> str:
    return f"CAST({column} AS VARCHAR)"


def _text(word: str) -> str:
    """A word of a table as a literal; words of a table hold no quote."""
    return f"'{word}'"
