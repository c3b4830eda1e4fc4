"""The gate with one fault planted is caught by a case of its pack."""

import ast
import sys
from dataclasses import fields
from importlib.resources import files
from pathlib import Path
from types import ModuleType

import pytest

import arrears.rules
from arrears.rules.cases import cases
from arrears.rules.pack import HOME

pytestmark = pytest.mark.long

SOURCE = Path(arrears.rules.__file__).parent
IN_ORDER = (
    "facts",
    "limit",
    "condition",
    "calendar",
    "logic",
    "verdict",
    "wording",
    "rule",
    "pack",
    "book",
    "turns",
    "given",
    "gate",
)
PACKS = ("cn", "us_reg_f")
LIMITS = {
    name: files(HOME).joinpath(name, "limits.toml").read_text(encoding="utf-8") for name in PACKS
}

# Of each module: the fault, what stands there (as `ast.unparse` writes it), what is planted.
MUTANTS = {
    "condition": [
        ("one more than the cap", "number < limit.value(", "number <= limit.value("),
        ("the most is not allowed", "number <= limit.value(", "number < limit.value("),
        ("a cent is nothing", ">= limit.value(self.least", "> limit.value(self.least"),
        ("as much as is owed is too much", "else number <= most", "else number < most"),
        (
            "a missing word is fulfilled",
            "return None if value is None else self.strange",
            "return value is None or self.strange",
        ),
        (
            "a missing number is fulfilled",
            "return None if number is None else number <",
            "return number is None or number <",
        ),
        ("a strange word is a no", "if facts.known(self.fact):", "if value is not None:"),
        (
            "missing holds are none",
            "not self.minded(facts, limit) if facts.known(self.fact) else None",
            "not self.minded(facts, limit)",
        ),
        (
            "a missing claim is true",
            "claim if isinstance(claim, bool) else None",
            "claim is not False",
        ),
        (
            "a wrong point is right",
            "claim if isinstance(claim, bool) else None",
            "None if claim is None else True",
        ),
        ("a strange hold is none", "found - set(", "found & set("),
        ("a plan stops nothing", "found & set(", "frozenset() & set("),
        ("less than nothing is a number", "and number >= 0", ""),
    ],
    "calendar": [
        ("ten at night is open", "< limit.value('closes', time)", "<= limit.value('closes', time)"),
        ("eight sharp is closed", "limit.value('opens', time) <=", "limit.value('opens', time) <"),
        (
            "no window without a clock",
            "if local is None:\n            return None\n        return limit",
            "if local is None:\n            return True\n        return limit",
        ),
        ("a day sooner", "days >= limit.value(self.least", "days + 1 >= limit.value(self.least"),
        ("a day longer", "days <= limit.value(self.most", "days - 1 <= limit.value(self.most"),
        (
            "what never happened was notice",
            "if getattr(facts, self.fact) == NEVER:\n            return False",
            "pass",
        ),
        ("what never ended is old", "if began == NEVER:\n            return False", "pass"),
        ("a day older", "<= local.date()", "< local.date()"),
        ("a day more in the window", "day > first", "day >= first"),
        ("the window is its days", "limit.value(self.days, int))", "8)"),
    ],
    "logic": [
        (
            "one of all is enough",
            "is False:\n                return False",
            "is True:\n                return True",
        ),
        ("unknown among all is true", "return None if unknown else True", "return True"),
        ("unknown among any is false", "return None if unknown else False", "return False"),
        ("unknown is not so", "return None if holds is None else not holds", "return not holds"),
    ],
    "facts": [
        (
            "the bank's clock",
            "self.at.astimezone(zone)",
            "self.at.astimezone(ZoneInfo('Asia/Shanghai'))",
        ),
        (
            "an unknown zone is the bank's",
            "ValueError, OSError):\n        return None",
            "ValueError, OSError):\n        return ZoneInfo('Asia/Shanghai')",
        ),
        (
            "no zone is the bank's",
            "    if name is None:\n        return None",
            "    if name is None:\n        return ZoneInfo('Asia/Shanghai')",
        ),
        ("the cap lasts for ever", "elif then.date() > now.date():", "elif False:"),
        ("the cap ends at once", "elif then.date() > now.date():", "else:"),
    ],
    "rule": [
        ("what is unknown is fulfilled", "if holds is True:", "if holds is not False:"),
        ("a day without rules permits", "return None if self.needed else True", "return True"),
        ("a rule is asked of everyone", "if when is False:", "if False:"),
        (
            "an exception counts for nothing",
            "other if other is True or holds is False else None",
            "holds",
        ),
        (
            "an exception that is not known permits",
            "holds = other if other",
            "holds = True if other is not False or other",
        ),
        (
            "a scope that is not known lets through",
            "or holds is True:\n            return holds\n        return None",
            "or holds is True:\n            return holds\n        return True",
        ),
    ],
    "turns": [
        ("eight is not tried", "(time.min, *walls)", "(time.min,)"),
        ("only today", "DAYS_AHEAD = 10", "DAYS_AHEAD = 0"),
        ("a moment before is early", "if start < moment <= end", ""),
    ],
    "gate": [
        (
            "the first rule is enough",
            "for rule, limit in pack.asked_on(facts.act, day):\n        try",
            "for rule, limit in pack.asked_on(facts.act, day)[:1]:\n        try",
        ),
        (
            "the last rule is not asked",
            "for rule, limit in pack.asked_on(facts.act, day):\n        try",
            "for rule, limit in pack.asked_on(facts.act, day)[:-1]:\n        try",
        ),
        (
            "one reason twice",
            "setdefault((one.code, one.en), one)",
            "setdefault((one.rule_id, one.en), one)",
        ),
        (
            "an unknown fact is a duty",
            "rule.effect == DUTY and holds is None and",
            "holds is None and",
        ),
        (
            "a duty that will not be done is none",
            "elif holds is None or rule.effect == DUTY:",
            "elif holds is None:",
        ),
        ("nobody can override", "rule.rule_id not in (facts.overrides or ())", "True"),
        ("everything can be overridden", "rule.rule_id not in (facts.overrides or ())", "False"),
        ("waiting never helps", "earliest = _earliest(facts, asked)", "earliest = None"),
        (
            "what may be overridden must be waited for",
            "or (rule.effect == SOFT and holds is False)",
            "",
        ),
        (
            "the law's day is UTC's",
            "local_date(facts.at, pack.zone) if",
            "local_date(facts.at, 'UTC') if",
        ),
        ("no moment is any moment", "if facts.at is None:", "if False:"),
        (
            "the next turn is good enough",
            "if _fulfils(facts_at(facts, moment), moment, book):",
            "if True:",
        ),
        (
            "a deferred contact is refused",
            "Outcome.REFUSE if earliest is None else Outcome.DEFER",
            "Outcome.REFUSE",
        ),
        (
            "what no law speaks of is allowed",
            "if not found.effects and (not _has_law(facts, asked)):",
            "if False:",
        ),
        ("nobody else is named", "found.instead = found.instead or rule.instead", "pass"),
        ("duties are not said", "tuple(found.duties) if", "() if"),
    ],
}
EACH = [
    pytest.param(module, old, new, id=fault)
    for module, faults in MUTANTS.items()
    for fault, old, new in faults
]
# The same of the figures.
FIGURES = [
    ("cn", "closes = 22:00:00", "closes = 22:00:01"),
    ("cn", "closes = 22:00:00", "closes = 21:59:59"),
    ("cn", "opens = 08:00:00", "opens = 07:59:59"),
    ("cn", "opens = 08:00:00", "opens = 08:00:01"),
    ("cn", "most = 3", "most = 4"),
    ("cn", "most = 3", "most = 2"),
    ("cn", "most = 6", "most = 7"),
    ("cn", "most = 6", "most = 5"),
    ("cn", "most = 10", "most = 11"),
    ("cn", "least = 2", "least = 1"),
    ("cn", "most_days = 365", "most_days = 366"),
    ("cn", "most_days = 365", "most_days = 364"),
    ("cn", "failures = 3", "failures = 2"),
    ("cn", "wait_days = 1", "wait_days = 0"),
    ("cn", "least_minor = 1", "least_minor = 0"),
    ("cn", "most_bps = 2400", "most_bps = 2401"),
    ("cn", "most_months = 60", "most_months = 61"),
    ("cn", "least_days = 5", "least_days = 4"),
    ("cn", "days = 15", "days = 16"),
    ("cn", "complex_days = 30", "complex_days = 31"),
    ("cn", "special_days = 60", "special_days = 61"),
    ("cn", "years = 5", "years = 6"),
    ("cn", "years = 2", "years = 1"),
    ("cn", 'sources = ["contract", ', 'sources = ["court", "contract", '),
    ("cn", 'harmless = ["plan", "represented"]', 'harmless = ["plan", "represented", "dispute"]'),
    ("cn", 'states = ["open", "taken"]', 'states = ["open", "taken", "held"]'),
    ("cn", '"co_debtor", "attorney"]', '"co_debtor", "attorney", "contact"]'),
    ("cn", 'zone = "Asia/Shanghai"', 'zone = "America/New_York"'),
    ("us_reg_f", "closes = 21:00:00.000001", "closes = 21:00:00"),
    ("us_reg_f", "closes = 21:00:00.000001", "closes = 21:00:01.000001"),
    ("us_reg_f", "most = 7", "most = 8"),
    ("us_reg_f", "most = 7", "most = 6"),
    ("us_reg_f", "least_days = 7", "least_days = 6"),
    ("us_reg_f", "least_days = 7", "least_days = 8"),
    ("us_reg_f", "most_days = 60", "most_days = 61"),
    ("us_reg_f", "most_days = 60", "most_days = 59"),
]


