"""A notice in the app: after a text message, before mail, and only by a text that was approved for it."""

import pytest

from arrears.web.ledger.actions.holds import Scope, place_hold
from arrears.web.ledger.actions.outbox import claim_message
from arrears.web.ledger.actions.templates import approve_template, write_template
from arrears.web.ledger.models import Case, ContactPoint, Message
from arrears.web.ledger.models.guard import writing
from arrears.web.sender.drain import drain
from tests.web.conftest import AT
from tests.web.test_letters import Printer
from tests.web.test_outbox import later, proposed

pytestmark = pytest.mark.django_db


@pytest.fixture
def notices(texts, people):
    """An approved text for the app, and a case whose borrower has it; the case."""
    made = write_template(
        name="reminder",
        channel="push",
        language="zh",
        subject="还款提醒",
        text="【{institution}】应还 {amount}。",
        by=people["compliance"],
        at=AT,
    )
    approve_template(template_id=made.pk, by=people["second_compliance"], at=AT)
    case = Case.objects.filter(state="open").order_by("pk")[0]
    with writing("a test"):
        ContactPoint.objects.filter(borrower_id=case.borrower_id).delete()
        for kind, value in (("app", "user-42"), ("email", "zhang@example.test")):
            ContactPoint.objects.create(
                point_id=kind,
                borrower_id=case.borrower_id,
                role="debtor",
                kind=kind,
                value=value,
                source="contract",
            )
    return case


def test_whoever_has_the_app_and_no_mobile_is_told_there(notices):
    proposed()
    message = Message.objects.get(case=notices)
    assert (message.channel, message.point_id) == ("push", "app")
    assert message.subject == "还款提醒"
    assert set(Message.objects.exclude(case=notices).values_list("channel", flat=True)) == {"sms"}


def test_it_passes_the_gate_and_goes_once(notices):
    proposed()
    way = Printer()
    assert drain({"push": way}, now=later())["sent"] == 1
    drain({"push": way}, now=later())
    assert [told.to for told in way.got] == ["user-42"]


def test_a_hold_of_notices_stops_them_and_nothing_else(notices, people):
    proposed()
    place_hold(
        case_id=notices.pk,
        kind="opt_out",
        evidence="应用内关闭",
        scope=Scope(channels=("push",)),
        by=people["compliance"],
        at=AT,
    )
    message = Message.objects.get(case=notices)
    assert claim_message(message_id=message.pk, at=later()()) is None
    message.refresh_from_db()
    assert message.state in ("refused", "withdrawn")
