"""The first load founds the home: its buckets fit the book, and the notes say what to look at."""

import tomllib

import pytest

from arrears.core.loan import Terms
from arrears.feeds.grammar import checked
from arrears.feeds.terms import MappingWrong
from arrears.lake.home import Home, bucket_of
from tests.lib.files import book, row, stored, take, write

PRODUCT = {
    "product": "P1",
    "kind": "loan",
    "order": "per_instalment",
    "grace_days": 0,
    "tolerance_minor": 0,
    "tolerance_per": "loan",
    "dpd_start": "day_after",
    "day_count": "act_365",
    "known_date": "2026-03-01",
}
STATED = """
[institution]
name = "Bank"
zone = "Asia/Shanghai"
currency = "CNY"
buckets = {buckets}
[source.loans]
files = ["loans.csv"]
[source.borrowers]
files = ["borrowers.csv"]
[table.borrowers]
from = "borrowers"
as_declared = true
[table.loans]
from = "loans"
as_declared = true
"""


@pytest.fixture
def small(monkeypatch):
    """Two loans fill a bucket."""
    monkeypatch.setattr("arrears.lake.home.LOANS_PER_BUCKET", 2)


def buckets(home):
    return Home(home).institution().buckets


def several(count):
    """A book of so many borrowers with one loan each."""
    return {
        "borrowers": [row("borrowers", borrower_id=f"B{n}") for n in range(count)],
        "loans": [row("loans", loan_id=f"L{n}", borrower_id=f"B{n}") for n in range(count)],
        "payments": [row("payments", payment_id=f"Y{n}", loan_id=f"L{n}") for n in range(count)],
    }


def test_a_small_book_has_one_bucket(tmp_path):
    take(tmp_path / "home", book(tmp_path / "a"))
    assert buckets(tmp_path / "home") == 1


def test_the_first_loans_say_how_many_buckets_there_are(tmp_path, small):
    home = tmp_path / "home"
    take(home, book(tmp_path / "a", **several(5)))
    assert buckets(home) == 4
    owner = {r["loan_id"]: r["borrower_id"] for r in stored(home, "loans")}
    assert owner.keys() == {r["loan_id"] for r in stored(home, "payments")}
    for table in ("borrowers", "loans", "payments"):
        for one in stored(home, table):  # DuckDB reads the bucket from the name of the folder
            who = one.get("borrower_id") or owner[one["loan_id"]]
            assert int(one["bucket"]) == bucket_of(who, 4)


def test_a_home_keeps_its_buckets_when_more_loans_come(tmp_path, small):
    take(tmp_path / "home", book(tmp_path / "a", **several(5)))
    take(tmp_path / "home", book(tmp_path / "b", **several(40)))
    assert buckets(tmp_path / "home") == 4


def test_without_loans_the_borrowers_say_how_large_the_book_is(tmp_path, small):
    write(tmp_path / "a", "borrowers.csv", several(7)["borrowers"])
    take(tmp_path / "home", tmp_path / "a")
    assert buckets(tmp_path / "home") == 4


def test_without_borrowers_and_loans_the_home_waits_for_them(tmp_path, small):
    home = tmp_path / "home"
    write(tmp_path / "a", "products.csv", [PRODUCT])
    write(tmp_path / "a", "payments.csv", several(3)["payments"])
    take(home, tmp_path / "a")
    assert buckets(home) == 0
    take(home, book(tmp_path / "b", **several(3)))
    assert buckets(home) == 2
    assert len(stored(home, "payments")) == 3


def test_a_mapping_may_state_the_buckets_of_a_new_home(tmp_path):
    mapping = tmp_path / "bank.toml"
    mapping.write_text(STATED.format(buckets=4), encoding="utf-8")
    take(tmp_path / "home", book(tmp_path / "a"), str(mapping))
    assert buckets(tmp_path / "home") == 4
    mapping.write_text(STATED.format(buckets=8), encoding="utf-8")
    again = take(tmp_path / "home", tmp_path / "a", str(mapping))
    assert buckets(tmp_path / "home") == 4
    assert any("keeps its 4 buckets" in note for note in again.notes)


@pytest.mark.parametrize("stated", ["0", "4097", '"4"', "true", "2.0"])
def test_buckets_are_a_whole_number_within_bounds(stated):
    text = STATED.format(buckets=stated)
    with pytest.raises(MappingWrong, match=r"bank\.toml:6: buckets is a whole number from 1"):
        checked("bank", tomllib.loads(text), text)


def test_a_product_that_nobody_described_is_noted_once_and_stays_loaded(tmp_path):
    loans = [row("loans", loan_id=f"L{n}", product=p) for n, p in enumerate(["P1", "P2", "P2"])]
    report = take(tmp_path / "home", book(tmp_path / "a", loans=loans, products=[PRODUCT]))
    (note,) = [n for n in report.notes if n.startswith("product ")]
    assert note.startswith("product P2 is not described: it is aged with the defaults")
    assert Terms().day_count in note
    assert "[[products]]" in note
    assert report.table("loans").loaded == 3


def test_a_product_described_in_an_earlier_load_is_not_noted(tmp_path):
    write(tmp_path / "a", "products.csv", [PRODUCT])
    take(tmp_path / "home", tmp_path / "a")
    report = take(tmp_path / "home", book(tmp_path / "b"))
    assert not any(note.startswith("product ") for note in report.notes)


def test_a_column_of_ids_taken_for_products_does_not_flood_the_notes(tmp_path):
    loans = [row("loans", loan_id=f"L{n}", product=f"P{n:02d}") for n in range(25)]
    notes = take(tmp_path / "home", book(tmp_path / "a", loans=loans)).notes
    assert sum(note.startswith("product P") for note in notes) == 20
    assert "5 more products are not described" in notes


def test_files_that_are_not_there_are_one_note(tmp_path):
    notes = take(tmp_path / "home", book(tmp_path / "a", products=[PRODUCT])).notes
    (note,) = notes
    assert note.startswith("no file for rates, instalments, payments, ")
    assert note.endswith("facts: skipped")
