"""What far ends tell moves a message forward once; what is forged, replayed or broken moves nothing."""

import itertools
import json
from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client

from arrears.channels.report import Reply, Report
from arrears.channels.transport import Doubtful, Reason
from arrears.rules.speech.asks import asks_to_stop
from arrears.web.ledger.actions.outbox import Mark, claim_message, doubt_claimed, mark_messages
from arrears.web.ledger.actions.reports import take_reply, take_reports
from arrears.web.ledger.models import Event, Hold, Message, Note
from arrears.web.ledger.models import Report as Kept
from arrears.web.ledger.proof import proof_of
from arrears.web.sender.drain import drain
from tests.lib.routes import routes
from tests.web.conftest import AT
from tests.web.test_outbox import Wire, later, one, proposed

pytestmark = pytest.mark.django_db
SILENT = Doubtful(Reason.SILENT, "no answer")


@pytest.fixture(autouse=True)
def the_hour(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: AT + timedelta(minutes=5))


@pytest.fixture
def message(texts):
    """The one message that waits."""
    proposed()
    return one()


@pytest.fixture
def sent(message):
    drain({"sms": Wire()}, now=later())
    message.refresh_from_db()
    return message


@pytest.fixture
def doubtful(message):
    drain({"sms": Wire(SILENT)}, now=later())
    message.refresh_from_db()
    return message


def kannel(key, state, **changes):
    told = {"key": key, "state": state, "proof": proof_of(f"message {key}"), **changes}
    return Client().get("/reports/kannel", told)


def state_of(message):
    return Message.objects.get(pk=message.pk).state


# ---- states ------------------------------------------------------------------------------------------
def test_a_report_of_kannel_moves_the_message_it_names(sent):
    assert kannel(sent.key, "8").status_code == 204
    assert state_of(sent) == "sent"
    assert kannel(sent.key, "1").status_code == 204
    assert state_of(sent) == "delivered"
    assert Event.objects.filter(verb="message_delivered", case_id=sent.case_id).count() == 1


@pytest.mark.parametrize("order", list(itertools.permutations("1288")))
def test_in_whatever_order_and_however_often_the_end_is_the_same(sent, order):
    for state in (*order, *order):
        kannel(sent.key, state)
    assert state_of(sent) == "delivered"
    assert Kept.objects.filter(message=sent).count() == 3
    assert Event.objects.filter(verb="message_delivered").count() == 1


@pytest.mark.parametrize(("told", "state"), [("8", "sent"), ("1", "delivered"), ("16", "bounced")])
def test_a_report_settles_a_doubt(doubtful, told, state):
    assert doubtful.state == "in_doubt"
    kannel(doubtful.key, told)
    assert state_of(doubtful) == state


def test_a_report_that_is_faster_than_the_mark_loses_nothing(message):
    claimed = claim_message(message_id=message.pk, at=later()())
    take_reports(channel="sms", reports=[Report("e", "delivered", key=message.key)], at=AT)
    assert mark_messages(marks=[Mark(claimed, "sent", "g-1", 2)], at=AT) == []
    message.refresh_from_db()
    assert (message.state, message.gateway_id, message.parts) == ("delivered", "g-1", 2)
    assert doubt_claimed(at=AT) == 0


def test_a_report_about_a_message_that_never_went_is_logged_and_changes_nothing(message):
    kannel(message.key, "1")
    assert state_of(message) == "proposed"
    assert Event.objects.filter(verb="report_unexpected", case_id=message.case_id).count() == 1
    kannel("nobody-s", "1")
    assert Event.objects.filter(verb="report_unknown").count() == 1


# ---- forged, replayed, malformed -----------------------------------------------------------------------
def test_a_forged_report_is_refused_and_tells_nothing(sent):
    before = state_of(sent)
    answers = {
        (told.status_code, told.content)
        for told in (
            kannel(sent.key, "1", proof=""),
            kannel(sent.key, "1", proof=proof_of("message other")),
            kannel("no-such-key", "1", proof="0" * 32),
            Client().get("/reports/kannel"),
            Client().post("/reports/aliyun/wrong", "[]", content_type="application/json"),
            Client().post(f"/reports/other/{proof_of('other')}"),
            Client().post("/replies/tencent/wrong", "[]", content_type="application/json"),
            Client().get("/unsubscribe/x/y"),
        )
    }
    assert len(answers) == 1
    assert next(iter(answers))[0] == 403
    assert (state_of(sent), Kept.objects.count()) == (before, 0)


def test_no_address_of_a_far_end_believes_whoever_asks(texts):
    told = {route: view.told_by for route, view in routes().items() if hasattr(view, "told_by")}
    assert len(told) == 4
    for route, method in told.items():
        address = "/" + route.replace("<str:cloud>", "aliyun").replace("<str:proof>", "0" * 32)
        asked = {"GET": Client().get, "POST": Client().post}
        assert asked.pop(method)(address).status_code == 403
        ((_, other),) = asked.items()
        assert (other(address).status_code, other(address)["Allow"]) == (405, method)


