"""Calls: claimed before they are dialled, settled once it is known what came of them."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from django.utils.translation import gettext as _

from arrears.core.contact import (
    CALL_HOLDS,
    CALL_KEEPS,
    CALL_MOVES,
    TELEPHONES,
    result_of,
)
from arrears.rules.facts import ContactFacts
from arrears.rules.verdict import Verdict
from arrears.web.ledger.actions.act import NotNow, action, lock_borrower, locked, log
from arrears.web.ledger.actions.holds import lock_owners
from arrears.web.ledger.actions.journal import Claim, journal_claims
from arrears.web.ledger.actions.overrides import let_pass, require_right_and_reason
from arrears.web.ledger.actions.slots import Use, free_slots, use_slots
from arrears.web.ledger.actions.verdicts import decide, sealed
from arrears.web.ledger.facts import facts_of
from arrears.web.ledger.models import (
    Borrower,
    Call,
    Case,
    Contact,
    ContactPoint,
    Override,
    Person,
)
from arrears.web.ledger.numbers import number_mark
from arrears.web.ledger.policy import require

INTERACTIVE = "interactive"


@dataclass(frozen=True, slots=True)
class Claimed:
    """What the gate said of a call, and the call where it may be made."""

    verdict: Verdict
    zone: str  # the borrower's; empty where it is not known
    call: Call | None


@action
def claim_call(*, case_id: int, point_id: str, by: Person, at: datetime) -> Claimed:
    """The call may be dialled now, and counts as talked and as unanswered until its end is known.

    A third person is called to ask how the debtor can be reached, and told nothing of the debt; a debtor
    in hardship or who needs care, to be offered help. Nobody chooses that: it follows from the holds.
    Or it may not, and the verdict says why; it is kept either way. The borrower's row is locked, and those
    of everyone else who has the number: what can forbid a contact takes the same lock.
    The claim is in the send journal before anybody hears of it.
    Raises: NotAllowed, NoCase, NotNow, Frozen, JournalGone, JournalAway.
    """
    require(by, "work_cases")
    lock_owners(case_id, point_id)
    case = locked(case_id, by=by)
    if case.taken_by_id != by.pk:
        raise NotNow(_("请先领取这个案件"), hint=_("在案件页上按“领取”。"))
    if Call.objects.filter(case=case, by=by, state="dialling").exists():
        raise NotNow(_("上一个电话还没有记录结果"), hint=_("请先记录上一个电话的结果。"))
    point = _telephone(case, point_id)
    facts = _facts(case, point, by, at)
    verdict, kept = decide(case=case, facts=facts, at=at)
    call = None
    if verdict.allowed:
        call = Call.objects.create(
            case=case,
            borrower_id=case.borrower_id,
            point=point,
            mode=INTERACTIVE,
            state="dialling",
            by=by,
            at=at,
            local_date=_day(facts),
            verdict=kept,
        )
        number = number_mark(point.value)
        use_slots([Use(CALL_HOLDS[INTERACTIVE], case.borrower_id, call.local_date, number, call)])
        claim = Claim(
            f"call-{call.pk}", case.pk, case.borrower_id, point.pk, "call", call.local_date
        )
        journal_claims([claim], at=at, unclaim=partial(_unclaim, call, at))
    verb = "claim_call" if verdict.allowed else "refuse_call"
    log(
        verb,
        by=by,
        at=at,
        case=case,
        seals=sealed(kept),
        values={"to": point.value},
        verdict=kept.pk,
        point=point.pk,
    )
    return Claimed(verdict, facts.zone or "", call)


def _unclaim(call: Call, at: datetime) -> None:
    """The call is not placed, as the journal could not be written: nobody has heard of it."""
    drop_call(case_id=call.case_id, by=call.by, at=at)


def settle_call(*, case: Case, point: ContactPoint | None, contact: Contact, by: Person) -> bool:
    """The person's call under way is settled by what came of it; False where there is none.

    It is called inside the action that records the outcome, which holds the borrower's lock.
    """
    dialling = Call.objects.filter(case=case, by=by, state="dialling")
    call = (dialling.filter(point=point) if point else dialling).first()
    if call is None:
        return False
    state = result_of(contact.outcome)
    if state not in CALL_MOVES[call.state]:
        raise ValueError(f"a call cannot become {state}")
    call.state, call.ended_at, call.contact = state, contact.at, contact
    call.save()
    free_slots(call, but=CALL_KEEPS[state])
    return True


@action
def drop_call(*, case_id: int, by: Person, at: datetime) -> None:
    """The person's call was not placed after all: it is over, and counts as nothing.

    Raises: NotAllowed, NotNow.
    """
    require(by, "work_cases")
    call = call_under_way(case_id, by)
    if call is None:
        raise NotNow(_("没有等待结果的电话"), hint=_("请刷新页面。"))
    call.state, call.ended_at = "not_dialled", at
    call.save()
    free_slots(call, but=CALL_KEEPS[call.state])
    log("drop_call", by=by, at=at, case=call.case, point=call.point_id)


def call_under_way(case_id: int, by: Person) -> Call | None:
    """The person's call about the case that has no outcome yet, whatever has become of the case since.

    The borrower's row and the case are locked, as everywhere. Inside an action.
    """
    dialling = Call.objects.filter(case_id=case_id, by=by, state="dialling")
    owner = dialling.values_list("borrower_id", flat=True).first()
    if owner is None:
        return None
    lock_borrower(owner)
    case = Case.objects.select_for_update().get(pk=case_id)
    call: Call | None = dialling.first()  # perhaps settled while this waited
    if call is not None:
        call.case = case
    return call


@action
def override_block(
    *, case_id: int, point_id: str, rule_id: str, reason: str, by: Person, at: datetime
) -> Override:
    """What a rule only advises against may be done today by that number: someone entitled says why.

    Only a rule that stands in the way now, and by whoever its law entitles.
    Raises: NotAllowed, NoCase, NotNow, NoReason.
    """
    require_right_and_reason(by, reason)
    case = locked(case_id, by=by)
    point = _telephone(case, point_id)
    holder = case.taken_by or by
    made = let_pass(
        borrower_id=case.borrower_id,
        point=point,
        facts=_facts(case, point, holder, at),
        rule_id=rule_id,
        reason=reason,
        by=by,
        at=at,
    )
    log(
        "override_block",
        by=by,
        at=at,
        case=case,
        values={"reason": made.reason},
        rule=rule_id,
        point=point.pk,
    )
    return made


def _facts(case: Case, point: ContactPoint, by: Person, at: datetime) -> ContactFacts:
    borrower = Borrower.objects.filter(pk=case.borrower_id).first()
    if borrower is None:
        raise NotNow(_("客户资料已不在"), hint=_("资料已删除的客户不再联系。"))
    return facts_of(
        case=case,
        point=point,
        channel="call",
        purpose=None,
        borrower=borrower,
        at=at,
        by=Person.objects.get(pk=by.pk),  # as they stand now, not when they signed in
    )


def _day(facts: ContactFacts) -> date:
    """The borrower's day; the gate allows nothing where it is not known."""
    if facts.local is None:
        raise ValueError("the gate allows nothing without the borrower's day")
    return facts.local.date()


def _telephone(case: Case, point_id: str) -> ContactPoint:
    """A telephone of the case's borrower. Raises: NotNow."""
    points = ContactPoint.objects.filter(borrower_id=case.borrower_id, kind__in=TELEPHONES)
    point: ContactPoint | None = points.filter(pk=point_id).first()
    if point is None:
        raise NotNow(_("没有这个号码，或它不是电话"), hint=_("请从案件页重新选择。"))
    return point
