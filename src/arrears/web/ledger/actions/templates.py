"""The texts of messages: written by one person, approved by another, filled in by a closed list of words."""

import re
from datetime import datetime

from django.utils.translation import gettext as _

from arrears.channels.transport import sendable
from arrears.core.errors import UserError
from arrears.rules.speech.hits import Hit, found_in, plain
from arrears.rules.speech.template import (
    filled,
    hidden,
    longest,
    may_hold,
    missing,
    only_posted,
    sample,
    strange,
)
from arrears.web.ledger.actions.act import NotNow, action, log
from arrears.web.ledger.models import Person, Template
from arrears.web.ledger.policy import require
from arrears.web.ledger.queries.letters import LETTER

CHANNELS = ("sms", "push", "email", LETTER)
TITLED = ("push", "email", LETTER)  # their texts have a title
LANGUAGES = ("zh", "en")
NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
LONGEST_SUBJECT, LONGEST_TEXT = 200, 4000


class TemplateUnsound(UserError):
    """A template with words that nobody fills in, or one's own approval."""

    exit_code = 104


class WordingForbidden(UserError):
    """A template that lacks what it must say, or with wording that is forbidden or not yet looked at."""

    exit_code = 105


@action
def write_template(
    *,
    name: str,
    channel: str,
    language: str,
    subject: str,
    text: str,
    by: Person | None,
    at: datetime,
) -> Template:
    """The text waits to be approved by someone else. Raises: NotAllowed, TemplateUnsound."""
    if by is not None:
        require(by, "write_texts")
    require_sound(name=name, channel=channel, language=language, subject=subject, text=text)
    template: Template = Template.objects.create(
        name=name, channel=channel, language=language, subject=subject, text=text, written_by=by
    )
    log("write_template", by=by, at=at, template=template.pk, name=name, channel=channel)
    return template


@action
def approve_template(
    *, template_id: int, doubts_seen: bool = False, by: Person, at: datetime
) -> None:
    """The text is in use, in place of the one before it.

    `doubts_seen`: the approver has looked at every wording that is for review, and lets it stand.
    Raises: NotAllowed, NotNow, TemplateUnsound, WordingForbidden.
    """
    require(by, "approve_texts")
    template = _locked(template_id)
    if template.approved_at or template.ended_at:
        raise NotNow(_("这个版本已不在等待批准"), hint=_("请刷新页面，查看现在的版本。"))
    if template.written_by_id == by.pk:
        raise TemplateUnsound(_("不能批准自己写的模板"), hint=_("请另一位有权限的同事批准。"))
    doubts = _require_lawful(template, doubts_seen=doubts_seen)
    same = Template.objects.filter(
        name=template.name, channel=template.channel, language=template.language
    )
    same.filter(approved_at__isnull=False, ended_at__isnull=True).update(ended_at=at)
    template.approved_by, template.approved_at = by, at
    template.save()
    log("approve_template", by=by, at=at, template=template.pk, doubts=doubts or None)


@action
def end_template(*, template_id: int, by: Person, at: datetime) -> None:
    """The text is no longer used, or the draft no longer waits. Raises: NotAllowed, NotNow."""
    require(by, "approve_texts")
    template = _locked(template_id)
    if template.ended_at:
        raise NotNow(_("这个版本已停用"), hint=_("请刷新页面，查看现在的版本。"))
    template.ended_at = at
    template.save()
    log("end_template", by=by, at=at, template=template.pk)


def require_sound(*, name: str, channel: str, language: str, subject: str, text: str) -> None:
    """The text could be used as it is. Raises: TemplateUnsound."""
    if strange(name, subject) or strange(name, text) or not text.strip():
        raise TemplateUnsound(
            _("模板为空，或含有不认识的占位符"),
            hint=_("可用的占位符：%(words)s。")
            % {"words": " ".join(f"{{{word}}}" for word in may_hold(name))},
        )
    if not NAME.fullmatch(name):
        raise TemplateUnsound(
            _("用途的名称不对"), hint=_("请用小写字母、数字和下划线，以字母开头，最多 40 个字符。")
        )
    if channel not in CHANNELS or language not in LANGUAGES:
        raise TemplateUnsound(_("没有这个渠道或语言"), hint=_("请从列表中选择。"))
    if only_posted(name) and channel != LETTER:
        raise TemplateUnsound(_("这种用途只能写成信函"), hint=_("请把渠道改为信函，或换一种用途。"))
    if not sendable(subject + text) or hidden(subject + text) or "\r" in subject or "\n" in subject:
        raise TemplateUnsound(
            _("标题或正文含有不能发送的控制字符"),
            hint=_("请删去看不见的字符，或重新输入；标题不能换行。"),
        )
    if len(filled(subject, longest())) > LONGEST_SUBJECT or len(text) > LONGEST_TEXT:
        raise TemplateUnsound(
            _("标题或正文太长"),
            hint=_(
                "标题最多 200 个字符，其中机构名称算 80 个、金额 30 个、日期 10 个、天数 6 个；"
                "正文最多 4000 个字符。"
            ),
        )
    if (channel in TITLED) != bool(subject.strip()):
        raise TemplateUnsound(
            _("应用推送、电子邮件和信函需要标题，短信没有标题"), hint=_("请补上标题，或把它清空。")
        )


def _locked(template_id: int) -> Template:
    """The text, with all texts in whose place it could stand locked. Raises: NotNow."""
    asked = Template.objects.filter(pk=template_id).first()
    if asked is None:
        raise NotNow(_("没有这个版本"), hint=_("请刷新页面，查看现在的版本。"))
    same = Template.objects.select_for_update().filter(
        name=asked.name, channel=asked.channel, language=asked.language
    )
    found: Template = next(one for one in same.order_by("pk") if one.pk == template_id)
    return found


def wording_of(*, language: str, subject: str, text: str) -> tuple[Hit, ...]:
    """What is found in a text as a borrower would read it, with made-up values filled in."""
    values = sample("en" if language == "en" else "zh")
    return found_in(f"{filled(subject, values)}\n{filled(text, values)}")


def _require_lawful(template: Template, *, doubts_seen: bool) -> int:
    """How many doubtful wordings the approver lets stand. Raises: WordingForbidden."""
    absent = missing(template.name, template.subject + template.text)
    if absent:
        raise WordingForbidden(
            _("模板缺少必须写明的内容"),
            hint=_("请加入：%(words)s。")
            % {"words": " ".join(f"{{{one.name}}}" for one in absent)},
        )
    hits = wording_of(language=template.language, subject=template.subject, text=template.text)
    if forbidden := plain(hits):
        raise WordingForbidden(
            _("模板含有禁止的措辞，不能批准"),
            hint=_("请改写后再提交：%(words)s。")
            % {"words": " · ".join(hit.words for hit in forbidden)},
        )
    if hits and not doubts_seen:
        raise WordingForbidden(
            _("模板中有需要人工判断的措辞"),
            hint=_("请逐条查看，确认没有问题后勾选再批准。"),
        )
    return len(hits)
