"""Forbidden wording is stopped where a text is approved or filled in, and told where it was typed."""

import pytest

from arrears.web.ledger.actions.cases import take_case
from arrears.web.ledger.actions.records import record_outcome, write_note
from arrears.web.ledger.actions.reminders import propose_reminders
from arrears.web.ledger.actions.templates import (
    WordingForbidden,
    approve_template,
    write_template,
)
from arrears.web.ledger.models import Case, Contact, Event, Message, Note, Template
from tests.web.conftest import AT, DAY
from tests.web.test_desk import signed_in, text_of

pytestmark = pytest.mark.django_db
LAWFUL = "【{institution}】您已逾期 {days} 天，应还 {amount}。"
THREAT = "【{institution}】应还 {amount}，再不还就 打 断 你 的 腿。"
DOUBTFUL = "【{institution}】应还 {amount}，请勿拖延，后果自负。"


@pytest.fixture(autouse=True)
def the_bank(bank, settings):
    """The pages read the bank's home."""
    settings.ARREARS_HOME = bank.home.path


@pytest.fixture
def written(people):
    """Writes a draft of compliance; its number."""

    def write(text, **more):
        fields = {"name": "reminder", "channel": "sms", "language": "zh", "subject": "", **more}
        return write_template(text=text, by=people["compliance"], at=AT, **fields).pk

    return write


@pytest.fixture
def in_hand(published, people):
    """A case in the hands of the collector, and the collector."""
    by = people["phone_collector"]
    case = Case.objects.filter(state="open").order_by("pk").first()
    take_case(case_id=case.pk, by=by, at=AT)
    return case, by


class TestApproving:
    def test_a_forbidden_wording_cannot_be_approved_even_when_it_was_looked_at(
        self, written, people
    ):
        number = written(THREAT)
        with pytest.raises(WordingForbidden) as refused:
            approve_template(
                template_id=number, doubts_seen=True, by=people["second_compliance"], at=AT
            )
        assert "打 断 你 的 腿" in refused.value.hint
        assert Template.objects.get().approved_at is None

    def test_the_page_shows_why_and_offers_no_button(self, written, people):
        number = written(THREAT)
        approver = signed_in(people["second_compliance"])
        told = text_of(approver.get("/templates/"))
        assert "禁止的措辞，必须改写" in told
        assert "催收工作指引" in told
        assert "disabled" in told
        answer = approver.post(f"/templates/{number}/approve/", {"once": "a", "doubts": "seen"})
        assert answer.status_code == 422
        assert "不能批准" in text_of(answer)

    def test_a_forbidden_subject_counts_as_well(self, written, people):
        number = written(LAWFUL, channel="email", subject="{institution}：法院传票已经寄出")
        with pytest.raises(WordingForbidden):
            approve_template(template_id=number, by=people["second_compliance"], at=AT)

    def test_a_doubtful_wording_is_approved_only_once_it_was_looked_at(self, written, people):
        number = written(DOUBTFUL)
        approver = signed_in(people["second_compliance"])
        told = text_of(approver.get("/templates/"))
        assert "需要人工判断的措辞" in told
        assert "后果自负" in told
        page = f"/templates/{number}/approve/"
        assert approver.post(page, {"once": "a"}).status_code == 422
        assert approver.post(page, {"once": "b", "doubts": "seen"}).status_code == 302
        assert Template.objects.get().approved_at
        assert Event.objects.get(verb="approve_template").detail["doubts"] == 1

    def test_a_lawful_text_has_nothing_to_tick(self, written, people):
        number = written(LAWFUL)
        approver = signed_in(people["second_compliance"])
        assert "我已逐条看过" not in text_of(approver.get("/templates/"))
        assert approver.post(f"/templates/{number}/approve/", {"once": "a"}).status_code == 302

    @pytest.mark.parametrize(
        ("name", "text", "lacks"),
        [
            ("reminder", "请还款 {amount}", "{institution}"),
            ("reminder", "{institution}请您还款", "{amount}"),
            ("loan_letter", "{institution}{holder}{amount}", "{pay_way} {contact}"),
        ],
    )
    def test_what_a_text_must_say_cannot_be_left_out(self, written, people, name, text, lacks):
        posted = {"channel": "letter", "subject": "函"} if name == "loan_letter" else {}
        number = written(text, name=name, **posted)
        with pytest.raises(WordingForbidden) as refused:
            approve_template(template_id=number, by=people["second_compliance"], at=AT)
        assert lacks in refused.value.hint

    def test_the_preview_tells_it_at_once(self, people):
        writer = signed_in(people["compliance"])
        typed = {"name": "reminder", "channel": "sms", "language": "zh", "subject": ""}
        answer = writer.post(
            "/templates/write/", {**typed, "text": THREAT, "once": "a", "do": "preview"}
        )
        assert "禁止的措辞，必须改写" in text_of(answer)
        assert "必须写明" in text_of(answer)


