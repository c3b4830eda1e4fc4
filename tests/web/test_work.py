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
from arrears.web.ledger.actions.holds import end_hold, place_hold
from arrears.web.ledger.actions.records import record_outcome, record_promise, withdraw_promise
from arrears.web.ledger.models import CaseDay, Promise
from arrears.web.ledger.queries.work import work, write_work
from tests.web.conftest import AT, DAY

pytestmark = pytest.mark.django_db
ZONE = ZoneInfo("Asia/Shanghai")
TOMORROW = DAY + timedelta(days=1)
LATER = DAY + timedelta(days=9)


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


def rows(name, since=None):
    return work(zone=ZONE, until=LATER, since=since)[name].to_pylist()


def test_contacts_and_promises_are_rows_of_the_book_and_what_was_withdrawn_asks_for_nothing(worked):
    case, *_ = worked
    (contact,) = rows("contacts")
    assert (contact["borrower_id"], contact["channel"]) == (case.borrower_id, "call")
    assert contact["contact_date"] == contact["known_date"] == DAY
    promise, withdrawn = rows("promises")
    assert (promise["amount_minor"], promise["due_date"]) == (500, TOMORROW)
    assert promise["promise_id"].startswith("work-")
    assert withdrawn["due_date"] < withdrawn["made_date"] < withdrawn["known_date"]


def test_holds_of_one_kind_and_day_are_one_flag_that_lasts_as_long_as_any(worked):
    case, by, first, second = worked
    end_hold(hold_id=first.pk, case_id=case.pk, reason="答复", by=by, at=AT + timedelta(days=1))
    (flag,) = rows("flags")
    assert (flag["kind"], flag["from_date"], flag["to_date"]) == ("dispute", DAY, None)
    assert flag["known_date"] == DAY  # it went on all the time
    end_hold(hold_id=second.pk, case_id=case.pk, reason="答复", by=by, at=AT + timedelta(days=3))
    (flag,) = rows("flags")
    assert flag["to_date"] == flag["known_date"] == DAY + timedelta(days=3)


def test_no_personal_data_of_a_borrower_goes_with_it(worked):
    assert "13800000000" not in str(work(zone=ZONE, until=LATER))


def test_what_is_new_since_a_day_is_what_was_done_or_ended_since(worked):
    assert rows("contacts", since=DAY)
    assert rows("contacts", since=TOMORROW) == []


def test_the_next_run_knows_it(bank, worked, tmp_path):
    case, *_ = worked
    home = Home(tmp_path / "home")
    shutil.copytree(bank.home.path, home.path)
    folder = tmp_path / "work"
    assert write_work(folder, zone=ZONE, until=DAY) == {
        "contacts": 1,
        "promises": 1,
        "flags": 1,
        "holds": 2,
    }
    load(home, read_mapping("standard"), folder, today=DAY)
    told = read.rows(run(home, as_of=TOMORROW), "case_day").to_pylist()
    (day,) = [row for row in told if row["borrower_id"] == case.borrower_id]
    assert day["last_contact_date"] == DAY
    assert "dispute" in day["flags"].split()
    assert day["promise_broken_today"] == 1
    again = load(home, read_mapping("standard"), folder, today=date(2026, 11, 22))
    assert again.version is None
    assert CaseDay.objects.filter(promise_broken_today=1, borrower_id=case.borrower_id).count() == 0


def test_what_changes_after_it_was_told_is_told_again_and_believed(bank, worked, tmp_path):
    """Told in the evening; a hold ended and a promise withdrawn after that, on the same day."""
    case, by, *holds = worked
    home = Home(tmp_path / "home")
    shutil.copytree(bank.home.path, home.path)
    late = AT + timedelta(hours=2)
    standard = read_mapping("standard")
    for evening, day in (("first", DAY), ("second", DAY), ("third", TOMORROW), ("fourth", LATER)):
        write_work(tmp_path / evening, zone=ZONE, until=day)
        told = load(home, standard, tmp_path / evening, today=day)
        assert told.findings == ()
        if evening == "first":
            for hold in holds:
                end_hold(hold_id=hold.pk, case_id=case.pk, reason="已答复", by=by, at=late)
            promise = Promise.objects.get(state="open")
            take_case(case_id=case.pk, by=by, at=late)
            withdraw_promise(promise_id=promise.pk, case_id=case.pk, by=by, at=late)
    assert told.version is None
    rows = read.rows(run(home, as_of=TOMORROW), "case_day").to_pylist()
    (day,) = [row for row in rows if row["borrower_id"] == case.borrower_id]
    assert "dispute" not in day["flags"].split()
    assert day["promise_broken_today"] == 0
