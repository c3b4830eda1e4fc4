"""A third person is called only while the debtor cannot be reached, and is told nothing of the debt."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from arrears.rules.facts import NEVER
from arrears.rules.gate import replay
from arrears.web.ledger.actions.calls import drop_call
from arrears.web.ledger.actions.records import record_refusal
from arrears.web.ledger.models import ContactPoint, GateVerdict, RuleBook
from arrears.web.ledger.models.guard import writing
from arrears.web.ledger.reached import inquiries, reached
from arrears.web.ledger.rulebook import book_of
from tests.web.conftest import AT, DAY
from tests.web.test_call import clock, one, page, telephone, the_bank  # noqa: F401
from tests.web.test_desk import signed_in, text_of
from tests.web.test_dial import by, dial, ended, mine  # noqa: F401

pytestmark = pytest.mark.django_db
A_DAY = timedelta(days=1)
ASK = "只可询问如何联系本人或请其转告，不得透露债务。"


@pytest.fixture
def friend(mine):  # noqa: F811
    """The case in hand, whose debtor named a friend as well."""
    telephone(mine, "friend", role="contact", value="13900139000")
    return mine


def facts(case):
    points = ContactPoint.objects.filter(borrower_id=case.borrower_id)
    return reached(case.borrower_id, points, zone=ZoneInfo("Asia/Shanghai"))


def unanswered(case, by, days, point="p1"):  # noqa: F811
    """A call without an answer on each of those days before today."""
    for ago in days:
        at = AT - ago * A_DAY
        assert dial(case, by, point, at=at).call
        ended(case, by, "no_answer", point, at=at)


def test_a_friend_is_not_called_while_the_debtor_may_be_reached(friend, by):  # noqa: F811
    verdict = dial(friend, by, "friend").verdict
    assert (verdict.outcome, verdict.codes) == ("refuse", ("not_lost",))


@pytest.mark.parametrize(
    ("days", "allowed"),
    [
        pytest.param((1, 1, 1), True, id="three calls yesterday"),
        pytest.param((0, 0, 0), False, id="three calls today: from tomorrow on"),
        pytest.param((5, 3, 1), True, id="three calls in a row on days apart"),
        pytest.param((2, 1), False, id="two calls on two days"),
        pytest.param((2, 1, 0), True, id="three days in a row"),
    ],
)
def test_a_friend_is_called_once_the_debtor_is_lost(friend, by, days, allowed):  # noqa: F811
    unanswered(friend, by, days)
    claimed = dial(friend, by, "friend")
    assert claimed.verdict.allowed is allowed
    assert (claimed.call is not None) is allowed
    assert claimed.verdict.codes == (() if allowed else ("not_lost",))


def test_the_call_to_a_friend_asks_only_and_is_replayed(friend, by):  # noqa: F811
    unanswered(friend, by, (1, 1, 1))
    dial(friend, by, "friend")
    kept = GateVerdict.objects.latest("pk")
    told = kept.record["facts"]
    assert (told["purpose"], told["discloses_debt"], told["role"]) == (
        "restore_contact",
        False,
        "contact",
    )
    assert replay(kept.record, book=book_of(kept.rules_version)).allowed
    assert RuleBook.objects.count() == 1


def test_whoever_wants_no_further_call_is_never_called_again(friend, by):  # noqa: F811
    unanswered(friend, by, (1, 1, 1))
    dial(friend, by, "friend")
    record_refusal(
        case_id=friend.pk, channel="call", point_id="friend", contact_date=DAY, by=by, at=AT
    )
    assert "person_refused" in dial(friend, by, "friend", AT + A_DAY / 24).verdict.codes


class TestReached:
    """What counts as reached and as failed."""

    def test_nothing_is_known_to_have_happened_before_the_first_call(self, friend):
        told = {"failed_in_a_row": 0, "last_failed_date": NEVER, "unreached_days": 0}
        assert facts(friend) == {**told, "number_invalid": False}

    @pytest.mark.parametrize("channel", ["call", "inbound", "visit"])
    def test_a_talk_of_any_kind_ends_the_count(self, friend, by, channel):  # noqa: F811
        unanswered(friend, by, (3, 2, 1))
        ended(friend, by, "promised", channel=channel, point="" if channel == "inbound" else "p1")
        told = facts(friend)
        assert (told["failed_in_a_row"], told["last_failed_date"]) == (0, NEVER)
        unanswered(friend, by, (0,))
        assert (facts(friend)["failed_in_a_row"], facts(friend)["unreached_days"]) == (1, 1)

    def test_a_friend_without_an_answer_and_an_unknown_number_count_for_nothing(self, friend, by):  # noqa: F811
        unanswered(friend, by, (4, 3, 2))
        unanswered(friend, by, (1,), point="friend")
        assert facts(friend)["failed_in_a_row"] == 3

    def test_what_nobody_claimed_makes_nobody_lost(self, friend, by):  # noqa: F811
        for ago in (3, 2, 1, 1, 1):
            ended(friend, by, "no_answer", at=AT - ago * A_DAY)
        ended(friend, by, "wrong_number")
        assert facts(friend) == {
            "failed_in_a_row": 0,
            "last_failed_date": NEVER,
            "unreached_days": 0,
            "number_invalid": False,
        }
        assert dial(friend, by, "friend").verdict.codes == ("not_lost",)

    def test_a_gap_ends_the_days_in_a_row(self, friend, by):  # noqa: F811
        unanswered(friend, by, (5, 4, 2, 1))
        assert (facts(friend)["failed_in_a_row"], facts(friend)["unreached_days"]) == (4, 2)

    def test_no_number_is_in_service_only_where_one_is_known_and_each_is_wrong(self, friend, by):  # noqa: F811
        telephone(friend, "p2", kind="landline", value="057112345678")
        dial(friend, by)
        ended(friend, by, "wrong_number")
        assert facts(friend)["number_invalid"] is False
        dial(friend, by, "p2")
        ended(friend, by, "wrong_number", point="p2")
        assert facts(friend)["number_invalid"] is True
        assert dial(friend, by, "friend").call
        with writing("a test"):
            ContactPoint.objects.filter(borrower_id=friend.borrower_id, role="debtor").update(
                gone_since=DAY
            )
        assert facts(friend)["number_invalid"] is None

    def test_a_number_that_the_bank_has_replaced_is_not_the_one_that_was_wrong(self, friend, by):  # noqa: F811
        dial(friend, by)
        ended(friend, by, "wrong_number")
        with writing("a test"):
            ContactPoint.objects.filter(pk="p1").update(value="13700137000", wrong_since=None)
        ended(friend, by, "wrong_number", at=AT + A_DAY)  # and this one nobody called
        assert facts(friend)["number_invalid"] is False

    def test_a_call_counts_on_the_day_of_whoever_is_called(self, friend, by, people):  # noqa: F811
        at = AT.replace(hour=0, minute=30)  # 08:30 in Shanghai
        dial(friend, by, at=at)
        ended(friend, by, "no_answer", at=at)
        assert facts(friend)["last_failed_date"] == DAY


def test_the_page_says_what_may_be_asked_of_a_friend(friend, by, monkeypatch):  # noqa: F811
    assert "借款人并未失联，不得联系他人" in page(friend, by)
    unanswered(friend, by, (1, 1, 1))
    shown = page(friend, by)
    assert ASK in shown
    assert "借款人并未失联" not in shown
    client = signed_in(by)
    sent = {"point": "friend", "once": "a-token-of-this-test"}
    answered = text_of(client.post(f"/case/{friend.pk}/call/", sent, follow=True))
    under_way = answered.split('id="under-call"')[1].split("</section>")[0]
    assert "13900139000" in under_way
    assert ASK in under_way


# ---- how often somebody was asked ----------------------------------------------------------------


def asked_before(case, but=None):
    """How often whoever has each telephone was asked where the debtor is, as far as it is known."""
    points = ContactPoint.objects.filter(borrower_id=case.borrower_id)
    told = inquiries(case.borrower_id, but=but)
    return {point.pk: told.before(point.value) for point in points if point.role == "contact"}


@pytest.fixture
def friends(friend):
    """The friend has the same telephone once more, written otherwise; and there is somebody else."""
    telephone(friend, "twin", role="contact", value="+86 139 0013 9000")
    telephone(friend, "aunt", role="contact", value="13900139001")
    return friend


def test_nobody_was_asked_until_somebody_answered(friends, by):  # noqa: F811
    nobody = {"friend": 0, "twin": 0, "aunt": 0}
    assert asked_before(friends) == nobody
    unanswered(friends, by, (1, 1, 1))
    assert asked_before(friends) == nobody
    call = dial(friends, by, "friend").call
    assert asked_before(friends, call) == nobody  # it is that call itself
    assert asked_before(friends) == {"friend": 1, "twin": 1, "aunt": None}
    ended(friends, by, "no_answer", "friend")
    assert asked_before(friends) == nobody
    assert dial(friends, by, "friend").call
    drop_call(case_id=friends.pk, by=by, at=AT)
    assert asked_before(friends) == nobody


@pytest.mark.parametrize("channel", ["call", "visit", "inbound"])
@pytest.mark.parametrize("outcome", ["third_person", "wrong_number", "call_back"])
def test_whoever_was_asked_once_is_known_and_of_others_nobody_knows(friends, by, channel, outcome):  # noqa: F811
    for times in (1, 2):
        ended(friends, by, outcome, "friend", channel=channel)
        assert asked_before(friends) == {"friend": times, "twin": times, "aunt": None}


def test_who_answered_by_a_telephone_that_nobody_noted_may_be_anyone(friends, by):  # noqa: F811
    ended(friends, by, "third_person", "p1")  # by the debtor's own
    ended(friends, by, "no_answer", "")
    assert asked_before(friends) == {"friend": 0, "twin": 0, "aunt": 0}
    ended(friends, by, "third_person", "")
    assert asked_before(friends) == {"friend": None, "twin": None, "aunt": None}


def test_the_law_of_one_inquiry_lets_one_person_be_asked_once(friends, by, settings, tmp_path):  # noqa: F811
    (tmp_path / "rules.toml").write_text('[book]\npacks = ["cn", "us_reg_f"]\n', encoding="utf-8")
    settings.ARREARS_HOME = tmp_path
    unanswered(friends, by, (1, 1, 1))
    claimed = dial(friends, by, "friend")
    assert claimed.verdict.allowed
    assert claimed.call.verdict.record["facts"]["located_before"] == 0
    ended(friends, by, "third_person", "friend")
    assert "located_before" in dial(friends, by, "twin").verdict.codes
    assert "fact_missing" in dial(friends, by, "aunt").verdict.codes
