"""The texts of messages: written by one person, approved by another, filled in by a closed list of words."""

import re
from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext as _

from arrears.core.errors import UserError
from arrears.web.ledger.actions.act import action, log
from arrears.web.ledger.models import Person, Template
from arrears.web.ledger.policy import require

WORDS = re.compile(r"\{(institution|amount|as_of|days)\}")
OTHER_WORDS = re.compile(r"[{}]")


class TemplateUnsound(UserError):
    """A template with words that nobody fills in, or one's own approval."""

    exit_code = 104


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
        require(by, "hold_cases")
    if OTHER_WORDS.search(WORDS.sub("", subject + text)) or not text.strip():
        raise TemplateUnsound(
            _("模板为空，或含有不认识的占位符"),
            hint=_("可用的占位符：{institution} {amount} {as_of} {days}。"),
        )
    template: Template = Template.objects.create(
        name=name, channel=channel, language=language, subject=subject, text=text, written_by=by
    )
    log("write_template", by=by, at=at, template=template.pk, name=name, channel=channel)
    return template


@action
def approve_template(*, template_id: int, by: Person, at: datetime) -> None:
    """The text is in use, in place of the one before it. Raises: NotAllowed, TemplateUnsound."""
    require(by, "hold_cases")
    template = Template.objects.get(pk=template_id)
    if template.written_by_id == by.pk:
        raise TemplateUnsound(_("不能批准自己写的模板"), hint=_("请另一位有权限的同事批准。"))
    same = Template.objects.filter(
        name=template.name, channel=template.channel, language=template.language
    )
    same.exclude(pk=template.pk).filter(approved_at__isnull=False).update(ended_at=at)
    template.approved_by, template.approved_at = by, at
    template.save()
    log("approve_template", by=by, at=at, template=template.pk)


def filled(text: str, words: Mapping[str, str]) -> str:
    """The text with each word filled in; nothing in a value is looked at again."""
    return WORDS.sub(lambda found: words[found.group(1)], text)
