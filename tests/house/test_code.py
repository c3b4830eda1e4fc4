"""The code itself: what a reviewer would otherwise have to remember."""

import ast
import re
import sys
from pathlib import Path

import pytest

from tests.lib.tree import ROOT, SOURCE, code, files, named, steps

LONGEST_FILE, LONGEST_FUNCTION = 400, 60
VAGUE = {"utils", "helpers", "common", "misc", "manager", "service", "handler", "data", "info"}
TESTS = [path for path in files(ROOT / "tests") if path.suffix == ".py"]
MONEY_ROOMS = code("core", "decide", "batch")


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imported(path: Path) -> set[str]:
    """The full names of the modules that a file imports."""
    names = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module or "")
    return names


@pytest.mark.parametrize("path", code("core"), ids=named)
def test_core_needs_nothing_but_the_standard_library(path):
    strangers = {
        name
        for name in imported(path)
        if not name.startswith("arrears.core") and name.split(".")[0] not in sys.stdlib_module_names
    }
    assert not strangers


@pytest.mark.parametrize("path", code(), ids=named)
def test_an_engine_is_imported_in_one_file(path):
    doors = {"duckdb": "lake/duck.py", "pyspark": "batch/engines/spark.py"}
    engines = {name.split(".")[0] for name in imported(path)} & set(doors)
    assert all(doors[e] == path.relative_to(SOURCE).as_posix() for e in engines)


@pytest.mark.parametrize("path", code() + TESTS, ids=named)
def test_a_file_fits_in_one_sitting_and_a_function_on_one_screen(path):
    assert path.read_text(encoding="utf-8").count("\n") <= LONGEST_FILE
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or 0) - node.lineno + 1
            assert length <= LONGEST_FUNCTION, f"{node.name} has {length} lines"


@pytest.mark.parametrize("path", code() + TESTS, ids=named)
def test_a_file_opens_with_one_sentence_saying_what_it_is_for(path):
    sentence = (ast.get_docstring(tree(path)) or "").split("\n\n")[0].rstrip()
    assert sentence.endswith((".", "?", ":"))


@pytest.mark.parametrize("path", code(), ids=named)
def test_a_public_function_says_what_is_true_when_it_returns(path):
    body = [n for n in tree(path).body if isinstance(n, ast.FunctionDef | ast.ClassDef)]
    assert [n.name for n in body if not n.name.startswith("_") and not ast.get_docstring(n)] == []


@pytest.mark.parametrize("path", code(), ids=named)
def test_a_room_is_named_for_what_it_holds(path):
    assert VAGUE.isdisjoint(re.split(r"[/_.]", path.relative_to(SOURCE).as_posix()))


@pytest.mark.parametrize("path", MONEY_ROOMS, ids=named)
def test_no_amount_passes_through_a_float(path):
    for node in ast.walk(tree(path)):
        name = node.id if isinstance(node, ast.Name) else ""
        value = node.value if isinstance(node, ast.Constant) else None
        assert not isinstance(value, float), f"line {node.lineno}: the number {value}"
        assert name != "float", f"line {node.lineno}: float"


@pytest.mark.parametrize("path", steps(), ids=named)
def test_a_step_says_what_it_reads_writes_and_means(path):
    lines = path.read_text(encoding="utf-8").splitlines()
    block = []
    for line in lines:
        if not line.startswith("--"):
            break
        block.append(line)
    words = {word for word in ("grain:", "reads:", "writes:", "means:") if word in " ".join(block)}
    assert words == {"grain:", "reads:", "writes:", "means:"}


@pytest.mark.parametrize("path", steps(), ids=named)
def test_a_step_neither_divides_nor_uses_floating_point(path):
    text = re.sub(r"--[^\n]*", "", path.read_text(encoding="utf-8"))
    assert "/" not in re.sub(r"'[^']*'", "", text)
    assert not re.search(r"\b(double|float|real)\b", text, re.IGNORECASE)
