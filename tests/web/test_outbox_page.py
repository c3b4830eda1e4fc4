"""The outbox page: each message with its state, its verdict in sentences, and what a person can do."""

from collections import Counter

import pytest

from arrears.channels.local.transport import LocalTransport
from arrears.channels.transport import Doubtful, Reason
from arrears.core.contact import OUTBOX_MOVES
from arrears.web import words
from arrears.web.ledger.actions.act import NoCase, NotNow
from arrears.web.ledger.actions.cases import take_case
from arrears.web.ledger.actions.holds import place_hold
from arrears.web.ledger.actions.outbox import mark_message, withdraw_message
from arrears.web.ledger.models import Borrower, Case, Event, Message, Person
from arrears.web.ledger.models.guard import writing
from arrears.web.ledger.policy import NotAllowed
from arrears.web.ledger.queries.outbox import PAGE, outbox
from arrears.web.sender.drain import drain
from tests.web.conftest import AT
from tests.web.test_desk import send, signed_in, text_of
from tests.web.test_outbox import NIGHT, Wire, later, one, proposed

pytestmark = pytest.mark.django_db
SILENT = Doubtful(Reason.SILENT, "no answer")


@pytest.fixture(autouse=True)
def the_bank(bank, settings):
    """The pages read the bank's home."""
    settings.ARREARS_HOME = bank.home.path


@pytest.fixture
def message(texts):
    """One message that waits; all others are taken back."""
    proposed()
    return one()


@pytest.fixture
def doubtful(message):
    """The message, of which nobody knows whether it went."""
    drain({"sms": Wire(SILENT)}, now=later())
    message.refresh_from_db()
    return message


@pytest.fixture
def lead(people):
    """A supervisor, signed in."""
    return signed_in(people["supervisor"])


def away(message):
    """The message's case in another branch, where the people of this one see nothing."""
    with writing("a test"):
        Case.objects.filter(pk=message.case_id).update(branch="远方")
        Person.objects.exclude(role="auditor").update(branch="近处")


def test_a_message_is_shown_masked_with_its_text_and_its_verdict_in_sentences(lead, message):
    drain({"sms": Wire()}, now=later())
    told = text_of(lead.get("/outbox/", {"state": "sent"}))
    assert message.text in told
    assert message.point.value not in told
    assert f"*{message.point.value[-4:]}" in told
    assert Borrower.objects.get(pk=message.borrower_id).name not in told
    assert "可以联系：各项规则均已满足" in told
    assert "演示" not in told


def test_what_the_demonstration_sent_says_that_nothing_went(lead, message):
    assert drain({"sms": LocalTransport("sms")}, now=later()) == Counter(sent=1)
    for page in ("/outbox/", f"/case/{message.case_id}/"):
        assert "演示：没有真正发出" in text_of(lead.get(page))


def test_a_message_held_back_says_until_when_and_by_which_rule(lead, message):
    drain({"sms": Wire()}, now=lambda: NIGHT)
    told = text_of(lead.get("/outbox/", {"state": "proposed"}))
    assert "最早可发 2026年11月21日 08:00" in told
    assert "GB/T 45251-2025" in told
    english = text_of(
        lead.get("/outbox/", {"state": "proposed"}, headers={"accept-language": "en"})
    )
    assert "Not now; contact is allowed from 2026-11-21 08:00" in english


def test_a_refusal_says_why(lead, message, people):
    place_hold(
        case_id=message.case_id, kind="dispute", evidence="x", by=people["supervisor"], at=AT
    )
    drain({"sms": Wire()}, now=later())
    told = text_of(lead.get("/outbox/", {"state": "refused"}))
    assert "不得联系" in told
    assert "已拒绝 1" in told


def test_a_refusal_without_a_borrower_says_why_too(lead, message):
    with writing("a test"):
        Borrower.objects.filter(pk=message.borrower_id).delete()
    drain({"sms": Wire()}, now=later())
    told = text_of(lead.get("/outbox/", {"state": "refused"}))
    assert "客户资料已删除" in told


def test_a_verdict_that_cannot_be_read_does_not_hide_the_message(lead, message):
    drain({"sms": Wire()}, now=later())
    message.refresh_from_db()
    with writing("a test"):
        type(message.verdict).objects.filter(pk=message.verdict_id).update(record={})
    told = text_of(lead.get("/outbox/", {"state": "sent"}))
    assert message.text in told
    assert "记录无法读取" in told


def test_doubts_stand_first_and_a_supervisor_settles_them(lead, doubtful):
    told = text_of(lead.get("/outbox/"))
    assert "请先向通道核实，再标记" in told
    assert "通道没有按时回答" in told
    assert told.index(doubtful.text) < told.index("其他消息")
    answer = lead.post(f"/outbox/{doubtful.pk}/mark/", {"once": "a", "state": "sent"})
    assert answer.url == "/outbox/"
    doubtful.refresh_from_db()
    assert (doubtful.state, doubtful.because) == ("sent", "silent")
    assert Event.objects.get(verb="message_sent").by.role == "supervisor"
    again = lead.post(f"/outbox/{doubtful.pk}/mark/", {"once": "b", "state": "failed"})
    assert (again.status_code, "已有结果" in text_of(again)) == (409, True)


def test_a_doubt_settled_as_not_sent_has_failed_and_the_filter_stays(lead, doubtful):
    sent = {"once": "a", "state": "failed", "shown": "in_doubt"}
    for _ in range(2):
        answer = lead.post(f"/outbox/{doubtful.pk}/mark/", sent)
        assert answer.url == "/outbox/?state=in_doubt"
    doubtful.refresh_from_db()
    assert doubtful.state == "failed"
    assert "没有处于这个状态的消息" in text_of(lead.get(answer.url))


