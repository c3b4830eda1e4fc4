"""Row by row: what is loaded, what is a duplicate, what goes to the quarantine and why."""

from datetime import date

import pytest

from tests.lib.files import book, codes, quarantined, row, stored, take, write


def test_a_sound_book_is_loaded_whole(tmp_path):
    report = take(
        tmp_path / "home",
        book(tmp_path, instalments=[row("instalments")], payments=[row("payments")]),
    )
    assert (report.version, report.quarantined, report.loaded) == (1, 0, 4)
    (payment,) = stored(tmp_path / "home", "payments")
    assert payment["amount_minor"] == 10500
    assert payment["value_date"] == date(2026, 2, 5)
    assert (payment["source_file"], payment["source_row"]) == ("payments.csv", 2)
    assert payment["known_date"] == date(2026, 3, 1)


@pytest.mark.parametrize(
    ("table", "changes", "code"),
    [
        ("payments", {"amount_minor": "-5"}, "amount_not_positive"),
        ("payments", {"amount_minor": "0"}, "amount_not_positive"),
        ("payments", {"amount_minor": ""}, "missing"),
        ("payments", {"amount_minor": "ten"}, "not_an_amount"),
        ("payments", {"amount_minor": "10.5"}, "amount_decimals"),
        ("payments", {"amount_minor": "1000000000000001"}, "amount_absurd"),
        ("payments", {"amount_minor": "9" * 40}, "amount_absurd"),
        ("payments", {"value_date": "2026-03-03"}, "date_future"),
        ("payments", {"value_date": "2026-02-30"}, "not_a_day"),
        ("payments", {"value_date": "05/02/2026"}, "not_a_day"),
        ("payments", {"value_date": "1066-10-14"}, "date_absurd"),
        ("payments", {"loan_id": "L9"}, "loan_unknown"),
        ("payments", {"amount_minor": "5", "reverses_id": "Y9"}, "payment_unknown"),
        ("payments", {"known_date": "2026-04-30"}, "date_future"),
        ("instalments", {"loan_id": "L9"}, "loan_unknown"),
        ("instalments", {"principal_minor": "-1"}, "amount_negative"),
        ("instalments", {"seq": "0"}, "below_least"),
        ("instalments", {"seq": "1.5"}, "not_whole"),
        ("loans", {"borrower_id": "B9"}, "borrower_unknown"),
        ("loans", {"currency": "USD"}, "currency_other"),
        ("loans", {"status": "lost"}, "not_one_of"),
        ("loans", {"opened_date": "2026-05-01"}, "date_future"),
    ],
)
def test_a_bad_cell_goes_to_the_quarantine(tmp_path, table, changes, code):
    report = take(tmp_path / "home", book(tmp_path, **{table: [row(table, **changes)]}))
    (held,) = quarantined(report, table)
    assert held["_code"] == code
    assert held["_row"] == "2"
    assert held["_reason"]
    (column,) = set(changes) - {"amount_minor"} or {"amount_minor"}
    assert held["_column"] == column
    assert stored(tmp_path / "home", table) == []


def test_a_due_date_may_lie_ahead(tmp_path):
    report = take(
        tmp_path / "home", book(tmp_path, instalments=[row("instalments", due_date="2029-01-01")])
    )
    assert report.quarantined == 0


def test_an_instalment_of_zero_is_sound(tmp_path):
    zero = row("instalments", principal_minor=0, interest_minor=0)
    assert take(tmp_path / "home", book(tmp_path, instalments=[zero])).quarantined == 0


def test_every_fault_of_a_row_is_named(tmp_path):
    bad = row("payments", amount_minor="x", value_date="y")
    report = take(tmp_path / "home", book(tmp_path, payments=[bad]))
    (held,) = quarantined(report, "payments")
    assert held["_column"] == "value_date | amount_minor"
    assert held["_value"] == "y | x"
    assert {f.code for f in report.findings} == {"not_a_day", "not_an_amount"}


def test_a_reversal_is_stored_negative_however_it_is_written(tmp_path):
    rows = [
        row("payments"),
        row("payments", payment_id="Y2", reverses_id="Y1", amount_minor=10000),
        row("payments", payment_id="Y3", reverses_id="Y1", amount_minor=-500),
    ]
    take(tmp_path / "home", book(tmp_path, payments=rows))
    assert [r["amount_minor"] for r in stored(tmp_path / "home", "payments")] == [
        10500,
        -10000,
        -500,
    ]


