"""The SQL alphabet: the steps use only functions that mean the same on both engines, shown one by one."""

from datetime import date

import pytest
import sqlglot
from sqlglot import exp

from arrears.batch import plan
from arrears.batch.run import open_engine, shipped_decisions
from arrears.decide.check import sound
from arrears.decide.compile import ranked

# Function -> expressions whose value must be the same on both engines: edges, halves, NULLs.
ALPHABET = {
    "CAST": [
        "CAST(7 AS BIGINT)",
        "CAST('2024-02-29' AS DATE)",
        "CAST(NULL AS DATE)",
        "CAST(12 AS VARCHAR)",
    ],
    "COALESCE": ["COALESCE(NULL, 3)", "COALESCE(CAST(NULL AS VARCHAR), 'x')"],
    "GREATEST": ["GREATEST(-1, 0)", "GREATEST(DATE '2024-02-29', DATE '2024-03-01')"],
    "LEAST": ["LEAST(-1, 0)", "LEAST(5, 400)"],
    "DATEDIFF": [
        "DATEDIFF('day', DATE '2024-02-28', DATE '2024-03-01')",
        "DATEDIFF('day', DATE '2026-06-30', DATE '2025-06-30')",
        "DATEDIFF('day', CAST(NULL AS DATE), DATE '2026-06-30')",
    ],
    "ROUND": [
        "CAST(ROUND(CAST('0.5000000000' AS DECIMAL(38, 10)), 0) AS BIGINT)",
        "CAST(ROUND(CAST('1.5000000000' AS DECIMAL(38, 10)), 0) AS BIGINT)",
        "CAST(ROUND(CAST('2.4999999999' AS DECIMAL(38, 10)), 0) AS BIGINT)",
        "CAST(ROUND(CAST('123456789012345.5000000000' AS DECIMAL(38, 10)), 0) AS BIGINT)",
    ],
    "CASE": ["CASE WHEN CAST(NULL AS BOOLEAN) THEN 1 ELSE 2 END", "CASE WHEN 1 = 1 THEN 'a' END"],
    "CONCAT": ["CONCAT('a ', 'b ')"],
    "TRIM": ["TRIM('pause legal ')"],
    "AND": ["CAST(NULL AS BOOLEAN) AND FALSE", "TRUE AND CAST(NULL AS BOOLEAN)"],
    "OR": ["CAST(NULL AS BOOLEAN) OR TRUE", "FALSE OR CAST(NULL AS BOOLEAN)"],
    "LIKE": ["' pause legal ' LIKE '% legal %'", "' pause ' LIKE '% legal %'"],
    "||": ["'a' || ';' || 'b'", "'a' || CAST(NULL AS VARCHAR)"],
}
# Aggregates and windows, on three rows.
ON_ROWS = {
    "SUM": "CAST(SUM(n) AS BIGINT)",
    "MIN": "MIN(day)",
    "MAX": "MAX(n)",
    "COUNT": "CAST(COUNT(n) AS BIGINT)",
}
WINDOWS = {
    "ROWNUMBER": "ROW_NUMBER() OVER (ORDER BY n DESC, day)",
    "LEAD": "LEAD(day, 1, DATE '2026-06-30') OVER (ORDER BY day)",
}
ROWS = (
    "(SELECT 1 AS n, DATE '2026-01-01' AS day UNION ALL SELECT 3, DATE '2026-03-01' "
    "UNION ALL SELECT CAST(NULL AS INTEGER), DATE '2026-02-01')"
)
AS_OF = date(2026, 6, 30)


def literals():
    return plan.parameters(as_of=AS_OF, oldest_snapshot=date(2026, 5, 16))


def texts():
    """Every SQL text that an engine is given, by name."""
    found = {s.name: plan.filled(s.sql, literals()) for s in plan.steps()}
    return found | {"worklist": ranked(sound(shipped_decisions()))}


def spelled(node):
    """The letter of the alphabet that a node of the text is, or nothing."""
    if isinstance(node, exp.If) and isinstance(node.parent, exp.Case):
        return ""  # a branch of CASE
    if isinstance(node, exp.DPipe):
        return "||"
    if isinstance(node, exp.Like):
        return "LIKE"
    if isinstance(node, exp.DateDiff):
        return "DATEDIFF"
    return node.sql_name().replace("_", "") if isinstance(node, exp.Func) else ""


@pytest.mark.parametrize("name", sorted(texts()))
def test_a_step_is_written_in_the_alphabet(name):
    used = {spelled(node) for node in sqlglot.parse_one(texts()[name], read="duckdb").walk()} - {""}
    assert used <= {*ALPHABET, *ON_ROWS, *WINDOWS}


def values(engine):
    """Every expression of the alphabet with what an engine makes of it."""
    found = {}
    for text in (e for group in ALPHABET.values() for e in group):
        found[text] = engine.rows(f"SELECT {text} AS v").to_pylist()[0]["v"]
    for text in ON_ROWS.values():
        found[text] = engine.rows(f"SELECT {text} AS v FROM {ROWS} AS t").to_pylist()[0]["v"]
    for text in WINDOWS.values():
        rows = engine.rows(f"SELECT day, {text} AS v FROM {ROWS} AS t").to_pylist()
        found[text] = sorted((r["day"], r["v"]) for r in rows)
    return found


@pytest.mark.spark
def test_the_alphabet_means_the_same_on_both_engines(tmp_path):
    said = []
    for name in ("duck", "spark"):
        engine = open_engine(name, tmp_path / name, AS_OF)
        said.append(values(engine))
        engine.close()
    assert said[0] == said[1]
