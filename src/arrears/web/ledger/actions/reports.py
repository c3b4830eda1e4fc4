"""What far ends tell later: what became of a message, and what somebody wrote back."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from arrears.channels.report import Reply
from arrears.channels.report import Report as Told
from arrears.core.contact import OUTBOX_MOVES
from arrears.core.hold import plain
from arrears.rules.speech.asks import asks_to_stop
from arrears.web.ledger.actions.act import Entry, action, entry, log, log_all
from arrears.web.ledger.actions.holds import close_point
from arrears.web.ledger.actions.parties import lock_borrowers
from arrears.web.ledger.models import Case, ContactPoint, Hold, Message, Note, Report
from arrears.web.ledger.models.case import ENDED

REPLY = "reply"
HAD = (
    "claimed",
    "sent",
    "delivered",
    "bounced",
)  # a far end may well tell of a message in these states


@action
def take_reports(*, channel: str, reports: Sequence[Told], at: datetime) -> int:
    """What a channel's far end tells of messages stands with them; how many reports were new.

    States only move forward: whatever the order in which reports come and however often, the end is the
    same. A report settles a doubt: the far end had the message. One about a message that the ledger does
    not know, or never let go, is kept and logged, for somebody to look at.
    """
    entries, new = [], 0
    for told in reports:
        message = _told_of(channel, told)
        kept, made = Report.objects.get_or_create(
            channel=channel,
            event=told.event,
            defaults={
                "message": message,
                "state": told.state,
                "because": told.because[:200],
                "at": at,
            },
        )
        if made:
            new += 1
            entries += _moved(message, kept, at)
    log_all(entries)
    return new


def _told_of(channel: str, told: Told) -> Message | None:
    """The message that it is about, locked."""
    messages = Message.objects.select_for_update(of=("self",)).select_related("case")
    named = {"key": told.key} if told.key else {"gateway_id": told.gateway_id}
    found: Message | None = messages.filter(channel=channel, **named).first()
    return found


def _moved(message: Message | None, kept: Report, at: datetime) -> list[Entry]:
    """The message is in the state that the report tells, if that is ahead of it; what is logged of it."""
    if message is None:
        return [entry("report_unknown", by=None, at=at, report=kept.pk)]
    detail: dict[str, Any] = {"message": message.pk, "report": kept.pk}
    if kept.state in OUTBOX_MOVES[message.state]:
        message.state, message.ended_at, message.because = kept.state, at, kept.because
        message.save(update_fields=("state", "ended_at", "because"))
        detail["because"] = kept.because
        return [entry(f"message_{kept.state}", by=None, at=at, case=message.case, **detail)]
    if message.state in HAD:
        return []  # it says no more than is known
    return [entry("report_unexpected", by=None, at=at, case=message.case, **detail)]


@action
def spoil_point(*, key: str, at: datetime) -> None:
    """The address that message went to is wrong from now on, whoever has it; nothing new where it was."""
    message = Message.objects.filter(key=key).select_related("point", "case").first()
    if message is None:
        return
    same = ContactPoint.objects.filter(plain=message.point.plain, wrong_since=None)
    lock_borrowers(list(same.values_list("borrower_id", flat=True)))
    if same.update(wrong_since=at):
        log("spoil_point", by=None, at=at, case=message.case, message=message.pk)


@action
def take_reply(*, channel: str, reply: Reply, at: datetime) -> bool:
    """What somebody wrote back is a note of the cases of everyone who has that number; whether it is new.

    One who asks for no more messages gets none, about any borrower. A number that nobody has is logged.
    """
    kept, made = Report.objects.get_or_create(
        channel=channel, event=f"{REPLY}:{reply.event}", defaults={"state": REPLY, "at": at}
    )
    if not made:
        return False
    points = ContactPoint.objects.filter(plain=plain(reply.value)).exclude(plain="")
    owners = set(points.values_list("borrower_id", flat=True))
    cases = Case.objects.filter(borrower_id__in=owners).exclude(state__in=ENDED).order_by("pk")
    for case in cases:
        Note.objects.create(case=case, text=f"【{channel}】{reply.text}", by=None, at=at)
        log("take_reply", by=None, at=at, case=case, channel=channel, report=kept.pk)
    if asks_to_stop(reply.text):
        _stop(reply.value, channel, evidence=reply.text.strip()[:200] or channel, at=at)
    if not owners:
        log("report_unknown", by=None, at=at, report=kept.pk)
    return True


@action
def stop_mail(*, key: str, at: datetime) -> bool:
    """Whoever got that message wants no more mail there; whether it was not so before."""
    message = Message.objects.filter(key=key).select_related("point").first()
    return message is not None and _stop(
        message.point.value, "email", evidence=f"List-Unsubscribe {key}", at=at
    )


def _stop(value: str, channel: str, *, evidence: str, at: datetime) -> bool:
    """Nobody is written to there by that channel any more; whether it was not so before."""
    closed = Hold.objects.filter(kind="closed_point", value=plain(value), ended_at=None)
    if closed.filter(channels__in=("", channel)).exists():
        return False
    close_point(
        value=value, channels=(channel,), evidence=evidence, said_by=channel, client=None, at=at
    )
    return True
