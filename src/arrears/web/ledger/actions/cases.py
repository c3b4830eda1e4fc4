"""What people do with a case: take it, give it back, pass it on, reveal a value."""

from collections.abc import Sequence
from datetime import datetime, time

from django.utils.timezone import get_current_timezone, localdate
from django.utils.translation import gettext as _

from arrears.core.case import CASE_MOVES
from arrears.core.errors import UserError
from arrears.core.hold import possible_days
from arrears.rules.verdict import Outcome
from arrears.web.ledger.actions.act import NoCase, NotNow, action, locked, log
from arrears.web.ledger.facts import zone_of
from arrears.web.ledger.holds import to_be_helped, whole_on
from arrears.web.ledger.models import (
    Borrower,
    Case,
    CaseDay,
    Contact,
    ContactPoint,
    Event,
    GateVerdict,
    Hold,
    Person,
    PublishedRun,
)
from arrears.web.ledger.policy import reach, require, sees
from arrears.web.ledger.queries.letters import LETTER, written_to
from arrears.web.ledger.queries.marks import standing

# Treatments that nobody is handed a case for: left alone by the run, or a message that the sender sends.
NOT_FOR_PEOPLE = ("none", "hold", "remind", "message")
CALLS = ("courtesy", "call")  # treatments that are a call
# What the gate says of a contact that may not be made.
AGAINST = (Outcome.REFUSE, Outcome.REDIRECT, Outcome.DEFER, Outcome.SOFT_BLOCK)
REVEALABLE = ("name", "id_number", "address", "point")


class CaseTaken(UserError):
    """Another person took this case first."""

    exit_code = 97


class NoReason(UserError):
    """Personal data is revealed, and a rule let pass, for a stated reason only."""

    exit_code = 98


def move(case: Case, state: str) -> None:
    """The case is in a state that its own allows. Raises: NotNow."""
    if state not in CASE_MOVES[case.state]:
        raise NotNow(
            _("案件现在的状态不允许这样做"),
            hint=_("请刷新页面，查看案件现在的情况。"),
        )
    case.state = state
    if state != "taken":
        case.taken_by, case.taken_at = None, None


def give_back(case: Case, *, at: datetime) -> None:
    """The case is on hold where nobody is to collect from the borrower, else back in the queue.

    Inside an action that holds the borrower's lock. Raises: NotNow.
    """
    first, _last = possible_days(at, zone_of(case.borrower_id))
    stopped = Hold.objects.filter(whole_on(first), borrower_id=case.borrower_id).exists()
    move(case, "held" if stopped else "open")
    case.save()


@action
def take_case(*, case_id: int, by: Person, at: datetime) -> None:
    """The case is this person's; taken again by the same person nothing changes.

    One on hold can be taken where the debtor may be called to be offered help; collecting stays stopped.

    Raises: NotAllowed, NoCase, NotNow, CaseTaken.
    """
    require(by, "work_cases")
    if _took(case_id, by, at):
        return
    now = Case.objects.filter(reach(by), pk=case_id).values_list("state", "taken_by").first()
    if now is None:
        raise NoCase(
            _("没有编号为 %(number)s 的案件") % {"number": case_id},
            hint=_("请从队列或搜索中重新打开。"),
        )
    state, holder = now
    if holder == by.pk:
        return
    if holder is not None or state == "open":  # by now given back: still, someone was faster
        raise CaseTaken(_("这个案件已由其他同事处理"), hint=_("请处理队列中的下一个案件。"))
    if state == "held" and _took_to_help(case_id, by, at):
        return
    raise NotNow(_("案件已暂停或已结束，不能领取"), hint=_("请处理队列中的下一个案件。"))


@action
def take_next_case(*, by: Person, at: datetime) -> int | None:
    """The best open case that the day's run wants a person to work on is this person's; None without one.

    What somebody has worked on since the run came before people is not handed out again, nor whom the
    rules did not let them call. Nor is one to call whom the rules on stored facts were against calling when
    the run came before people, nor one to write to whom a letter reaches. Whoever is slower gets the
    next. Raises: NotAllowed.
    """
    require(by, "work_cases")
    run = PublishedRun.objects.filter(pointer__isnull=False).first()
    if run is None:
        return None
    for_people = CaseDay.objects.filter(run=run).exclude(treatment__in=NOT_FOR_PEOPLE)
    in_vain = standing(run, localdate(at)).exclude(call="").values("borrower_id")
    for_people = for_people.exclude(treatment__in=CALLS, borrower_id__in=in_vain)
    for_people = for_people.exclude(written_to(at), treatment=LETTER)
    worked_on = Contact.objects.filter(at__gt=run.published_at).values("case_id")
    calls = GateVerdict.objects.filter(asked_date__gte=localdate(run.published_at), channel="call")
    refused = calls.filter(at__gt=run.published_at, outcome__in=AGAINST).values("case_id")
    found = Case.objects.filter(sees(by), state="open")
    found = found.exclude(pk__in=worked_on).exclude(pk__in=refused)
    while True:
        wanted = for_people.filter(borrower_id__in=found.values("borrower_id"))
        best = list(wanted.order_by("rank")[:10])
        cases = dict(
            found.filter(borrower_id__in=[day.borrower_id for day in best]).values_list(
                "borrower_id", "pk"
            )
        )
        if not best:
            return None
        for day in best:
            if day.borrower_id in cases and _took(cases[day.borrower_id], by, at):
                return int(cases[day.borrower_id])


