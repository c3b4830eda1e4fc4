"""A transport, fake or true, says it went, it did not go, or nobody knows, and says so rightly."""

import json
import socket
from contextlib import ExitStack
from datetime import UTC, datetime
from email import message_from_bytes, policy

import pytest

from arrears.channels.email.fake import FakeEmail
from arrears.channels.email.settings import EmailSettings
from arrears.channels.email.transport import EmailTransport
from arrears.channels.local.transport import LocalTransport
from arrears.channels.push.settings import PushSettings
from arrears.channels.push.transport import PushTransport
from arrears.channels.rehearsal import FarEnd
from arrears.channels.sms.fake import FakeSms
from arrears.channels.sms.settings import SmsSettings
from arrears.channels.sms.transport import SmsTransport
from arrears.channels.transport import Doubtful, Message, NotSent
from tests.unit.channels.clouds import cloud, registered, transport
from tests.unit.channels.far_ends import LATE_S, RELAY_AS, gateway, nobody, relay

pytestmark = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]

TEXT = "【某某银行】您好，您的贷款将于11月30日到期。\n.如已还款请忽略。"
REGISTERED = "您好，您的{loan}将于{date}到期。\n.如已还款请忽略。"
AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
LONG_S, SHORT_S = 20, 0.3
SECRET = "whsec_bm90IGEgc2VjcmV0LCBidXQgbG9uZyBlbm91Z2g="
CLOUDS = ("aliyun", "tencent")
RIGS = [
    "email fake",
    "email SMTP",
    "push webhook",
    "sms fake",
    "sms POST",
    "sms GET",
    "sms aliyun",
    "sms tencent",
]

EXPECTED = {
    FarEnd.ACCEPTS: "sent",
    FarEnd.ANSWERS_LATE: "sent",
    FarEnd.REFUSES: "not sent, refused, for good",
    FarEnd.REFUSES_FOR_NOW: "not sent, busy, for now",
    FarEnd.IS_AWAY: "not sent, unreachable, for now",
    FarEnd.KEEPS_SILENT: "not sent, silent, for now",
    FarEnd.HANGS_UP: "not sent, cut_off, for now",
    FarEnd.TAKES_AND_HANGS_UP: "doubtful, cut_off",
    FarEnd.TAKES_AND_KEEPS_SILENT: "doubtful, silent",
    FarEnd.TAKES_AND_MUMBLES: "doubtful, unclear",
}
# HTTP hands over with its first word: a gateway that says nothing may still have the text.
EXPECTED_OF_HTTP = EXPECTED | {
    FarEnd.KEEPS_SILENT: "doubtful, silent",
    FarEnd.HANGS_UP: "doubtful, cut_off",
}
# A cloud says why.
EXPECTED_OF_CLOUDS = EXPECTED_OF_HTTP | {FarEnd.REFUSES: "not sent, address, for good"}


class Rig:
    """A transport and what its far end holds, as addresses and texts."""

    def __init__(self, name, far_end, stack):
        self.channel, self.kind = name.split()
        self.far_end = far_end
        patience = {
            "timeout_s": SHORT_S if far_end is FarEnd.KEEPS_SILENT else LONG_S,
            "answer_timeout_s": SHORT_S if "silent" in far_end else LONG_S,
        }
        if name == "email fake":
            self.transport = FakeEmail(far_end)
            self.far = self.transport
        elif name == "sms fake":
            self.transport = FakeSms(far_end)
            self.far = self.transport
        elif self.channel == "email":
            port = self.listen(stack, self.relay())
            self.transport = EmailTransport(
                EmailSettings("127.0.0.1", "notice@bank.example", port, tls="none", **patience)
            )
        elif self.kind in CLOUDS:
            text = registered(self.kind, REGISTERED)
            server = cloud(self.kind, far_end)
            port = self.listen(stack, server)
            if self.far:
                self.far.texts[text.code] = text.text
            self.transport = transport(self.kind, f"http://127.0.0.1:{port}/", text, **patience)
        elif self.channel == "push":
            port = self.listen(stack, gateway(far_end))
            url = f"http://127.0.0.1:{port}/push"
            self.transport = PushTransport(PushSettings(url=url, secret=SECRET, **patience))
        else:
            port = self.listen(stack, gateway(far_end))
            url = f"http://127.0.0.1:{port}/cgi-bin/sendsms"
            self.transport = SmsTransport(
                SmsSettings(url, "u", "p", "95588", self.kind, **patience)
            )

    def relay(self):
        late_s = LATE_S / 6 if self.far_end is FarEnd.ANSWERS_LATE else 0
        return relay(late_s=late_s, **RELAY_AS.get(self.far_end, {}))

    def listen(self, stack, server):
        self.far = None
        if self.far_end is FarEnd.IS_AWAY:
            return stack.enter_context(nobody())
        self.far = stack.enter_context(server)
        return self.far.server_address[1]

    @property
    def to(self):
        return "zhang@example.test" if self.channel == "email" else "+8613800000000"

    def send(self, key: str = "k1"):
        return self.transport.send(Message(self.to, "还款提醒", TEXT, "zh-CN", at=AT), key=key)

    def held(self):
        return [self.read(what) for what in self.far.taken] if self.far else []

    def read(self, what):
        if self.channel == "email":
            content = what if isinstance(what, bytes) else what.content
            mail = message_from_bytes(content, policy=policy.default)
            return mail["To"], mail.get_content().replace("\r\n", "\n").rstrip("\n")
        if self.kind == "fake":
            return what.headers["X-Kannel-to"], what.body.decode()
        if self.channel == "push":
            told = json.loads(what["text"])["data"]
            return told["to"], told["text"]
        return what["to"], what["text"]


