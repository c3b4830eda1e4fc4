"""The outbox: proposed, asked of the gate, claimed; then sent, failed, or in doubt. Claim, act, mark."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.utils.translation import gettext as _

from arrears.core.contact import OUTBOX_MOVES, SETTLED_BY_PERSON
from arrears.web.ledger.actions.act import (
    Entry,
    NoCase,
    NotNow,
    action,
    entry,
    lock_borrower,
    log,
    log_all,
)
from arrears.web.ledger.actions.claims import (
    claim_each,
    facts_of_message,
    move,
    other_state,
    told_of,
)
from arrears.web.ledger.actions.journal import UNWRITTEN, Claim, journal_claims
from arrears.web.ledger.actions.overrides import let_pass, require_right_and_reason
from arrears.web.ledger.models import Borrower, Case, Message, Override, Person, Slot
from arrears.web.ledger.policy import may, require, sees
from arrears.web.ledger.sql import marks as holes
from arrears.web.ledger.wake import wake_at

REPORTED = ("sent", "delivered", "bounced")
UNDO = timedelta(seconds=10)  # a message waits so long, that a person may take it back

RECEIPT = ("gateway_id", "parts")
MARKED = ("state", "ended_at", "because", *RECEIPT)


def claim_message(*, message_id: int, at: datetime) -> Message | None:
    """The message is claimed if the gate allows it at this moment: see `claim_messages`."""
    return next(iter(claim_messages(message_ids=[message_id], at=at)), None)


@action
def claim_messages(*, message_ids: Sequence[int], at: datetime) -> list[Message]:
    """Those that the gate allows at this moment are claimed, in that order, each with its slot of the day.

    Each of the others is refused for good, waits for its earliest lawful moment, or, where the rules only
    advise against it, for someone entitled, and is asked again on the borrower's next day. Every verdict is
    kept. The borrowers' rows are locked: what can forbid a contact takes the same locks. The claims are in
    the send journal once this returns. Raises: Frozen, JournalGone, JournalAway.
    """
    owners = Message.objects.filter(pk__in=message_ids).values_list("borrower_id", flat=True)
    locked = Borrower.objects.select_for_update().filter(pk__in=set(owners)).order_by("pk")
    borrowers = {borrower.pk: borrower for borrower in locked}
    found = {message.pk: message for message in _locked_rows().filter(pk__in=message_ids)}
    waiting = [
        message
        for message in (found[pk] for pk in message_ids if pk in found)
        if message.state == "proposed" and message.not_before <= at
    ]
    log_all(claim_each(waiting, borrowers, at))
    claimed = [message for message in waiting if message.state == "claimed"]
    journal_claims(
        [_journalled(one, one.slot) for one in claimed if one.slot],
        at=at,
        unclaim=partial(_unclaim, claimed, at),
    )
    return claimed


def _journalled(message: Message, slot: Slot) -> Claim:
    """The claimed message as the send journal tells it."""
    return Claim(
        message.key,
        message.case_id,
        message.borrower_id,
        message.point_id,
        message.channel,
        slot.local_date,
    )


def _unclaim(claimed: Sequence[Message], at: datetime) -> None:
    """They have failed, as the journal could not be written: nothing was handed over."""
    mark_messages(marks=[Mark(one, "failed", because=UNWRITTEN) for one in claimed], at=at)


@action
def let_message_pass(
    *, message_id: int, rule_id: str, reason: str, by: Person, at: datetime
) -> Override:
    """A message that a rule only advises against goes, unless anything else is against it by then.

    The rule is let pass for its number and today, for calls as well: someone entitled says why.
    Raises: NotAllowed, NoCase, NotNow, NoReason.
    """
    require_right_and_reason(by, reason)
    message = _message(message_id, by)
    borrower = lock_borrower(message.borrower_id)
    if message.state != "proposed" or borrower is None:
        raise other_state()
    made = let_pass(
        borrower_id=message.borrower_id,
        point=message.point,
        facts=facts_of_message(message, borrower, at),
        rule_id=rule_id,
        reason=reason,
        by=by,
        at=at,
    )
    message.not_before = at
    message.save(update_fields=("not_before",))
    wake_at(at)
    log(
        "override_block",
        by=by,
        at=at,
        case=message.case,
        values={"reason": made.reason},
        rule=rule_id,
        message=message.pk,
    )
    return made


@dataclass(frozen=True, slots=True)
class Mark:
    """What became of a message. `parts`: what the carrier counts."""

    message: Message
    state: str
    gateway_id: str = ""
    parts: int = 0
    because: str = ""

    @property
    def receipt(self) -> tuple[str, int]:
        """What the far end said of it, by now or before."""
        return self.gateway_id or self.message.gateway_id, self.parts or self.message.parts

    @property
    def why(self) -> str:
        """Why it is so, as it is kept."""
        return self.because[:200] or self.message.because


@action
def mark_messages(*, marks: Sequence[Mark], at: datetime) -> list[Mark]:
    """What became of messages that a sender had claimed is known; those come back that had an end by then.

    It takes no lock: nothing that is known of a message forbids a contact, and one conditional update
    decides. A living sender's message may have been doubted meanwhile, and a person have settled it.
    """
    made = _mark(marks, at=at, by=None)
    log_all([one for one in made if one])
    return [mark for mark, one in zip(marks, made, strict=True) if one is None]


@action
def mark_message(
    *,
    message_id: int,
    state: str,
    at: datetime,
    gateway_id: str = "",
    parts: int = 0,
    because: str = "",
    by: Person | None = None,
) -> None:
    """What became of a claimed message, or of one in doubt, is known.

    A person settles doubts only, about cases that they see. Raises: NotAllowed, NoCase, NotNow.
    """
    if by is not None:
        require(by, "reassign")
    message = _seen(message_id, by).select_related("case").first()
    if message is None:
        raise _no_message()
    if by is not None and (message.state != "in_doubt" or state not in SETTLED_BY_PERSON):
        raise NotNow(_("这条消息已有结果，不需要核实"), hint=_("请刷新页面，查看现在的情况。"))
    (made,) = _mark([Mark(message, state, gateway_id, parts, because)], at=at, by=by)
    if made is None:
        raise other_state()
    log_all([made])


def _mark(marks: Sequence[Mark], *, at: datetime, by: Person | None) -> list[Entry | None]:
    """Each message is in its state, from whichever leads there; the events of it, None where none does."""
    marked: set[int] = set()
    for state in {mark.state for mark in marks}:
        leading = [was for was, moves in OUTBOX_MOVES.items() if state in moves]
        some = [mark for mark in marks if mark.state == state]
        changed = {m.message.pk: (state, at, m.why, *m.receipt) for m in some}
        marked |= _save_marks(changed, MARKED, leading if by is None else ["in_doubt"])
    if by is None:  # one may have been reported before it was marked
        late = [m for m in marks if m.state == "sent" and m.message.pk not in marked]
        unmarked = {m.message.pk: m.receipt for m in late}
        marked |= _save_marks(unmarked, RECEIPT, REPORTED, " AND ledger_message.gateway_id = ''")
    return [
        entry(f"message_{mark.state}", **told_of(mark.message, at, by), because=mark.because)
        if mark.message.pk in marked
        else None
        for mark in marks
    ]


def _save_marks(
    rows: Mapping[int, Sequence[Any]], names: Sequence[str], states: Sequence[str], also: str = ""
) -> set[int]:
    """Those of the messages that are in one of the states have these values; which."""
    where = f"ledger_message.state IN ({holes(tuple(states))}){also}"
    return Message.objects.save_each(rows, names, where=where, told=states)


@action
def withdraw_message(
    *, message_id: int, case_id: int | None = None, by: Person | None, at: datetime
) -> None:
    """A message that has not gone does not go. `case_id`: only if it is about that case.

    Raises: NotAllowed, NoCase, NotNow.
    """
    if by is not None and not may(by, "hold_cases"):
        require(by, "work_cases")
    message = _message(message_id, by)
    if case_id is not None and message.case_id != case_id:
        raise _no_message()
    if "withdrawn" not in OUTBOX_MOVES[message.state]:
        raise NotNow(_("这条消息已不在等待，不能撤回"), hint=_("请刷新页面，查看现在的情况。"))
    move(message, "withdrawn")
    message.ended_at = at
    message.save()
    log("withdraw_message", by=by, at=at, case=message.case, message=message.pk)


@action
def doubt_claimed(*, at: datetime) -> int:
    """Every claimed message is in doubt, as its sender is gone; how many there were.

    Only whoever is the one sender (`web/sender/turn.py`) may say so: any other sender may be at work.
    """
    claimed = Message.objects.filter(state="claimed").order_by("borrower_id", "pk")
    doubted = 0
    for message_id in list(claimed.values_list("pk", flat=True)):
        message = _message(message_id)
        if message.state != "claimed":
            continue
        move(message, "in_doubt")
        message.because = "the sender ended between claim and mark"
        message.save()
        log("message_in_doubt", by=None, at=at, case=message.case, message=message.pk)
        doubted += 1
    return doubted


def _message(message_id: int, by: Person | None = None) -> Message:
    """The message, locked after its borrower's row, as everywhere, so that nobody waits in a circle.

    Raises: NoCase, where there is none or where it is about a case that this person does not see.
    """
    borrower_id = _seen(message_id, by).values_list("borrower_id", flat=True).first()
    if borrower_id is None:
        raise _no_message()
    lock_borrower(borrower_id)
    message: Message = _locked_rows().get(pk=message_id)
    return message


def _seen(message_id: int, by: Person | None) -> Any:
    """The message, if it is about a case that this person sees; None sees all."""
    found = Message.objects.filter(pk=message_id)
    return found if by is None else found.filter(case__in=Case.objects.filter(sees(by)))


def _locked_rows() -> Any:
    """Messages, to be locked, each with its case and its point in the same query."""
    return Message.objects.select_for_update(of=("self",)).select_related(
        "case", "point", "template"
    )


def _no_message() -> NoCase:
    return NoCase(_("没有这条消息，或它的案件不在您的范围内"), hint=_("请从消息页面重新打开。"))
