"""Holds placed and ended: whoever may not be contacted is not, from the moment that this is written."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q
from django.utils.translation import gettext as _

from arrears.core.case import CASE_MOVES
from arrears.core.errors import UserError
from arrears.core.hold import (
    CHANNELS,
    FIRST_DAY,
    KINDS,
    LAST_DAY,
    PURPOSES,
    HoldFacts,
    plain,
    possible_days,
    says_something,
)
from arrears.core.tables import POINT_ROLES
from arrears.web.ledger.actions.act import NotNow, action, locked, log
from arrears.web.ledger.actions.cases import move
from arrears.web.ledger.actions.complaints import UNSAID, Complaint, said_of
from arrears.web.ledger.actions.marks import forget_marks
from arrears.web.ledger.actions.parties import lock_borrowers
from arrears.web.ledger.facts import zone_of
from arrears.web.ledger.holds import OF_ANYONE, whole_on
from arrears.web.ledger.models import (
    ApiClient,
    Borrower,
    Case,
    ContactPoint,
    Hold,
    Message,
    Person,
)
from arrears.web.ledger.models.case import ENDED
from arrears.web.ledger.policy import may, require

LONGEST_EVIDENCE, LONGEST_SAID_BY, LONGEST_VALUE, LONGEST_ID = 4000, 80, 200, 80
REFUSED_BY = "hold:"  # why a message is refused before the gate was asked: this, and the kind


class HoldUnsound(UserError):
    """A hold needs a kind that the rules know, what it rests on, and a scope that it can mean."""

    exit_code = 101


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What of the contacts a hold stops, and on which of the borrower's days; empty does not narrow it."""

    channels: tuple[str, ...] = ()
    purposes: tuple[str, ...] = ()
    role: str = ""
    point_id: str = ""
    value: str = ""  # a number or address, where the point's id is not known
    from_date: date | None = None
    until_date: date | None = None


EVERYTHING = Scope()


@dataclass(frozen=True, slots=True)
class _Told:
    """What someone tells of a hold."""

    kind: str
    evidence: str
    scope: Scope
    said_by: str = ""
    complaint: Complaint = UNSAID


@action
def place_hold(
    *,
    case_id: int,
    kind: str,
    evidence: str,
    scope: Scope = EVERYTHING,
    said_by: str = "",
    complaint: Complaint = UNSAID,
    by: Person,
    at: datetime,
) -> Hold:
    """Nobody makes the contacts that the hold stops; what waits of them in the outbox is refused.

    The case is on hold where nobody is to collect from the borrower by any way as of now.

    Raises: NotAllowed, NoCase, NotNow, HoldUnsound, ComplaintUnsound.
    """
    if kind in KINDS and KINDS[kind].told_by_compliance:
        require(by, "hold_cases")
    if not may(by, "hold_cases"):
        require(by, "work_cases")
    owner = Case.objects.filter(pk=case_id).values_list("borrower_id", flat=True).first() or ""
    lock_sharing([owner], _value(owner, scope))
    case = locked(case_id, by=by)
    told = _Told(kind, evidence, scope, said_by, complaint)
    return _place(case.borrower_id, case, told, by=by, at=at)


@action
def hold_borrower(
    *,
    borrower_id: str,
    kind: str,
    evidence: str,
    scope: Scope = EVERYTHING,
    said_by: str = "",
    client: ApiClient,
    at: datetime,
) -> Hold:
    """The same, told by a system of the bank.

    It is kept of borrowers whom the ledger does not know yet as well: the next run may make a case of them.
    Raises: HoldUnsound.
    """
    if not 0 < len(borrower_id) <= LONGEST_ID:
        raise HoldUnsound(_("没有这样的客户号"), hint=_("请核对客户号。"))
    lock_sharing([borrower_id], _value(borrower_id, scope))
    told = _Told(kind, evidence, scope, said_by)
    return _place(borrower_id, _running(borrower_id), told, by=client, at=at)


@action
def close_point(
    *,
    value: str,
    evidence: str,
    channels: tuple[str, ...] = (),
    said_by: str = "",
    client: ApiClient | None,
    at: datetime,
) -> Hold:
    """Whoever answers at that number or address is not contacted there, about any borrower of today or later.

    `client`: the bank's system that told it; None, where they wrote it back themselves.
    Raises: HoldUnsound.
    """
    lock_borrowers(_sharing(value))
    told = _Told("closed_point", evidence, Scope(channels=channels, value=value), said_by)
    return _place("", None, told, by=client, at=at)


