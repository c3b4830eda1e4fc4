"""Columns become declared tables: the Arrow form of `core.tables`, and texts by the column."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from arrears.core.tables import BOOK, PROVENANCE, Kind

_ARROW = {
    Kind.TEXT: pa.string(),
    Kind.DAY: pa.date32(),
    Kind.MINOR: pa.int64(),
    Kind.WHOLE: pa.int32(),
    Kind.DEGREE: pa.float64(),
}
_GIVEN_BY_LOAD = {column.name for column in PROVENANCE}


def schema(table: str) -> pa.Schema:
    """The columns of a book table as a file holds them: those declared, and `known_date`."""
    declared = [c for c in BOOK[table].columns if c.name not in _GIVEN_BY_LOAD]
    fields = [pa.field(c.name, _ARROW[c.kind]) for c in declared]
    return pa.schema([*fields, pa.field("known_date", pa.date32())])


def sheet(table: str, columns: Mapping[str, Any]) -> pa.Table:
    """The columns as a table of the declared form; days are counts since 1970, None is empty."""
    form = schema(table)
    length = len(columns["known_date"])
    arrays = [_array(columns[field.name], field.type, length) for field in form]
    return pa.Table.from_arrays(arrays, schema=form)


def _array(column: Any, kind: pa.DataType, length: int) -> pa.Array:
    if column is None:
        return pa.nulls(length, kind)
    if isinstance(column, str):
        return pa.repeat(pa.scalar(column, kind), length)
    if kind == pa.date32():
        return pa.array(column).cast(pa.int32()).cast(kind)
    return pa.array(column).cast(kind)


def empty_where(column: Any, mask: NDArray[np.bool_]) -> pa.Array:
    """The column with nothing in the rows of the mask."""
    values = pa.array(column)
    return pc.if_else(pa.array(~mask), values, pa.scalar(None, values.type))


def digits(numbers: NDArray[np.int64], width: int) -> pa.Array:
    """Each number as text with leading zeros."""
    return pc.utf8_lpad(pa.array(numbers).cast(pa.string()), width=width, padding="0")


def joined(*parts: Any) -> pa.Array:
    """The parts of each row as one text; a part is a column of text or the same text for all."""
    return pc.binary_join_element_wise(*parts, "")


def chosen(words: Sequence[str], index: NDArray[np.int64]) -> pa.Array:
    """The word of each row."""
    return pa.array(words, pa.string()).take(pa.array(index))
