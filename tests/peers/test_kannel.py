"""A text goes through a real Kannel to a carrier, and the carrier's report comes back by name."""

import signal
from typing import Any
from urllib.parse import parse_qs

import pytest

from arrears.channels.sms.settings import SmsSettings
from arrears.channels.sms.transport import SmsTransport
from arrears.channels.transport import Doubtful, Message, NotSent, Reason
from tests.lib.peers import Kannel, kannel, wait_for

pytestmark = [
    pytest.mark.peers,
    pytest.mark.enable_socket,
    pytest.mark.allow_hosts(["127.0.0.1"]),
]

TEXT = "【某某银行】您尾号1234的贷款将于11月30日到期，应还1,234.56元。如已还款请忽略。"
ACCEPTED, DELIVERED = "8", "1"


@pytest.fixture(scope="module")
def gateway():
    with kannel() as found, found.carried():
        yield found


@pytest.fixture
def lonely():
    """A gateway of one test, without a carrier."""
    with kannel() as found:
        yield found


def transport(gateway: Kannel, **changes):
    settings: dict[str, Any] = {
        "url": f"http://127.0.0.1:{gateway.sendsms}/cgi-bin/sendsms",
        "user": "arrears",
        "password": "not-a-secret",
        "sender": "95588",
        "report_url": f"http://127.0.0.1:{gateway.report_port}/report?key={{key}}&state=%d",
    }
    return SmsTransport(SmsSettings(**(settings | changes)))


def arrived(gateway: Kannel, to: str, parts: int = 1) -> list[tuple[str, str, str]]:
    def found():
        got = [g for g in gateway.got() if g[1] == to]
        return got if len(got) >= parts else []

    return list(wait_for(f"{parts} parts for {to}", found))


def reported(gateway: Kannel, key: str) -> set[str]:
    queries = [parse_qs(query) for query in gateway.reports]
    return {query["state"][0] for query in queries if query["key"] == [key]}


@pytest.mark.parametrize(("method", "to"), [("POST", "+8613800000001"), ("GET", "+8613800000002")])
def test_a_chinese_text_arrives_and_its_report_names_the_key(gateway, method, to):
    key = f"whole-{method.lower()}"
    receipt = transport(gateway, method=method).send(Message(to, "", TEXT, "zh-CN"), key=key)
    assert receipt.note.startswith("0: ")
    assert arrived(gateway, to) == [("95588", to, TEXT)]
    wait_for("both reports", lambda: reported(gateway, key) == {ACCEPTED, DELIVERED})


@pytest.mark.parametrize(
    ("to", "sign", "times", "parts"),
    [
        ("13800000011", "还", 70, 1),
        ("13800000012", "还", 71, 2),
        ("13800000013", "还", 335, 5),
        ("13800000014", "a", 160, 1),
        ("13800000015", "a", 161, 2),
        ("13800000016", "€", 80, 1),
        ("13800000017", "😀", 35, 1),
        ("13800000018", "€", 153, 3),
    ],
)
def test_kannel_cuts_a_text_into_as_many_parts_as_we_counted(gateway, to, sign, times, parts):
    receipt = transport(gateway).send(Message(to, "", sign * times, "zh-CN"), key="parts")
    assert receipt.parts == parts
    assert len(arrived(gateway, to, parts)) == parts


def test_a_text_of_pairs_is_counted_for_no_less_than_kannel_makes_of_it(gateway):
    message = Message("13800000019", "", "😀" * 67, "zh-CN")
    assert transport(gateway).send(message, key="pairs").parts == 3
    assert len(arrived(gateway, "13800000019", 2)) == 2  # Kannel tears a pair


def test_kannel_cuts_off_what_is_longer_than_it_was_told_so_we_refuse_it_before(gateway):
    to, text = "13800000020", "还" * 336
    with pytest.raises(NotSent) as error:
        transport(gateway).send(Message(to, "", text, "zh-CN"), key="long")
    assert error.value.reason is Reason.TOO_LONG
    transport(gateway, most_parts=6).send(Message(to, "", text, "zh-CN"), key="cut")
    transport(gateway).send(Message(to, "", "完", "zh-CN"), key="end")
    assert arrived(gateway, to, 6)[5] == ("95588", to, "完")  # five parts, and no sixth


def test_a_short_text_in_the_small_alphabet_arrives_as_it_was(gateway):
    text = "Loan 1234: 5 EUR [due] {today} ~ €, à la carte"
    transport(gateway).send(Message("13800000021", "", text, "en"), key="small")
    assert arrived(gateway, "13800000021") == [("95588", "13800000021", text)]


def test_a_wrong_password_is_about_us_and_nothing_has_gone(gateway):
    with pytest.raises(NotSent) as error:
        transport(gateway, password="wrong").send(
            Message("13800000031", "", TEXT, "zh-CN"), key="stranger"
        )
    assert (error.value.reason, error.value.permanent) == (Reason.LOGIN, False)
    assert [g for g in gateway.got() if g[1] == "13800000031"] == []


def test_a_text_is_queued_while_no_carrier_is_there_and_arrives_when_it_comes(lonely):
    receipt = transport(lonely).send(Message("13800000041", "", TEXT, "zh-CN"), key="queued")
    assert receipt.note.startswith("3: ")
    with lonely.carried():
        assert arrived(lonely, "13800000041") == [("95588", "13800000041", TEXT)]
        wait_for("the report", lambda: DELIVERED in reported(lonely, "queued"))


def test_a_gateway_whose_heart_has_stopped_leaves_us_in_doubt_and_sends_later(lonely):
    with lonely.carried():
        lonely.bearerbox.send_signal(signal.SIGSTOP)
        try:
            with pytest.raises(Doubtful) as error:
                transport(lonely, answer_timeout_s=1).send(
                    Message("13800000051", "", TEXT, "zh-CN"), key="doubt"
                )
        finally:
            lonely.bearerbox.send_signal(signal.SIGCONT)
        assert error.value.reason is Reason.SILENT
        assert arrived(lonely, "13800000051") == [("95588", "13800000051", TEXT)]
