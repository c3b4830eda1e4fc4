"""A mail says in every header what it is, and the relay is trusted at each word no further than it goes."""

import smtplib
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.header import decode_header, make_header

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arrears.channels.email import transport as email_transport
from arrears.channels.email.compose import PROOF_SIGNS, Mail, bounce_address, bounced, composed
from arrears.channels.email.settings import EmailSettings
from arrears.channels.email.transport import EmailTransport
from arrears.channels.transport import Doubtful, Message, NotSent, Reason, SettingsWrong
from tests.unit.channels.far_ends import HANG_UP, relay

AT = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)
SETTINGS = EmailSettings(
    host="127.0.0.1",
    from_address="notice@bank.example",
    name="某某银行",
    bounce_domain="mail.bank.example",
    tls="none",
    unsubscribe="https://bank.example/stop/{key}",
)
MESSAGE = Message("zhang@example.test", "还款提醒", "您好。\n", "zh-CN", at=AT)
LINE = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), max_size=90)


def read(mail: Mail):
    return message_from_bytes(mail.content, policy=policy.default)


def name_in(mail: Mail) -> str:
    """The sender's name; Python's newer reader puts a gap between two encoded words."""
    line = message_from_bytes(mail.content, policy=policy.compat32)["From"]
    if "=?" not in line:
        return str(read(mail)["From"].addresses[0].display_name)
    return str(make_header(decode_header(line))).removesuffix(" <notice@bank.example>")


def mail(settings=SETTINGS, key="k-1", **changes):
    return composed(replace(MESSAGE, **changes), key=key, settings=settings)


def to_a_relay(server, **changes):
    settings = replace(SETTINGS, port=server.server_address[1], timeout_s=20, answer_timeout_s=20)
    return EmailTransport(replace(settings, **changes))


def test_a_mail_says_who_to_whom_about_what_and_how_to_stop_it():
    headers = dict(read(mail()).items())
    assert headers == {
        "From": "某某银行 <notice@bank.example>",
        "To": "zhang@example.test",
        "Subject": "还款提醒",
        "Message-ID": "<k-1@mail.bank.example>",
        "Date": "Mon, 23 Nov 2026 01:30:00 +0000",
        "Content-Language": "zh-CN",
        "Auto-Submitted": "auto-generated",
        "List-Unsubscribe": "<https://bank.example/stop/k-1>",
        "MIME-Version": "1.0",
        "Content-Type": 'text/plain; charset="utf-8"',
        "Content-Transfer-Encoding": "base64",
    }


