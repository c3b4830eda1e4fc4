"""An institution's own rules count from the next contact; a file with a fault lets nothing out."""

import pytest
from django.test import Client

from arrears.rules.book import PackLoosens
from arrears.rules.gate import replay
from arrears.rules.limit import PackUnreadable
from arrears.web.ledger.models import GateVerdict, Message, RuleBook
from arrears.web.ledger.rulebook import book_in_use, book_of
from arrears.web.sender.drain import drain
from tests.web.test_outbox import Wire, later, one, proposed

pytestmark = pytest.mark.django_db
OWN = """
[pack]
version = "1"
zone = "Asia/Shanghai"
[[rule.cn_window]]
from_date = 2026-01-01
opens = {opens}
closes = 20:00:00
agreed = []
source = "本行制度"
"""


@pytest.fixture
def home(settings, tmp_path):
    """A home in which the institution may write its rules."""
    settings.ARREARS_HOME = tmp_path
    return tmp_path


def write(home, text):
    (home / "rules.toml").write_text(text, encoding="utf-8")


def test_own_hours_hold_a_message_back_and_the_law_alone_lets_it_go(texts, home):
    proposed()
    message = one()
    write(home, OWN.format(opens="19:00:00"))
    assert drain({"sms": Wire()}, now=later()) == {"held back": 1}
    kept = GateVerdict.objects.get()
    assert kept.rules_version.endswith(book_in_use().packs[-1].version)
    message.refresh_from_db()
    assert message.not_before.hour == 11  # seven in the evening in Shanghai
    write(home, '[book]\npacks = ["cn"]\n')
    assert replay(kept.record, book=book_of(kept.rules_version)).outcome == "defer"
    assert RuleBook.objects.count() == 1


@pytest.mark.parametrize(
    ("text", "error"),
    [
        (OWN.format(opens="07:00:00"), PackLoosens),
        ("[book", PackUnreadable),
        ('[book]\npacks = ["atlantis"]', PackUnreadable),
        ("[book]\npacks = []", PackUnreadable),
        ('[book]\npacks = "cn"', PackUnreadable),
        ("[books]\n", PackUnreadable),
        ("book = 3", PackUnreadable),
        ("rule = 3", PackUnreadable),
        ('[book]\npack = ["cn"]', PackUnreadable),
        ('[book]\npacks = ["us_reg_f"]', PackUnreadable),
        ('[book]\npacks = ["us_reg_f"]\n[book.leaves_out]\ncn = " "', PackUnreadable),
        ('[book]\n[book.leaves_out]\ncn = "why"', PackUnreadable),
        (OWN.format(opens="09:00:00") + 'unit = "hours"', PackUnreadable),
        (OWN.format(opens="09:00:00") + "closer = 20:00:00", PackUnreadable),
        (OWN.format(opens="09:00:00") + 'verified = "primary"', PackUnreadable),
    ],
)
def test_a_file_with_a_fault_lets_nothing_out(texts, home, text, error):
    proposed()
    message, wire = one(), Wire()
    write(home, text)
    with pytest.raises(error):
        drain({"sms": wire}, now=later())
    message.refresh_from_db()
    assert (message.state, wire.keys) == ("proposed", [])
    assert not Message.objects.filter(state="claimed").exists()


@pytest.mark.parametrize("page", ["watch/", "watch/rules/", "watch/trial/", "case/{}/"])
def test_a_file_with_a_fault_is_told_on_every_page_that_asks_it(
    texts, home, bank, case, people, page
):
    for part in bank.home.path.iterdir():
        (home / part.name).symlink_to(part)
    client = Client(raise_request_exception=False)
    client.force_login(people["compliance"])
    write(home, OWN.format(opens="07:00:00"))
    for _ in range(2):
        answer = client.get("/" + page.format(case.pk))
        told = answer.content.decode()
        assert answer.status_code == 503
        assert "规则文件有误，暂停一切联系" in told
        assert "cn_window: opens = 07:00:00 is looser than the law" in told
    write(home, OWN.format(opens="09:00:00"))
    assert client.get("/" + page.format(case.pk)).status_code == 200


def test_a_law_that_is_left_out_says_why_in_the_rule_book(texts, home, people):
    client = Client()
    client.force_login(people["compliance"])
    write(home, '[book]\npacks = ["us_reg_f"]\n[book.leaves_out]\ncn = "境外分行，不在中国展业"\n')
    assert "不适用：境外分行，不在中国展业" in client.get("/watch/rules/").content.decode()


def test_two_laws_at_once(texts, home):
    write(home, '[book]\npacks = ["cn", "us_reg_f"]\n')
    proposed()
    message, wire = one(), Wire()
    drain({"sms": wire}, now=later())
    message.refresh_from_db()
    assert (message.state, message.because) == (
        "refused",
        "fact_missing",
    )  # was the number checked?
    assert "us_number_check" in {b["rule_id"] for b in message.verdict.record["verdict"]["because"]}
