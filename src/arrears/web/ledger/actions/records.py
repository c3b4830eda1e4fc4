"""What is written down about a case: outcomes, promises, notes."""

from datetime import date, datetime, timedelta

from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from arrears.core.contact import HOLDS, IN_PERSON, KEEPS, MESSAGE_HOLDS, ended_by
from arrears.core.errors import UserError
from arrears.core.money import LARGEST_MINOR
from arrears.rules.speech.hits import found_in, plain
from arrears.web.ledger.actions.act import NotNow, action, locked, log
from arrears.web.ledger.actions.holds import lock_owners, refuse_third_person
from arrears.web.ledger.actions.in_person import in_hand, settle, under_way
from arrears.web.ledger.actions.slots import Use, use_slots
from arrears.web.ledger.facts import local_date_of
from arrears.web.ledger.models import (
    Borrower,
    Case,
    Contact,
    ContactPoint,
    Note,
    Person,
    Promise,
)
from arrears.web.ledger.models.record import OUTCOMES
from arrears.web.ledger.numbers import number_mark
from arrears.web.ledger.policy import require

PROMISE_DAYS = 60  # a promise further away is a plan
OUTBOUND = ("call", "visit", "email", "sms", "letter")  # the contacts that the day's cap counts
CHANNELS = (*OUTBOUND, "inbound")


class PromiseUnsound(UserError):
    """The amount or the day of a promise cannot be meant."""

    exit_code = 99


class OutcomeUnknown(UserError):
    """The ledger knows no such outcome or channel."""

    exit_code = 100


class NothingWritten(UserError):
    """A note without words."""

    exit_code = 102


@action
def record_outcome(
    *,
    case_id: int,
    channel: str,
    outcome: str,
    note: str = "",
    point_id: str = "",
    contact_date: date,
    by: Person,
    at: datetime,
) -> Contact:
    """The contact and what came of it stand in the case's history.

    A wrong number is never used again, about any borrower. Unless the borrower called, it uses one of
    the contacts of their day, on their own clock where that is known, whoever answered. What came of a
    call or visit under way is recorded by whoever claimed it, whatever has become of the case since; of one
    that nobody claimed it is recorded as such.
    `contact_date` is the business day of `at` in the institution's zone.

    Raises: NotAllowed, NoCase, NotNow, OutcomeUnknown.
    """
    require(by, "work_cases")
    if outcome not in dict(OUTCOMES) or channel not in CHANNELS:
        raise OutcomeUnknown(_("没有这样的结果或联系方式"), hint=_("请从页面上的按钮中选择。"))
    if channel == "call" or outcome == "wrong_number":
        lock_owners(case_id, point_id)
    made = under_way(channel, case_id, by) if channel in IN_PERSON else None
    settles = made is not None and point_id in ("", made.point_id)
    case = made.case if made is not None and settles else in_hand(case_id, by)
    point = ContactPoint.objects.filter(pk=point_id, borrower_id=case.borrower_id).first()
    if outcome == "wrong_number" and point:
        _never_again(point, at)
    contact = Contact.objects.create(
        case=case,
        borrower_id=case.borrower_id,
        point=point,
        channel=channel,
        outcome=outcome,
        note=note,
        by=by,
        at=at,
        contact_date=contact_date,
    )
    settled = channel in IN_PERSON and settle(channel, case=case, point=point, contact=contact)
    if channel in OUTBOUND and not settled:
        _use_day(contact)
    unclaimed = channel in IN_PERSON and not settled
    verb = "record_unclaimed" if unclaimed else "record_outcome"
    log(
        verb,
        by=by,
        at=at,
        case=case,
        values={"to": point.value if point else "", "note": note},
        channel=channel,
        outcome=outcome,
    )
    _warn(note, case=case, by=by, at=at, contact=contact.pk)
    return contact


@action
def record_refusal(
    *,
    case_id: int,
    channel: str,
    note: str = "",
    point_id: str,
    contact_date: date,
    by: Person,
    at: datetime,
) -> Contact:
    """A third person answered and does not want to be contacted: by that point nobody is, ever again.

    Raises: NotAllowed, NoCase, NotNow, OutcomeUnknown, HoldUnsound.
    """
    lock_owners(case_id, point_id)
    contact = record_outcome(
        case_id=case_id,
        channel=channel,
        outcome="third_person",
        note=note,
        point_id=point_id,
        contact_date=contact_date,
        by=by,
        at=at,
    )
    if contact.point is None:
        raise OutcomeUnknown(_("拒绝联系要写明是哪一个联系方式"), hint=_("请选择所用的联系方式。"))
    said = note.strip() or dict(OUTCOMES)["third_person"]
    refuse_third_person(case=contact.case, point=contact.point, evidence=said, by=by, at=at)
    return contact


