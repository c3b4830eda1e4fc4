"""Real books: each shipped mapping brings in exactly the rows and the money of its golden."""

import csv
from decimal import Decimal

import pytest

from arrears.core.money import minor_from_text
from tests.lib.files import quarantined, stored, take

pytestmark = pytest.mark.real


def golden(books, name):
    with (books / name).open(newline="") as file:
        return list(csv.DictReader(file))


def test_kiva(tmp_path, books):
    report = take(tmp_path, books / "kiva" / "raw", "kiva")
    (total,) = golden(books, "kiva/golden/summary.csv")
    loaded = {t.table: t.loaded for t in report.tables}
    assert report.quarantined == 0
    assert loaded["loans"] == int(total["book_loans"]) == 616
    assert loaded["instalments"] == int(total["instalments"]) == 5696
    assert loaded["payments"] == int(total["payments"]) == 4829
    due = report.table("instalments").money_loaded["principal_minor"]
    paid = report.table("payments").money_loaded["amount_minor"]
    assert (due, paid) == tuple(minor_from_text(total[n]) for n in ("due_total", "paid_total"))
    assert report.table("loans").not_picked == 1000 - 616


def test_kiva_again_changes_nothing(tmp_path, books):
    take(tmp_path, books / "kiva" / "raw", "kiva")
    again = take(tmp_path, books / "kiva" / "raw", "kiva")
    assert (again.version, again.loaded) == (None, 0)
    assert again.table("payments").duplicate == 4829


def test_berka(tmp_path, books):
    report = take(tmp_path, books / "berka" / "raw", "berka")
    (total,) = golden(books, "berka/golden/summary.csv")
    loans = report.table("loans")
    assert loans.loaded == int(total["loans_total"]) == 682
    assert loans.money_loaded["principal_minor"] == minor_from_text(total["lent_total"])
    payments = report.table("payments")
    assert (payments.loaded, payments.quarantined) == (123, 1)
    (broken,) = quarantined(report, "payments")
    assert (broken["_file"], broken["_row"], broken["_code"]) == ("trans.asc", "49104", "quote")
    assert "PRIJE" in broken["_value"]
    instalments = stored(tmp_path, "instalments")
    for row in golden(books, "berka/golden/instalments_due.csv"):
        key = (row["loan_id"], int(row["seq"]))
        (ours,) = [i for i in instalments if (i["loan_id"], i["seq"]) == key]
        assert str(ours["due_date"]) == row["due"]
        assert ours["principal_minor"] == minor_from_text(row["amount"])


def test_fannie_mae(tmp_path, books):
    report = take(tmp_path, books / "fannie_mae" / "raw", "fannie_mae")
    assert report.quarantined == 0
    assert report.table("loans").loaded == 177
    snapshots = stored(tmp_path, "snapshots")
    assert len(snapshots) == 10_000
    counts: dict[str, int] = {}
    for snapshot in snapshots:
        dpd = snapshot["reported_dpd"]
        code = str((dpd - 1) // 30 if dpd > 0 else dpd)
        counts[code] = counts.get(code, 0) + 1
    rows = golden(books, "fannie_mae/golden/status_counts.csv")
    assert counts == {r["status_code"]: int(r["loan_months"]) for r in rows}
    for period in golden(books, "fannie_mae/golden/asof_three_periods.csv"):
        of_day = [s for s in snapshots if str(s["snapshot_date"]) == period["period"]]
        assert len(of_day) == int(period["rows"])
        assert sum(s["balance_minor"] or 0 for s in of_day) == int(Decimal(period["upb"]) * 100)
