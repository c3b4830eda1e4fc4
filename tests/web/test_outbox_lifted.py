"""A message that the rules only advise against waits for someone entitled, and is asked again each day."""

from datetime import UTC, datetime, timedelta

import pytest

from arrears.web.ledger.actions.act import NoCase, NotNow
from arrears.web.ledger.actions.calls import claim_call, override_block
from arrears.web.ledger.actions.cases import NoReason, take_case
from arrears.web.ledger.actions.outbox import let_message_pass
from arrears.web.ledger.actions.slots import Use, use_slots
from arrears.web.ledger.models import Event, GateVerdict, Message, Override
from arrears.web.ledger.models.guard import writing
from arrears.web.ledger.numbers import number_mark
from arrears.web.ledger.policy import NotAllowed
from arrears.web.sender.drain import drain
from tests.web.conftest import AT, DAY
from tests.web.test_desk import signed_in, text_of
from tests.web.test_outbox import Wire, later, one, proposed

pytestmark = pytest.mark.django_db
RULE = "cn_unanswered_cap"
TOMORROW = datetime(2026, 11, 20, 16, tzinfo=UTC)  # midnight in Shanghai
# The institution does not write either to whoever did not answer six times.
OWN = """
[pack]
version = "1"
zone = "Asia/Shanghai"
[[rule.cn_unanswered_cap]]
from_date = 2026-01-01
channels = ["call", "sms"]
most = 6
agreed = []
source = "本行制度"
"""


@pytest.fixture
def waiting(texts, bank, settings):
    """A message that the gate advises against, as six calls to its number were not answered today."""
    settings.ARREARS_HOME = bank.home.path
    own = bank.home.path / "rules.toml"
    own.write_text(OWN, encoding="utf-8")
    proposed()
    message = one()
    with writing("a test"):
        mark = number_mark(message.point.value)
        use_slots([Use(("ring",) * 6, message.borrower_id, DAY, mark)])
    assert sent() == []
    message.refresh_from_db()
    yield message
    own.unlink()


def sent(now=None):
    """What goes out at that moment."""
    wire = Wire()
    drain({"sms": wire}, now=now or later())
    return wire.keys


def passed(message, by, **changed):
    told = {"message_id": message.pk, "rule_id": RULE, "reason": "客户要求", "at": later(120)()}
    return let_message_pass(by=by, **told | changed)


def test_it_waits_and_is_not_asked_about_again_that_day(waiting):
    assert (waiting.state, waiting.because) == ("proposed", "")
    assert waiting.verdict.outcome == "soft_block"
    assert waiting.not_before == TOMORROW
    assert sent(later(3600)) == []
    assert GateVerdict.objects.count() == 1


def test_on_the_next_day_the_calls_of_this_one_are_not_in_the_way(waiting):
    assert sent(lambda: TOMORROW) == []  # at midnight it is too early
    assert len(sent(lambda: TOMORROW + timedelta(hours=9))) == 1


def test_someone_entitled_lets_it_pass_with_a_reason(waiting, people):
    passed(waiting, people["supervisor"])
    assert len(sent(later(121))) == 1
    waiting.refresh_from_db()
    assert waiting.state == "sent"
    assert waiting.verdict.record["facts"]["overrides"] == [RULE]
    made = Override.objects.get()
    assert (made.point_id, made.number, made.local_date, made.reason) == (
        waiting.point_id, number_mark(waiting.point.value), DAY, "客户要求",
    )  # fmt: skip
    assert Event.objects.filter(verb="override_block").count() == 1
    with pytest.raises(NotNow):
        passed(waiting, people["compliance"])


def test_what_was_let_pass_for_a_call_is_let_pass_for_a_message_to_the_number(waiting, people):
    by = people["phone_collector"]
    take_case(case_id=waiting.case_id, by=by, at=AT)
    told = {"case_id": waiting.case_id, "point_id": waiting.point_id, "at": AT}
    assert claim_call(by=by, **told).verdict.outcome == "soft_block"
    override_block(rule_id=RULE, reason="客户要求", by=people["supervisor"], **told)
    with writing("a test"):
        Message.objects.filter(pk=waiting.pk).update(not_before=AT)
    assert len(sent()) == 1


def test_nobody_else_does_nor_for_another_rule_nor_without_a_reason(waiting, people, stranger):
    with pytest.raises(NotAllowed):
        passed(waiting, people["phone_collector"])
    with pytest.raises(NoReason):
        passed(waiting, people["supervisor"], reason=" ")
    with pytest.raises(NotNow):
        passed(waiting, people["supervisor"], rule_id="cn_window")
    with pytest.raises(NoCase):
        passed(waiting, people["supervisor"], message_id=0)
    assert Override.objects.count() == 0
    assert sent(later(121)) == []


def test_what_is_known_since_then_still_refuses_it(waiting, people):
    passed(waiting, people["compliance"])
    with writing("a test"):
        type(waiting.point).objects.filter(pk=waiting.point_id).update(wrong_since=AT)
    assert sent(later(121)) == []
    waiting.refresh_from_db()
    assert waiting.state == "refused"


def test_the_page_shows_what_waits_for_whom_and_takes_the_reason(waiting, people, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", later(120))
    lead, auditor = signed_in(people["supervisor"]), signed_in(people["auditor"])
    page = text_of(lead.get("/outbox/"))
    for said in ("等待放行", "可以放行的人：主管、合规", "已有 6 次未接通", "放行理由"):
        assert said in page
    assert "放行理由" not in text_of(auditor.get("/outbox/"))
    assert "Waits for an override" in text_of(
        lead.get("/outbox/", headers={"accept-language": "en"})
    )
    where = f"/outbox/{waiting.pk}/override/"
    assert auditor.post(where, {"once": "t0"}).status_code == 403
    none = lead.post(where, {"once": "t1", "rule_id": RULE, "reason": ""})
    assert (none.status_code, "放行需要理由" in text_of(none)) == (422, True)
    done = lead.post(where, {"once": "t2", "rule_id": RULE, "reason": "客户要求"}, follow=True)
    assert "已放行，今天对这个号码有效。" in text_of(done)
    assert len(sent(later(121))) == 1
    assert "放行理由" not in text_of(lead.get("/outbox/"))
