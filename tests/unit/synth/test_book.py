"""A made-up book is whole, plainly made up, the same for the same seed, and full of life."""

import re
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from arrears.core.tables import BOOK, PROVENANCE
from arrears.synth import book
from arrears.synth.book import NoLoans, make_book
from arrears.synth.people import CHECK_DIGITS, CHECK_WEIGHTS

LAST = date(2026, 6, 30)
LOANS = 4_000


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("made")
    make_book(folder, loans=LOANS, seed=11, last_date=LAST)
    return {path.stem: pq.read_table(path).to_pylist() for path in folder.glob("*.parquet")}


@pytest.fixture(scope="module")
def paid_of(made):
    """The payments of each loan, in the order of the file."""
    paid = {}
    for row in made["payments"]:
        paid.setdefault(row["loan_id"], []).append(row)
    return paid


@pytest.fixture(scope="module")
def due_of(made):
    """The instalments of each loan, in the order of the file."""
    due = {}
    for row in made["instalments"]:
        due.setdefault(row["loan_id"], []).append(row)
    return due


def total(row):
    return row["principal_minor"] + row["interest_minor"] + row["fee_minor"]


def days_late(due, paid):
    """Days since the oldest instalment that is not paid in full on the last day; None: none."""
    left = sum(row["amount_minor"] for row in paid)
    for row in due:
        left -= total(row)
        if row["due_date"] <= LAST and left < 0:
            return (LAST - row["due_date"]).days
    return None


def make(folder: Path, **asked):
    return make_book(folder, **{"loans": 300, "seed": 5, "last_date": LAST, **asked})


def test_the_same_seed_gives_the_same_bytes_and_another_seed_does_not(tmp_path):
    books = [make(tmp_path / name, seed=seed) for name, seed in (("a", 5), ("b", 5), ("c", 6))]
    a, b, c = (
        {p.name: p.read_bytes() for p in sorted((tmp_path / name).iterdir())} for name in "abc"
    )
    assert a == b
    assert books[0] == books[1]
    assert a["payments.parquet"] != c["payments.parquet"]


def test_a_table_has_the_declared_columns_and_the_day_it_became_known(tmp_path):
    rows = make(tmp_path)
    given_by_load = {c.name for c in PROVENANCE}
    for table, count in rows.items():
        file = pq.read_table(tmp_path / f"{table}.parquet")
        declared = [n for n in BOOK[table].names if n not in given_by_load]
        assert file.column_names == [*declared, "known_date"]
        assert file.num_rows == count
        for name in BOOK[table].money:
            assert file.schema.field(name).type == pa.int64()


def test_required_columns_are_filled_and_keys_are_unique(made):
    for table, rows in made.items():
        keys = Counter(tuple(row[k] for k in BOOK[table].key) for row in rows)
        assert max(keys.values(), default=1) == 1, table
        for column in BOOK[table].columns:
            values = [row[column.name] for row in rows]
            assert not column.required or None not in values, (table, column.name)
            assert not column.one_of or set(values) <= set(column.one_of), (table, column.name)


def test_nothing_is_known_after_the_last_day_nor_before_it_happened(made):
    happened = {"payments": "value_date", "contacts": "contact_date", "promises": "made_date"}
    for table, rows in made.items():
        assert all(row["known_date"] <= LAST for row in rows), table
        if table in happened:
            assert all(row["known_date"] >= row[happened[table]] for row in rows), table
    assert any(row["known_date"] > row["value_date"] for row in made["payments"])


def test_a_schedule_repays_what_was_lent_in_order(made, due_of):
    for loan in made["loans"]:
        due = due_of[loan["loan_id"]]
        assert sum(row["principal_minor"] for row in due) == loan["principal_minor"]
        assert [row["seq"] for row in due] == list(range(1, len(due) + 1))
        dates = [loan["opened_date"], *(row["due_date"] for row in due)]
        assert dates == sorted(set(dates))
        assert min(min(total(row), row["principal_minor"]) for row in due) > 0


def test_a_reversal_takes_back_its_payment_and_never_comes_before_it(made):
    payments = {row["payment_id"]: row for row in made["payments"]}
    reversals = [row for row in payments.values() if row["reverses_id"]]
    assert len(reversals) > 50
    for row in reversals:
        taken = payments[row["reverses_id"]]
        assert row["loan_id"] == taken["loan_id"]
        assert row["amount_minor"] == -taken["amount_minor"] < 0
        assert row["value_date"] >= taken["value_date"]
        assert row["known_date"] > taken["known_date"]
    assert {r["value_date"] == payments[r["reverses_id"]]["value_date"] for r in reversals} == {
        True,
        False,
    }


def test_only_loans_booked_by_the_bank_say_what_a_payment_paid(made):
    product = {row["loan_id"]: row["product"] for row in made["loans"]}
    booked = {row["product"] for row in made["products"] if row["order"] == "as_booked"}
    for row in made["payments"]:
        parts = [row["principal_minor"], row["interest_minor"], row["fee_minor"]]
        if product[row["loan_id"]] in booked:
            assert sum(parts) == row["amount_minor"]
        else:
            assert parts == [None, None, None]