class TestFillingIn:
    def test_a_name_cannot_bring_forbidden_wording_into_a_message(self, texts):
        made = propose_reminders(institution="公安局催收：不还就坐牢", currency="CNY", at=AT)
        assert made == 0
        assert set(Message.objects.values_list("state", flat=True)) == {"refused"}
        assert set(Message.objects.values_list("because", flat=True)) == {"wording:exaggerate"}
        event = Event.objects.get(verb="propose_reminders")
        assert (event.detail["proposed"], event.detail["refused"]) == (0, Message.objects.count())

    @pytest.mark.parametrize(
        ("name", "fault"),
        [
            ("{amount}", "marks"),
            ("某\n银行", "marks"),
            ("某银行 https://x.example", "link"),
            ("某\x07银行", "marks"),
            ("行银某\u202e", "marks"),
            ("银" * 10_000, "long"),
        ],
    )
    def test_a_value_that_may_not_be_filled_in_refuses_the_message(self, texts, name, fault):
        assert propose_reminders(institution=name, currency="CNY", at=AT) == 0
        assert set(Message.objects.values_list("state", "because")) == {
            ("refused", f"unfit:institution={fault}")
        }

    @pytest.mark.parametrize("name", ["后果自负银行", "tell your b0ss bank", "去你家坐坐银行"])
    def test_a_value_cannot_bring_doubtful_wording_that_nobody_has_seen(self, texts, people, name):
        assert propose_reminders(institution=name, currency="CNY", at=AT) == 0
        ends = set(Message.objects.values_list("state", "because"))
        assert ends <= {("refused", "doubt:threat"), ("refused", "doubt:privacy")}
        assert len(ends) == 1
        page = signed_in(people["supervisor"]).get("/outbox/", {"state": "refused"})
        assert "填入的内容带来需要人工判断的措辞" in text_of(page)

    def test_doubtful_wording_of_the_text_that_the_approver_has_seen_goes(
        self, written, published, people
    ):
        number = written(DOUBTFUL)
        approve_template(
            template_id=number, doubts_seen=True, by=people["second_compliance"], at=AT
        )
        assert propose_reminders(institution="某某银行", currency="CNY", at=AT) > 0

    def test_the_outbox_says_why(self, texts, people):
        propose_reminders(institution="不还就坐牢", currency="CNY", at=AT)
        page = signed_in(people["supervisor"]).get("/outbox/", {"state": "refused"})
        assert "正文含有禁止的措辞：夸大后果、金额或性质" in text_of(page)

    def test_the_outbox_says_which_value_was_unfit(self, texts, people):
        propose_reminders(institution="{days}", currency="CNY", at=AT)
        page = signed_in(people["supervisor"]).get("/outbox/", {"state": "refused"})
        assert "要填入的内容不合规定：机构名称（含有花括号、换行或看不见的字符）" in text_of(page)

    def test_messages_that_are_in_order_are_proposed_as_ever(self, texts):
        assert propose_reminders(institution="某某银行", currency="CNY", at=AT) > 10
        assert Event.objects.get(verb="propose_reminders").detail["refused"] is None


