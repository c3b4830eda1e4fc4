"""A notice is signed as Standard Webhooks says: what its own library takes, and nothing else, is ours."""

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from standardwebhooks.webhooks import Webhook

from arrears.channels.push.request import asked, signature
from arrears.channels.push.settings import PushSettings
from arrears.channels.push.transport import PushTransport
from arrears.channels.transport import Message, NotSent, Reason, SettingsWrong
from tests.unit.channels.far_ends import gateway

SECRET = "whsec_bm90IGEgc2VjcmV0LCBidXQgbG9uZyBlbm91Z2g="
SETTINGS = PushSettings(url="https://push.bank.example/notices", secret=SECRET)
AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
MESSAGE = Message("user-42", "还款提醒", "【某某银行】应还 ¥1,234.56。\n谢谢", "zh-CN", at=AT)


def test_the_library_of_the_standard_makes_the_same_signature():
    request = asked(MESSAGE, key="r20261120-1", settings=SETTINGS)
    made = Webhook(SECRET).sign("r20261120-1", AT, (request.body or b"").decode())
    assert request.headers["webhook-signature"] == made
    assert request.headers["webhook-id"] == "r20261120-1"
    assert request.headers["webhook-timestamp"] == str(int(AT.timestamp()))


def test_the_body_says_to_whom_what_and_when():
    request = asked(MESSAGE, key="k1", settings=SETTINGS)
    assert (request.method, request.target) == ("POST", "/notices")
    assert json.loads(request.body or b"") == {
        "type": "message.send",
        "timestamp": "2026-11-20T02:00:00Z",
        "data": {
            "to": "user-42",
            "title": "还款提醒",
            "text": "【某某银行】应还 ¥1,234.56。\n谢谢",
            "language": "zh-CN",
        },
    }
    assert asked(MESSAGE, key="k1", settings=SETTINGS) == request


def test_another_id_moment_body_or_secret_is_another_signature():
    key = SETTINGS.key
    whole = ("k1", "1763604000", b"{}", key)
    others = {
        signature(*whole[:n], other, *whole[n + 1 :])
        for n, other in enumerate(("k2", "1763604001", b"{ }", key[::-1]))
    }
    assert len(others | {signature(*whole)}) == 5


@pytest.mark.parametrize("to", ["", "a b", "线", "x" * 201, "a\nb"])
def test_nobody_whom_the_app_knows_is_told_nothing(to):
    with pytest.raises(NotSent) as refused:
        asked(replace(MESSAGE, to=to), key="k1", settings=SETTINGS)
    assert (refused.value.reason, refused.value.permanent) == (Reason.ADDRESS, True)


@pytest.mark.parametrize("text", ["", "a\x00b"])
def test_a_text_that_nobody_can_read_does_not_go(text):
    with pytest.raises(NotSent) as refused:
        asked(replace(MESSAGE, text=text), key="k1", settings=SETTINGS)
    assert refused.value.reason is Reason.CONTENT


@pytest.mark.parametrize("size", [0, 23, 65])
def test_a_secret_that_is_too_short_or_too_long_is_refused_and_never_told(size):
    secret = "whsec_" + base64.b64encode(b"s" * size).decode()
    with pytest.raises(SettingsWrong, match="no secret of a webhook") as wrong:
        replace(SETTINGS, secret=secret)
    assert not size or secret not in str(wrong.value) + wrong.value.hint
    assert SECRET not in repr(SETTINGS)


@pytest.mark.parametrize("secret", ["not-a-secret!", "whsec_§§§"])
def test_a_secret_that_is_no_base64_is_refused(secret):
    with pytest.raises(SettingsWrong):
        replace(SETTINGS, secret=secret)


def test_it_does_not_go_over_a_network_for_all_to_read():
    with pytest.raises(SettingsWrong, match="push service"):
        replace(SETTINGS, url="http://push.bank.example/notices")


@pytest.mark.enable_socket
@pytest.mark.allow_hosts(["127.0.0.1"])
@pytest.mark.parametrize(
    ("status", "reason", "permanent"),
    [
        (410, Reason.REFUSED, True),
        (429, Reason.BUSY, False),
        (401, Reason.LOGIN, False),
        (302, Reason.LOGIN, False),
    ],
)
def test_what_the_service_refuses_did_not_go(status, reason, permanent):
    with gateway(answer=(status, "no: user-42")) as server:
        url = f"http://127.0.0.1:{server.server_address[1]}/notices"
        way = PushTransport(replace(SETTINGS, url=url))
        with pytest.raises(NotSent) as refused:
            way.send(MESSAGE, key="k1")
    assert (refused.value.reason, refused.value.permanent) == (reason, permanent)
    assert "user-42" not in refused.value.wrong
