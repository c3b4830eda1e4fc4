"""A made-up book whose payments come day by day is the same book, but for what was paid otherwise."""

from datetime import date, timedelta

import pyarrow.parquet as pq
import pytest

from arrears.synth.book import make_book
from arrears.synth.daily import OF_PEOPLE, DailyFiles, Extra

LAST = date(2026, 6, 30)
FIRST = LAST - timedelta(days=9)
DAYS = [FIRST + timedelta(days=n) for n in range(10)]


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    folder = tmp_path_factory.mktemp("book")
    make_book(folder, loans=600, seed=8, last_date=LAST)
    return folder


@pytest.fixture
def daily(book, tmp_path):
    files = DailyFiles(book)
    files.before(FIRST, tmp_path / "before")
    return files


def rows(folder, table):
    found = [pq.read_table(file).to_pylist() for file in sorted(folder.rglob(f"{table}*.parquet"))]
    return sorted((row for part in found for row in part), key=str)


def test_all_days_together_are_the_book(book, daily, tmp_path):
    for day in DAYS:
        daily.of(day, tmp_path / str(day))
    for table in ("loans", "instalments", "payments", "borrowers", "contact_points", "flags"):
        assert rows(tmp_path, table) == rows(book, table)


def test_a_day_brings_what_was_paid_since_the_bank_last_told(daily, tmp_path):
    daily.of(DAYS[1], tmp_path / "earlier")
    daily.of(DAYS[3], tmp_path / "day")
    assert [file.name for file in (tmp_path / "day").iterdir()] == [f"payments-{DAYS[3]}.parquet"]
    assert {row["known_date"] for row in rows(tmp_path / "day", "payments")} == set(DAYS[2:4])


def test_people_have_done_nothing_yet_when_the_days_begin(daily, tmp_path):
    for table in OF_PEOPLE:
        assert all(row["known_date"] < FIRST for row in rows(tmp_path / "before", table))
    assert rows(tmp_path / "before", "contacts")


def test_who_pays_ahead_pays_so_much_less_later(book, daily, tmp_path):
    later = [
        row
        for row in rows(book, "payments")
        if DAYS[2] < row["known_date"] <= LAST and row["amount_minor"] > 0
    ]
    reversed_later = {row["reverses_id"] for row in rows(book, "payments") if row["reverses_id"]}
    due = next(
        row
        for row in later
        if row["payment_id"] not in reversed_later
        and not row["reverses_id"]
        and sum(other["loan_id"] == row["loan_id"] for other in later) == 1
    )
    for day in DAYS:
        extra = [Extra(due["loan_id"], due["amount_minor"], day)] if day == DAYS[1] else []
        daily.of(day, tmp_path / str(day), extra)
    paid = [row for row in rows(tmp_path, "payments") if row["loan_id"] == due["loan_id"]]
    assert due["payment_id"] not in {row["payment_id"] for row in paid}
    (ahead,) = [row for row in paid if row["payment_id"].startswith("E")]
    assert (ahead["value_date"], ahead["amount_minor"]) == (DAYS[1], due["amount_minor"])
    whole = [row for row in rows(book, "payments") if row["loan_id"] == due["loan_id"]]
    assert sum(row["amount_minor"] for row in paid) == sum(row["amount_minor"] for row in whole)
