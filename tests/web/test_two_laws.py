"""The laws of two places at once: what they ask about calls, the ledger itself knows."""

from datetime import timedelta

import pytest

from arrears.web.ledger.actions.calls import drop_call
from arrears.web.ledger.models import Borrower, Call, ContactPoint, GateVerdict, Hold
from arrears.web.ledger.models.guard import writing
from arrears.web.ledger.queries.calls import under_way
from tests.web.conftest import AT, DAY
from tests.web.test_call import one, the_bank  # noqa: F401
from tests.web.test_dial import by, dial, ended, mine  # noqa: F401

pytestmark = pytest.mark.django_db
ONE_DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def both(the_bank, settings, tmp_path):  # noqa: F811
    """The laws of China and of the United States are in force together."""
    (tmp_path / "rules.toml").write_text('[book]\npacks = ["cn", "us_reg_f"]\n', encoding="utf-8")
    settings.ARREARS_HOME = tmp_path


def said(claimed):
    return claimed.verdict.outcome, claimed.verdict.codes


def rung(case, by, at, outcome="no_answer"):  # noqa: F811
    """A call was placed and ended so."""
    assert dial(case, by, at=at).call
    ended(case, by, outcome, at=at)


def test_a_lawful_call_is_allowed_under_both(mine, by):  # noqa: F811
    claimed = dial(mine, by)
    assert claimed.verdict.allowed
    kept = GateVerdict.objects.get()
    assert kept.rules_version.count("us_reg_f") == 1
    assert kept.record["facts"]["call_dates"] == []


def test_the_eighth_call_in_seven_days_is_refused_and_one_more_day_lets_it(mine, by):  # noqa: F811
    for n in (0, 0, 1, 2, 3, 4, 5):
        rung(mine, by, AT + n * ONE_DAY)
    assert said(dial(mine, by, at=AT + 6 * ONE_DAY)) == ("defer", ("rolling_cap",))
    assert dial(mine, by, at=AT + 7 * ONE_DAY).verdict.allowed


def test_a_call_that_nobody_claimed_is_one_of_the_seven_on_the_borrowers_own_day(mine, by):  # noqa: F811
    late = AT.replace(hour=17)  # already the next day in Shanghai
    for _ in range(7):
        ended(mine, by, "no_answer", at=late)
    assert Call.objects.count() == 0
    assert said(dial(mine, by, at=AT + 7 * ONE_DAY)) == ("defer", ("rolling_cap",))
    assert dial(mine, by, at=AT + 8 * ONE_DAY).verdict.allowed


@pytest.mark.parametrize("channel", ["call", "inbound"])
def test_after_a_talk_nobody_calls_for_seven_days_that_of_the_talk_the_first(mine, by, channel):  # noqa: F811
    if channel == "call":
        rung(mine, by, AT, "promised")
    else:
        ended(mine, by, "promised", channel="inbound")
    for n in (0, 1, 6):
        assert said(dial(mine, by, at=AT + n * ONE_DAY)) == ("defer", ("cool_down",)), n
    assert dial(mine, by, at=AT + 7 * ONE_DAY).verdict.allowed


def test_who_somebody_else_talked_with_is_no_talk_with_the_borrower(mine, by):  # noqa: F811
    rung(mine, by, AT, "third_person")
    assert dial(mine, by).verdict.allowed


def test_a_call_under_way_may_be_a_talk_but_does_not_stand_in_its_own_way(mine, by, people):  # noqa: F811
    claimed = dial(mine, by)
    borrower = Borrower.objects.get(pk=mine.borrower_id)
    shown = under_way("call", mine, borrower, by, at=AT)
    assert shown.verdict.allowed
    with writing("a test"):
        Call.objects.update(by=people["teammate"])
    assert said(dial(mine, by)) == ("defer", ("cool_down",))
    with writing("a test"):
        Call.objects.update(by=by)
    drop_call(case_id=mine.pk, by=by, at=AT)
    assert Call.objects.get(pk=claimed.call.pk).state == "not_dialled"
    assert dial(mine, by).verdict.allowed  # it was not placed


@pytest.mark.parametrize(
    ("kind", "code"), [("sensitive_date", "inconvenient"), ("closed_point", "hold")]
)
def test_what_a_borrower_or_an_employer_said_to_stop_is_known(mine, by, kind, code):  # noqa: F811
    with writing("a test"):
        Hold.objects.create(
            borrower_id=mine.borrower_id,
            kind=kind,
            value=ContactPoint.objects.get(borrower_id=mine.borrower_id).value,
            from_date=DAY,
            until_date=DAY + ONE_DAY,
            evidence="来电",
            at=AT,
        )
    claimed = dial(mine, by)
    facts = GateVerdict.objects.get().record["facts"]
    assert code in claimed.verdict.codes
    assert (facts["inconvenient"], facts["employer_forbids"]) == (
        kind == "sensitive_date",
        kind == "closed_point",
    )
