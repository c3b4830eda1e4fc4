"""Forms: every way a bank writes a day or an amount comes out right, or is a named fault."""

from datetime import date

import pytest

from arrears.core.tables import Column, Kind
from arrears.feeds.forms import fault, value
from arrears.feeds.terms import Cell
from arrears.lake.duck import connect, literal


def read(text, kind, **how):
    """The value and the fault of one text."""
    cell, column = Cell(1, "from", "x", **how), Column("x", kind)
    con = connect()
    con.execute("SET TimeZone = 'Asia/Shanghai'")
    typed = value("t", cell, kind)
    valued = f"SELECT t, {typed} AS v FROM (SELECT {literal(text)} AS t)"
    sql = f"SELECT v, {fault('t', 'v', cell, column)} FROM ({valued})"
    answer = con.execute(sql).fetchone()
    con.close()
    return answer


@pytest.mark.parametrize(
    ("text", "form", "day"),
    [
        ("2026-03-01", "iso", date(2026, 3, 1)),
        ("2026-03-01 00:00:00", "iso", date(2026, 3, 1)),
        ("20260301", "YYYYMMDD", date(2026, 3, 1)),
        ("01/03/2026", "DD/MM/YYYY", date(2026, 3, 1)),
        ("03/01/2026", "MM/DD/YYYY", date(2026, 3, 1)),
        ("2026年3月1日", "YYYY年M月D日", date(2026, 3, 1)),
        ("3/1/2026 14:05:09", "M/D/YYYY hh:mm:ss", date(2026, 3, 1)),
        ("03/2026", "MM/YYYY", date(2026, 3, 1)),
        ("2026-02-28T17:00:00.123Z", "timestamp", date(2026, 3, 1)),
        ("2026-03-01T02:00:00+09:00", "timestamp", date(2026, 3, 1)),
        ("2026-03-01 23:59:59.999999", "timestamp", date(2026, 3, 1)),
        ("1772298000", "epoch", date(2026, 3, 1)),
        ("1772298000123", "epoch_ms", date(2026, 3, 1)),
    ],
)
def test_a_day_in_its_stated_form(text, form, day):
    assert read(text, Kind.DAY, date=form) == (day, None)


@pytest.mark.parametrize(("text", "year"), [("930705", 1993), ("490101", 2049), ("500101", 1950)])
def test_a_year_of_two_digits_turns_at_the_pivot(text, year):
    assert read(text, Kind.DAY, date="YYMMDD", pivot=1950)[0].year == year


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("2026-02-29", "iso"),
        ("2026/03/01", "iso"),
        ("2026-03-01 10:00:00", "iso"),
        ("epoch", "timestamp"),
        ("13/13/2026", "DD/MM/YYYY"),
        ("2026-03-01", "DD/MM/YYYY"),
        ("99999999999999", "epoch"),
        ("1772298000.5x", "epoch"),
        ("infinity", "timestamp"),
    ],
)
def test_what_is_no_day_in_the_form_is_a_fault(text, form):
    found, code = read(text, Kind.DAY, date=form)
    assert code in ("not_a_day", "date_absurd"), found


@pytest.mark.parametrize(
    ("text", "how", "minor"),
    [
        ("1234.50", {}, 123450),
        ("1234.5", {}, 123450),
        ("1234", {}, 123400),
        ("1234.", {}, 123400),
        ("-0.05", {}, -5),
        ("+7.10", {}, 710),
        ("1,234,567.89", {}, 123456789),
        ("１，２３４．５０", {}, 123450),
        ("¥1,234.50", {}, 123450),
        ("1 234,50", {"decimal": ","}, 123450),
        ("1.234,50", {"decimal": ","}, 123450),
        ("12.340000", {}, 1234),
        ("9999999999999.99", {}, 999999999999999),
        ("123450", {"money": "minor"}, 123450),
        ("123450.00", {"money": "minor"}, 123450),
    ],
)
def test_an_amount_is_exact(text, how, minor):
    assert read(text, Kind.MINOR, **how) == (minor, None)


@pytest.mark.parametrize(
    ("text", "how", "code"),
    [
        ("12.345", {}, "amount_decimals"),
        ("12.5", {"money": "minor"}, "amount_decimals"),
        ("10000000000000.01", {}, "amount_absurd"),
        ("9" * 60, {}, "amount_absurd"),
        ("1e5", {}, "not_an_amount"),
        ("1,5", {}, "not_an_amount"),
        ("12,34,567", {}, "not_an_amount"),
        ("NaN", {}, "not_an_amount"),
        ("--5", {}, "not_an_amount"),
    ],
)
def test_what_is_no_exact_amount_is_a_fault(text, how, code):
    assert read(text, Kind.MINOR, **how) == (None, code)