def test_a_person_settles_doubts_only(message, people):
    for state in ("sent", "claimed", "in_doubt"):
        with pytest.raises(NotNow):
            mark_message(message_id=message.pk, state=state, by=people["supervisor"], at=AT)
    with pytest.raises(NotAllowed):
        mark_message(message_id=message.pk, state="sent", by=people["compliance"], at=AT)


def test_whoever_watches_sees_doubts_without_the_buttons(doubtful, people):
    for who in ("compliance", "auditor"):
        told = text_of(signed_in(people[who]).get("/outbox/"))
        assert doubtful.text in told
        assert f"/outbox/{doubtful.pk}/mark/" not in told


def test_a_waiting_message_is_taken_back(lead, message):
    told = text_of(lead.get("/outbox/", {"state": "proposed"}))
    assert f"/outbox/{message.pk}/withdraw/" in told
    lead.post(f"/outbox/{message.pk}/withdraw/", {"once": "a"})
    message.refresh_from_db()
    assert message.state == "withdrawn"
    late = lead.post(f"/outbox/{message.pk}/withdraw/", {"once": "b"})
    assert (late.status_code, "不能撤回" in text_of(late)) == (409, True)


def test_compliance_may_take_a_message_back_and_an_auditor_not(message, people):
    with pytest.raises(NotAllowed):
        withdraw_message(message_id=message.pk, by=people["auditor"], at=AT)
    assert "/withdraw/" not in text_of(signed_in(people["auditor"]).get("/outbox/"))
    withdraw_message(message_id=message.pk, by=people["compliance"], at=AT)


def test_nobody_sees_or_changes_messages_of_another_branch(doubtful, people):
    away(doubtful)
    lead = Person.objects.get(username="supervisor")
    assert outbox(lead).states["in_doubt"] == 0
    assert doubtful.text not in text_of(signed_in(lead).get("/outbox/"))
    assert outbox(people["auditor"]).states["in_doubt"] == 1
    with pytest.raises(NoCase):
        mark_message(message_id=doubtful.pk, state="sent", by=lead, at=AT)
    asked = signed_in(lead).post(f"/outbox/{doubtful.pk}/mark/", {"once": "a", "state": "sent"})
    assert asked.status_code == 404
    with pytest.raises(NoCase):
        withdraw_message(message_id=doubtful.pk, by=lead, at=AT)


def test_the_case_tells_its_messages_and_its_owner_takes_one_back(message, people):
    owner = people["phone_collector"]
    take_case(case_id=message.case_id, by=owner, at=AT)
    desk, case = signed_in(owner), message.case
    told = text_of(desk.get(f"/case/{case.pk}/"))
    assert "还款提醒（等待发送）" in told
    assert "撤回消息" in told
    assert send(desk, case, "recall", message=message.pk).status_code == 302
    assert "还款提醒（已撤回）" in text_of(desk.get(f"/case/{case.pk}/"))
    assert "撤回消息" not in text_of(desk.get(f"/case/{case.pk}/"))
    late = send(desk, case, "recall", once="t2", message=message.pk)
    assert (late.status_code, "不能撤回" in text_of(late)) == (409, True)


def test_a_teammate_and_another_case_take_nothing_back(message, people):
    take_case(case_id=message.case_id, by=people["phone_collector"], at=AT)
    mate = signed_in(people["teammate"])
    assert send(mate, message.case, "recall", message=message.pk).status_code == 404
    other = Case.objects.exclude(pk=message.case_id).filter(taken_by=None).first()
    wrong = send(
        signed_in(people["phone_collector"]), other, "recall", once="t3", message=message.pk
    )
    assert wrong.status_code == 404
    message.refresh_from_db()
    assert message.state == "proposed"


def test_the_list_is_paged_newest_first_and_a_wrong_page_is_the_nearest(texts, people, lead):
    proposed()
    first = Message.objects.order_by("pk").first()
    rows = [
        Message(
            **{
                **{f.attname: getattr(first, f.attname) for f in Message._meta.concrete_fields},
                "id": None,
                "key": f"k-{n}",
            }
        )
        for n in range(PAGE)
    ]
    with writing("a test"):
        Message.objects.bulk_create(rows)
    told = outbox(people["supervisor"])
    assert len(told.rows) == PAGE < told.total
    assert [row.message_id for row in told.rows] == sorted(
        (row.message_id for row in told.rows), reverse=True
    )
    assert outbox(people["supervisor"], page=99).number == told.pages == 2
    assert "page=2" in text_of(lead.get("/outbox/"))
    assert "state=proposed&amp;page=2" in text_of(lead.get("/outbox/", {"state": "proposed"}))
    assert lead.get("/outbox/", {"state": "nonsense", "page": "x"}).status_code == 200


def test_a_page_asks_the_database_as_often_for_many_messages_as_for_few(
    texts, people, django_assert_max_num_queries
):
    proposed()
    drain({"sms": Wire()}, now=later())
    with django_assert_max_num_queries(4):
        assert len(outbox(people["supervisor"]).rows) > 10


def test_every_state_and_every_reason_has_a_word():
    assert set(words.MESSAGE) == set(OUTBOX_MOVES)
    assert set(Reason) <= set(words.NOT_SENT)


def test_without_messages_the_page_says_what_comes_next(lead, published):
    assert "还没有消息" in text_of(lead.get("/outbox/"))