@action
def release_case(*, case_id: int, by: Person, at: datetime) -> None:
    """The case is in nobody's hands: see `give_back`. Raises: NotAllowed, NoCase, NotNow."""
    require(by, "work_cases")
    case = locked(case_id, by=by)
    if case.taken_by_id != by.pk and by.role != "supervisor":
        raise NotNow(_("这个案件不在您手中"), hint=_("请刷新页面。"))
    give_back(case, at=at)
    log("release_case", by=by, at=at, case=case)


@action
def reassign_cases(*, case_ids: Sequence[int], to: Person, by: Person, at: datetime) -> int:
    """The cases are in another person's hands; how many were. Cases that have ended are left alone.

    Raises: NotAllowed, NoCase.
    """
    require(by, "reassign")
    moved = 0
    in_order = Case.objects.filter(pk__in=set(case_ids)).order_by("borrower_id")
    known = list(in_order.values_list("pk", flat=True))  # locked as everywhere: by borrower
    for case_id in (*known, *sorted(set(case_ids) - set(known))):
        case = locked(case_id, by=by)
        if case.state not in ("open", "taken") or case.taken_by_id == to.pk:
            continue
        if not Case.objects.filter(reach(to), pk=case.pk).exists():
            continue
        case.state, case.taken_by, case.taken_at = "taken", to, at
        case.save()
        log("reassign_case", by=by, at=at, case=case, to=to.username)
        moved += 1
    return moved


def see_case(*, case: Case, by: Person, at: datetime) -> None:
    """That the person saw the case is in the log, once for a person, a case and a day.

    Who may see it was asked before. On a second look nothing is written, so nothing is locked.
    """
    begun = datetime.combine(localdate(at), time.min, get_current_timezone())
    seen = Event.objects.filter(case_id=case.pk, at__gte=begun, verb="see_case", by=by)
    if not seen.exists():
        _log_view(case=case, by=by, at=at)


@action
def _log_view(*, case: Case, by: Person, at: datetime) -> None:
    log("see_case", by=by, at=at, case=case)


@action
def reveal_value(
    *, case_id: int, what: str, point_id: str = "", reason: str, by: Person, at: datetime
) -> str:
    """One value of personal data in full; who saw which value, and why, is in the log.

    Raises: NotAllowed, NoCase, NoReason.
    """
    require(by, "reveal")
    if not reason.strip():
        raise NoReason(_("请说明查看原因"), hint=_("例如：核对身份、拨打电话。"))
    if what not in REVEALABLE:
        raise NoReason(_("没有这样的信息可以显示"), hint=_("请从页面上的“显示”按钮打开。"))
    case = locked(case_id, by=by)
    owner: Borrower | ContactPoint | None
    if what == "point":
        owner = ContactPoint.objects.filter(pk=point_id, borrower_id=case.borrower_id).first()
        name, point = "value", point_id
    else:
        owner = Borrower.objects.filter(pk=case.borrower_id).first()
        name, point = what, ""
    if owner is None:
        raise NoReason(_("没有这样的信息可以显示"), hint=_("请从页面上的“显示”按钮打开。"))
    log(
        "reveal_value",
        by=by,
        at=at,
        case=case,
        values={"reason": reason.strip()},
        what=what,
        point=point,
    )
    return str(getattr(owner, name))


def _took_to_help(case_id: int, by: Person, at: datetime) -> bool:
    """Whether the case on hold is theirs now, to offer the debtor help and for nothing else."""
    case = locked(case_id, by=by)
    zone = zone_of(case.borrower_id)
    if case.state != "held" or not to_be_helped(case.borrower_id, at=at, zone=zone):
        return False
    move(case, "taken")
    case.taken_by, case.taken_at = by, at
    case.save()
    log("take_to_help", by=by, at=at, case=case)
    return True


def _took(case_id: int, by: Person, at: datetime) -> bool:
    """Whether the open case, which the person sees, is theirs now: one conditional update decides."""
    # `reach` names columns of the case only: a filter with a join would be asked in a query of its own,
    # which PostgreSQL does not ask again after it waited for someone faster.
    taken = Case.objects.filter(reach(by), pk=case_id, state="open").update(
        state="taken", taken_by=by, taken_at=at
    )
    if taken:
        log("take_case", by=by, at=at, case=Case.objects.get(pk=case_id))
    return bool(taken)
