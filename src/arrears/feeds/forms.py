"""Forms: how a text becomes a day, an amount or a number, as SQL, and what is wrong when not.

Each `*_value` gives NULL for what it cannot read; `fault` then says which fault it is.
"""

import re
from typing import Any

from arrears.core.money import LARGEST_MINOR, MINOR_DIGITS
from arrears.core.tables import Column, Kind
from arrears.feeds.terms import Cell
from arrears.lake.duck import literal

NAMED_FORMS = ("iso", "timestamp", "epoch", "epoch_ms")
_TOKEN = re.compile("YYYY|YY|MM|M|DD|D|hh|mm|ss")
_PIECE = {
    "YYYY": r"(\d{4})",
    "YY": r"(\d{2})",
    "MM": r"(\d{2})",
    "M": r"(\d{1,2})",
    "DD": r"(\d{2})",
    "D": r"(\d{1,2})",
    "hh": r"\d{1,2}",
    "mm": r"\d{2}",
    "ss": r"\d{2}(?:\.\d+)?",
}
_WIDE, _NARROW = "０１２３４５６７８９．，－＋", "0123456789.,-+"
_MARKS = "¥￥$€元 \u00a0\u3000"  # dropped from amounts

FIRST_YEAR, LAST_YEAR = 1900, 2200
_NUMBER = r"[+-]?\d+(\.\d*)?"
_WHOLE = r"[+-]?\d{1,9}(\.0*)?"
_MOMENT = r"\d{4}-\d{2}-\d{2}([T ].*)?"
_ISO = r"\d{4}-\d{2}-\d{2}([T ]00:00:00(\.0+)?)?"
NATIVE = {
    Kind.DAY: ("DATE",),
    Kind.WHOLE: ("TINYINT", "SMALLINT", "INTEGER"),
    Kind.MINOR: ("TINYINT", "SMALLINT", "INTEGER", "BIGINT"),
    Kind.DEGREE: ("FLOAT", "DOUBLE"),
}


def day_form_wrong(form: str, pivot: Any) -> list[str]:
    """What is wrong with a stated date form; empty when nothing is."""
    if form in NAMED_FORMS:
        return []
    used = _TOKEN.findall(form)
    years = [token for token in used if token in ("YYYY", "YY")]
    if len(years) != 1 or not any(token in ("MM", "M") for token in used):
        return [
            f"date {form!r} is no form: one of {', '.join(NAMED_FORMS)}, "
            "or a pattern of YYYY YY MM M DD D hh mm ss such as DD/MM/YYYY"
        ]
    if years == ["YY"] and not (isinstance(pivot, int) and 1800 <= pivot <= 2100):
        return [f"date {form!r} has no century: add pivot = 1950 when YY runs from 1950 to 2049"]
    return []


def day_value(text: str, cell: Cell) -> str:
    """A day from text in the stated form; moments become days in the session's zone."""
    if cell.date == "iso":
        day = f"TRY_CAST(left({text}, 10) AS DATE)"
        return f"CASE WHEN regexp_full_match({text}, '{_ISO}') THEN {day} END"
    if cell.date == "timestamp":
        day = f"TRY_CAST(TRY_CAST({text} AS TIMESTAMPTZ) AS DATE)"
        return f"CASE WHEN regexp_full_match({text}, '{_MOMENT}') THEN {day} END"
    if cell.date in ("epoch", "epoch_ms"):
        seconds = f"TRY_CAST({text} AS BIGINT)"
        if cell.date == "epoch_ms":
            seconds = f"({seconds} // 1000)"
        sane = f"abs({seconds}) < 10000000000"
        return f"CASE WHEN {sane} THEN CAST(to_timestamp({seconds}) AS DATE) END"
    return _pattern_value(text, cell)


def _pattern_value(text: str, cell: Cell) -> str:
    pattern, last = "", 0
    groups: dict[str, tuple[int, str]] = {}
    for token in _TOKEN.finditer(cell.date):
        piece = _PIECE[token[0]]
        pattern += re.escape(cell.date[last : token.start()]) + piece
        if piece.startswith("("):
            groups[token[0][0]] = (len(groups) + 1, token[0])
        last = token.end()
    pattern += re.escape(cell.date[last:])

    def part(letter: str) -> str:
        return f"regexp_extract({text}, {literal(pattern)}, {groups[letter][0]})"

    year = part("Y")
    if groups["Y"][1] == "YY":
        base, turn = cell.pivot // 100 * 100, cell.pivot % 100
        short = f"TRY_CAST({year} AS INTEGER)"
        year = f"({short} + CASE WHEN {short} >= {turn} THEN {base} ELSE {base + 100} END)"
    day = f"lpad({part('D')}, 2, '0')" if "D" in groups else "'01'"
    made = f"concat({year}, '-', lpad({part('M')}, 2, '0'), '-', {day})"
    return (
        f"CASE WHEN regexp_full_match({text}, {literal(pattern)}) THEN TRY_CAST({made} AS DATE) END"
    )


