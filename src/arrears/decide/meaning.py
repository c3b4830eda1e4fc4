"""What a decision table means, in plain Python, one account at a time."""

from dataclasses import dataclass

from arrears.core.errors import UserError
from arrears.decide.condition import Facts
from arrears.decide.reasons import reason_codes
from arrears.decide.table import DecisionTable


class NoRule(UserError):
    """No row of the table takes the account: the table has a gap."""

    exit_code = 62


@dataclass(frozen=True, slots=True)
class Decision:
    """What is done about one account today, and why."""

    rule: str
    treatment: str
    priority: int
    reasons: str


def first_hit(table: DecisionTable, facts: Facts) -> Decision:
    """The outcome of the first rule that takes the account; `facts` is a row of case_day.

    `compile.compiled` is the same in SQL.
    Raises: NoRule.
    """
    for rule in table.rules:
        if rule.holds(facts):
            codes = reason_codes(rule.code, rule.because, facts)
            return Decision(rule.code, rule.treatment, rule.priority, codes)
    raise NoRule(
        f"No row of {table.name} takes borrower {facts.get('borrower_id', '?')}",
        hint=f"End {table.name} with a row that asks nothing.",
    )
