"""Where a day count turns into a bucket or a grade, and which status of a bank still speaks."""

from datetime import date, timedelta

import pytest

from arrears.core.delinquency import (
    BUCKETS,
    FIVE_CLASS,
    arrears,
    bucket,
    class5,
    class_steps,
    latest_snapshot,
)
from arrears.core.loan import Snapshot
from tests.lib.loans import AS_OF, a_loan, day, due, paid

NEW, OLD = date(2023, 7, 1), date(2023, 6, 30)


@pytest.mark.parametrize(
    ("days", "name"),
    [(-3, "M0"), (0, "M0"), (1, "M1"), (30, "M1"), (31, "M2"), (60, "M2"), (61, "M3"), (90, "M3"),
     (91, "M4"), (120, "M4"), (121, "M5"), (150, "M5"), (151, "M6"), (180, "M6"), (181, "M7+"),
     (9_999, "M7+")],
)  # fmt: skip
def test_a_bucket_is_thirty_days(days, name):
    assert bucket(days) == name


def test_every_bucket_can_be_reached():
    assert [bucket(30 * n) for n in range(7)] + [bucket(181)] == list(BUCKETS)


@pytest.mark.parametrize(
    ("dpd", "before", "since"),
    [
        (0, "normal", "normal"),
        (1, "special_mention", "special_mention"),
        (90, "special_mention", "special_mention"),
        (91, "substandard", "substandard"),
        (180, "substandard", "substandard"),
        (181, "doubtful", "substandard"),
        (270, "doubtful", "substandard"),
        (271, "doubtful", "doubtful"),
        (360, "doubtful", "doubtful"),
        (361, "loss", "loss"),
    ],
)
def test_a_grade_follows_the_thresholds_of_its_day(dpd, before, since):
    assert (class5(dpd, OLD), class5(dpd, NEW)) == (before, since)


def test_thresholds_are_dated_sourced_and_ascending():
    assert [c.from_date for c in FIVE_CLASS] == sorted(c.from_date for c in FIVE_CLASS)
    for held in FIVE_CLASS:
        assert held.source
        assert [first for first, _ in held.steps] == sorted({first for first, _ in held.steps})
        assert class_steps(held.from_date) is held


def stated(days_old, reported=40, known_late=0):
    when = AS_OF - timedelta(days=days_old)
    return Snapshot(when, when + timedelta(days=known_late), reported, days_old)


@pytest.mark.parametrize(
    ("snapshots", "balance"),
    [
        ([], None),
        ([stated(45)], 45),
        ([stated(46)], None),
        ([stated(0), stated(1)], 0),
        ([stated(31), stated(1), stated(45)], 1),
        ([stated(-1)], None),
    ],
)
def test_the_latest_status_of_the_last_45_days_speaks(snapshots, balance):
    found = latest_snapshot(a_loan(snapshots=snapshots), AS_OF)
    assert (found.balance_minor if found else None) == balance


@pytest.mark.parametrize(("reported", "there"), [(-1, False), (0, True), (1, True)])
def test_a_negative_status_means_closed(reported, there):
    loan = a_loan(snapshots=[stated(3, reported)])
    assert (arrears(loan, as_of=AS_OF, known_on=AS_OF) is not None) == there


def test_a_status_that_was_not_known_yet_does_not_speak():
    loan = a_loan(snapshots=[stated(30, 10), stated(2, 38, known_late=5)])
    assert arrears(loan, as_of=AS_OF, known_on=AS_OF).dpd == 10
    assert arrears(loan, as_of=AS_OF, known_on=AS_OF + timedelta(days=3)).dpd == 38


def test_a_schedule_speaks_before_a_status():
    loan = a_loan([due(1, "06-20")], snapshots=[stated(0, 300)])
    assert arrears(loan, as_of=AS_OF, known_on=AS_OF).dpd == 10


@pytest.mark.parametrize(
    ("loan", "there"),
    [
        (a_loan([due(1, "06-20")]), True),
        (a_loan([due(1, "06-20")], status="written_off"), True),
        (a_loan([due(1, "06-20")], status="closed"), False),
        (a_loan([due(1, "07-20")], opened="06-30"), True),
        (a_loan([due(1, "07-20")], opened="07-01"), False),
        (a_loan([due(1, "07-20")], [paid("06-30", 10_000)]), False),
        (a_loan([due(1, "07-20")], [paid("06-30", 9_999)]), True),
        (a_loan([due(1, "07-20")], [paid("07-01", 10_000)]), True),
        (a_loan([due(1, "06-20")], [paid("06-20", 10_000, known="07-01")]), True),
    ],
    ids=["open", "written off", "closed", "opened today", "opened tomorrow", "paid in full",
         "a cent short", "paid tomorrow", "known tomorrow"],
)  # fmt: skip
def test_a_loan_is_in_the_run_while_it_is_open(loan, there):
    assert (arrears(loan, as_of=AS_OF, known_on=AS_OF) is not None) == there


def test_a_payment_counts_from_its_value_date_however_early_it_is_known():
    loan = a_loan([due(1, "06-20"), due(2, "08-20")], [paid("07-05", 10_000, known="06-25")])
    assert arrears(loan, as_of=day("07-04"), known_on=date.max).dpd == 14
    assert arrears(loan, as_of=day("07-05"), known_on=date.max).dpd == 0


def test_what_comes_out_says_of_which_loan_and_day_it_is():
    of_schedule = a_loan([due(1, "06-20")], loan_id="L7")
    of_status = a_loan(snapshots=[stated(3, 95)], loan_id="L8")
    for loan in (of_schedule, of_status):
        found = arrears(loan, as_of=AS_OF, known_on=AS_OF)
        assert (found.loan_id, found.as_of) == (loan.loan_id, AS_OF)


def test_a_status_is_put_in_its_bucket_and_grade_as_it_stands():
    found = arrears(a_loan(snapshots=[stated(3, 95)]), as_of=AS_OF, known_on=AS_OF)
    assert (found.dpd, found.counted_dpd, found.bucket) == (95, 95, "M4")
    assert found.class5 == "substandard"
    assert found.outstanding_minor == 3
    assert (found.oldest_unpaid_seq, found.overdue_minor, found.penalty_minor) == (None,) * 3
