"""What a call and a visit share: claimed before they are made, settled by what came of them, or dropped."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.utils.translation import gettext as _

from arrears.core.contact import BEGUN, DROPPED, HOLDS, KEEPS, MOVES, REACHED_BY, ended_by
from arrears.rules.facts import ContactFacts
from arrears.rules.verdict import Verdict
from arrears.web.ledger.actions.act import NotNow, lock_borrower, locked, log
from arrears.web.ledger.actions.holds import lock_owners
from arrears.web.ledger.actions.journal import Claim, journal_claims
from arrears.web.ledger.actions.slots import Use, free_slots, use_slots
from arrears.web.ledger.actions.verdicts import day_of, decide, sealed
from arrears.web.ledger.facts import facts_of
from arrears.web.ledger.models import (
    Borrower,
    Call,
    Case,
    Companion,
    Contact,
    ContactPoint,
    Person,
    Visit,
)
from arrears.web.ledger.models.call import MODELS
from arrears.web.ledger.numbers import number_mark


@dataclass(frozen=True, slots=True)
class Claimed:
    """What the gate said of a call or visit, and that call or visit where it may be made."""

    verdict: Verdict
    zone: str  # the borrower's; empty where it is not known
    made: Call | Visit | None = None

    @property
    def call(self) -> Call | None:
        """The call, where it is one."""
        return self.made if isinstance(self.made, Call) else None

    @property
    def visit(self) -> Visit | None:
        """The visit, where it is one."""
        return self.made if isinstance(self.made, Visit) else None


def case_to_contact(channel: str, case_id: int, point_id: str, by: Person) -> Case:
    """The case, locked, in the person's hands, and none of their contacts about it still without an end.

    Locked is also everyone else who has the number or address: what can forbid a contact takes that lock.
    Inside an action. Raises: NoCase, NotNow.
    """
    lock_owners(case_id, point_id)
    case = in_hand(case_id, by)
    if MODELS[channel].objects.filter(case=case, by=by, state=BEGUN[channel]).exists():
        if channel == "visit":
            raise NotNow(_("上一次上门还没有记录结果"), hint=_("请先记录上一次上门的结果。"))
        raise NotNow(_("上一个电话还没有记录结果"), hint=_("请先记录上一个电话的结果。"))
    return case


def in_hand(case_id: int, by: Person) -> Case:
    """The case, locked, in this person's hands. Raises: NoCase, NotNow."""
    case = locked(case_id, by=by)
    if case.taken_by_id != by.pk:
        raise NotNow(_("请先领取这个案件"), hint=_("在案件页上按“领取”。"))
    return case


def point_of(channel: str, case: Case, point_id: str) -> ContactPoint:
    """A telephone of the case's borrower, or for a visit an address. Raises: NotNow."""
    kinds = REACHED_BY[channel]
    points = ContactPoint.objects.filter(borrower_id=case.borrower_id, kind__in=kinds)
    point: ContactPoint | None = points.filter(pk=point_id).first()
    if point is None:
        told = {"call": _("没有这个号码，或它不是电话"), "visit": _("没有这个地址")}
        raise NotNow(told[channel], hint=_("请从案件页重新选择。"))
    return point


def facts_in_person(
    channel: str,
    case: Case,
    point: ContactPoint,
    *,
    by: Sequence[Person],
    at: datetime,
    **said: Any,
) -> ContactFacts:
    """The facts of that call or visit by these people, as they stand now. Raises: NotNow."""
    borrower = Borrower.objects.filter(pk=case.borrower_id).first()
    if borrower is None:
        raise NotNow(_("客户资料已不在"), hint=_("资料已删除的客户不再联系。"))
    return facts_of(
        case=case,
        point=point,
        channel=channel,
        purpose=None,
        borrower=borrower,
        at=at,
        by=tuple(Person.objects.filter(pk__in=[one.pk for one in by])),  # not as they signed in
        **said,
    )


