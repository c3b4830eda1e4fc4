"""Out of order, corrected, snapshots: what waits is tried again, what is mended is loaded."""

import csv
import itertools

import pytest

from arrears.feeds.load import Shrunk
from arrears.feeds.quarantine import NotACorrection, safe, unsafe
from arrears.lake.book import reading, versions
from arrears.lake.home import Home
from tests.lib.files import TODAY, book, codes, quarantined, row, stored, take, write

FILES = {
    "borrowers": [row("borrowers"), row("borrowers", borrower_id="B2")],
    "loans": [row("loans"), row("loans", loan_id="L2", borrower_id="B2")],
    "payments": [row("payments"), row("payments", payment_id="Y2", loan_id="L2")],
    "reversals": [row("payments", payment_id="Y3", reverses_id="Y1", amount_minor=10500)],
}
ORDERS = list(itertools.permutations(FILES))


@pytest.mark.parametrize("order", ORDERS[::5], ids="-".join)
def test_files_out_of_order_end_in_the_same_book(tmp_path, order):
    for name in order:
        write(tmp_path / name, f"{name.replace('reversals', 'payments')}.csv", FILES[name])
        last = take(tmp_path / "home", tmp_path / name)
    assert sum(t.waiting for t in last.tables) == 0
    assert [r["borrower_id"] for r in stored(tmp_path / "home", "loans")] == ["B1", "B2"]
    amounts = [r["amount_minor"] for r in stored(tmp_path / "home", "payments")]
    assert amounts == [10500, 10500, -10500]


def test_a_waiting_row_keeps_its_own_file_and_known_day(tmp_path):
    home = tmp_path / "home"
    write(tmp_path / "a", "payments.csv", [row("payments")])
    first = take(home, tmp_path / "a")
    assert codes(first, "payments") == ["loan_unknown"]
    assert first.table("payments").waiting == 1
    second = take(home, book(tmp_path / "b"))
    payments = second.table("payments")
    assert (payments.rows_read, payments.retried, payments.loaded) == (0, 1, 1)
    (kept,) = stored(home, "payments")
    assert (kept["source_file"], str(kept["known_date"])) == ("payments.csv", "2026-03-01")


def test_nothing_new_leaves_waiting_rows_waiting(tmp_path):
    home = tmp_path / "home"
    write(tmp_path / "a", "payments.csv", [row("payments")])
    take(home, tmp_path / "a")
    write(tmp_path / "c", "borrowers.csv", [row("borrowers", borrower_id="B7")])
    assert take(home, tmp_path / "c").table("payments").waiting == 1
    take(home, book(tmp_path / "b"))
    assert len(stored(home, "payments")) == 1


def test_a_corrected_row_is_loaded_and_the_rest_stays(tmp_path):
    home = tmp_path / "home"
    rows = [row("payments", amount_minor="1O5"), row("payments", payment_id="Y2", amount_minor="?")]
    files = book(tmp_path / "a", payments=[*rows, row("payments", payment_id="Y3")])
    first = take(home, files)
    held = quarantined(first, "payments")
    held[0]["amount_minor"] = "105"
    mended = tmp_path / "mended.csv"
    with mended.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, list(held[0]))
        writer.writeheader()
        writer.writerows(held)
    second = take(home, files, corrected=mended)
    payments = second.table("payments")
    assert (payments.rows_in, payments.loaded, payments.quarantined) == (2, 1, 1)
    assert [r["_row"] for r in quarantined(second, "payments")] == ["3"]
    assert {r["payment_id"]: r["source_row"] for r in stored(home, "payments")} == {
        "Y1": 2,
        "Y3": 4,
    }
    assert take(home, files, corrected=mended).version is None


def test_a_waiting_row_that_a_person_mends_waits_no_more(tmp_path):
    home = tmp_path / "home"
    files = book(tmp_path / "a", payments=[row("payments", loan_id="L1x")])
    held = quarantined(take(home, files), "payments")
    write(tmp_path, "mended.csv", [{**held[0], "loan_id": "L1"}])
    after = take(home, files, corrected=tmp_path / "mended.csv")
    assert (after.loaded, after.table("payments").waiting) == (1, 0)


def test_a_file_that_is_no_correction_is_refused(tmp_path):
    files = book(tmp_path / "a")
    with pytest.raises(NotACorrection, match="not whole"):
        take(tmp_path / "home", files, corrected=files / "loans.csv")


@pytest.mark.parametrize(
    "text", ["=1+1", "+x", "-x", "@a", "'", "'=", "''", "\tq", "plain", "-12.50", ""]
)
def test_no_cell_runs_in_a_spreadsheet_and_none_is_changed(text):
    assert unsafe(safe(text)) == text
    assert not safe(text).startswith(("=", "@", "\t", "+x", "-x"))


SNAPSHOT = """
[institution]
name = "Daily"
zone = "Asia/Shanghai"
currency = "CNY"
[source.loans]
files = ["loans_*.csv"]
[source.borrowers]
files = ["borrowers.csv"]
[table.borrowers]
from = "borrowers"
as_declared = true
[table.loans]
from = "loans"
mode = "snapshot"
known_date = {file = "loans_([0-9]{8})", date = "YYYYMMDD"}
as_declared = true
"""


def snapshot(tmp_path, day, ids, **how):
    """A load of one day's whole file of loans."""
    (tmp_path / "daily.toml").write_text(SNAPSHOT, encoding="utf-8")
    folder = tmp_path / day
    write(folder, "borrowers.csv", [row("borrowers")])
    write(folder, f"loans_{day}.csv", [row("loans", **one) for one in ids])
    return take(tmp_path / "home", folder, str(tmp_path / "daily.toml"), **how)


def read_ids(tmp_path, known_on):
    paths = reading(Home(tmp_path / "home"), "loans", known_on=known_on).paths
    return sorted({p.parts[-3] for p in paths})


def test_a_snapshot_replaces_the_one_before_and_both_stay(tmp_path):
    three = [{"loan_id": f"L{i}"} for i in range(3)]
    snapshot(tmp_path, "20260301", three)
    snapshot(tmp_path, "20260302", three[:2])
    assert read_ids(tmp_path, TODAY) == ["known=2026-03-02"]
    assert read_ids(tmp_path, TODAY.replace(day=1)) == ["known=2026-03-01"]


def test_a_snapshot_that_lost_half_is_refused_unless_accepted(tmp_path):
    many = [{"loan_id": f"L{i}"} for i in range(10)]
    snapshot(tmp_path, "20260301", many)
    with pytest.raises(Shrunk, match="has 4 rows, the one before had 10"):
        snapshot(tmp_path, "20260302", many[:4])
    assert len(versions(Home(tmp_path / "home"))) == 1
    assert snapshot(tmp_path, "20260302", many[:4], accept_shrink=True).version == 2


def test_a_corrected_row_of_a_snapshot_joins_its_own_snapshot(tmp_path):
    first = snapshot(tmp_path, "20260301", [{"loan_id": "L1"}, {"loan_id": "L2", "status": "?"}])
    held = quarantined(first, "loans")
    write(tmp_path, "mended.csv", [{**held[0], "status": "open"}])
    take(
        tmp_path / "home",
        tmp_path / "20260301",
        str(tmp_path / "daily.toml"),
        corrected=tmp_path / "mended.csv",
    )
    loans = stored(tmp_path / "home", "loans")
    assert [(r["loan_id"], str(r["known_date"])) for r in loans] == [
        ("L1", "2026-03-01"),
        ("L2", "2026-03-01"),
    ]
    assert read_ids(tmp_path, TODAY) == ["known=2026-03-01"]
