"""The expressions of a mapping: checked against an allow-list, then said in DuckDB's dialect."""

from collections.abc import Callable
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from arrears.core.errors import UserError

LONGEST = 2000  # characters
NUMBER = "DECIMAL(28, 6)"

# name in a mapping -> how many arguments (least, most)
FUNCTIONS = {
    "abs": (1, 1),
    "coalesce": (2, 20),
    "concat": (1, 20),
    "greatest": (2, 20),
    "least": (2, 20),
    "left": (2, 2),
    "length": (1, 1),
    "lower": (1, 1),
    "lpad": (3, 3),
    "nullif": (2, 2),
    "number": (1, 1),
    "replace": (3, 3),
    "right": (2, 2),
    "split_part": (3, 3),
    "starts_with": (2, 2),
    "substr": (2, 3),
    "trim": (1, 1),
    "upper": (1, 1),
}
_COMPARE = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE)
_ARITHMETIC = (exp.Add, exp.Sub, exp.Mul, exp.Mod)
_SHAPES = (
    exp.And, exp.Or, exp.Not, exp.Paren, exp.Neg, exp.Case, exp.If, exp.In, exp.Between, exp.Is,
    exp.Like, exp.DPipe, exp.Literal, exp.Null, exp.Boolean, exp.Column, exp.Identifier,
    *_COMPARE, *_ARITHMETIC,
)  # fmt: skip


class ExpressionWrong(UserError):
    """An expression of a mapping cannot be read, or uses what a mapping may not use."""

    exit_code = 32


Name = tuple[str, str]  # (joined source or "", column)


def parse(text: str) -> exp.Expression:
    """The expression as a tree of allowed shapes and functions.

    Raises: ExpressionWrong.
    """
    if len(text) > LONGEST:
        raise ExpressionWrong(f"The expression is longer than {LONGEST} characters")
    try:
        tree = sqlglot.parse_one(f"SELECT {text}", dialect="duckdb")
    except SqlglotError as error:
        why = str(error).splitlines()[0]
        raise ExpressionWrong(f"This is no expression: {text} ({why})") from error
    only = (
        tree.expressions[0] if isinstance(tree, exp.Select) and len(tree.expressions) == 1 else None
    )
    extra = only is None or any(v for k, v in tree.args.items() if k not in ("expressions", "kind"))
    if only is None or extra:
        raise ExpressionWrong(f"Write one value or condition, not a query: {text}")
    for node in only.walk():
        _allowed(node, text)
    return _numbers(only)


def names(tree: exp.Expression) -> list[Name]:
    """Every column the expression reads, in order."""
    return [(column.table, column.name) for column in tree.find_all(exp.Column)]


def compiled(tree: exp.Expression, place: Callable[[Name], str]) -> str:
    """The expression in DuckDB's dialect; `place` says where each column stands."""

    def put(node: Any) -> Any:
        if isinstance(node, exp.Column):
            return sqlglot.parse_one(place((node.table, node.name)), dialect="duckdb")
        return node

    placed = exp.Paren(this=tree.copy().transform(put))
    for call in list(placed.find_all(exp.Anonymous)):
        call.replace(_try_number(call.expressions[0]))
    return str(placed.sql(dialect="duckdb", comments=False))


def _allowed(node: exp.Expression, text: str) -> None:
    if isinstance(node, exp.Div | exp.IntDiv):
        raise ExpressionWrong(f"Division is not exact and not offered: {text}")
    if isinstance(node, _SHAPES) and not isinstance(node, exp.Func):
        return
    if isinstance(node, exp.And | exp.Or | exp.Case | exp.If):  # sqlglot counts these as functions
        return
    if isinstance(node, exp.Func):
        called = _called(node)
        if called in FUNCTIONS:
            least, most = FUNCTIONS[called]
            given = sum(1 for _ in node.iter_expressions())
            if least <= given <= most:
                return
            raise ExpressionWrong(f"{called}() takes {least} to {most} arguments: {text}")
        raise ExpressionWrong(
            f"The function {called}() is not offered: {text}",
            hint=f"Offered: {', '.join(FUNCTIONS)}",
        )
    raise ExpressionWrong(f"{type(node).__name__} is not allowed in a mapping: {text}")


def _called(node: exp.Func) -> str:
    if isinstance(node, exp.Anonymous):
        return node.name.lower()
    known = {
        "substring": "substr",
        "startswith": "starts_with",
        "pad": "lpad",
        "splitpart": "split_part",
    }
    name = node.sql_name().lower().replace("_", "")
    return known.get(name, node.sql_name().lower())


def _is_number(node: exp.Expression | None) -> bool:
    if isinstance(node, exp.Paren | exp.Neg):
        return _is_number(node.this)
    if isinstance(node, exp.Literal):
        return not node.is_string
    return isinstance(node, _ARITHMETIC) or (
        isinstance(node, exp.Anonymous) and node.name.lower() == "number"
    )


def _numbers(tree: exp.Expression) -> exp.Expression:
    """Columns that meet a number are read as numbers: a bank's cells are text."""

    def put(node: Any) -> None:
        sides: list[Any] = []
        if isinstance(node, (*_COMPARE, *_ARITHMETIC)):
            sides = [node.this, node.expression]
        elif isinstance(node, exp.In):
            sides = [node.this, *node.expressions]
        elif isinstance(node, exp.Between):
            sides = [node.this, node.args["low"], node.args["high"]]
        elif isinstance(node, exp.Neg):
            sides = [node.this]
        if isinstance(node, (*_ARITHMETIC, exp.Neg)) or any(_is_number(side) for side in sides):
            for side in sides:
                if isinstance(side, exp.Column):
                    side.replace(exp.Anonymous(this="number", expressions=[side.copy()]))

    wrapped = exp.Paren(this=tree.copy())
    for node in list(wrapped.walk()):
        put(node)
    return wrapped


def _try_number(node: exp.Expression) -> exp.Expression:
    return exp.TryCast(this=node.copy(), to=exp.DataType.build(NUMBER, dialect="duckdb"))