def amount_text(text: str, decimal: str) -> str:
    """The text of an amount with ASCII digits, a point, and no grouping."""
    swap = (",.", ".,") if decimal == "," else ("", "")
    plain = f"translate({text}, {literal(_WIDE + _MARKS)}, {literal(_NARROW)})"
    if swap[0]:
        plain = f"translate({plain}, '{swap[0]}', '{swap[1]}')"
    grouped = r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?"
    bare = f"replace({plain}, ',', '')"
    plain = f"CASE WHEN regexp_full_match({plain}, '{grouped}') THEN {bare} ELSE {plain} END"
    odd = f"regexp_matches({text}, '[^0-9.+-]')" if not swap[0] else "true"
    return f"(CASE WHEN {odd} THEN {plain} ELSE {text} END)"


def minor_value(text: str, cell: Cell) -> str:
    """Whole minor units, exactly: a text with more decimals than the currency has is NULL."""
    plain = amount_text(text, cell.decimal)
    digits = 0 if cell.money == "minor" else MINOR_DIGITS
    exact = rf"[+-]?\d{{1,18}}(\.\d{{0,{digits}}}0*)?"
    scaled = f"TRY_CAST({plain} AS DECIMAL(20, {digits})) * {10**digits}::DECIMAL(3, 0)"
    return (
        f"CASE WHEN regexp_full_match({plain}, '{exact}') AND abs({scaled}) <= {LARGEST_MINOR} "
        f"THEN CAST({scaled} AS BIGINT) END"
    )


def value(text: str, cell: Cell, kind: Kind) -> str:
    """The typed value of a cell's text."""
    if kind is Kind.DAY:
        return day_value(text, cell)
    if kind is Kind.MINOR:
        return minor_value(text, cell)
    if kind is Kind.WHOLE:
        return (
            f"CASE WHEN regexp_full_match({text}, '{_WHOLE}') "
            f"THEN TRY_CAST(regexp_replace({text}, '\\..*', '') AS INTEGER) END"
        )
    if kind is Kind.DEGREE:
        return (
            f"CASE WHEN abs(TRY_CAST({text} AS DOUBLE)) <= 180 THEN TRY_CAST({text} AS DOUBLE) END"
        )
    return text


def fault(text: str, typed: str, cell: Cell, column: Column) -> str:
    """A SQL text: the code of what is wrong with a cell, or NULL."""
    whens: list[str] = []
    if column.required:
        whens.append(f"WHEN {text} IS NULL THEN 'missing'")
    if column.kind is Kind.DAY:
        whens.append(f"WHEN {text} IS NOT NULL AND {typed} IS NULL THEN 'not_a_day'")
        whens.append(
            f"WHEN year({typed}) NOT BETWEEN {FIRST_YEAR} AND {LAST_YEAR} THEN 'date_absurd'"
        )
    elif column.kind is Kind.MINOR:
        plain = amount_text(f"CAST({text} AS VARCHAR)", cell.decimal)
        none = f"{text} IS NOT NULL AND {typed} IS NULL"
        digits = 0 if cell.money == "minor" else MINOR_DIGITS
        decimals = rf"[+-]?\d+\.\d{{{digits}}}\d*[1-9]\d*"
        whens.append(
            f"WHEN {none} AND regexp_full_match({plain}, '{decimals}') THEN 'amount_decimals'"
        )
        whens.append(
            f"WHEN {none} AND regexp_full_match({plain}, '{_NUMBER}') THEN 'amount_absurd'"
        )
        whens.append(f"WHEN {none} THEN 'not_an_amount'")
    elif column.kind is Kind.WHOLE:
        whens.append(f"WHEN {text} IS NOT NULL AND {typed} IS NULL THEN 'not_whole'")
    elif column.kind is Kind.DEGREE:
        whens.append(f"WHEN {text} IS NOT NULL AND {typed} IS NULL THEN 'not_a_degree'")
    if column.least is not None:
        code = (
            "amount_negative" if column.kind is Kind.MINOR and column.least == 0 else "below_least"
        )
        whens.append(f"WHEN {typed} < {column.least} THEN '{code}'")
    if column.one_of:
        allowed = ", ".join(literal(v) for v in column.one_of)
        whens.append(f"WHEN {typed} NOT IN ({allowed}) THEN 'not_one_of'")
    return f"CASE {' '.join(whens)} END" if whens else "NULL"