@pytest.fixture
def rig(request):
    with ExitStack() as stack:
        yield lambda name, far_end: Rig(name, far_end, stack)


def outcome(rig: Rig) -> str:
    try:
        rig.send()
    except NotSent as error:
        return f"not sent, {error.reason}, for {'good' if error.permanent else 'now'}"
    except Doubtful as error:
        return f"doubtful, {error.reason}"
    return "sent"


@pytest.mark.parametrize("far_end", FarEnd)
@pytest.mark.parametrize("name", RIGS)
def test_a_transport_says_what_the_far_end_proves(name, far_end, rig):
    met = rig(name, far_end)
    expected = EXPECTED if met.channel == "email" else EXPECTED_OF_HTTP
    expected = EXPECTED_OF_CLOUDS if met.kind in CLOUDS else expected
    assert outcome(met) == expected[far_end]


@pytest.mark.parametrize("far_end", FarEnd)
@pytest.mark.parametrize("name", RIGS)
def test_what_is_sent_is_there_once_and_what_is_not_sent_is_nowhere(name, far_end, rig):
    met = rig(name, far_end)
    said = outcome(met).split(",")[0]
    there = met.held()
    assert len(there) <= 1
    assert said != "sent" or there == [(met.to, TEXT)]
    assert said != "not sent" or there == []
    assert not far_end.startswith("takes") or there == [(met.to, TEXT)]


@pytest.mark.parametrize("name", RIGS)
def test_a_transport_that_is_not_idempotent_delivers_a_key_twice(name, rig):
    met = rig(name, FarEnd.ACCEPTS)
    assert met.send() == met.send()
    assert not met.transport.idempotent
    assert len(met.held()) == 2


@pytest.mark.parametrize("name", RIGS)
def test_a_receipt_names_the_key(name, rig):
    receipt = rig(name, FarEnd.ACCEPTS).send("c-2026_17")
    assert "c-2026_17" in receipt.gateway_id
    assert receipt.parts == 1
    assert receipt.note


@pytest.mark.parametrize("name", RIGS)
@pytest.mark.parametrize("key", ["", "a b", "a\r\nRCPT TO:<x@y.z>", "a@b", "K", "键", "k" * 49])
def test_a_key_that_does_not_fit_is_our_bug(name, key, rig):
    met = rig(name, FarEnd.ACCEPTS)
    with pytest.raises(ValueError, match="key"):
        met.send(key)
    assert met.held() == []


@pytest.mark.parametrize("name", ["email SMTP", "sms POST", "sms aliyun"])
@pytest.mark.parametrize("error", [socket.gaierror("no such name"), UnicodeError("label too long")])
def test_a_name_that_leads_nowhere_is_not_sent(name, error, rig, monkeypatch):
    met = rig(name, FarEnd.ACCEPTS)

    def lost(*_, **__):
        raise error

    monkeypatch.setattr(socket, "getaddrinfo", lost)
    assert outcome(met) == "not sent, unreachable, for now"


def test_the_local_transport_sends_nothing_and_knows_a_key_again():
    local = LocalTransport("sms")
    message = Message("13800000000", "", TEXT, "zh-CN")
    assert local.channel == "sms"
    assert local.idempotent
    assert local.send(message, key="k1") == local.send(message, key="k1")
    assert local.send(message, key="k1").gateway_id != local.send(message, key="k2").gateway_id
