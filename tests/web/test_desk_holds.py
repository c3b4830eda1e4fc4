"""Holds on the page of a case: what each stops, for how long, who may end it; payments on their way."""

import re
from datetime import timedelta

import pytest
from django.utils import translation

from arrears.core.hold import KINDS, PURPOSES
from arrears.web import event_words, hold_words
from arrears.web.ledger.actions.cases import take_case
from arrears.web.ledger.actions.holds import Scope, place_hold
from arrears.web.ledger.models import Contact, Hold, ReceivedPayment
from arrears.web.ledger.models.guard import writing
from tests.web.conftest import AT, DAY, NUMBER, point
from tests.web.test_desk import NOON, send, signed_in, text_of
from tests.web.test_holds import held

pytestmark = pytest.mark.django_db
TOMORROW = DAY + timedelta(days=1)


@pytest.fixture(autouse=True)
def the_bank(bank, settings, monkeypatch):
    """The pages read the bank's home, and it is its day."""
    settings.ARREARS_HOME = bank.home.path
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOON)


@pytest.fixture
def at_desk(people, shanghai):
    """A phone collector, signed in, with the case in hand."""
    take_case(case_id=shanghai.pk, by=people["phone_collector"], at=AT)
    return signed_in(people["phone_collector"])


def page(client, case):
    return text_of(client.get(f"/case/{case.pk}/"))


def holds_on(client, case):
    return client.get(f"/case/{case.pk}/").context["holds"]


def test_a_hold_is_placed_with_its_scope_and_shown_in_words(at_desk, shanghai):
    answer = send(
        at_desk,
        shanghai,
        "hold",
        kind="opt_out",
        evidence="来信第 7 号",
        said_by="客户本人",
        channels=["sms", "email"],
        only_point="test-own",
        from_date=DAY.isoformat(),
        until_date=TOMORROW.isoformat(),
    )
    assert answer.status_code == 302
    told = page(at_desk, shanghai)
    for said in ("联系受限", "拒收", "不得联系（电子邮件、短信），只限 *******5678", "来信第 7 号"):
        assert said in told
    assert "2026年11月20日 (周五)，至 2026年11月21日 (周六) 前" in told
    assert "来源：客户本人" in told
    assert "已暂停催收，请勿联系" not in told
    assert "已被拒绝使用，请勿联系" in told  # beside the number
    assert NUMBER not in told


def test_what_was_chosen_comes_back_with_a_refusal(at_desk, shanghai):
    answer = send(
        at_desk, shanghai, "hold", kind="sensitive_date", evidence="忌日", from_date="2026-11-25"
    )
    assert answer.status_code == 422
    told = text_of(answer)
    assert "敏感日期要写明起止日期" in told
    assert 'value="2026-11-25"' in told
    assert re.search(r'value="sensitive_date" selected', told)
    unread = send(at_desk, shanghai, "hold", kind="dispute", evidence="x", from_date="明天")
    assert (unread.status_code, "日期无法识别" in text_of(unread)) == (422, True)


def test_a_hold_that_begins_later_says_from_when_and_not_that_nobody_may_be_contacted(
    at_desk, shanghai
):
    told = {"kind": "bereavement", "evidence": "来电", "from_date": "2026-11-25"}
    send(at_desk, shanghai, "hold", **told, until_date="2026-12-01")
    page = text_of(at_desk.get(f"/case/{shanghai.pk}/"))
    assert "尚未开始，2026年11月25日 (周三) 起：丧事" in page
    assert "2026年11月25日 (周三)，至 2026年12月1日 (周二) 前" in page
    assert "请勿联系" not in page
    assert "暂停之前的判断" not in page


def test_every_kind_that_a_person_may_place_is_offered_with_what_it_stops(
    at_desk, shanghai, people
):
    def offered(browser):
        return browser.get(f"/case/{shanghai.pk}/").context["kinds"]

    placed = [kind for kind in KINDS.values() if kind.placed]
    everyones = [kind.kind for kind in placed if not kind.told_by_compliance]
    assert [one["code"] for one in offered(at_desk)] == everyones
    entitled = offered(signed_in(people["compliance"]))
    assert [one["code"] for one in entitled] == [kind.kind for kind in placed]
    effects = {one["code"]: one["effect"] for one in entitled}
    assert effects["plan"] == "不得为催收、恢复联系、法律要求的通知联系（任何方式）"
    assert effects["no_contact"] == "不得联系（任何方式），投诉答复、法律要求的通知除外"
    assert effects["no_contact_order"] == "不得联系（任何方式），不能只限一部分联系"
    assert effects["bereavement"].endswith("通常 30 天")


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_kind_and_purpose_has_its_words(language):
    with translation.override(language):
        named = [hold_words.kind_word(kind) for kind in KINDS]
        assert len(set(named)) == len(KINDS)
        assert [name for name in named if "_" in name] == []
        assert all(hold_words.PURPOSE[purpose] for purpose in PURPOSES)