def claim(
    *,
    case: Case,
    point: ContactPoint,
    facts: ContactFacts,
    companions: Sequence[Person] = (),
    dropped_by: Callable[..., None],
    by: Person,
    at: datetime,
    **own: str,
) -> Claimed:
    """The gate is asked and its verdict kept; where it allows, the contact is claimed and its slots used.

    The claim is in the send journal before anybody hears of it; where that cannot be, the action
    `dropped_by` takes it back. `own` are the columns that only a call or only a visit has.
    Inside an action that holds the locks. Raises: Frozen, JournalGone, JournalAway.
    """
    channel = facts.channel or ""
    verdict, kept = decide(case=case, facts=facts, at=at)
    told: dict[str, Any] = {
        "by": by,
        "at": at,
        "case": case,
        "seals": sealed(kept),
        "values": {"to": point.value},
        "verdict": kept.pk,
        "point": point.pk,
    }
    if companions:
        told["companions"] = [person.username for person in companions]
    if not verdict.allowed:
        log(f"refuse_{channel}", **told)
        return Claimed(verdict, facts.zone or "")
    made = MODELS[channel].objects.create(
        case=case,
        borrower_id=case.borrower_id,
        point=point,
        state=BEGUN[channel],
        by=by,
        at=at,
        local_date=day_of(facts),
        verdict=kept,
        **own,
    )
    if isinstance(made, Visit):
        Companion.objects.bulk_create(Companion(visit=made, person=one) for one in companions)
    number = number_mark(point.value)
    use_slots([Use(HOLDS[channel], case.borrower_id, made.local_date, number, made)])
    line = Claim(
        f"{channel}-{made.pk}", case.pk, case.borrower_id, point.pk, channel, made.local_date
    )
    journal_claims([line], at=at, unclaim=partial(dropped_by, case_id=case.pk, by=by, at=at))
    log(f"claim_{channel}", **told)
    return Claimed(verdict, facts.zone or "", made)


def settle(channel: str, *, case: Case, point: ContactPoint | None, contact: Contact) -> bool:
    """The person's call or visit under way is settled by what came of it; False where there is none.

    It is called inside the action that records the outcome, which holds the borrower's lock.
    """
    begun = MODELS[channel].objects.filter(case=case, by=contact.by, state=BEGUN[channel])
    made = (begun.filter(point=point) if point else begun).first()
    if made is None:
        return False
    made.contact = contact
    _end(channel, made, ended_by(channel, contact.outcome), contact.at)
    return True


def drop(channel: str, *, case_id: int, by: Person, at: datetime) -> None:
    """The person's call or visit was not made after all: it counts as nothing. Raises: NotNow."""
    made = under_way(channel, case_id, by)
    if made is None:
        told = {"call": _("没有等待结果的电话"), "visit": _("没有等待结果的上门")}
        raise NotNow(told[channel], hint=_("请刷新页面。"))
    _end(channel, made, DROPPED[channel], at)
    log(f"drop_{channel}", by=by, at=at, case=made.case, point=made.point_id)


def under_way(channel: str, case_id: int, by: Person) -> Call | Visit | None:
    """The person's call or visit about the case that has no outcome yet, whatever became of the case since.

    The borrower's row and the case are locked, as everywhere. Inside an action.
    """
    begun = MODELS[channel].objects.filter(case_id=case_id, by=by, state=BEGUN[channel])
    owner = begun.values_list("borrower_id", flat=True).first()
    if owner is None:
        return None
    lock_borrower(owner)
    case = Case.objects.select_for_update().get(pk=case_id)
    made: Call | Visit | None = begun.first()  # perhaps settled while this waited
    if made is not None:
        made.case = case
    return made


def _end(channel: str, made: Call | Visit, state: str, at: datetime) -> None:
    """It is over, and keeps the slots of what it came to."""
    if state not in MOVES[channel][made.state]:
        raise ValueError(f"a {channel} cannot become {state}")
    made.state, made.ended_at = state, at
    made.save()
    free_slots(made, but=KEEPS[channel][state])
