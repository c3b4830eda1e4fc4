"""A text message costs what the carrier counts, and only the gateway's own yes is a yes."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arrears.channels.rehearsal import FarEnd
from arrears.channels.sms.parts import BASIC, EXTENDED, Parts, counted
from arrears.channels.sms.request import asked
from arrears.channels.sms.settings import SmsSettings
from arrears.channels.sms.transport import SmsTransport
from arrears.channels.transport import Doubtful, Message, NotSent, Reason, SettingsWrong
from tests.unit.channels.far_ends import LATE_S, gateway

SETTINGS = SmsSettings(
    "https://sms.bank.example/cgi-bin/sendsms",
    "arrears",
    "not-a-secret",
    "95588",
    report_url="https://bank.example/report?key={key}&state=%d",
)
MESSAGE = Message("+86 138-0000-0000", "", "您好", "zh-CN")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", Parts("gsm7", 0, 1)),
        ("a" * 160, Parts("gsm7", 160, 1)),
        ("a" * 161, Parts("gsm7", 161, 2)),
        ("a" * 306, Parts("gsm7", 306, 2)),
        ("a" * 307, Parts("gsm7", 307, 3)),
        ("€" * 80, Parts("gsm7", 160, 1)),
        ("€" * 81, Parts("gsm7", 162, 2)),
        ("€" * 152, Parts("gsm7", 304, 2)),
        ("€" * 153, Parts("gsm7", 306, 3)),  # 76 to a part: an escape is not torn from its sign
        ("Straße für Ω\n", Parts("gsm7", 13, 1)),
        ("`", Parts("ucs2", 1, 1)),
        ("您" * 70, Parts("ucs2", 70, 1)),
        ("您" * 71, Parts("ucs2", 71, 2)),
        ("您" * 134, Parts("ucs2", 134, 2)),
        ("您" * 135, Parts("ucs2", 135, 3)),
        ("a" * 69 + "您", Parts("ucs2", 70, 1)),
        ("😀" * 35, Parts("ucs2", 70, 1)),
        ("😀" * 66, Parts("ucs2", 132, 2)),
        ("😀" * 67, Parts("ucs2", 134, 3)),  # 33 to a part: no half of a pair
    ],
)
def test_a_text_is_counted_as_the_carrier_does(text, parts):
    assert counted(text) == parts


def test_the_alphabet_has_the_size_of_its_standard():
    assert len(BASIC) == 127  # 128 places, one of them the escape
    assert len(EXTENDED) == 10
    assert not BASIC & EXTENDED


@given(st.text(max_size=400), st.text(max_size=5))
def test_a_longer_text_never_makes_fewer_parts_of_its_alphabet(text, more):
    one, both = counted(text), counted(text + more)
    assert both.coding != one.coding or both.parts >= one.parts
    room = {"gsm7": 153, "ucs2": 67}[one.coding]
    assert one.parts * room >= one.units or one.parts == 1


def test_neither_the_password_nor_the_text_stands_in_the_address_of_a_post():
    request = asked(MESSAGE, key="k1", settings=SETTINGS)
    assert request.target == "/cgi-bin/sendsms"
    assert request.body == "您好".encode()
    assert request.headers == {
        "X-Kannel-username": "arrears",
        "X-Kannel-password": "not-a-secret",
        "X-Kannel-from": "95588",
        "X-Kannel-to": "+8613800000000",
        "X-Kannel-charset": "utf-8",
        "X-Kannel-coding": "2",
        "X-Kannel-dlr-mask": "31",
        "X-Kannel-dlr-url": "https://bank.example/report?key=k1&state=%d",
        "Content-Type": "text/plain; charset=utf-8",
    }


def test_a_get_says_the_same_in_its_address():
    request = asked(
        replace(MESSAGE, text="100% & more"), key="k1", settings=replace(SETTINGS, method="GET")
    )
    assert request.body is None
    assert request.target == (
        "/cgi-bin/sendsms?username=arrears&password=not-a-secret&from=95588&to=%2B8613800000000"
        "&charset=utf-8&coding=0&dlr-mask=31"
        "&dlr-url=https%3A%2F%2Fbank.example%2Freport%3Fkey%3Dk1%26state%3D%25d"
        "&text=100%25+%26+more"
    )


def test_no_report_is_asked_for_when_nobody_listens_for_it():
    headers = asked(MESSAGE, key="k1", settings=replace(SETTINGS, report_url="")).headers
    assert not [name for name in headers if "dlr" in name]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"to": ""}, Reason.ADDRESS),
        ({"to": "zhang@example.test"}, Reason.ADDRESS),
        ({"to": "13800000000\r\nX-Kannel-To: 1"}, Reason.ADDRESS),
        ({"to": "13800000000 13900000000 13700000000"}, Reason.ADDRESS),  # several receivers
        ({"to": "１３８００００００００"}, Reason.ADDRESS),  # full-width digits
        ({"text": ""}, Reason.CONTENT),
        ({"text": "\x00"}, Reason.CONTENT),
        ({"text": "\ud83d"}, Reason.CONTENT),
        ({"sender": "955\r\n88"}, Reason.CONTENT),
        ({"sender": "某某银行"}, Reason.CONTENT),
        ({"text": "您" * 336}, Reason.TOO_LONG),
    ],
)
def test_what_can_be_no_text_message_is_refused_for_good(changes, reason):
    with pytest.raises(NotSent) as error:
        asked(replace(MESSAGE, **changes), key="k1", settings=SETTINGS)
    assert (error.value.reason, error.value.permanent) == (reason, True)
    assert error.value.hint


@pytest.mark.parametrize(
    "changes",
    [
        {"url": "sms.bank.example/sendsms"},
        {"url": "ftp://sms.bank.example/sendsms"},
        {"url": "https://u:p@sms.bank.example/sendsms"},
        {"url": "https://sms.bank.example/sendsms?user=u"},
        {"url": "https://sms.bank.example/send sms"},
        {"url": "http://sms.bank.example/sendsms"},
        {"sender": "某某银行"},
        {"password": "a b"},
        {"report_url": "https://bank.example/\r\nX: y"},
    ],
)
def test_settings_that_cannot_work_are_refused_with_a_hint(changes):
    with pytest.raises(SettingsWrong) as error:
        replace(SETTINGS, **changes)
    assert error.value.hint


def test_a_password_may_go_in_clear_only_to_this_machine_or_when_it_is_said_aloud():
    assert replace(SETTINGS, url="http://127.0.0.1:13013/sendsms").url
    assert replace(SETTINGS, url="http://sms.bank.example/sendsms", unencrypted=True).url
    assert "not-a-secret" not in repr(SETTINGS)


@pytest.mark.enable_socket
@pytest.mark.allow_hosts(["127.0.0.1"])
class TestOverLoopback:
    """What each answer proves."""

    def send(self, server, scheme="http", **patience):
        url = f"{scheme}://127.0.0.1:{server.server_address[1]}/cgi-bin/sendsms"
        patience = {"timeout_s": 20, "answer_timeout_s": 20} | patience
        settings = replace(SETTINGS, url=url, **patience)
        return SmsTransport(settings).send(MESSAGE, key="k1")

    @pytest.mark.parametrize("words", ["0: Accepted for delivery", "3: Queued for later delivery"])
    @pytest.mark.parametrize("status", [200, 202])
    def test_the_words_of_the_gateway_are_a_yes(self, status, words):
        with gateway(answer=(status, words)) as server:
            receipt = self.send(server)
        assert (receipt.gateway_id, receipt.parts, receipt.note) == ("k1", 1, words)
        assert server.taken[0]["text"] == "您好"

    @pytest.mark.parametrize(
        ("status", "reason", "permanent"),
        [
            (302, Reason.LOGIN, False),
            (400, Reason.REFUSED, True),
            (403, Reason.LOGIN, False),
            (404, Reason.LOGIN, False),
            (408, Reason.BUSY, False),
            (413, Reason.REFUSED, True),
            (429, Reason.BUSY, False),
        ],
    )
    def test_a_clear_no_is_not_sent(self, status, reason, permanent):
        with (
            gateway(answer=(status, "no: +8613800000000")) as server,
            pytest.raises(NotSent) as error,
        ):
            self.send(server)
        assert (error.value.reason, error.value.permanent) == (reason, permanent)
        assert "no: …" in str(error.value)

    @pytest.mark.parametrize(
        "answer",
        [(500, ""), (503, "Temporal failure"), (200, "<html>Sign in"), (202, ""), (204, "")],
    )
    def test_anything_else_is_doubtful(self, answer):
        with gateway(answer=answer) as server, pytest.raises(Doubtful) as error:
            self.send(server)
        assert error.value.reason is Reason.UNCLEAR

    def test_an_answer_that_is_no_http_is_doubtful(self):
        with gateway(answer=(0, "0: Accepted\r\n")) as server, pytest.raises(Doubtful) as error:
            self.send(server)
        assert error.value.reason is Reason.UNCLEAR

    def test_the_answer_has_a_patience_of_its_own(self):
        with gateway(FarEnd.ANSWERS_LATE) as server:
            assert self.send(server, timeout_s=LATE_S / 3).note.startswith("0:")

    def test_encryption_that_is_not_offered_is_not_done_without(self):
        with gateway() as server, pytest.raises(NotSent) as error:
            self.send(server, "https")
        assert error.value.reason is Reason.NO_TLS
        assert server.taken == []
