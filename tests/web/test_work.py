"""What people did goes back to the book as a feed, and the next run knows it."""

import shutil
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from arrears.batch import read
from arrears.batch.run import run
from arrears.feeds.load import load
from arrears.feeds.mapping import read_mapping
from arrears.lake.home import Home
from arrears.web.ledger.actions.cases import take_case
from arrears.web.ledger.actions.records import (
    end_hold,
    place_hold,
    record_outcome,
    record_promise,
    withdraw_promise,
)
from arrears.web.ledger.models import CaseDay
from arrears.web.ledger.queries.work import work, write_work
from tests.web.conftest import AT, DAY

pytestmark = pytest.mark.django_db
ZONE = ZoneInfo("Asia/Shanghai")
TOMORROW = DAY + timedelta(days=1)


@pytest.fixture
def worked(case, people):
    """The first case was called, a promise made and another withdrawn, and its borrower disputes."""
    by = people["supervisor"]
    take_case(case_id=case.pk, by=by, at=AT)
    told = {"case_id": case.pk, "by": by, "at": AT}
    record_outcome(channel="call", outcome="promised", contact_date=DAY, **told)
    record_promise(amount_minor=500, due_date=TOMORROW, made_date=DAY, **told)
    wrong = record_promise(amount_minor=9, due_date=TOMORROW, made_date=DAY, **told)
    withdraw_promise(promise_id=wrong.pk, **told)
    first = place_hold(kind="dispute", evidence="称已还清，电话 13800000000", **told)
    second = place_hold(kind="dispute", evidence="补充了凭证", **told)
    return case, by, first, second


def rows(name, on=None):
    return work(zone=ZONE, on=on)[name].to_pylist()


def test_contacts_and_promises_are_rows_of_the_book_and_what_was_withdrawn_is_not(worked):
    case, *_ = worked
    (contact,) = rows("contacts")
    assert (contact["borrower_id"], contact["channel"]) == (case.borrower_id, "call")
    assert contact["contact_date"] == contact["known_date"] == DAY
    (promise,) = rows("promises")
    assert (promise["amount_minor"], promise["due_date"]) == (500, TOMORROW)
    assert promise["promise_id"].startswith("work-")


def test_holds_of_one_kind_and_day_are_one_flag_that_lasts_as_long_as_any(worked):
    case, by, first, second = worked
    end_hold(hold_id=first.pk, case_id=case.pk, reason="答复", by=by, at=AT + timedelta(days=1))
    (flag,) = rows("flags")
    assert (flag["kind"], flag["from_date"], flag["to_date"]) == ("dispute", DAY, None)
    end_hold(hold_id=second.pk, case_id=case.pk, reason="答复", by=by, at=AT + timedelta(days=3))
    (flag,) = rows("flags")
    assert flag["to_date"] == flag["known_date"] == DAY + timedelta(days=3)


def test_no_personal_data_of_a_borrower_goes_with_it(worked):
    assert "13800000000" not in str(work(zone=ZONE))


def test_a_day_holds_what_was_done_or_ended_that_day(worked):
    assert rows("contacts", on=DAY)
    assert rows("contacts", on=TOMORROW) == []


def test_the_next_run_knows_it(bank, worked, tmp_path):
    case, *_ = worked
    home = Home(tmp_path / "home")
    shutil.copytree(bank.home.path, home.path)
    folder = tmp_path / "work"
    assert write_work(folder, zone=ZONE) == {"contacts": 1, "promises": 1, "flags": 1}
    load(home, read_mapping("standard"), folder, today=DAY)
    told = read.rows(run(home, as_of=TOMORROW), "case_day").to_pylist()
    (day,) = [row for row in told if row["borrower_id"] == case.borrower_id]
    assert day["last_contact_date"] == DAY
    assert "dispute" in day["flags"].split()
    assert day["promise_broken_today"] == 1
    again = load(home, read_mapping("standard"), folder, today=date(2026, 11, 22))
    assert again.version is None
    assert CaseDay.objects.filter(promise_broken_today=1, borrower_id=case.borrower_id).count() == 0