@action
def end_hold(*, hold_id: int, case_id: int, reason: str, by: Person, at: datetime) -> None:
    """The hold is over; with the last one that kept it, the case is open again.

    Raises: NotAllowed, NoCase, NotNow, HoldUnsound.
    """
    if not may(by, "hold_cases"):
        require(by, "reassign")
    if not says_something(reason):
        raise HoldUnsound(_("解除暂停需要理由"), hint=_("请写明为什么可以继续联系。"))
    case = locked(case_id, by=by)
    points = ContactPoint.objects.filter(borrower_id=case.borrower_id)
    theirs = Q(borrower_id=case.borrower_id)
    theirs |= Q(borrower_id="", value__in=set(points.values_list("plain", flat=True)))
    hold = Hold.objects.filter(theirs, pk=hold_id, ended_at=None).first()
    if hold is None:
        raise NotNow(_("这项暂停已经解除"), hint=_("请刷新页面。"))
    if hold.kind not in KINDS or KINDS[hold.kind].by_compliance:
        require(by, "hold_cases")
    hold.ended_at = at
    hold.save(update_fields=["ended_at"])
    first, _last = possible_days(at, zone_of(case.borrower_id))
    still = Hold.objects.filter(whole_on(first), borrower_id=case.borrower_id).exists()
    if case.state == "held" and not still:
        move(case, "open")
        case.save()
    forget_marks(_touched(hold, hold.point.value if hold.point else hold.value))
    log("end_hold", by=by, at=at, case=case, values={"reason": reason.strip()}, hold=hold_id)


def is_of_somebody(hold: Hold, value: str) -> bool:
    """Whether the ledger knows by now whom the hold is about: its borrower, or whoever has that value."""
    if hold.borrower_id:
        return Borrower.objects.filter(pk=hold.borrower_id).exists()
    return bool(_sharing(value))


def refuse_third_person(
    *, case: Case, point: ContactPoint, evidence: str, by: Person, at: datetime
) -> Hold:
    """Nobody is contacted by that point again, about whomever. Inside an action that holds the locks.

    Raises: HoldUnsound.
    """
    told = _Told("third_person_refusal", evidence, Scope(point_id=point.pk))
    return _place(case.borrower_id, case, told, by=by, at=at)


def lock_sharing(borrowers: Iterable[str], value: str) -> None:
    """These borrowers are locked, and everyone else who has that number or address; in one order."""
    lock_borrowers([*filter(None, borrowers), *_sharing(value)])


def lock_owners(case_id: int, point_id: str) -> None:
    """Whoever has the number or address of that point of the case's borrower is locked; in one order."""
    owner = Case.objects.filter(pk=case_id).values("borrower_id")
    points = ContactPoint.objects.filter(pk=point_id, borrower_id__in=owner)
    lock_sharing((), points.values_list("value", flat=True).first() or "")


def refuse_waiting(
    hold: HoldFacts, borrowers: Iterable[str], *, first: date, last: date, at: datetime
) -> int:
    """What waits in the outbox and is stopped by the hold on these days is refused; how many there were.

    Inside an action that holds the borrowers' locks: whoever claims asks after this one.
    """
    if not hold.in_force(first, last):
        return 0
    waiting = Message.objects.filter(state="proposed", borrower_id__in=set(borrowers))
    stopped = [
        message.pk
        for message in waiting.select_related("point")
        if hold.stops(
            channel=message.channel,
            purpose=message.purpose,
            role=message.point.role,
            value=message.point.plain,
        )
    ]
    because = f"{REFUSED_BY}{hold.kind}"
    refused = Message.objects.filter(pk__in=stopped, state="proposed")
    return int(refused.update(state="refused", ended_at=at, because=because))


def _place(
    borrower_id: str,
    case: Case | None,
    told: _Told,
    *,
    by: Person | ApiClient | None,
    at: datetime,
) -> Hold:
    """The hold stands, and all that follows from it. Inside an action that holds the locks."""
    _check(told)
    scope = told.scope
    point = ContactPoint.objects.filter(pk=scope.point_id, borrower_id=borrower_id).first()
    if scope.point_id and point is None:
        raise HoldUnsound(_("没有这个联系方式"), hint=_("请从页面上的列表中选择。"))
    value = point.value if point else scope.value
    known = Borrower.objects.filter(pk=borrower_id).exists()
    if known and not point and value and not _has(borrower_id, value):
        raise HoldUnsound(
            _("这位客户没有这个号码或地址，暂停不会生效"),
            hint=_("请核对号码；也可以停止所有联系。"),
        )
    first, last = possible_days(at, zone_of(borrower_id))
    person, client = (by, None) if isinstance(by, Person) else (None, by)
    hold = Hold.objects.create(
        borrower_id=borrower_id,
        kind=told.kind,
        channels=" ".join(sorted(set(scope.channels))),
        purposes=" ".join(sorted(set(scope.purposes))),
        role=scope.role,
        point=point,
        value=plain(value),
        from_date=scope.from_date,
        until_date=_until(told.kind, scope, first, last),
        evidence=told.evidence.strip(),
        said_by=told.said_by.strip(),
        **said_of(told.complaint, told.kind, today=last),
        by=person,
        at=at,
    )
    facts = hold.facts
    refused = refuse_waiting(facts, _touched(hold, value), first=first, last=last, at=at)
    stops = facts.whole and facts.in_force(first, last)
    if case and stops and case.state != "held" and "held" in CASE_MOVES[case.state]:
        move(case, "held")
        case.save()
    log(
        "place_hold",
        by=person,
        at=at,
        case=case,
        borrower_id=borrower_id,
        values={"evidence": hold.evidence, "to": value},
        kind=hold.kind,
        hold=hold.pk,
        refused=refused or "",
        client=client.name if client else "",
        about=hold.about.username if hold.about else "",
    )
    return hold


