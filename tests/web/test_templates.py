"""Texts of messages: one person writes, another approves, and the one before is ended, never lost."""

import pytest

from arrears.rules.speech.template import TOLD
from arrears.rules.speech.told import FILE
from arrears.web.ledger.actions.act import NotNow
from arrears.web.ledger.actions.reminders import propose_reminders
from arrears.web.ledger.actions.templates import (
    TemplateUnsound,
    approve_template,
    end_template,
    write_template,
)
from arrears.web.ledger.models import Event, Message, Template
from arrears.web.ledger.policy import NotAllowed
from arrears.web.ledger.queries.templates import texts as texts_of
from tests.web.conftest import AT
from tests.web.test_desk import signed_in, text_of

pytestmark = pytest.mark.django_db
WHOLE = "".join(f"{word} = '某某'\n" for word in TOLD)  # all that a letter needs, told
TEXT = "【{institution}】您已逾期 {days} 天，应还 {amount}（截至 {as_of}）。"


@pytest.fixture(autouse=True)
def the_bank(bank, settings):
    """The pages read the bank's home."""
    settings.ARREARS_HOME = bank.home.path


@pytest.fixture
def writer(people):
    """Someone of compliance, signed in."""
    return signed_in(people["compliance"])


@pytest.fixture
def approver(people):
    """Another one of compliance, signed in."""
    return signed_in(people["second_compliance"])


def draft(**more):
    typed = {"name": "reminder", "channel": "sms", "language": "zh", "subject": "", "text": TEXT}
    return {"once": "a", "do": "save", **typed, **more}


def test_a_text_is_written_by_one_and_approved_by_another(writer, approver, people):
    assert writer.post("/templates/write/", draft()).url == "/templates/"
    made = Template.objects.get()
    own = writer.post(f"/templates/{made.pk}/approve/", {"once": "b"})
    assert (own.status_code, "不能批准自己写的模板" in text_of(own)) == (422, True)
    assert "批准使用" not in text_of(writer.get("/templates/"))
    assert "批准使用" in text_of(approver.get("/templates/"))
    approver.post(f"/templates/{made.pk}/approve/", {"once": "c"})
    group = texts_of(people["auditor"])[0]
    assert (group.in_use.written_by, group.in_use.approved_by) == (
        "compliance",
        "second_compliance",
    )
    assert group.drafts == ()


def test_a_new_version_ends_the_one_before_and_leaves_older_ends_alone(people):
    by, other = people["compliance"], people["second_compliance"]
    fields = {k: v for k, v in draft().items() if k not in ("once", "do")}
    made = [write_template(**fields, by=by, at=AT) for _ in range(3)]
    for hours, one in enumerate(made):
        approve_template(template_id=one.pk, by=other, at=AT.replace(hour=11 + hours))
    group = texts_of(by)[0]
    assert group.in_use.template_id == made[2].pk
    assert [row.ended_at.hour for row in group.ended] == [13, 12]


def test_the_page_folds_away_what_is_ended(writer, approver, texts):
    made = Template.objects.filter(language="zh").get()
    writer.post("/templates/write/", draft(text="{institution}：新的 {amount}"))
    newest = Template.objects.latest("pk")
    approver.post(f"/templates/{newest.pk}/approve/", {"once": "b"})
    told = text_of(writer.get("/templates/"))
    assert "停用的版本：1 个" in told
    assert f"?from={made.pk}" in told


def test_a_version_is_approved_once_and_an_ended_one_never(people):
    by, other = people["compliance"], people["second_compliance"]
    fields = {k: v for k, v in draft().items() if k not in ("once", "do")}
    made = write_template(**fields, by=by, at=AT)
    approve_template(template_id=made.pk, by=other, at=AT)
    with pytest.raises(NotNow):
        approve_template(template_id=made.pk, by=other, at=AT)
    end_template(template_id=made.pk, by=by, at=AT)
    with pytest.raises(NotNow):
        end_template(template_id=made.pk, by=by, at=AT)
    with pytest.raises(NotNow):
        approve_template(template_id=made.pk, by=other, at=AT)
    assert texts_of(by)[0].in_use is None
    assert "没有正在使用的版本" in text_of(signed_in(people["auditor"]).get("/templates/"))
    assert Event.objects.filter(verb="end_template").count() == 1


def test_a_preview_fills_in_samples_and_keeps_nothing(writer):
    answer = writer.post("/templates/write/", draft(do="preview"))
    assert "【某某银行】您已逾期 12 天，应还 1,234.56元" in text_of(answer)
    assert TEXT in text_of(answer)
    assert Template.objects.count() == 0


def test_the_sample_of_an_english_text_is_english(writer):
    answer = writer.post(
        "/templates/write/", draft(do="preview", language="en", text="{institution}!")
    )
    assert "Some Bank!" in text_of(answer)


def test_a_new_version_begins_from_the_one_before(writer, texts):
    made = Template.objects.filter(language="en").get()
    told = text_of(writer.get("/templates/new/", {"from": made.pk}))
    assert made.text in told
    assert '<option value="en" selected>' in told
    assert writer.get("/templates/new/", {"from": "x"}).status_code == 200


