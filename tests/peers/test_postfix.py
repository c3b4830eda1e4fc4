"""A mail goes through a real Postfix into a real mailbox, and a real bounce names its key."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from arrears.channels.email.bounces import waiting
from arrears.channels.email.settings import EmailSettings
from arrears.channels.email.transport import EmailTransport
from arrears.channels.transport import Message, NotSent, Reason
from tests.lib.peers import Postfix, postfix, wait_for

pytestmark = [
    pytest.mark.peers,
    pytest.mark.enable_socket,
    pytest.mark.allow_hosts(["127.0.0.1"]),
]

AT = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
SUBJECT = (
    "【某某银行】还款提醒：您尾号1234的贷款将于11月30日到期，请按时还款，如有困难请与我们联系协商"
)
TEXT = "尊敬的张先生：\n\n您的贷款应还人民币1,234.56元。\n.\n..如已还款，请忽略。\n"


@pytest.fixture(scope="module")
def relay():
    with postfix() as found:
        yield found


def transport(relay: Postfix, **changes):
    settings: dict[str, Any] = {
        "host": "127.0.0.1",
        "port": relay.port,
        "from_address": "notice@bank.test",
        "name": "某某银行",
        "tls": "starttls",
        "ca_file": str(relay.certificate),
        "unsubscribe": "https://bank.test/stop/{key}",
    }
    return EmailTransport(EmailSettings(**(settings | changes)))


def message(to="zhang@example.test"):
    return Message(to, SUBJECT, TEXT, "zh-CN", at=AT)


@pytest.mark.parametrize("tls", ["starttls", "none"])
def test_a_chinese_mail_lies_in_the_mailbox_as_it_was_written(relay, tls):
    key = f"whole-{tls}"
    receipt = transport(relay, tls=tls).send(message(), key=key)
    assert "queued as" in receipt.note
    (mail,) = wait_for("the mail", lambda: relay.mails("zhang", key))
    assert mail["Subject"] == SUBJECT
    assert mail.get_content().replace("\r\n", "\n") == TEXT
    assert mail["From"] == "某某银行 <notice@bank.test>"
    assert mail["To"] == "zhang@example.test"
    assert mail["Message-ID"] == receipt.gateway_id == f"<{key}@bank.test>"
    assert mail["Return-Path"] == f"<bounce+{key}@bank.test>"
    assert mail["List-Unsubscribe"] == f"<https://bank.test/stop/{key}>"
    assert mail["Date"].datetime == AT
    assert (" ESMTPS " in mail["Received"]) == (tls == "starttls")


def test_a_mail_to_nobody_comes_back_to_the_address_that_names_its_key(relay):
    lost = replace(message("nobody@example.test"), proof="0123456789abcdef")
    transport(relay).send(lost, key="lost-1")
    wait_for("the bounce", lambda: relay.mails("bounce", "lost-1"))
    told = [bounce for _file, bounce in waiting(relay.folder / "mail" / "bounce") if bounce]
    (bounce,) = [one for one in told if one.report.key == "lost-1"]
    assert (bounce.report.state, bounce.proof, bounce.gone) == ("bounced", "01234567", True)


@pytest.mark.parametrize(
    ("to", "reason", "permanent"),
    [
        ("gone@example.test", Reason.REFUSED, True),
        ("later@example.test", Reason.BUSY, False),
    ],
)
def test_a_refusal_of_postfix_is_understood(relay, to, reason, permanent):
    with pytest.raises(NotSent) as error:
        transport(relay).send(message(to), key="refused")
    assert (error.value.reason, error.value.permanent) == (reason, permanent)
    assert to not in str(error.value)


def test_a_certificate_that_nobody_vouches_for_is_not_believed(relay):
    with pytest.raises(NotSent) as error:
        transport(relay, ca_file=None).send(message(), key="stranger")
    assert (error.value.reason, error.value.permanent) == (Reason.NO_TLS, False)
    assert relay.mails("zhang", "stranger") == []