@action
def record_promise(
    *,
    case_id: int,
    amount_minor: int,
    due_date: date,
    made_date: date,
    tolerance_days: int = 0,
    by: Person,
    at: datetime,
) -> Promise:
    """The borrower's word stands, open until the payments of the next runs decide it.

    Units: minor units; calendar days. Raises: NotAllowed, NoCase, NotNow, PromiseUnsound.
    """
    require(by, "work_cases")
    if amount_minor > LARGEST_MINOR:
        raise PromiseUnsound(_("承诺金额过大"), hint=_("请检查金额的位数。"))
    if amount_minor <= 0:
        raise PromiseUnsound(_("承诺金额必须大于零"), hint=_("请填写借款人承诺的金额。"))
    if not made_date <= due_date <= made_date + timedelta(days=PROMISE_DAYS):
        raise PromiseUnsound(
            _("承诺日期不在今天到 %(days)s 天之内") % {"days": PROMISE_DAYS},
            hint=_("更晚的还款请做成还款计划。"),
        )
    case = in_hand(case_id, by)
    promise = Promise.objects.create(
        case=case,
        borrower_id=case.borrower_id,
        made_date=made_date,
        due_date=due_date,
        amount_minor=amount_minor,
        tolerance_days=tolerance_days,
        state="open",
        by=by,
        at=at,
    )
    log(
        "record_promise",
        by=by,
        at=at,
        case=case,
        promise=promise.pk,
        amount_minor=amount_minor,
        due_date=due_date.isoformat(),
    )
    return promise


@action
def withdraw_promise(*, promise_id: int, case_id: int, by: Person, at: datetime) -> None:
    """An open promise no longer counts. Raises: NotAllowed, NoCase, NotNow."""
    require(by, "work_cases")
    case = in_hand(case_id, by)
    done = Promise.objects.filter(pk=promise_id, case=case, state="open").update(
        state="withdrawn", decided_date=localdate(at)
    )
    if not done:
        raise NotNow(_("这个承诺已有结果，不能撤回"), hint=_("请刷新页面。"))
    log("withdraw_promise", by=by, at=at, case=case, promise=promise_id)


@action
def write_note(*, case_id: int, text: str, by: Person, at: datetime) -> Note:
    """The note stands in the case's history. Raises: NotAllowed, NoCase, NothingWritten."""
    require(by, "work_cases")
    if not text.strip():
        raise NothingWritten(_("备注没有内容"), hint=_("请先填写备注。"))
    case = locked(case_id, by=by)
    note = Note.objects.create(case=case, text=text.strip(), by=by, at=at)
    log("write_note", by=by, at=at, case=case, values={"note": note.text}, note=note.pk)
    _warn(note.text, case=case, by=by, at=at, note=note.pk)
    return note


def _never_again(point: ContactPoint, at: datetime) -> None:
    """Whoever has this number, it is wrong from now on."""
    same = ContactPoint.objects.filter(plain=point.plain)
    same.filter(wrong_since=None).update(wrong_since=at)


def _use_day(contact: Contact) -> None:
    """A contact that nobody claimed before uses what it takes of the borrower's own day."""
    channel = contact.channel
    used: tuple[str, ...] = MESSAGE_HOLDS
    if channel in IN_PERSON:
        keeps = KEEPS[channel][ended_by(channel, contact.outcome)]
        used = tuple(kind for kind in HOLDS[channel] if kind in keeps)
    borrower = Borrower.objects.filter(pk=contact.borrower_id).first()
    own_day = local_date_of(borrower, contact.at) if borrower else None
    number = number_mark(contact.point.value) if contact.point else ""
    use_slots([Use(used, contact.borrower_id, own_day or contact.contact_date, number)])


def _warn(
    text: str,
    *,
    case: Case,
    by: Person,
    at: datetime,
    note: int | None = None,
    contact: int | None = None,
) -> None:
    """What was typed stands as it is; forbidden wording in it is logged by kind, never by its words.

    So is what a person must judge, apart: what only sounds like it, or tells what somebody else said.
    """
    hits = found_in(text)
    sure = dict.fromkeys(hit.kind for hit in plain(hits))
    unsure = dict.fromkeys(hit.kind for hit in hits if hit.kind not in sure)
    if hits:
        log(
            "find_wording",
            by=by,
            at=at,
            case=case,
            wording=",".join(sure),
            review=",".join(unsure),
            note=note,
            contact=contact,
        )
