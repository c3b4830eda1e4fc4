"""The send journal and the ledger: every claim has a number in both, and a ledger that is older is frozen.

A claim takes its number in its own transaction, under the lock of one row that is taken after all others;
its line is on disk once that is committed and before whoever claimed hears of it. So a line past the
ledger's last number was claimed by a ledger that is gone: this one was restored from an older copy.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import partial

from django.db import transaction
from django.utils.translation import gettext as _

from arrears.core.contact import HOLDS, MESSAGE_HOLDS, SETTLED_BY_PERSON
from arrears.web.ledger.actions.act import NotNow, action, log
from arrears.web.ledger.actions.claims import move
from arrears.web.ledger.actions.slots import Use, use_slots
from arrears.web.ledger.journal import (
    JournalAway,
    Line,
    journal_folder,
    last_number,
    lines_past,
    make_journal,
    require_room,
    write_lines,
)
from arrears.web.ledger.models import (
    Borrower,
    Case,
    ContactPoint,
    JournalHead,
    Message,
    Person,
    Unaccounted,
)
from arrears.web.ledger.numbers import number_mark
from arrears.web.ledger.policy import require
from arrears.web.ledger.whole import require_known, require_there

# Why a message is in doubt or withdrawn: only the journal knows that it was claimed.
BECAUSE = "journal"
UNWRITTEN = "no_journal"  # why one has failed
REMINDER_DAY = re.compile(r"r\d{8}-")  # how the keys of a day's reminders begin


@dataclass(frozen=True, slots=True)
class Claim:
    """What is claimed, as the journal tells it. Shapes: `day` is the borrower's own."""

    key: str
    case: int
    borrower: str
    point: str
    channel: str
    day: date


def journal_claims(claims: Sequence[Claim], *, at: datetime, unclaim: Callable[[], None]) -> None:
    """Each has its number in this transaction, and its line on disk before the action has returned.

    Where it cannot be written, `unclaim` is called, after the commit: nothing was handed over.
    Raises: Frozen, JournalGone, JournalAway.
    """
    if not claims:
        return
    folder = journal_folder()
    head, _new = JournalHead.objects.select_for_update().get_or_create(name="journal")
    if not head.count:
        make_journal(folder)
    end = last_number(folder)
    require_known(end, head)
    require_there(end, head)
    require_room(folder)
    lines = [
        Line(
            n,
            claim.key,
            claim.case,
            claim.borrower,
            claim.point,
            claim.channel,
            claim.day.isoformat(),
            at.astimezone(UTC).isoformat(),
        )
        for n, claim in enumerate(claims, start=head.count + 1)
    ]
    head.count, head.written = lines[-1].n, end
    head.save()
    transaction.on_commit(partial(_write, lines, unclaim))