class TestTyping:
    def test_a_note_stands_as_it_was_typed_and_its_wording_is_logged_by_kind(self, in_hand):
        case, by = in_hand
        text = "已告知客户再不还就打断他的腿,并告诉他单位领导他欠款"
        note = write_note(case_id=case.pk, text=text, by=by, at=AT)
        assert Note.objects.get().text == text
        event = Event.objects.get(verb="find_wording")
        assert (event.case_id, event.by_id) == (case.pk, by.pk)
        found = {"wording": "privacy,threat", "review": ""}
        assert event.detail == found | {"note": note.pk, "contact": None}

    def test_so_does_what_is_typed_with_an_outcome(self, in_hand):
        case, by = in_hand
        made = record_outcome(
            case_id=case.pk,
            channel="call",
            outcome="refused",
            note="跟客户说不还就把他拉进黑名单",
            contact_date=DAY,
            by=by,
            at=AT,
        )
        assert Contact.objects.get().note == "跟客户说不还就把他拉进黑名单"
        detail = Event.objects.get(verb="find_wording").detail
        found = {"wording": "false_blacklist", "review": ""}
        assert detail == found | {"note": None, "contact": made.pk}

    @pytest.mark.parametrize("text", ["客户说有人要打断他的腿", "不还就大断你的腿"])
    def test_what_only_sounds_like_it_or_was_said_by_the_borrower_is_for_review(
        self, in_hand, people, text
    ):
        case, by = in_hand
        sent = {"once": "a", "text": text}
        told = text_of(signed_in(by).post(f"/case/{case.pk}/note/", sent, follow=True))
        detail = Event.objects.get(verb="find_wording").detail
        assert (detail["wording"], detail["review"]) == ("", "threat")
        assert "请核对，合规会复核：" in told
        assert "威胁、恐吓（待复核）" in told

    def test_those_who_watch_see_who_wrote_what_kind_and_never_the_words(self, in_hand, people):
        case, by = in_hand
        for text in ("再不还就打断你的腿", "不还就大断你的腿"):
            write_note(case_id=case.pk, text=text, by=by, at=AT)
        desk = signed_in(people["compliance"])
        row = text_of(desk.get("/watch/")).split("记录中禁止或待复核的措辞")[1].split("</tr>")[0]
        assert '<td class="amount">2</td>' in row
        page = text_of(desk.get("/watch/wordings/"))
        review, sure = page.split("<tbody>")[1].split("</tr>")[:2]
        for one in (review, sure):
            assert f'href="/case/{case.pk}/"' in one
            assert by.name in one
            assert "断你的腿" not in one
        assert ("待复核" in review, "确定" in review) == (True, False)
        assert ("待复核" in sure, "确定" in sure) == (False, True)

    @pytest.mark.parametrize("text", ["客户承诺周五还款", "客户问会不会坐牢，已解释不会"])
    def test_ordinary_notes_are_not_logged(self, in_hand, text):
        case, by = in_hand
        write_note(case_id=case.pk, text=text, by=by, at=AT)
        assert not Event.objects.filter(verb="find_wording").exists()

    def test_who_typed_it_is_told_and_the_case_and_the_log_show_it(self, in_hand, people):
        case, by = in_hand
        desk = signed_in(by)
        sent = {"once": "a", "text": "我跟客户说：再不还就打断你的腿"}
        told = text_of(desk.post(f"/case/{case.pk}/note/", sent, follow=True))
        assert "“打断你的腿”是以伤害身体相威胁，禁止使用" in told
        assert "记录中发现禁止或待复核的措辞" in told
        log = signed_in(people["compliance"]).get("/log/", {"verb": "find_wording"})
        assert "威胁、恐吓" in text_of(log)
