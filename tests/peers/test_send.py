"""`arrears send` the whole way: from a run to a real mailbox and a real gateway's carrier, once."""

import pytest

from tests.lib.outbox import outbox
from tests.lib.peers import kannel, postfix, wait_for
from tests.lib.program import arrears, noon
from tests.lib.server import postgres

pytestmark = [
    pytest.mark.peers,
    pytest.mark.enable_socket,
    pytest.mark.allow_hosts(["127.0.0.1"]),
]

PHONE, MAIL = "13800000001", "zhang@example.test"
SECRETS = {"ARREARS_SMS_PASSWORD": "not-a-secret"}
CHANNELS = """
[email]
host = "127.0.0.1"
port = {relay.port}
from_address = "notice@bank.test"
name = "某某银行"
ca_file = "{relay.certificate}"

[sms]
url = "http://127.0.0.1:{gateway.sendsms}/cgi-bin/sendsms"
user = "arrears"
password_env = "ARREARS_SMS_PASSWORD"
sender = "95588"
"""


@pytest.fixture(scope="module")
def relay():
    with postfix() as found:
        yield found


@pytest.fixture(scope="module")
def gateway():
    with kannel() as found, found.carried():
        yield found


@pytest.fixture(scope="module", params=["SQLite", "PostgreSQL"])
def made(request, tmp_path_factory):
    """A home in which two borrowers are to be reminded: one by text message, one by mail."""
    folder = tmp_path_factory.mktemp("send")
    points = [("mobile", PHONE), ("email", MAIL)]
    if request.param == "SQLite":
        with outbox(folder, loans=400, zone=noon(), points=points) as found:
            yield found
        return
    with (
        postgres() as server,
        outbox(folder, loans=400, zone=noon(), points=points, server=server.address()) as found,
    ):
        yield found


def test_a_reminder_arrives_once_and_a_second_send_sends_nothing_more(made, relay, gateway):
    environ = {**made.environ, **SECRETS}
    told = CHANNELS.format(relay=relay, gateway=gateway)
    (made.home / "channels.toml").write_text(told, encoding="utf-8")
    mails, texts = len(relay.mails("zhang", "bank.test")), len(gateway.got())

    first = arrears("send", "--home", made.home, "--wait", environ=environ)
    assert first.returncode == 0, first.stderr
    assert "2 reminders proposed." in first.stdout
    assert "2 sent." in first.stdout
    second = arrears("send", "--home", made.home, "--wait", environ=environ)
    assert second.stdout.splitlines() == ["0 reminders proposed.", "Nothing was due to go."]

    states = made.states()
    assert set(states.values()) == {"sent"}
    wait_for("the text", lambda: len(gateway.got()) > texts)
    wait_for("the mail", lambda: len(relay.mails("zhang", "bank.test")) > mails)
    (mail,) = relay.mails("zhang", "bank.test")[mails:]
    ((sender, to, text),) = gateway.got()[texts:]
    assert mail["Subject"] == "还款提醒"
    assert [key for key in states if f"<{key}@bank.test>" == mail["Message-ID"]]
    assert (sender, to) == ("95588", PHONE)
    assert "请还款 " in text
    assert "not-a-secret" not in first.stdout + first.stderr + second.stdout + second.stderr


def test_the_doctor_sees_the_channels_and_the_ledger(made, relay, gateway):
    told = CHANNELS.format(relay=relay, gateway=gateway)
    (made.home / "channels.toml").write_text(told, encoding="utf-8")
    sound = arrears("doctor", "--home", made.home, environ={**made.environ, **SECRETS})
    assert "email (sends), sms (sends)" in sound.stdout
    assert "answers, tables up to" in sound.stdout
    lacking = arrears("doctor", "--home", made.home, environ=made.environ)
    assert lacking.returncode == 1
    assert "ARREARS_SMS_PASSWORD" in lacking.stdout