def _write(lines: Sequence[Line], unclaim: Callable[[], None]) -> None:
    try:
        write_lines(journal_folder(), lines)
    except JournalAway:
        unclaim()
        raise


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What reconciling came to. Units: contacts; `unreadable`: lines of the journal.

    `waits`: nobody is contacted until another person has reconciled as well.
    """

    doubts: int = 0
    unknown: int = 0
    unreadable: int = 0
    waits: bool = False


@action
def reconcile_journal(*, by: Person | None, at: datetime, begin_anew: bool = False) -> Reconciled:
    """What only the journal knew is in doubt or listed; once two have done so, contacting goes on.

    A message that waits again is in doubt. Of any other the slots of the day are used, a reminder of the
    same day that waits for its borrower is withdrawn, and it is listed for a person. Done again it finds
    nothing; done again by another, contacting goes on. `by`: None at the console, which is one of the two
    whoever sits there. `begin_anew`: a journal that is gone begins anew, and what only it knew nobody can
    tell. Raises: NotAllowed, JournalGone, JournalAway.
    """
    if by is not None:
        require(by, "reconcile")
    folder = journal_folder()
    known = JournalHead.objects.filter(name="journal").values_list("count", flat=True).first() or 0
    lines, unreadable = lines_past(folder, known)
    _lock_owners(lines)
    head, _new = JournalHead.objects.select_for_update().get_or_create(name="journal")
    if begin_anew:
        make_journal(folder)
        head.written = 0
    end = last_number(folder)
    require_there(end, head)
    lines = [line for line in lines if line.n > head.count]
    doubted = [_doubt(line, at) or _list(line, at) for line in lines].count(True)
    told = Reconciled(doubted, len(lines) - doubted, unreadable)
    if lines or begin_anew or end > head.count:
        head.waits, head.reconciled_by = True, by
        log(
            "reconcile_journal",
            by=by,
            at=at,
            doubted=told.doubts or None,
            unknown=told.unknown or None,
            anew=begin_anew or None,
        )
    elif head.waits and by != head.reconciled_by:
        head.waits = False
        log("resume_contact", by=by, at=at)
    head.count = max(head.count, end)
    head.written = end
    head.save()
    return replace(told, waits=head.waits)


@action
def settle_unknown(*, n: int, state: str, by: Person, at: datetime) -> None:
    """A person found out whether a contact that only the journal knows went: `sent`, or `failed`.

    Its slots stay used either way. Raises: NotAllowed, NotNow.
    """
    require(by, "reconcile")
    if state not in SETTLED_BY_PERSON:
        raise NotNow(_("没有这样的结果"), hint=_("请从页面上的按钮中选择。"))
    waiting = Unaccounted.objects.filter(pk=n, settled_at=None)
    if not waiting.update(state=state, settled_at=at, by=by):
        raise NotNow(_("这次联系已有结果，不需要核实"), hint=_("请刷新页面，查看现在的情况。"))
    one = Unaccounted.objects.get(pk=n)
    log(
        "settle_unknown",
        by=by,
        at=at,
        borrower_id=one.borrower_id,
        channel=one.channel,
        state=state,
    )


def _lock_owners(lines: Sequence[Line]) -> None:
    """The rows of everyone whom the lines or their messages are about are locked, in order of their ids."""
    keys = {line.key for line in lines}
    owners = {line.borrower for line in lines}
    owners |= set(Message.objects.filter(key__in=keys).values_list("borrower_id", flat=True))
    list(Borrower.objects.select_for_update().filter(pk__in=owners).order_by("pk"))


def _doubt(line: Line, at: datetime) -> bool:
    """The message waits again though it was claimed: it is in doubt, and its slot is used."""
    waiting = Message.objects.select_for_update(of=("self",)).select_related("case")
    message = waiting.filter(key=line.key, state="proposed").first()
    if message is None:
        return False
    day = date.fromisoformat(line.day) if line.day else at.date()
    ((message.slot, *_others),) = use_slots([Use(MESSAGE_HOLDS, message.borrower_id, day)])
    move(message, "in_doubt")
    message.because = BECAUSE
    message.claimed_at = datetime.fromisoformat(line.at) if line.at else at
    message.save()
    log(
        "message_in_doubt",
        by=None,
        at=at,
        case=message.case,
        message=message.pk,
        because=BECAUSE,
    )
    return True


def _list(line: Line, at: datetime) -> bool:
    """The ledger has nothing that was claimed so: its slots are used, and it is listed."""
    day = date.fromisoformat(line.day) if line.day else None
    if day and line.borrower:
        kinds = HOLDS.get(line.channel, MESSAGE_HOLDS)
        point = ContactPoint.objects.filter(pk=line.point).first()
        number = number_mark(point.value) if point and line.channel == "call" else ""
        use_slots([Use(kinds, line.borrower, day, number)])
    if line.borrower and (of_day := REMINDER_DAY.match(line.key)):
        same = Message.objects.filter(borrower_id=line.borrower, state="proposed")
        same.filter(key__startswith=of_day[0]).update(
            state="withdrawn", ended_at=at, because=BECAUSE
        )
    Unaccounted.objects.create(
        n=line.n,
        key=line.key,
        borrower_id=line.borrower,
        channel=line.channel,
        local_date=day,
        claimed_at=datetime.fromisoformat(line.at) if line.at else None,
        found_at=at,
    )
    case = Case.objects.filter(pk=line.case, borrower_id=line.borrower).first()
    log(
        "contact_unknown",
        by=None,
        at=at,
        case=case,
        borrower_id=line.borrower,
        channel=line.channel,
        day=line.day or None,
    )
    return False
