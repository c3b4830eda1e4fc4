"""What the default strategy promises: who is left in peace, who is called, and in which order."""

import pyarrow as pa
import pytest

from arrears.core.case import FLAGS
from arrears.decide.check import check, sound
from arrears.decide.compile import ranked
from arrears.decide.meaning import first_hit
from arrears.lake.duck import connect
from tests.lib.decisions import an_account
from tests.lib.tree import ROOT

TEXT = (ROOT / "src/arrears/decide/tables/default.txt").read_text(encoding="utf-8")
TABLE = sound(TEXT, name="default")


def treatment(**facts):
    return first_hit(TABLE, an_account(**facts)).treatment


def test_the_table_has_no_gap_no_lost_row_and_no_crossing_rows():
    found = check(TABLE)
    assert found.errors == ()
    assert found.notices == ()


@pytest.mark.parametrize(
    "flag",
    ["no_contact", "bereavement", "bankruptcy", "represented", "complaint", "dispute", "plan"],
)
@pytest.mark.parametrize("days", [0, 20, 200])
def test_some_people_are_left_in_peace_whatever_they_owe(flag, days):
    facts = {"counted_dpd": days, "overdue_minor": 10**9, "promise_broken_today": 1}
    assert treatment(flags=flag, **facts) == "hold"
    both = " ".join(f for f in FLAGS if f in (flag, "hardship"))
    assert treatment(flags=both, **facts) == "hold"


@pytest.mark.parametrize("flag", ["legal", "pause"])
def test_a_case_in_court_or_with_its_clock_stopped_gets_nothing(flag):
    assert treatment(flags=flag, counted_dpd=100) == "none"


def test_nobody_is_approached_again_within_three_days():
    assert treatment(days_since_contact=0) == "none"
    assert treatment(days_since_contact=2) == "none"
    assert treatment(days_since_contact=3) == "call"
    assert treatment(days_since_contact=0, promise_broken_today=1) == "call"


def test_within_grace_there_is_a_reminder_and_nothing_else():
    for facts in ({}, {"overdue_minor": 10**9}, {"borrower_kind": "company"}):
        assert treatment(counted_dpd=0, **facts) == "remind"
    assert treatment(counted_dpd=0, flags="hardship") == "remind"


@pytest.mark.parametrize(
    ("days", "overdue", "expected"),
    [
        (1, 800_000, "remind"),
        (3, 800_000, "remind"),
        (4, 800_000, "message"),
        (15, 800_000, "message"),
        (16, 499_999, "courtesy"),
        (16, 500_000, "call"),
        (31, 100_00, "message"),
        (31, 100_01, "call"),
        (90, 800_000, "call"),
        (91, 499_999, "letter"),
        (91, 500_000, "propose_visit"),
        (180, 500_000, "propose_visit"),
        (181, 999_999, "letter"),
        (181, 1_000_000, "propose_legal"),
    ],
)
def test_a_person_s_treatment_grows_with_days_and_amount(days, overdue, expected):
    assert treatment(counted_dpd=days, overdue_minor=overdue) == expected


def test_people_who_need_help_are_met_with_it_before_anything_else():
    assert treatment(flags="hardship", counted_dpd=200, overdue_minor=10**8) == "call"
    assert treatment(flags="vulnerable", counted_dpd=200, overdue_minor=10**8) == "courtesy"


def test_a_little_money_is_worth_a_message_and_no_more():
    for facts in ({"flags": "hardship"}, {"counted_dpd": 300}, {"promise_broken_today": 1}):
        assert treatment(overdue_minor=1, **facts) == "message"


def test_a_company_is_called_from_the_first_day():
    assert treatment(borrower_kind="company", counted_dpd=1) == "call"


def test_a_book_of_statuses_which_knows_no_amounts_is_treated_by_its_days():
    assert treatment(counted_dpd=45, overdue_minor=0) == "call"


def ranks(*accounts):
    rows = [account | {"borrower_id": name} for name, account in accounts]
    with connect() as duck:
        duck.register("case_day", pa.Table.from_pylist(rows))
        return [row[2] for row in duck.sql(ranked(TABLE)).fetchall()]


def test_the_list_goes_by_priority_promise_days_amount_and_id():
    late = {"counted_dpd": 45}
    assert ranks(
        ("g-held", an_account(flags="complaint")),
        ("f-reminded", an_account(counted_dpd=1)),
        ("e", an_account(**late)),
        ("d", an_account(**late)),
        ("c-more", an_account(**late, overdue_minor=200_000)),
        ("b-later", an_account(counted_dpd=46)),
        ("a-hardship", an_account(flags="hardship")),
        ("h-promise", an_account(flags="hardship", promise_broken_today=1)),
    ) == ["h-promise", "a-hardship", "b-later", "c-more", "d", "e", "f-reminded", "g-held"]
