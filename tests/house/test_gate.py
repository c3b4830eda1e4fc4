"""Only the gate makes verdicts: what no import contract can say, as it is about what is done with a name."""

import ast

import pytest

from tests.lib.tree import SOURCE, code, named

MADE = {"Verdict", "Given"}
GATE = {"rules/gate.py", "rules/given.py"}
READS_BACK = "web/ledger/queries/"  # where kept verdicts are read
ELSEWHERE = [p for p in code() if p.relative_to(SOURCE).as_posix() not in GATE]


def faults(text: str, place: str) -> list[str]:
    """The lines that could make a verdict, or read one back where none is kept.

    A type is named in annotations; whatever else is done with its name may make one of it.
    """
    tree = ast.parse(text)
    known, annotated = names_of(tree), annotations(tree)
    found = []
    for node in (node for node in ast.walk(tree) if isinstance(node, ast.expr)):
        name = getattr(node, "id", None) or getattr(node, "attr", None)
        if name in known and id(node) not in annotated:
            found.append(f"{node.lineno}: {name} is for annotations")
        if name == "verdict_from" and not place.startswith(READS_BACK):
            found.append(f"{node.lineno}: no verdicts are kept here")
        if isinstance(node, ast.Call) and changes(node):
            found.append(f"{node.lineno}: a verdict is not changed")
    return found


def names_of(tree: ast.AST) -> set[str]:
    """What verdicts are called here."""
    imports = (node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom))
    told = (alias for node in imports for alias in node.names)
    return MADE | {alias.asname for alias in told if alias.name in MADE and alias.asname}


def annotations(tree: ast.AST) -> set[int]:
    """The nodes that say of what type something is."""
    nodes = list(ast.walk(tree))
    told = [getattr(node, part, None) for node in nodes for part in ("annotation", "returns")]
    return {id(inner) for part in told if isinstance(part, ast.expr) for inner in ast.walk(part)}


def changes(call: ast.Call) -> bool:
    """Whether the call is `replace` with a field of a verdict."""
    told = {word.arg for word in call.keywords}
    name = getattr(call.func, "id", getattr(call.func, "attr", ""))
    return name == "replace" and bool(told & {"outcome", "earliest_at", "lifted_by", "duties"})


@pytest.mark.parametrize("path", ELSEWHERE, ids=named)
def test_nothing_but_the_gate_makes_a_verdict(path):
    place = path.relative_to(SOURCE).as_posix()
    assert faults(path.read_text(encoding="utf-8"), place) == []


def test_the_gate_does():
    made = (SOURCE / "rules" / "gate.py").read_text(encoding="utf-8")
    assert any("Given" in fault for fault in faults(made, "rules/gate.py"))


@pytest.mark.parametrize(
    "line",
    [
        "v = Verdict(outcome, (), None, '')",
        "from arrears.rules.verdict import Verdict as V\nv = V(outcome, (), None, '')",
        "from arrears.rules import given\nv = given.Given(outcome, (), None, '')",
        "v = verdict.Verdict.__new__(verdict.Verdict)",
        "class Mild(Verdict):\n    pass",
        "v = replace(verdict, outcome=Outcome.ALLOW)",
        "v = dataclasses.replace(verdict, lifted_by=())",
        "v = verdict_from({})",
    ],
)
def test_a_line_that_does_would_be_found(line):
    assert faults(line, "web/desk/acts.py") != []


def test_a_verdict_that_is_only_read_is_none():
    read = "def shown(verdict: Verdict, *more: 'Verdict') -> Verdict | None:\n    return verdict"
    assert faults(read + "\nx: dict[str, Verdict] = {}", "web/desk/acts.py") == []
