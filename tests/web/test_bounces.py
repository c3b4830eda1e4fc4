"""Mail that came back: believed with its proof only, said once, and its address used no more."""

import shutil

import pytest
from structlog.testing import capture_logs

from arrears.channels.email import settings
from arrears.channels.email.bounces import bounce_in
from arrears.channels.email.compose import bounce_address
from arrears.channels.email.settings import EmailSettings
from arrears.channels.email.transport import EmailTransport
from arrears.channels.transport import SettingsWrong
from arrears.lake.home import Home
from arrears.web.ledger.actions.outbox import claim_message, mark_message
from arrears.web.ledger.models import ContactPoint, Event, Message, Report
from arrears.web.ledger.models.guard import writing
from arrears.web.ledger.proof import proof_of
from arrears.web.sender import worker
from arrears.web.sender.bounces import take_bounces
from tests.web.conftest import AT
from tests.web.test_outbox import later, one, proposed

pytestmark = pytest.mark.django_db
RETURNED = """\
From: MAILER-DAEMON@relay.bank.test
To: {to}
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

It could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; relay.bank.test

Final-Recipient: rfc822; nobody@example.test
Action: {action}
Status: {status}

--b--
"""


@pytest.fixture
def box(tmp_path):
    """A Maildir."""
    for name in settings.MAILDIR:
        (tmp_path / name).mkdir()
    return tmp_path


@pytest.fixture
def mailed(texts):
    """A message that went by mail, to an address that another borrower has as well."""
    proposed()
    message = one()
    with writing("a test"):
        Message.objects.filter(pk=message.pk).update(channel="email")
        other = ContactPoint.objects.exclude(borrower_id=message.borrower_id).first()
        both = ContactPoint.objects.filter(pk__in=(message.point_id, other.pk))
        both.update(value="nobody@example.test", plain="nobody@example.test")
    claim_message(message_id=message.pk, at=later()())
    mark_message(message_id=message.pk, state="sent", at=AT)
    message.refresh_from_db()
    return message


def own(box):
    """The mail of a bank that reads its bounces there."""
    return EmailSettings("127.0.0.1", "notice@bank.test", tls="none", bounces=str(box))


def take(box):
    return dict(take_bounces({"email": EmailTransport(own(box))}, at=AT))


def come_back(box, message, *, status="5.1.1", action="failed", proof=None):
    """A mail that came back lies in the Maildir."""
    proof = proof_of(f"message {message.key}") if proof is None else proof
    to = bounce_address(message.key, proof, own(box)).upper()
    file = box / "new" / "1.relay"
    file.write_text(RETURNED.format(to=to, action=action, status=status))
    return file


def states(message):
    message.refresh_from_db()
    wrong = ContactPoint.objects.filter(value="nobody@example.test", wrong_since=AT).count()
    return message.state, message.because, wrong


def test_an_address_with_nobody_there_is_used_no_more_by_whoever_has_it_said_once(mailed, box):
    come_back(box, mailed)
    assert take(box) == {"bounced": 1}
    assert states(mailed) == ("bounced", "address", 2)
    assert take(box) == {}
    assert [file.name for file in box.rglob("*.relay*")] == ["1.relay:2,S"]
    verbs = Event.objects.filter(
        case_id=mailed.case_id, verb__in=("spoil_point", "message_bounced")
    )
    assert sorted(verbs.values_list("verb", flat=True)) == ["message_bounced", "spoil_point"]
    assert "example.test" not in str(list(verbs.values_list("detail", "seals")))
    (seen,) = (box / "cur").iterdir()
    seen.rename(box / "new" / "1.relay")  # as where a crash came before it was put away
    assert take(box) == {"bounced": 1}
    assert (Report.objects.count(), verbs.count()) == (1, 2)


@pytest.mark.parametrize("status", ["5.2.2", "4.4.7", "5.7.1"])
def test_a_full_mailbox_or_a_refusal_leaves_the_address_as_it_is(status):
    told = {"to": "<bounce+r-1.0f@bank.test>", "action": "Failed", "status": status}
    bounce = bounce_in(RETURNED.format(**told).encode())
    assert (bounce.report.key, bounce.proof, bounce.report.because) == ("r-1", "0f", status)
    assert not bounce.gone


def test_what_is_not_proved_or_no_end_changes_nothing_and_is_put_away(mailed, box):
    for more, told in (
        ({"proof": ""}, "forged"),
        ({"proof": "0" * 32}, "forged"),
        ({"action": "delayed", "status": "4.4.1"}, "other"),
        ({"action": "delivered", "status": "2.0.0"}, "other"),
        ({"status": "what"}, "other"),
    ):
        come_back(box, mailed, **more)
        assert take(box) == {told: 1}
        assert states(mailed) == ("sent", "", 0)
        assert list((box / "new").iterdir()) == []


@pytest.mark.parametrize(
    "raw", [b"", b"\xff\xfe\x00", b"To: bounce+a.0f@b.test\n\nHoliday until Monday"]
)
def test_any_other_mail_tells_nothing(raw):
    assert bounce_in(raw) is None


def test_a_mailbox_that_is_none_is_said_at_once_and_one_that_is_gone_with_the_mend(tmp_path, box):
    with pytest.raises(SettingsWrong, match="no Maildir"):
        own(tmp_path / "nowhere")
    way = EmailTransport(own(box))
    (box / "new").rmdir()
    with pytest.raises(SettingsWrong, match="bounces"):
        take_bounces({"email": way}, at=AT)


def test_without_a_mailbox_nothing_is_read():
    assert take_bounces({}, at=AT) == {}


@pytest.mark.django_db(transaction=True)
def test_the_sender_beside_the_pages_reads_them_and_a_mailbox_that_is_gone_stops_nothing(
    mailed, box, tmp_path_factory
):
    come_back(box, mailed)
    home = Home(tmp_path_factory.mktemp("home"))
    ways = {"email": EmailTransport(own(box))}
    with capture_logs() as logs:
        round_of = worker._round(ways, home, later(120), go_on=lambda: True)
        round_of()
        shutil.rmtree(box / "new")
        round_of()
    mailed.refresh_from_db()
    assert mailed.state == "bounced"
    told = [log for log in logs if log["event"] in ("mail_came_back", "bounces_fault")]
    assert [log.get("bounced", log.get("fault")) for log in told] == [1, "SettingsWrong"]
    assert "sender_fault" not in {log["event"] for log in logs}