def test_the_same_row_twice_is_a_duplicate_and_another_content_a_conflict(tmp_path):
    rows = [row("payments"), row("payments"), row("payments", amount_minor=7)]
    report = take(tmp_path / "home", book(tmp_path, payments=rows))
    payments = report.table("payments")
    assert (payments.loaded, payments.duplicate, payments.quarantined) == (1, 1, 1)
    (held,) = quarantined(report, "payments")
    assert held["_code"] == "key_conflict"
    assert "payments.csv row 2" in held["_reason"]


def test_a_stored_row_again_is_a_duplicate_a_conflict_or_a_new_version(tmp_path):
    home = tmp_path / "home"
    take(home, book(tmp_path / "a", payments=[row("payments")]))
    rows = [row("payments"), row("payments", known_date="2026-03-02", amount_minor=9)]
    write(tmp_path / "b", "payments.csv", rows)
    second = take(home, tmp_path / "b").table("payments")
    assert (second.loaded, second.duplicate) == (1, 1)
    write(tmp_path / "c", "payments.csv", [row("payments", amount_minor=8)])
    assert codes(take(home, tmp_path / "c"), "payments") == ["key_conflict"]
    assert [r["amount_minor"] for r in stored(home, "payments")] == [10500, 9]


def test_a_second_version_of_a_key_is_told_to_readers(tmp_path):
    from arrears.lake.book import reading
    from arrears.lake.home import Home

    home = tmp_path / "home"
    take(home, book(tmp_path / "a", payments=[row("payments")]))
    assert not reading(Home(home), "payments", known_on=date(2026, 3, 31)).pick_latest
    write(tmp_path / "b", "payments.csv", [row("payments", known_date="2026-03-02")])
    take(home, tmp_path / "b")
    assert reading(Home(home), "payments", known_on=date(2026, 3, 31)).pick_latest


def test_the_same_file_twice_changes_nothing(tmp_path):
    home, files = tmp_path / "home", book(tmp_path / "a", payments=[row("payments")])
    take(home, files)
    before = {p: p.read_bytes() for p in home.rglob("*") if p.is_file()}
    again = take(home, files, today=date(2026, 3, 30))
    assert again.version is None
    assert (again.loaded, again.quarantined, again.duplicate) == (0, 0, 3)
    assert again.table("payments").money_duplicate["amount_minor"] == 10500
    assert {p: p.read_bytes() for p in home.rglob("*") if p.is_file()} == before


def test_a_loan_keeps_its_borrower(tmp_path):
    home = tmp_path / "home"
    files = book(tmp_path / "a", borrowers=[row("borrowers"), row("borrowers", borrower_id="B2")])
    take(home, files)
    write(tmp_path / "b", "loans.csv", [row("loans", borrower_id="B2", known_date="2026-03-02")])
    assert codes(take(home, tmp_path / "b"), "loans") == ["borrower_changed"]


def test_a_dry_run_says_the_same_and_writes_nothing(tmp_path):
    files = book(tmp_path / "a", payments=[row("payments"), row("payments", payment_id="")])
    tried = take(tmp_path / "home", files, dry_run=True)
    assert not (tmp_path / "home" / "book").exists()
    assert not (tmp_path / "home" / "quarantine").exists()
    done = take(tmp_path / "home", files)
    for a, b in zip(tried.tables, done.tables, strict=True):
        assert (a.rows_in, a.loaded, a.quarantined) == (b.rows_in, b.loaded, b.quarantined)
    assert (tried.version, done.version) == (None, 1)
    assert [f.code for f in tried.findings] == ["missing"]


def test_ten_per_cent_bad_rows_leave_ninety(tmp_path):
    rows = [
        row("payments", payment_id=f"Y{i}", amount_minor="?" if i % 10 == 0 else 100)
        for i in range(1000)
    ]
    report = take(tmp_path / "home", book(tmp_path, payments=rows))
    payments = report.table("payments")
    assert (payments.loaded, payments.quarantined) == (900, 100)
    assert payments.money_in["amount_minor"] == payments.money_loaded["amount_minor"] == 90000
    assert len(quarantined(report, "payments")) == 100
    assert 0 < len(payments.findings) <= 20


def test_the_same_files_give_the_same_bytes(tmp_path):
    rows = [row("payments", payment_id=f"Y{i:03d}") for i in range(300)]
    files = book(tmp_path / "a", payments=rows)
    for name in ("one", "two"):
        take(tmp_path / name, files)

    def bytes_of(name):
        home = tmp_path / name
        return {p.relative_to(home): p.read_bytes() for p in (home / "book").rglob("*.*")}

    assert bytes_of("one") == bytes_of("two")
    assert len(bytes_of("one")) == 4
