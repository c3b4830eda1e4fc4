"""A decision table: a text that people edit becomes frozen rules; the first that holds counts."""

import re
from dataclasses import dataclass

from arrears.core.case import TREATMENTS
from arrears.core.errors import Finding, UserError
from arrears.decide.cell import CellFault, condition, did_you_mean
from arrears.decide.condition import Condition, Facts
from arrears.decide.reasons import WHY
from arrears.decide.vocabulary import FIRST, HEADINGS, OUTCOME

_CODE = re.compile(r"[a-z][a-z0-9_]*")

Cells = dict[str, str]


class TableUnreadable(UserError):
    """The text of a decision table has faults."""

    exit_code = 60


@dataclass(frozen=True, slots=True)
class Rule:
    """One row: when all conditions hold, this is what is done."""

    code: str
    line: int
    conditions: tuple[Condition, ...]
    treatment: str
    priority: int  # lower comes earlier in the day
    because: str  # a code of reasons.WHY

    def holds(self, facts: Facts) -> bool:
        """Whether the rule takes the account."""
        return all(condition.holds(facts) for condition in self.conditions)


@dataclass(frozen=True, slots=True)
class DecisionTable:
    """Rules in the order in which they are asked."""

    name: str
    rules: tuple[Rule, ...]


def parse(text: str, *, name: str = "decisions") -> DecisionTable:
    """The table that the text describes. Source: docs/reference/decision-table.md.

    Raises: TableUnreadable with a finding for every fault, each with its line and the mend.
    """
    faults: list[Finding] = []
    lines = _lines(text)
    rules: list[Rule] = []
    if lines:
        number, headings = lines[0]
        faults += _heading_faults(name, number, headings)
        if not faults:
            rules = _rules(name, headings, lines[1:], faults)
    if not rules and not faults:
        faults.append(Finding("table_empty", name, "the table has no row: add one", name))
    if faults:
        raise TableUnreadable(
            f"The decision table {name} has {len(faults)} fault(s)",
            hint="\n".join(f"{fault.subject}: {fault.because}" for fault in faults),
            findings=tuple(faults),
        )
    return DecisionTable(name, tuple(rules))


def _lines(text: str) -> list[tuple[int, list[str]]]:
    """The cells of every line that says something, with the number of the line."""
    lines = text.removeprefix("\ufeff").splitlines()  # some editors put a mark at the start
    bare = ((n, line.split("#", 1)[0].strip()) for n, line in enumerate(lines, 1))
    return [(n, [cell.strip() for cell in line.split("|")]) for n, line in bare if line]


def _heading_faults(name: str, line: int, headings: list[str]) -> list[Finding]:
    asked = headings[1 : -len(OUTCOME)]
    faults = [
        f"{heading!r} is no heading: {did_you_mean(heading, tuple(HEADINGS))}"
        for heading in asked
        if heading not in HEADINGS
    ]
    if len(set(asked)) < len(asked):
        faults.append("a heading stands here twice: delete one of the columns")
    if headings[:1] != [FIRST] or tuple(headings[-len(OUTCOME) :]) != OUTCOME:
        faults.append(f"the first heading is {FIRST}, the last ones are {' | '.join(OUTCOME)}")
    return [Finding("heading_unknown", f"line {line}", fault, name) for fault in faults]


def _rules(
    name: str, headings: list[str], lines: list[tuple[int, list[str]]], faults: list[Finding]
) -> list[Rule]:
    """The rules of the lines that can be read; what cannot is added to the faults."""
    rules: list[Rule] = []
    for line, cells in lines:
        if len(cells) != len(headings):
            because = f"{len(cells)} cells under {len(headings)} headings: check the | signs"
            faults.append(Finding("cell_count", f"line {line}", because, name))
            continue
        found = _row_faults(row := dict(zip(headings, cells, strict=True)), rules)
        conditions = _conditions(row, found)
        faults += [Finding(f"{what}_unreadable", f"line {line}", f"{what}: {because}", name)
                   for what, because in found]  # fmt: skip
        if not found:
            treatment, priority, because = (row[heading] for heading in OUTCOME)
            rules.append(Rule(row[FIRST], line, conditions, treatment, int(priority), because))
    return rules


def _conditions(row: Cells, found: list[tuple[str, str]]) -> tuple[Condition, ...]:
    conditions = []
    for heading in (HEADINGS[h] for h in row if h in HEADINGS):
        try:
            asked = condition(heading, row[heading.heading])
        except CellFault as fault:
            found.append((heading.heading, str(fault)))
        else:
            if asked:
                conditions.append(asked)
    return tuple(conditions)


def _row_faults(row: Cells, before: list[Rule]) -> list[tuple[str, str]]:
    """What is wrong with the code and the outcome of a row, by heading."""
    found = []
    code, (treatment, priority, because) = row[FIRST], (row[heading] for heading in OUTCOME)
    if not _CODE.fullmatch(code):
        found.append((FIRST, f"{code!r} is no code: write small letters and digits, like r07"))
    if taken := [rule.line for rule in before if rule.code == code]:
        found.append((FIRST, f"{code} stands on line {taken[0]} already: give it another code"))
    if treatment not in TREATMENTS:
        found.append(("treatment", f"{treatment!r}: {did_you_mean(treatment, TREATMENTS)}"))
    if not (priority.isascii() and priority.isdigit() and int(priority) < 1000):
        found.append(("priority", f"{priority!r} is no whole number from 0 to 999"))
    if because not in WHY:
        found.append(("because", f"{because!r}: {did_you_mean(because, tuple(WHY))}"))
    return found