def planted(monkeypatch, module, old, new) -> dict[str, ModuleType]:
    """The room's modules made anew from their source, one of them with a fault."""
    made = {}
    for name in IN_ORDER:
        path = SOURCE / f"{name.replace('.', '/')}.py"
        text = ast.unparse(ast.parse(path.read_text(encoding="utf-8")))  # however it is laid out
        if name == module:
            assert old in text, f"{name}.py does not say it any more: {old}"
            text = text.replace(old, new)
        made[name] = ModuleType(f"arrears.rules.{name}")
        monkeypatch.setitem(sys.modules, f"arrears.rules.{name}", made[name])
        exec(compile(text, f"planted {name}", "exec"), made[name].__dict__)
    for name in [name for name in sys.modules if name.startswith("arrears.rules.packs.")]:
        monkeypatch.delitem(sys.modules, name)  # they are made of the conditions made anew
    return made


def caught_by(rules, limits):
    """The cases that these rules do not give."""
    for name in PACKS:
        module = ModuleType("planted rules")
        path = SOURCE / "packs" / name / "rules.py"
        exec(compile(path.read_text(encoding="utf-8"), str(path), "exec"), module.__dict__)
        pack = rules["pack"].pack_from(name, module.RULES, limits[name])
        book = rules["book"].Book((pack,))
        for case in cases(name):
            values = {f.name: getattr(case.facts, f.name) for f in fields(case.facts)}
            facts = rules["facts"].ContactFacts(**values)
            try:
                verdict = rules["gate"].may_contact(facts, book=book)
            except Exception as error:
                yield f"{case.en}: {error!r}"
                continue
            if not case.agrees(verdict):
                yield case.en


def test_the_room_made_anew_without_a_fault_gives_every_case(monkeypatch):
    assert list(caught_by(planted(monkeypatch, "", "", ""), LIMITS)) == []


@pytest.mark.parametrize(("module", "old", "new"), EACH)
def test_a_planted_fault_is_caught_by_a_case(monkeypatch, module, old, new):
    assert next(caught_by(planted(monkeypatch, module, old, new), LIMITS), None)


@pytest.mark.parametrize(("pack", "old", "new"), FIGURES)
def test_a_wrong_figure_is_caught_by_a_case(monkeypatch, pack, old, new):
    wrong = LIMITS[pack].replace(old, new)
    assert wrong != LIMITS[pack]
    assert next(caught_by(planted(monkeypatch, "", "", ""), LIMITS | {pack: wrong}), None)