def test_what_only_compliance_may_end_a_supervisor_is_not_offered(shanghai, people):
    lead, comply = signed_in(people["supervisor"]), signed_in(people["compliance"])
    for kind in ("no_contact_order", "dispute"):
        place_hold(case_id=shanghai.pk, kind=kind, evidence="x", by=people["supervisor"], at=AT)
    order, dispute = Hold.objects.order_by("pk")
    told = page(lead, shanghai)
    assert (f'name="hold" value="{order.pk}"' in told) is False
    assert f'name="hold" value="{dispute.pk}"' in told
    assert "只有合规可以解除。" in told
    assert send(lead, shanghai, "end-hold", hold=order.pk, reason="x").status_code == 403
    assert send(comply, shanghai, "end-hold", hold=order.pk, reason="x").status_code == 302
    silent = send(comply, shanghai, "end-hold", once="t2", hold=dispute.pk, reason=" ")
    assert silent.status_code == 422


def test_a_hold_whose_end_has_come_is_no_longer_shown(at_desk, shanghai, people, monkeypatch):
    place_hold(
        case_id=shanghai.pk,
        kind="pause",
        evidence="x",
        scope=Scope(until_date=TOMORROW),
        by=people["compliance"],
        at=AT,
    )
    assert len(holds_on(at_desk, shanghai)) == 1
    monkeypatch.setattr("django.utils.timezone.now", lambda: AT + timedelta(days=1))
    assert holds_on(signed_in(people["phone_collector"]), shanghai) == []


def test_a_third_person_who_wants_no_other_call_is_believed(at_desk, shanghai):
    with writing("a test"):
        point(shanghai, "aunt", role="contact")
    told = {"channel": "call", "outcome": "third_person", "refused": "1", "note": "请不要再打"}
    answer = send(at_desk, shanghai, "outcome", point="", **told)
    assert (answer.status_code, Contact.objects.count()) == (422, 0)
    send(at_desk, shanghai, "outcome", point="test-aunt", **told)
    assert Contact.objects.get().outcome == "third_person"
    assert Hold.objects.get().evidence == "请不要再打"
    assert held(shanghai, by="aunt", channel="call") == {"third_person_refusal"}
    assert "********0000 不再用于任何客户" in page(at_desk, shanghai).replace(
        "*******0", "********0"
    )


def test_a_box_that_is_ticked_beside_another_outcome_closes_nothing(at_desk, shanghai):
    send(
        at_desk, shanghai, "outcome", channel="call", outcome="paid", refused="1", point="test-own"
    )
    assert (Contact.objects.get().outcome, Hold.objects.exists()) == ("paid", False)


def test_a_payment_on_its_way_is_shown_and_ended_with_a_reason(at_desk, shanghai, people):
    sent = {"payment": "P-1", "amount": "1,500.00", "value_date": DAY.isoformat()}
    assert send(at_desk, shanghai, "payment", **sent).status_code == 302
    told = page(at_desk, shanghai)
    for said in ("已收到，尚未入账", "¥1,500.00", "P-1", "入账之前不联系客户"):
        assert said in told
    assert held(shanghai) == {"payment_received"}
    assert "end-payment" not in told  # a collector does not end it
    lead = signed_in(people["supervisor"])
    assert send(lead, shanghai, "end-payment", payment="P-1", reason=" ").status_code == 422
    assert send(lead, shanghai, "end-payment", payment="P-1", reason="已冲正").status_code == 302
    assert "入账之前不联系客户" not in page(lead, shanghai)
    assert "还款不算数" in page(lead, shanghai)
    assert ReceivedPayment.objects.get().settled_at is not None


def test_a_payment_told_otherwise_is_refused_and_what_was_typed_stays(at_desk, shanghai):
    sent = {"payment": "P-1", "amount": "1500", "value_date": DAY.isoformat()}
    send(at_desk, shanghai, "payment", **sent)
    answer = send(at_desk, shanghai, "payment", once="t2", **sent | {"amount": "1501"})
    assert answer.status_code == 422
    assert 'value="1501"' in text_of(answer)


def test_a_message_that_a_hold_refused_says_which(shanghai):
    assert hold_words.refused_because("hold:opt_out") == "不得联系，已有限制：拒收"
    assert hold_words.refused_because("no_borrower") == ""
    assert event_words.event_detail({"kind": "opt_out"}) == [(event_words.DETAIL["kind"], "拒收")]
