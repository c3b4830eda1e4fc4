"""A table's SQL uses only what every engine reads the same way, and Spark's text is its like."""

import sqlglot
from sqlglot import ErrorLevel
from sqlglot import expressions as exp

from arrears.core.tables import WORKLIST
from arrears.decide.compile import RANK_ORDER, compiled, query, ranked
from tests.lib.decisions import a_table

ROWS = ("plan/legal !pause | M2..M3 | 1..15 | card", "- | - | >= 16 | -", "- | - | - | -")
TABLE = a_table(*ROWS, columns="flags | bucket | counted_dpd | product")
ALPHABET = {
    exp.Alias, exp.And, exp.Boolean, exp.Case, exp.Cast, exp.Column, exp.DataType, exp.DPipe,
    exp.EQ, exp.From, exp.Identifier, exp.If, exp.In, exp.Like, exp.Literal, exp.LT, exp.LTE,
    exp.Not, exp.Or, exp.Paren, exp.Select, exp.Star, exp.Subquery, exp.Table, exp.TableAlias,
}  # fmt: skip


def test_the_sql_says_what_the_rows_say():
    first, second, third = compiled(TABLE).rule.splitlines()[1:-1]
    assert first == (
        "  WHEN ((' ' || flags || ' ') LIKE '% plan %' OR (' ' || flags || ' ') LIKE '% legal %')"
        " AND NOT ((' ' || flags || ' ') LIKE '% pause %') AND bucket IN ('M2', 'M3')"
        " AND 1 <= counted_dpd AND counted_dpd <= 15 AND product IN ('card') THEN 'r1'"
    )
    assert second == "  WHEN 16 <= counted_dpd THEN 'r2'"
    assert third == "  WHEN TRUE THEN 'r3'"


def test_only_the_alphabet_is_used():
    used = {type(node) for node in sqlglot.parse_one(query(TABLE), read="duckdb").walk()}
    assert used <= ALPHABET


def test_spark_s_text_says_the_same():
    duck = sqlglot.parse_one(query(TABLE), read="duckdb")
    as_duck = duck.sql(dialect="duckdb").replace(" AS TEXT)", " AS STRING)")
    assert duck.sql(dialect="spark", unsupported_level=ErrorLevel.RAISE) == as_duck


def test_spark_ranks_in_the_same_order():
    (spark,) = sqlglot.transpile(ranked(TABLE), read="duckdb", write="spark")
    order = spark.split("OVER (ORDER BY ")[1].split(")")[0]
    assert order.replace(" NULLS LAST", "") == RANK_ORDER


def test_the_list_has_the_declared_columns():
    assert tuple(sqlglot.parse_one(ranked(TABLE)).named_selects) == WORKLIST.names