def test_a_page_that_acts_on_a_bare_post_is_declared_so():
    found = read(mail(replace(SETTINGS, one_click=True)))
    assert found["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_a_long_name_arrives_without_a_gap():
    name = "某某农村商业银行股份有限公司信用卡中心客户服务部"
    assert name_in(mail(sender=name)) == name


def test_a_message_may_name_its_own_sender():
    assert read(mail(sender="信用卡中心"))["From"] == "信用卡中心 <notice@bank.example>"


def test_a_mail_goes_over_the_wire_as_ascii_in_short_lines():
    content = mail(subject="逾期" * 200, text="您" * 3000).content
    assert content.isascii()
    assert content.count(b"\n") == content.count(b"\r\n")
    assert max(map(len, content.split(b"\r\n"))) <= 78


@given(
    subject=LINE, sender=LINE, text=st.text(st.characters(codec="utf-8", exclude_categories=["C"]))
)
def test_any_subject_sender_and_text_arrive_as_they_were(subject, sender, text):
    whole = mail(subject=subject, sender=sender, text=text)
    found = read(whole)
    assert found["Subject"] == subject
    assert name_in(whole) == (sender or "某某银行")
    arrived = found.get_content().replace("\r\n", "\n")
    assert arrived == text.rstrip("\n") + "\n"


@given(st.from_regex(r"[a-z0-9_-]{1,48}", fullmatch=True))
def test_a_bounce_names_its_key(key):
    address = bounce_address(key, "0f" * 16, SETTINGS)
    assert bounced(f"<{address}>") == bounced(address.upper()) == (key, "0f" * (PROOF_SIGNS // 2))
    assert len(address.partition("@")[0]) <= 64


@pytest.mark.parametrize(
    "address",
    ["notice@bank.example", "bounce@x.y", "bounce+@x.y", "bounce+a b.f@x.y", "bounce+a.@x.y"],
)
def test_other_addresses_are_no_bounce(address):
    assert bounced(address) is None


@pytest.mark.parametrize(
    "to",
    [
        "",
        "zhang",
        "zhang@",
        "@example.test",
        "zhang@localhost",
        "a b@example.test",
        "张@example.test",
        "zhang@example.test\r\nBcc: x@y.z",
        "zhang@example.test\n",
        "<zhang@example.test>",
        "a..b@example.test",
        "a@-b.test",
        "a@b..test",
        "a" * 65 + "@example.test",
        "a@" + "b" * 64 + ".test",
    ],
)
def test_what_is_no_address_is_refused_for_good_and_not_repeated_in_the_error(to):
    with pytest.raises(NotSent) as error:
        mail(to=to)
    assert (error.value.reason, error.value.permanent) == (Reason.ADDRESS, True)
    assert len(to) < 8 or to not in str(error.value)


@pytest.mark.parametrize(
    "changes",
    [
        {"subject": "还款\r\nBcc: x@y.z"},
        {"subject": "还款\n"},
        {"sender": "银行\nBcc: x@y.z"},
        {"language": "zh-CN\r\nX: y"},
        {"text": "\x00"},
        {"text": "\ud83d"},
        {"subject": "\x1b[0m"},
    ],
)
def test_a_text_that_would_break_the_mail_is_refused_for_good(changes):
    with pytest.raises(NotSent) as error:
        mail(**changes)
    assert (error.value.reason, error.value.permanent) == (Reason.CONTENT, True)


@pytest.mark.parametrize(
    "changes",
    [
        {"from_address": "notice"},
        {"from_address": "Bank <notice@bank.example>"},
        {"bounce_domain": "mail bank"},
        {"host": "relay.bank.example", "user": "u", "password": "p"},
        {"user": "u", "password": "密码", "tls": "starttls"},
        {"unsubscribe": "http://bank.example/stop"},
        {"unsubscribe": "https://bank.example/stop>\r\nBcc: x@y.z"},
    ],
)
def test_settings_that_cannot_work_are_refused_with_a_hint(changes):
    with pytest.raises(SettingsWrong) as error:
        replace(SETTINGS, **changes)
    assert error.value.hint


def test_a_password_may_go_in_clear_only_to_this_machine_or_when_it_is_said_aloud():
    own = {"user": "u", "password": "p"}
    assert replace(SETTINGS, **own).tls == "none"
    assert replace(SETTINGS, host="relay.bank.example", unencrypted=True, **own).unencrypted
    assert "'p'" not in repr(replace(SETTINGS, **own))


def test_a_file_without_certificates_is_refused_before_anything_is_sent(tmp_path):
    with pytest.raises(SettingsWrong):
        EmailTransport(replace(SETTINGS, tls="starttls", ca_file=str(tmp_path / "none.pem")))


@pytest.mark.enable_socket
@pytest.mark.allow_hosts(["127.0.0.1"])
class TestOverLoopback:
    """Each word of the conversation, refused or broken off."""

    @pytest.mark.parametrize("verb", ["GREETING", "EHLO", "MAIL", "RCPT", "DATA"])
    @pytest.mark.parametrize("answer", [HANG_UP, "421 later", "599 never", "what?"])
    def test_before_the_text_nothing_has_gone(self, verb, answer):
        with relay(**{verb: answer}) as server, pytest.raises(NotSent) as error:
            to_a_relay(server).send(MESSAGE, key="k")
        assert server.taken == []
        about_the_mail = verb in {"MAIL", "RCPT", "DATA"}
        assert error.value.permanent == (answer.startswith("5") and about_the_mail)

    @pytest.mark.parametrize(
        ("answer", "permanent"), [("452 4.3.1 full", False), ("554 5.7.1 no", True)]
    )
    def test_a_clear_no_after_the_text_is_not_sent(self, answer, permanent):
        with relay(DOT=answer) as server, pytest.raises(NotSent) as error:
            to_a_relay(server).send(MESSAGE, key="k")
        assert server.taken == []
        assert error.value.permanent is permanent

    @pytest.mark.parametrize("answer", [HANG_UP, "", "hm", "354 more?", "2"])
    def test_anything_else_after_the_text_is_doubtful(self, answer):
        with relay(DOT=answer or " ") as server, pytest.raises(Doubtful) as error:
            to_a_relay(server).send(MESSAGE, key="k")
        assert len(server.taken) == 1
        assert error.value.hint

    def test_what_happens_at_the_farewell_changes_nothing(self):
        with relay(QUIT=HANG_UP) as server:
            receipt = to_a_relay(server).send(MESSAGE, key="k")
        assert receipt.gateway_id == "<k@mail.bank.example>"
        assert receipt.note == "2.0.0 Ok: queued as 4F7A"

    def test_a_connection_lost_within_the_text_is_not_sent(self, monkeypatch):
        def lose(smtp, text):
            smtp.close()
            raise smtplib.SMTPServerDisconnected("gone")

        def put(smtp, text):
            return lose(smtp, text) if len(text) > 99 else send(smtp, text)

        send = smtplib.SMTP.send
        monkeypatch.setattr(smtplib.SMTP, "send", put)
        with relay() as server, pytest.raises(NotSent) as error:
            to_a_relay(server).send(MESSAGE, key="k")
        assert server.taken == []
        assert error.value.reason is Reason.CUT_OFF

    def test_the_text_is_not_ended_by_a_dot_of_its_own(self, monkeypatch):
        text = b"Subject: x\r\n\r\n.\r\n..\r\nRSET\r\n"
        dotted = Mail("bounce+k@bank.example", MESSAGE.to, "<k@x>", text)
        monkeypatch.setattr(email_transport, "composed", lambda *_, **__: dotted)
        with relay() as server:
            to_a_relay(server).send(MESSAGE, key="k")
        assert server.taken == [text]

    def test_the_answer_to_the_text_has_a_patience_of_its_own(self):
        with relay(late_s=0.3) as server, pytest.raises(Doubtful) as error:
            to_a_relay(server, answer_timeout_s=0.05).send(MESSAGE, key="k")
        assert error.value.reason is Reason.SILENT
        with relay(late_s=0.3) as server, pytest.raises(NotSent):
            to_a_relay(server, timeout_s=0.05).send(MESSAGE, key="k")

    def test_encryption_that_is_not_offered_is_not_done_without(self):
        with relay() as server, pytest.raises(NotSent) as error:
            to_a_relay(server, tls="starttls").send(MESSAGE, key="k")
        assert (error.value.reason, error.value.permanent) == (Reason.NO_TLS, False)
        assert "MAIL" not in server.heard

    @pytest.mark.parametrize("offer", ["250 8BITMIME", "250 AUTH GSSAPI", "250 AUTH PLAIN"])
    def test_a_password_that_is_not_accepted_is_about_us_and_not_about_the_mail(self, offer):
        answers = {"EHLO": f"250-relay\r\n{offer}", "AUTH": "535 5.7.8 no"}
        with relay(**answers) as server, pytest.raises(NotSent) as error:
            to_a_relay(server, user="u", password="p").send(MESSAGE, key="k")
        assert (error.value.reason, error.value.permanent) == (Reason.LOGIN, False)
        assert server.taken == []

    def test_an_error_does_not_repeat_the_address(self):
        with (
            relay(RCPT="550 <ZHANG@example.test> unknown") as server,
            pytest.raises(NotSent) as error,
        ):
            to_a_relay(server).send(MESSAGE, key="k")
        assert "550 <…> unknown" in str(error.value)