@pytest.mark.parametrize("state", ["", "3", "x", "1" * 300, "١"])
def test_a_malformed_report_of_kannel_says_so(sent, state):
    assert kannel(sent.key, state).status_code == 400
    assert Kept.objects.count() == 0


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{}",
        "[]",
        "[1]",
        "nope",
        "[[]]",
        '[{"biz_id": true}]',
        '[{"biz_id": "' + "9" * 300 + '"}]',
        json.dumps([{"biz_id": "1"}] * 1001),
    ],
)
def test_a_malformed_report_of_a_cloud_says_so(texts, body):
    for cloud in ("aliyun", "tencent"):
        address = f"/reports/{cloud}/{proof_of(cloud)}"
        told = Client().post(address, body, content_type="application/json")
        assert told.status_code == 400
        assert told.json()["error"]
    assert Client().post(address, {"body": body}).status_code == 400  # a form
    assert Client().get(address).status_code == 405


# ---- clouds ------------------------------------------------------------------------------------------
def cloud(kind, what, rows):
    address = f"/{what}/{kind}/{proof_of(kind)}"
    return Client().post(address, json.dumps(rows), content_type="application/json")


def test_the_reports_of_aliyun(sent):
    row = {"phone_number": "138", "success": True, "biz_id": "9006^0", "out_id": sent.key}
    assert cloud("aliyun", "reports", [row, row]).json() == {"code": 0, "msg": "OK"}
    assert state_of(sent) == "delivered"
    assert Kept.objects.count() == 1


def test_the_reports_of_tencent_go_by_its_own_number(message):
    class Serial(Wire):
        def send(self, message, *, key):
            return type(super().send(message, key=key))("2640:1", 1)

    drain({"sms": Serial()}, now=later())
    row = {"sid": "2640:1", "report_status": "FAIL", "errmsg": "MK:0001", "mobile": "138"}
    assert cloud("tencent", "reports", [row]).json() == {"result": 0, "errmsg": "OK"}
    message.refresh_from_db()
    assert (message.state, message.because) == ("bounced", "MK:0001")


# ---- replies -----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "text",
    [
        "TD",
        "td",
        "Ｔ",
        "退订",
        "退訂",
        "回复TD退订",
        " T D ",
        "STOP",
        "别再给我发了",
        "不要再发",
        "【退订】",
    ],
)
def test_who_asks_for_no_more_is_understood(text):
    assert asks_to_stop(text)


@pytest.mark.parametrize(
    "text", ["", "好的", "明天还", "TDX", "不要着急", "已还，请查收", "取消订单了吗", "tomorrow"]
)
def test_other_words_are_no_such_thing(text):
    assert not asks_to_stop(text)


def reply(value, text, event="r-1"):
    told = {"from": value, "text": text, "id": event, "proof": proof_of("kannel")}
    return Client().get("/replies/kannel", told)


def test_who_writes_back_that_they_want_no_more_gets_no_more(message, sent):
    number = sent.point.value
    assert reply(f"+86{number}", "退订").status_code == 204
    assert reply(f"+86{number}", "退订").status_code == 204
    assert reply(number, "TD", "r-2").status_code == 204
    (hold,) = Hold.objects.filter(kind="closed_point")
    assert (hold.channels, hold.evidence, hold.by) == ("sms", "退订", None)
    assert [note.text for note in Note.objects.filter(case=sent.case)] == [
        "【sms】退订",
        "【sms】TD",
    ]


def test_a_message_that_waits_is_withdrawn_from_who_wants_no_more(texts):
    proposed()
    waiting = one()
    take_reply(channel="sms", reply=Reply("e", waiting.point.value, "TD"), at=AT)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.because) == ("refused", "hold:closed_point")


def test_what_else_is_written_back_is_a_note_of_the_case_and_stops_nothing(sent):
    row = {"nationcode": "86", "mobile": sent.point.value, "text": "明天还", "time": 1}
    assert cloud("tencent", "replies", [row]).status_code == 200
    row = {"phone_number": sent.point.value, "content": "好", "sequence_id": 7, "send_time": "x"}
    assert cloud("aliyun", "replies", [row]).status_code == 200
    notes = Note.objects.filter(case=sent.case).order_by("pk")
    assert [note.text for note in notes] == ["【sms】明天还", "【sms】好"]
    assert not Hold.objects.exists()


def test_a_reply_from_a_number_that_nobody_has_is_logged_by_its_report_alone(texts):
    assert reply("19999999999", "退订").status_code == 204
    (event,) = Event.objects.filter(verb="report_unknown")
    assert "19999999999" not in json.dumps(event.detail)
    (hold,) = Hold.objects.all()  # whoever gets it one day is not written to there either
    assert (hold.kind, hold.borrower_id, hold.value) == ("closed_point", "", "19999999999")


# ---- no more mail ------------------------------------------------------------------------------------
def test_a_look_changes_nothing_and_the_button_stops_the_mail(sent):
    address = f"/unsubscribe/{sent.key}/{proof_of(f'message {sent.key}')}"
    for _ in range(3):
        told = Client().get(address)
        assert told.status_code == 200
        assert "不再接收" in told.content.decode()
    assert not Hold.objects.exists()
    for _ in range(2):  # as a mail reader does it: a bare POST, without a cookie
        done = Client(enforce_csrf_checks=True).post(address, {"List-Unsubscribe": "One-Click"})
        assert "已停止" in done.content.decode()
    (hold,) = Hold.objects.all()
    assert (hold.kind, hold.channels) == ("closed_point", "email")
    assert sent.point.value not in told.content.decode() + done.content.decode()


def test_the_way_out_carries_the_proof(message):
    wire = Wire()
    texts = []
    wire.send = lambda text, *, key: (texts.append(text), type(wire).send(wire, text, key=key))[1]
    with transaction.atomic():
        drain({"sms": wire}, now=later())
    assert texts[0].proof == proof_of(f"message {message.key}")
