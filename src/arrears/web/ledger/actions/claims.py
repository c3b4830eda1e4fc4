"""What claiming does to messages: the gate is asked of each, and what it says is written."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any

from django.utils.translation import gettext as _

from arrears.core.contact import MESSAGE_HOLDS, OUTBOX_MOVES
from arrears.rules.facts import ContactFacts
from arrears.rules.speech.hits import found_in, plain
from arrears.rules.speech.template import missing
from arrears.rules.verdict import Outcome
from arrears.web.ledger.actions.act import Entry, NotNow, entry
from arrears.web.ledger.actions.slots import Use, use_slots
from arrears.web.ledger.actions.verdicts import day_of, decide_each, sealed
from arrears.web.ledger.facts import facts_of
from arrears.web.ledger.models import Borrower, Message, Person

NO_BORROWER = "no_borrower"  # why a message is refused whose borrower's row is gone
# What the gate's verdict changes of a message.
DECIDED = ("verdict_id", "slot_id", "state", "claimed_at", "not_before", "ended_at", "because")


def claim_each(
    messages: Sequence[Message], borrowers: Mapping[str, Borrower], at: datetime
) -> list[Entry]:
    """Each is claimed, or what keeps it from being so is written; the events of it.

    The borrowers' rows are locked. It is called inside an action.
    """
    return [one for some in _apart(messages) for one in _claim(some, borrowers, at)]


def _claim(
    messages: Sequence[Message], borrowers: Mapping[str, Borrower], at: datetime
) -> list[Entry]:
    """The same of messages of which no two go to the same borrower."""
    entries, asked = [], []
    for message in messages:
        borrower = borrowers.get(message.borrower_id)
        if borrower is None:  # erased: nothing is known of them, and nobody is to be written to
            _refuse(message, NO_BORROWER, at)
            message.save()
            entries.append(entry("gate_refuse", **told_of(message, at)))
        else:
            asked.append((message, facts_of_message(message, borrower, at)))
    decided = decide_each([(message.case, facts) for message, facts in asked], at=at)
    allowed = []
    for (message, facts), (verdict, kept) in zip(asked, decided, strict=True):
        message.verdict = kept
        if verdict.allowed:
            message.state, message.claimed_at = "claimed", at
            message.addressee = borrowers[message.borrower_id].name
            allowed.append((message, _use(message.borrower_id, facts)))
        elif verdict.outcome is Outcome.DEFER and verdict.earliest_at:
            message.not_before = verdict.earliest_at
        elif verdict.outcome is Outcome.SOFT_BLOCK and facts.local:
            message.not_before = _next_day(facts.local)
        else:
            _refuse(message, ",".join(dict.fromkeys(verdict.codes)), at)
    slots = use_slots([use for _message, use in allowed])
    for (message, _use_of), (slot, *_others) in zip(allowed, slots, strict=True):
        message.slot = slot
    changed = {m.pk: [getattr(m, name) for name in DECIDED] for m, _facts_of in asked}
    Message.objects.save_each(changed, DECIDED)
    return entries + [
        entry(
            f"gate_{verdict.outcome}",
            **told_of(message, at),
            verdict=kept.pk,
            seals=sealed(kept),
            values=_goes(message) if message.state == "claimed" else None,
        )
        for (message, _facts_of), (verdict, kept) in zip(asked, decided, strict=True)
    ]


def _apart(messages: Sequence[Message]) -> list[list[Message]]:
    """The messages in order, those together of which no two go to the same borrower.

    What a message uses of a borrower's day is there before the next one to them is asked about.
    """
    found: list[list[Message]] = [[]]
    for message in messages:
        if any(message.borrower_id == other.borrower_id for other in found[-1]):
            found.append([])
        found[-1].append(message)
    return found


def told_of(message: Message, at: datetime, by: Person | None = None) -> dict[str, Any]:
    """What every event of a message tells."""
    return {"by": by, "at": at, "case": message.case, "message": message.pk}


def facts_of_message(message: Message, borrower: Borrower, at: datetime) -> ContactFacts:
    """What is known of the message, were it to go at that moment."""
    return facts_of(
        case=message.case,
        point=message.point,
        channel=message.channel,
        purpose=message.purpose,
        borrower=borrower,
        at=at,
        **_said(message),
    )


def _next_day(local: datetime) -> datetime:
    """When the day begins that follows a moment of the borrower's own, UTC."""
    after = local.date() + timedelta(days=1)
    return datetime.combine(after, time.min, local.tzinfo).astimezone(UTC)


def _said(message: Message) -> dict[str, Any]:
    """What the message's text says, as facts: what it must not hold, and what its use must."""
    template = message.template
    found = plain(found_in(f"{message.subject}\n{message.text}"))
    lacking = missing(template.name, f"{template.subject}\n{template.text}")
    return {
        "discloses_debt": True,
        "template_approved": template.approved_by_id is not None,
        "text_classes": frozenset(hit.kind for hit in found),
        "missing_fields": frozenset(variable.name for variable in lacking),
        "registered_line": True,  # it goes by one of the institution's own ways
        "payee_own": True,
    }


def _goes(message: Message) -> dict[str, str]:
    """What goes to whom, by name, as the log vouches for it."""
    return {
        "to": message.point.value,
        "subject": message.subject,
        "text": message.text,
    }


def _use(borrower_id: str, facts: ContactFacts) -> Use:
    """What a message uses of the borrower's day."""
    return Use(MESSAGE_HOLDS, borrower_id, day_of(facts))


def _refuse(message: Message, because: str, at: datetime) -> None:
    """The message is refused for good, once it is saved."""
    move(message, "refused")
    message.ended_at, message.because = at, because[:200]


def move(message: Message, state: str) -> None:
    """The message is in a state that its own allows. Raises: NotNow."""
    if state not in OUTBOX_MOVES[message.state]:
        raise other_state()
    message.state = state


def other_state() -> NotNow:
    """What whoever asks for a move is told that the message's state does not allow."""
    return NotNow(_("这条消息现在的状态不允许这样做"), hint=_("请刷新页面，查看现在的情况。"))
