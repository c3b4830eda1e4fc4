"""What the pages of the rules call unknown is what the workbench does not gather, and all of that."""

import ast

import pytest

from arrears.rules.facts import NAMES
from arrears.rules.pack import load_pack, packs
from arrears.rules.rule import DUTY
from docs.rulebook import NOT_GATHERED, not_gathered
from tests.lib.tree import ROOT

LEDGER = ROOT / "src/arrears/web/ledger"
# Where the facts of a contact are put together.
GATHER = (
    "facts.py",
    "reached.py",
    "counts.py",
    "complaints.py",
    "actions/claims.py",
    "actions/visits.py",
)


def named(path):
    """The facts that a file names: as keys of dicts, as arguments, as what it counts into."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Dict):
            yield from (
                one.value for one in (*node.keys, *node.values) if isinstance(one, ast.Constant)
            )
        elif isinstance(node, ast.keyword):
            yield node.arg


GATHERED = {name for file in GATHER for name in named(LEDGER / file)} & set(NAMES) | {"act"}


@pytest.mark.parametrize("name", packs())
def test_every_fact_that_a_rule_asks_for_is_gathered_or_said_not_to_be(name):
    pack = load_pack(name)
    asked = {fact for rule in pack.rules if rule.effect != DUTY for fact in rule.asks}
    assert set(not_gathered(pack)) == asked - GATHERED


def test_what_is_said_not_to_be_gathered_is_not_and_some_rule_asks_for_it():
    assert NOT_GATHERED.keys() & GATHERED == set()
    assert set().union(*(not_gathered(load_pack(name)) for name in packs())) == NOT_GATHERED.keys()
    assert all(len(told) > 8 for told in NOT_GATHERED.values())
