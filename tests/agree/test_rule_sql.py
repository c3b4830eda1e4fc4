"""A rule gives the same answer for one contact in Python and for a table of them in SQL."""

import os
from dataclasses import replace
from datetime import date, datetime, time
from random import Random
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from arrears.core.day import Span, local_date
from arrears.rules import calendar, condition, logic
from arrears.rules.bulk import clocks_at, column_type
from arrears.rules.calendar import Aged, Done, FewIn, Recent, Since, Within
from arrears.rules.condition import (
    AtLeast,
    AtMost,
    Below,
    IsSo,
    Lacks,
    NotOver,
    OneOf,
    Only,
)
from arrears.rules.facts import KINDS, NAMES
from arrears.rules.limit import Limit
from arrears.rules.logic import All, AnyOf, Not
from arrears.rules.pack import load_pack, packs
from tests.lib.contact_facts import MOMENT, WORDS, any_facts

ROWS = 500
CONDITIONS = int(os.environ.get("ARREARS_CONDITIONS", "200"))
OF = {
    kind: [n for n, k in KINDS.items() if k == kind and n != "stated"]
    for kind in set(KINDS.values())
}
ARROW = {
    "BIGINT": pa.int64(),
    "BOOLEAN": pa.bool_(),
    "VARCHAR": pa.string(),
    "VARCHAR[]": pa.list_(pa.string()),
    "DATE": pa.date32(),
    "DATE[]": pa.list_(pa.date32()),
}


@pytest.fixture(scope="module")
def table():
    """Random facts at moments of one hour's choice each, and a connection that has them as a table."""
    random = Random(20261125)
    rows = [any_facts(random) for _ in range(ROWS)]
    rows = [type(f)(**{n: getattr(f, n) for n in NAMES if n != "at"}, at=MOMENT) for f in rows]
    columns = {"row": pa.array(range(ROWS))}
    for name in NAMES:
        if name == "at":
            continue
        values = [getattr(f, name) for f in rows]
        told = [
            sorted(v) if isinstance(v, frozenset) else list(v) if isinstance(v, tuple) else v
            for v in values
        ]
        columns[name] = pa.array(told, ARROW[column_type(name)])
    connection = duckdb.connect()
    connection.register("stored", pa.table(columns))
    clocks = clocks_at(MOMENT, WORDS["zone"])
    connection.execute("CREATE TABLE clocks (zone VARCHAR, local_date DATE, local_time TIME)")
    connection.executemany("INSERT INTO clocks VALUES (?, ?, ?)", clocks)
    connection.execute("CREATE TABLE facts AS SELECT * FROM stored LEFT JOIN clocks USING (zone)")
    return connection, rows


def answers(connection, expressions):
    listed = ", ".join(f"({e}) AS a{n}" for n, e in enumerate(expressions))
    return list(
        zip(*connection.execute(f"SELECT {listed} FROM facts ORDER BY row").fetchall(), strict=True)
    )


@pytest.mark.parametrize("name", packs())
def test_every_shipped_rule_is_the_same_in_python_and_in_sql(table, name):
    connection, rows = table
    pack = load_pack(name)
    on = local_date(MOMENT, pack.zone)
    found = answers(connection, [rule.sql(on=on) for rule in pack.rules])
    for rule, told in zip(pack.rules, found, strict=True):
        wanted = tuple(rule.holds(facts, on=on) for facts in rows)
        assert told == wanted, rule.rule_id
        assert len(set(wanted)) > 1, f"{rule.rule_id} was never asked"


@pytest.mark.parametrize(("needed", "answer"), [(True, None), (False, True)])
def test_a_rule_on_a_day_before_its_first_is_the_same_in_python_and_in_sql(table, needed, answer):
    connection, rows = table
    rule = replace(load_pack("cn").rules[0], needed=needed)
    on = date(1990, 1, 1)
    assert answers(connection, [rule.sql(on=on)]) == [(answer,) * ROWS]
    assert {rule.holds(facts, on=on) for facts in rows} == {answer}


def test_random_conditions_are_the_same_in_python_and_in_sql(table):
    connection, rows = table
    random = Random(7)
    drawn = [_condition(random, 3) for _ in range(CONDITIONS)]
    seen = set()
    for first in range(0, CONDITIONS, 50):
        some = drawn[first : first + 50]
        found = answers(connection, [asked.sql(limit) for asked, limit in some])
        for (asked, limit), told in zip(some, found, strict=True):
            wanted = tuple(asked.holds(facts, limit) for facts in rows)
            assert told == wanted, (asked, limit)
            seen.update(wanted)
    assert seen == {True, False, None}


def test_every_condition_there_is_was_drawn():
    random = Random(7)
    drawn = repr([_condition(random, 3) for _ in range(200)])
    kinds = {
        name
        for module in (condition, calendar, logic)
        for name, found in vars(module).items()
        if isinstance(found, type) and found.__module__ == module.__name__
    }
    assert {name for name in kinds if f"{name}(" not in drawn} == {"Condition"}


def _condition(random: Random, depth: int):
    """A condition drawn at random, and a limit with the figures that it asks for."""
    figures: dict[str, Any] = {}

    def figure(value) -> str:
        name = f"f{len(figures)}"
        figures[name] = value
        return name

    def words(fact) -> str:
        most = min(3, len(WORDS[fact]))
        return figure(tuple(random.sample(WORDS[fact], random.randint(0, most))))

    def number() -> str:
        return figure(random.choice((0, 1, 3, 6, 7, 60, 365, 2400)))

    def leaf():
        kind = random.randint(0, 13)
        text, group = random.choice(OF[str]), random.choice(OF[frozenset[str]])
        count, day = random.choice(OF[int]), random.choice(OF[date])
        if kind == 0:
            figures["opens"], figures["closes"] = time(8), time(random.randint(9, 23), 30)
            return Within()
        return (
            lambda: OneOf(text, words(text)),
            lambda: Only(group, words(group)),
            lambda: Lacks(group, words(group)),
            lambda: Below(count, number()),
            lambda: AtMost(count, number()),
            lambda: AtLeast(count, number()),
            lambda: NotOver(count, random.choice(OF[int])),
            lambda: IsSo(random.choice(OF[bool])),
            lambda: Since(day, number()),
            lambda: Done(day, number()),
            lambda: Recent(day, number()),
            lambda: Aged(day, figure(random.choice((1, 2, 5)))),
            lambda: FewIn("call_dates", number(), number()),
        )[kind - 1]()

    def grown(left: int):
        kind = random.randint(0, 3) if left else 0
        if kind == 0:
            return leaf()
        if kind == 1:
            return Not(grown(left - 1))
        terms = tuple(grown(left - 1) for _ in range(random.randint(1, 3)))
        return All(terms) if kind == 2 else AnyOf(terms)

    asked = grown(depth)
    span = Span(date(2020, 1, 1))
    return asked, Limit(span, tuple(figures.items()), "-", "-", "-", "POLICY", "own")


def test_a_moment_with_fractions_is_the_same_window():
    shown = clocks_at(datetime.fromisoformat("2026-03-10T13:59:59.999999+00:00"), ["Asia/Shanghai"])
    assert shown == [("Asia/Shanghai", "2026-03-10", "21:59:59.999999")]
