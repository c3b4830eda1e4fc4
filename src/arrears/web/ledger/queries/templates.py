"""The texts of messages: what is in use, what waits for a second person, what was used before."""

from dataclasses import dataclass
from datetime import datetime

from arrears.web.ledger.models import Person, Template


@dataclass(frozen=True, slots=True)
class TextRow:
    """One version of a text; `state` is draft, in_use or ended."""

    template_id: int
    name: str
    channel: str
    language: str
    subject: str
    text: str
    written_by: str
    approved_by: str
    approved_at: datetime | None
    ended_at: datetime | None
    state: str
    own: bool  # written by the person who asks, so for someone else to approve


@dataclass(frozen=True, slots=True)
class TextGroup:
    """All versions of one text: for one use, channel and language. Newest first."""

    name: str
    channel: str
    language: str
    in_use: TextRow | None
    drafts: tuple[TextRow, ...]
    ended: tuple[TextRow, ...]


def texts(person: Person) -> tuple[TextGroup, ...]:
    """Every text with its versions, by name, channel and language."""
    found = Template.objects.select_related("written_by", "approved_by")
    groups: dict[tuple[str, str, str], list[TextRow]] = {}
    for row in found.order_by("name", "-channel", "-language", "-pk"):
        key = (row.name, row.channel, row.language)
        groups.setdefault(key, []).append(_row(row, person))
    return tuple(
        TextGroup(
            *key,
            in_use=next((one for one in rows if one.state == "in_use"), None),
            drafts=tuple(one for one in rows if one.state == "draft"),
            ended=tuple(one for one in rows if one.state == "ended"),
        )
        for key, rows in groups.items()
    )


def text(person: Person, template_id: int) -> TextRow | None:
    """One version of a text, or None where there is none."""
    found = Template.objects.select_related("written_by", "approved_by").filter(pk=template_id)
    row = found.first()
    return _row(row, person) if row else None


def _row(row: Template, person: Person) -> TextRow:
    state = "ended" if row.ended_at else "in_use" if row.approved_at else "draft"
    return TextRow(
        template_id=row.pk,
        name=row.name,
        channel=row.channel,
        language=row.language,
        subject=row.subject,
        text=row.text,
        written_by=row.written_by.name if row.written_by else "",
        approved_by=row.approved_by.name if row.approved_by else "",
        approved_at=row.approved_at,
        ended_at=row.ended_at,
        state=state,
        own=row.written_by_id == person.pk,
    )