def test_no_loan_is_paid_more_than_it_asks(due_of, paid_of):
    for loan, paid in paid_of.items():
        assert sum(row["amount_minor"] for row in paid) <= sum(map(total, due_of[loan]))


def test_a_few_in_a_hundred_are_overdue_and_every_bucket_has_someone(due_of, paid_of):
    late = [days_late(due, paid_of.get(loan, [])) for loan, due in due_of.items()]
    overdue = [days for days in late if days]
    assert 0.05 <= len(overdue) / LOANS <= 0.08
    assert {min((days - 1) // 30, 6) for days in overdue} == set(range(7))


def test_every_convention_has_loans(made):
    shares = Counter(row["product"] for row in made["loans"])
    products = {row["product"]: row for row in made["products"]}
    orders = Counter()
    for product, count in shares.items():
        orders[products[product]["order"]] += count / LOANS
    assert 0.82 <= orders["per_instalment"] <= 0.88
    assert 0.06 <= orders["card_91"] <= 0.10
    assert orders["fees_first"] > 0
    assert orders["as_booked"] > 0
    assert {(p["tolerance_minor"], p["tolerance_per"]) for p in products.values()} == {
        (0, "loan"),
        (100, "loan"),
        (10, "instalment"),
    }
    for field, values in (
        ("grace_days", {0, 3, 5}),
        ("day_count", {"act_360", "act_365"}),
        ("dpd_start", {"day_after", "due_day"}),
    ):
        assert {p[field] for p in products.values()} == values


def test_every_rate_changes_within_the_book(made):
    opened = [row["opened_date"] for row in made["loans"]]
    for product in made["products"]:
        for kind in ("contract", "penalty", "compound"):
            days = [
                row["from_date"]
                for row in made["rates"]
                if (row["product"], row["kind"]) == (product["product"], kind)
            ]
            assert days[0] <= min(opened) < days[1] < max(opened)


def test_some_borrowers_have_several_loans_and_some_are_companies(made):
    loans, people = len(made["loans"]), made["borrowers"]
    assert 1.10 <= loans / len(people) <= 1.20
    assert 0.03 <= sum(row["kind"] == "company" for row in people) / len(people) <= 0.05


def test_nobody_can_take_a_borrower_for_a_real_one(made):
    for row in made["borrowers"]:
        assert re.fullmatch("\\w(氏虚构企业|虚构)[0-9]{6}", row["name"])
        body, last = row["id_number"][:17], row["id_number"][17]
        if row["kind"] == "person":
            right = CHECK_DIGITS[
                sum(int(d) * w for d, w in zip(body, CHECK_WEIGHTS, strict=True)) % 11
            ]
            assert body.startswith("99")
            assert last != right
        else:
            assert last == "I"
    for row in made["contact_points"]:
        fake = row["value"].startswith("154") or row["value"].endswith(".invalid")
        assert fake, row["value"]


def test_the_check_digit_that_ids_fail_is_the_right_one():
    body = "11010519491231002"  # the worked example of GB 11643, whose check digit is X
    total_ = sum(int(d) * w for d, w in zip(body, CHECK_WEIGHTS, strict=True))
    assert CHECK_DIGITS[total_ % 11] == "X"


def test_contacts_are_of_people_in_arrears_and_most_are_recent(made, due_of, paid_of):
    late_since = {}
    for loan in made["loans"]:
        days = days_late(due_of[loan["loan_id"]], paid_of.get(loan["loan_id"], []))
        if days is not None:
            since = LAST - timedelta(days=days)
            who = loan["borrower_id"]
            late_since[who] = min(since, late_since.get(who, since))
    contacts = made["contacts"]
    assert all(late_since[r["borrower_id"]] <= r["contact_date"] <= LAST for r in contacts)
    recent = [r for r in contacts if r["contact_date"] > LAST - timedelta(days=60)]
    assert len(recent) > len(contacts) / 2


def test_promises_end_around_the_last_day(made):
    assert any(row["due_date"] < LAST for row in made["promises"])
    assert any(row["due_date"] > LAST for row in made["promises"])
    assert all(row["made_date"] <= row["due_date"] for row in made["promises"])


def test_chunks_do_not_repeat_one_another(tmp_path, monkeypatch):
    monkeypatch.setattr(book, "CHUNK_LOANS", 100)
    steps = []
    make(tmp_path, progress=lambda done, whole: steps.append((done, whole)))
    loans = pq.read_table(tmp_path / "loans.parquet").to_pylist()
    assert [row["loan_id"] for row in loans] == [f"L{n:010d}" for n in range(1, 301)]
    known = set(pq.read_table(tmp_path / "borrowers.parquet")["borrower_id"].to_pylist())
    assert {row["borrower_id"] for row in loans} == known
    amounts = [row["principal_minor"] for row in loans]
    assert amounts[:100] != amounts[100:200]
    assert steps[-1] == (300, 300)
    assert len(steps) >= 3


def test_a_book_of_one_loan_can_be_made(tmp_path):
    assert make(tmp_path, loans=1)["loans"] == 1


def test_an_empty_book_is_refused_and_a_draft_is_not_left_in_sight(tmp_path):
    with pytest.raises(NoLoans, match="at least one loan"):
        make(tmp_path, loans=0)
    make(tmp_path)
    assert not list(tmp_path.glob("*.draft"))