def letter(**more):
    words = "institution holder balance reason law rights check_way pay_way object_way contact seal"
    whole = "".join(f"{{{word}}}\n" for word in words.split())
    return draft(name="card_letter", channel="letter", subject="催收函", text=whole, **more)


def test_a_letter_is_approved_as_any_text_and_the_page_says_what_is_still_to_be_told(
    writer, approver, settings, tmp_path
):
    assert writer.post("/templates/write/", letter()).url == "/templates/"
    made = Template.objects.get()
    assert writer.post(f"/templates/{made.pk}/approve/", {"once": "b"}).status_code == 422
    assert approver.post(f"/templates/{made.pk}/approve/", {"once": "c"}).status_code == 302
    told = text_of(writer.get("/templates/"))
    assert "信用卡催收函 · 信函 · 中文" in told
    assert "正在使用" in told
    assert "这种信函现在不会生成" in told
    assert "还款的办法 (pay_way)" in told
    settings.ARREARS_HOME = tmp_path
    (tmp_path / FILE).write_text(f"[zh]\n{WHOLE}", encoding="utf-8")
    assert "这种信函现在不会生成" not in text_of(writer.get("/templates/"))
    (tmp_path / FILE).write_text("[zh]\npay_way = 1\n", encoding="utf-8")
    told = text_of(writer.get("/templates/"))
    assert f"{FILE} has 1 mistake" in told
    assert "这种信函现在不会生成" in told


def test_a_letter_without_what_the_law_lists_is_not_approved(writer, approver):
    typed = letter()
    writer.post("/templates/write/", {**typed, "text": typed["text"].replace("{seal}\n", "")})
    answer = approver.post(f"/templates/{Template.objects.get().pk}/approve/", {"once": "c"})
    assert (answer.status_code, "{seal}" in text_of(answer)) == (422, True)


def test_a_reminder_is_no_letter_even_where_that_is_its_only_text(published, people):
    fields = {"name": "reminder", "channel": "letter", "language": "zh", "subject": "提醒"}
    made = write_template(text="{institution}{amount}", **fields, by=people["compliance"], at=AT)
    approve_template(template_id=made.pk, by=people["second_compliance"], at=AT)
    assert propose_reminders(institution="某某银行", currency="CNY", at=AT, told={}) == 0
    assert Message.objects.count() == 0


@pytest.mark.parametrize("do", ["save", "preview"])
@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"text": "{password}"}, "不认识的占位符"),
        ({"text": "  "}, "模板为空"),
        ({"name": "Reminder!"}, "用途的名称不对"),
        ({"channel": "drum"}, "没有这个渠道或语言"),
        ({"language": "fr"}, "没有这个渠道或语言"),
        ({"channel": "email"}, "应用推送、电子邮件和信函需要标题"),
        ({"subject": "标题"}, "短信没有标题"),
        ({"text": "长" * 4001}, "太长"),
        ({"channel": "email", "subject": "{institution}" * 2 + "长" * 41}, "太长"),
        ({"channel": "email", "subject": "一\n二"}, "控制字符"),
        ({"text": "逾期\x07"}, "控制字符"),
        ({"text": "{institution}\u202e"}, "看不见的字符"),
        ({"channel": "letter"}, "信函需要标题"),
        ({"name": "card_letter", "text": "{holder}"}, "只能写成信函"),
        ({"name": "loan_letter", "channel": "email", "subject": "函"}, "只能写成信函"),
    ],
    ids=[
        "word",
        "empty",
        "name",
        "channel",
        "language",
        "no subject",
        "subject",
        "long",
        "subject too long once filled",
        "two lines",
        "bell",
        "turned writing",
        "letter without title",
        "card letter by text message",
        "loan letter by mail",
    ],
)
def test_what_could_not_be_sent_is_refused_and_what_was_typed_stays(writer, more, said, do):
    answer = writer.post("/templates/write/", draft(**more, do=do))
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert more.get("text", TEXT).strip() in text_of(answer)
    assert Template.objects.count() == 0


def test_a_subject_that_fits_when_it_is_filled_is_taken(writer):
    subject = "{institution}{amount}{as_of}{days}" + "长" * 74
    assert (
        writer.post("/templates/write/", draft(channel="email", subject=subject)).status_code == 302
    )


def test_a_text_sent_twice_is_written_once(writer):
    for _ in range(2):
        writer.post("/templates/write/", draft())
    assert Template.objects.count() == 1


def test_who_may_only_look_finds_no_button(people, texts):
    for who in ("supervisor", "auditor"):
        told = text_of(signed_in(people[who]).get("/templates/"))
        assert "正在使用" in told
        for button in ("写新模板", "批准使用", "以此写新版本", "/end/"):
            assert button not in told


def test_nobody_else_writes_or_ends_a_text(people, texts):
    made = Template.objects.first()
    fields = {k: v for k, v in draft().items() if k not in ("once", "do")}
    with pytest.raises(NotAllowed):
        write_template(**fields, by=people["supervisor"], at=AT)
    with pytest.raises(NotAllowed):
        end_template(template_id=made.pk, by=people["auditor"], at=AT)
    with pytest.raises(TemplateUnsound):
        write_template(**{**fields, "channel": "push"}, by=None, at=AT)