def _check(told: _Told) -> None:
    """The hold can be meant. Raises: HoldUnsound."""
    kind, scope = KINDS.get(told.kind), told.scope
    if kind is None or not kind.placed or not says_something(told.evidence):
        raise HoldUnsound(
            _("暂停催收需要种类和依据"), hint=_("请选择种类，并写明依据（例如来电说明）。")
        )
    if len(told.evidence) > LONGEST_EVIDENCE or len(told.said_by) > LONGEST_SAID_BY:
        raise HoldUnsound(_("依据或来源太长"), hint=_("请写得更短。"))
    known = {*scope.channels} <= {*CHANNELS} and {*scope.purposes} <= {*PURPOSES}
    if not known or scope.role not in ("", *POINT_ROLES) or len(scope.value) > LONGEST_VALUE:
        raise HoldUnsound(_("没有这样的渠道、目的或身份"), hint=_("请从页面上的列表中选择。"))
    one_point = bool(scope.point_id or plain(scope.value))
    if kind.needs_point and not one_point:
        raise HoldUnsound(_("这种暂停要指明一个联系方式"), hint=_("请选择对方使用的号码或地址。"))
    if kind.needs_scope and not (one_point or scope.channels):
        raise HoldUnsound(
            _("拒收要指明联系方式或渠道"), hint=_("客户不要任何联系时，请选“停止联系”。")
        )
    narrowed = scope.channels or scope.purposes or scope.role
    if not kind.narrows and (narrowed or (one_point and not kind.needs_point)):
        raise HoldUnsound(_("这种暂停不能只限一部分联系"), hint=_("请不要选择渠道、目的或身份。"))
    days = [day for day in (scope.from_date, scope.until_date) if day]
    if days and not kind.has_days:
        raise HoldUnsound(_("这种暂停没有起止日期"), hint=_("它一直有效，直到合规解除。"))
    if not all(FIRST_DAY <= day <= LAST_DAY for day in days):
        raise HoldUnsound(_("日期须在 2000 年至 2200 年之间"), hint=_("请核对日期。"))
    if kind.needs_days and not (scope.from_date and scope.until_date):
        raise HoldUnsound(_("敏感日期要写明起止日期"), hint=_("截止日期当天起可以再联系。"))


def _until(kind: str, scope: Scope, first: date, last: date) -> date | None:
    """The day on which the hold is over. Raises: HoldUnsound, where that would be no day at all."""
    start = scope.from_date or last
    usual = KINDS[kind].usual_days
    until = scope.until_date
    if until is None:
        return start + timedelta(days=usual) if usual else None
    if until <= max(start if scope.from_date else first, first):
        raise HoldUnsound(_("截止日期必须晚于开始日期和今天"), hint=_("截止日期当天起可以再联系。"))
    return until


def _touched(hold: Hold, value: str) -> list[str]:
    """Whose contacts a hold stops: its borrower's, and those of whoever has a point closed for anyone."""
    return [hold.borrower_id, *(_sharing(value) if hold.kind in OF_ANYONE else ())]


def _value(borrower_id: str, scope: Scope) -> str:
    """The number or address that a scope names, as the bank has it."""
    points = ContactPoint.objects.filter(pk=scope.point_id, borrower_id=borrower_id)
    return points.values_list("value", flat=True).first() or scope.value


def _has(borrower_id: str, value: str) -> bool:
    """Whether the borrower has that number or address, however it is written."""
    theirs = ContactPoint.objects.filter(borrower_id=borrower_id, plain=plain(value))
    return bool(theirs.exists())


def _sharing(value: str) -> list[str]:
    """The borrowers who have that number or address."""
    if not plain(value):
        return []
    points = ContactPoint.objects.filter(plain=plain(value))
    return list(points.values_list("borrower_id", flat=True))


def _running(borrower_id: str) -> Case | None:
    """The borrower's case that has not ended, locked."""
    running = Case.objects.select_for_update().filter(borrower_id=borrower_id)
    case: Case | None = running.exclude(state__in=ENDED).first()
    return case
