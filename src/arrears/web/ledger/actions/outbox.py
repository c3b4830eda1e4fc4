"""The outbox: proposed, asked of the gate, claimed; then sent, failed, or in doubt. Claim, act, mark."""

from datetime import datetime, timedelta

from django.db.models import Q
from django.utils.translation import gettext as _

from arrears.core.contact import OUTBOX_MOVES
from arrears.core.money import major_text
from arrears.rules.facts import ContactFacts
from arrears.rules.gate import may_contact, record_of
from arrears.rules.verdict import Outcome
from arrears.web.ledger.actions.act import NoCase, NotNow, action, lock_borrower, log
from arrears.web.ledger.actions.templates import filled
from arrears.web.ledger.facts import facts_of
from arrears.web.ledger.models import (
    Borrower,
    Case,
    CaseDay,
    ContactPoint,
    GateVerdict,
    Message,
    Person,
    Pointer,
    Slot,
    Template,
)
from arrears.web.ledger.policy import may, require, sees

UNDO = timedelta(seconds=10)  # a message waits so long, that a person may take it back
KINDS = {"sms": "mobile", "email": "email"}  # which kind of point a channel reaches
REMINDERS = ("remind", "message")  # treatments of the day's run that are a message


@action
def propose_reminders(*, institution: str, currency: str, at: datetime) -> int:
    """Every open case whom the run wants reminded has a message waiting; how many are new.

    Proposed once for a run and a case: asked again nothing is added.
    """
    run = Pointer.objects.select_related("run").get().run
    days = {d.borrower_id: d for d in CaseDay.objects.filter(run=run, treatment__in=REMINDERS)}
    proposed = 0
    for case in Case.objects.filter(state="open", borrower_id__in=list(days)).order_by("pk"):
        day = days[case.borrower_id]
        key = f"r{run.as_of:%Y%m%d}-{case.pk}"
        if Message.objects.filter(key=key).exists():
            continue
        found = _way(case.borrower_id)
        if found is None:
            continue
        point, template = found
        words = {
            "institution": institution,
            "amount": f"{major_text(day.overdue_minor)} {currency}",
            "as_of": run.as_of.isoformat(),
            "days": str(day.dpd),
        }
        Message.objects.create(
            key=key,
            case=case,
            borrower_id=case.borrower_id,
            point=point,
            channel=template.channel,
            purpose="collect",
            template=template,
            language=template.language,
            subject=filled(template.subject, words),
            text=filled(template.text, words),
            state="proposed",
            proposed_at=at,
            not_before=at + UNDO,
        )
        proposed += 1
    log("propose_reminders", by=None, at=at, run=run.pk, proposed=proposed)
    return proposed


@action
def claim_message(*, message_id: int, at: datetime) -> Message | None:
    """The message is claimed, and its slot of the day used, if the gate allows it at this moment.

    None where it is not: refused for good, or waiting for the earliest lawful moment. The verdict is
    kept either way. The borrower's row is locked: what can forbid a contact takes the same lock.
    """
    found = Message.objects.filter(pk=message_id).values_list("borrower_id", flat=True).first()
    if found is None:
        return None
    lock_borrower(found)
    message = Message.objects.select_for_update().get(pk=message_id)
    if message.state != "proposed" or message.not_before > at:
        return None
    facts = facts_of(message, at)
    verdict = may_contact(facts)
    message.verdict = GateVerdict.objects.create(
        case=message.case,
        borrower_id=message.borrower_id,
        at=at,
        outcome=str(verdict.outcome),
        rules_version=verdict.rules_version,
        record=record_of(facts, verdict),
    )
    if verdict.outcome is Outcome.ALLOW:
        message.slot = _slot(message.borrower_id, facts)
        message.state, message.claimed_at = "claimed", at
    elif verdict.outcome is Outcome.DEFER and verdict.earliest_at:
        message.not_before = verdict.earliest_at
    else:
        _move(message, "refused")
        message.ended_at = at
        message.because = ",".join(dict.fromkeys(verdict.codes))[:200]
    message.save()
    log(f"gate_{verdict.outcome}", by=None, at=at, case=message.case, message=message.pk)
    return message if message.state == "claimed" else None


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
    message = _message(message_id, by)
    if by is not None and (message.state != "in_doubt" or state not in OUTBOX_MOVES["in_doubt"]):
        raise NotNow(_("这条消息已有结果，不需要核实"), hint=_("请刷新页面，查看现在的情况。"))
    _move(message, state)
    message.ended_at, message.because = at, because[:200] or message.because
    message.gateway_id, message.parts = gateway_id or message.gateway_id, parts or message.parts
    message.save()
    log(f"message_{state}", by=by, at=at, case=message.case, message=message.pk, because=because)


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
    _move(message, "withdrawn")
    message.ended_at = at
    message.save()
    log("withdraw_message", by=by, at=at, case=message.case, message=message.pk)


@action
def doubt_claimed(*, before: datetime, at: datetime) -> int:
    """Messages claimed before a moment, by a sender that is gone, are in doubt; how many there were."""
    left = list(Message.objects.select_for_update().filter(state="claimed", claimed_at__lt=before))
    for message in left:
        _move(message, "in_doubt")
        message.because = "the sender ended between claim and mark"
        message.save()
        log("message_in_doubt", by=None, at=at, case=message.case, message=message.pk)
    return len(left)


def _way(borrower_id: str) -> tuple[ContactPoint, Template] | None:
    """The point and the approved template by which a borrower is reminded: text message before mail."""
    language = Borrower.objects.values_list("language", flat=True).get(pk=borrower_id)
    for channel, kind in KINDS.items():
        point = (
            ContactPoint.objects.filter(borrower_id=borrower_id, kind=kind, role="debtor")
            .filter(wrong_since__isnull=True)
            .order_by("pk")
            .first()
        )
        template = (
            Template.objects.filter(name="reminder", channel=channel)
            .filter(Q(approved_at__isnull=False) & Q(ended_at__isnull=True))
            .filter(language="en" if language.startswith("en") else "zh")
            .first()
        )
        if point and template:
            return point, template
    return None


def _slot(borrower_id: str, facts: ContactFacts) -> Slot:
    """The next slot of the borrower's day. Its key is unique: two at once cannot both have it."""
    if facts.local is None or facts.attempts_today is None:
        raise ValueError("the gate allows nothing without the borrower's day")
    slot: Slot = Slot.objects.create(
        borrower_id=borrower_id,
        local_date=facts.local.date(),
        kind="contact",
        n=facts.attempts_today + 1,
    )
    return slot


def _message(message_id: int, by: Person | None) -> Message:
    """The message, locked; about a case that the person sees, where a person asks. Raises: NoCase."""
    found = Message.objects.select_for_update().filter(pk=message_id)
    if by is not None:
        found = found.filter(case__in=Case.objects.filter(sees(by)))
    message: Message | None = found.first()
    if message is None:
        raise _no_message()
    return message


def _no_message() -> NoCase:
    return NoCase(_("没有这条消息，或它的案件不在您的范围内"), hint=_("请从消息页面重新打开。"))


def _move(message: Message, state: str) -> None:
    """The message is in a state that its own allows. Raises: NotNow."""
    if state not in OUTBOX_MOVES[message.state]:
        raise NotNow(_("这条消息现在的状态不允许这样做"), hint=_("请刷新页面，查看现在的情况。"))
    message.state = state
