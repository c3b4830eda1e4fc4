"""The gate with one fault planted is caught by a case of its pack."""

import ast
import sys
from dataclasses import fields
from importlib.resources import files
from pathlib import Path
from types import ModuleType

import pytest

import arrears.rules
from tests.unit.rules.cases import cases

SOURCE = Path(arrears.rules.__file__).parent
IN_ORDER = (
    "facts",
    "limit",
    "condition",
    "verdict",
    "wording",
    "rule",
    "packs.cn_first.rules",
    "pack",
    "turns",
    "gate",
)
CASES = cases()
LIMITS = files("arrears.rules.packs").joinpath("cn_first", "limits.toml")

# Of each module: the fault, what stands there (as `ast.unparse` writes it), what is planted.
MUTANTS = {
    "condition": [
        ("ten at night is open", "< limit.value('closes', time)", "<= limit.value('closes', time)"),
        ("eight sharp is closed", "limit.value('opens', time) <=", "limit.value('opens', time) <"),
        (
            "one more than the cap",
            "number < limit.value(self.most",
            "number <= limit.value(self.most",
        ),
        ("a cent is nothing", ">= limit.value(self.least", "> limit.value(self.least"),
        (
            "a missing word is fulfilled",
            "None if value is None else value in",
            "value is None or value in",
        ),
        (
            "a missing number is fulfilled",
            "return None if number is None else number <",
            "return number is None or number <",
        ),
        ("missing holds are none", "None if facts.holds is None else not", "not"),
        (
            "no window without a clock",
            "if local is None:\n            return None",
            "if local is None:\n            return True",
        ),
        ("a missing claim is true", "return claim", "return claim is not False"),
        ("a wrong point is right", "return claim", "return None if claim is None else True"),
        (
            "a strange hold is none",
            "- set(limit.value(self.words, tuple))",
            "& set(limit.value(self.words, tuple))",
        ),
        ("a plan stops nothing", "(facts.holds or frozenset()) & set", "frozenset() & set"),
        ("every purpose is asked", "if when is False or then is True", "if then is True"),
        (
            "no purpose is asked",
            "if when is False or then is True",
            "if when is not None or then is True",
        ),
        ("less than nothing is a number", "or number < 0", ""),
        (
            "text is a number",
            "if type(number) is not int or number < 0",
            "number = int(number)\n    if number < 0",
        ),
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
        ("the cap lasts for ever", "if then.date() > now.date() and", "if False and"),
        ("the cap ends at once", "if then.date() > now.date() and", "if"),
    ],
    "rule": [
        ("what is unknown is fulfilled", "if holds is True:", "if holds is not False:"),
        ("a day without rules permits", "return None if self.needed else True", "return True"),
        ("the first missing fact is enough", "for name in unknown))", "for name in unknown[:1]))"),
    ],
    "packs.cn_first.rules": [
        ("no window", "Within()", "OneOf('purpose', 'opens')"),
    ],
    "turns": [
        ("eight is not tried", "(time.min, *walls)", "(time.min,)"),
        ("only today", "DAYS_AHEAD = 4", "DAYS_AHEAD = 0"),
        ("a moment before is early", "if start < moment <= end", ""),
    ],
    "gate": [
        ("the first reason is enough", "for rule in pack.rules:", "for rule in pack.rules[:1]:"),
        ("the last rule is not asked", "for rule in pack.rules:", "for rule in pack.rules[:-1]:"),
        (
            "the window is not asked",
            "for rule in pack.rules:",
            "for rule in (r for r in pack.rules if r.code != 'window'):",
        ),
        (
            "only one reason is said",
            "return (tuple(found.values()), waiting)",
            "return (tuple(found.values())[:1], waiting)",
        ),
        (
            "one reason twice",
            "found.setdefault((because.code, because.en), because)",
            "found.setdefault((rule.rule_id, because.en), because)",
        ),
        ("a fault permits", "reasons = (_fault(rule.rule_id, error),)", "reasons = ()"),
        ("waiting helps against anything", "waiting = False", "pass"),
        ("waiting makes a fact known", "or reasons[0].code != rule.code", ""),
        ("waiting never helps", "waiting = True", "waiting = False"),
        (
            "the law's day is UTC's",
            "local_date(facts.at, pack.zone)",
            "local_date(facts.at, 'UTC')",
        ),
        ("no moment is any moment", "if facts.at is None:", "if False:"),
        (
            "the next turn is good enough",
            "if _fulfils(facts_at(facts, moment), local_date(moment, pack.zone), pack):",
            "if True:",
        ),
        (
            "a deferred contact is refused",
            "Outcome.REFUSE if earliest is None else Outcome.DEFER",
            "Outcome.REFUSE",
        ),
    ],
}
EACH = [
    pytest.param(module, old, new, id=fault)
    for module, faults in MUTANTS.items()
    for fault, old, new in faults
]
# The same of the figures.
FIGURES = [
    ("closes = 22:00:00", "closes = 22:00:01"),
    ("closes = 22:00:00", "closes = 21:59:59"),
    ("opens = 08:00:00", "opens = 07:59:59"),
    ("opens = 08:00:00", "opens = 08:00:01"),
    ("most = 3", "most = 4"),
    ("most = 3", "most = 2"),
    ("least_minor = 1", "least_minor = 0"),
    ("least_minor = 1", "least_minor = 2"),
    ("from_date = 2024-05-15", "from_date = 2024-05-14"),
    ("from_date = 2024-05-15", "from_date = 2024-05-16"),
    ('sources = ["contract", ', 'sources = ["court", "contract", '),
    ('harmless = ["plan"]', 'harmless = ["plan", "dispute"]'),
    ('harmless = ["plan"]', "harmless = []"),
    ('purposes = ["collect"]\nkinds', 'purposes = ["remind"]\nkinds'),
    ('states = ["open", "taken"]', 'states = ["open", "taken", "held"]'),
    ('"letter", "push"', '"letter", "push", "visit"'),
    ('"guarantor", "co_debtor"', '"guarantor", "co_debtor", "contact"'),
    ("2025-02-28", "2025-02-27"),
    ('zone = "Asia/Shanghai"', 'zone = "America/New_York"'),
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
    return made


def caught_by(rules, text):
    """The cases that these rules do not give."""
    pack = rules["pack"].pack_from("cn_first", rules["packs.cn_first.rules"].RULES, text)
    for case in CASES:
        values = {f.name: getattr(case.facts, f.name) for f in fields(case.facts)}
        facts = rules["facts"].ContactFacts(**values)
        try:
            verdict = rules["gate"].may_contact(facts, pack=pack)
        except Exception as error:
            yield f"{case.en}: {error!r}"
            continue
        given = (verdict.outcome.value, verdict.codes, verdict.earliest_at)
        if given != (case.outcome, case.codes, case.earliest_at):
            yield case.en


def test_the_room_made_anew_without_a_fault_gives_every_case(monkeypatch):
    text = LIMITS.read_text(encoding="utf-8")
    assert list(caught_by(planted(monkeypatch, "", "", ""), text)) == []


@pytest.mark.parametrize(("module", "old", "new"), EACH)
def test_a_planted_fault_is_caught_by_a_case(monkeypatch, module, old, new):
    text = LIMITS.read_text(encoding="utf-8")
    assert next(caught_by(planted(monkeypatch, module, old, new), text), None)


@pytest.mark.parametrize(("old", "new"), FIGURES)
def test_a_wrong_figure_is_caught_by_a_case(monkeypatch, old, new):
    text = LIMITS.read_text(encoding="utf-8")
    assert old in text
    assert next(caught_by(planted(monkeypatch, "", "", ""), text.replace(old, new)), None)
