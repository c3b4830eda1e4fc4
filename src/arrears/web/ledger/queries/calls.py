"""Whether the borrower may be called or visited now: a look, which keeps nothing and uses no contact."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from arrears.core.contact import BEGUN, DEBTORS, TELEPHONES, THIRD_PERSONS, WITHIN
from arrears.core.tables import LIABLE_ROLES
from arrears.rules.gate import may_contact
from arrears.rules.verdict import Verdict
from arrears.web.ledger.facts import facts_of, facts_of_points
from arrears.web.ledger.models import Borrower, Case, ContactPoint, Person, Visit
from arrears.web.ledger.models.call import MODELS
from arrears.web.ledger.rulebook import book_in_use


@dataclass(frozen=True, slots=True)
class MayCall:
    """What the gate says of a call to one telephone now; `zone` is the borrower's, "" where unknown."""

    verdict: Verdict
    zone: str
    purpose: str


@dataclass(frozen=True, slots=True)
class UnderWay:
    """A call or visit that was claimed and whose end is not known yet.

    `to` is the number or address, shown to whoever claimed it, and empty where it may not be made: the case
    is no longer theirs, the claim is too long ago, or the gate says no by now. `verdict` is what the gate
    says of the same contact at this moment, None where the borrower is no longer known; `purpose` what it is
    for by now. `along` are the names of those who go along.
    """

    channel: str
    point_id: str
    to: str
    along: tuple[str, ...]
    at: datetime
    in_hand: bool
    in_time: bool
    verdict: Verdict | None
    zone: str
    purpose: str


def under_way(
    channel: str, case: Case, borrower: Borrower | None, person: Person, *, at: datetime
) -> UnderWay | None:
    """The person's call or visit about the case that has no outcome yet, and whether it may be made now."""
    begun = MODELS[channel].objects.filter(case=case, by=person, state=BEGUN[channel])
    made = begun.select_related("point").first()
    if made is None:
        return None
    along: tuple[Person, ...] = ()
    said: dict[str, Any] = {}
    if isinstance(made, Visit):
        along = tuple(Person.objects.filter(companion__visit=made).order_by("name", "pk"))
        said = {"place": made.place or None}
    verdict, zone, purpose = None, "", ""
    if borrower is not None:
        facts = facts_of(
            case=case,
            point=made.point,
            channel=channel,
            purpose=None,
            borrower=borrower,
            at=at,
            by=(person, *along),
            but=made,
            **said,
        )
        verdict = may_contact(facts, book=book_in_use())
        zone, purpose = facts.zone or "", facts.purpose or ""
    in_hand = case.taken_by_id == person.pk
    in_time = at - made.at <= WITHIN[channel]
    may_go = in_hand and in_time and verdict is not None and verdict.allowed
    return UnderWay(
        channel=channel,
        point_id=made.point_id,
        to=made.point.value if may_go else "",
        along=tuple(one.name for one in along),
        at=made.at,
        in_hand=in_hand,
        in_time=in_time,
        verdict=verdict,
        zone=zone,
        purpose=purpose,
    )


def may_call(
    case: Case, borrower: Borrower, points: Sequence[ContactPoint], *, by: Person, at: datetime
) -> Mapping[str, MayCall]:
    """By its point what the gate says of a call to each telephone that is not known as wrong.

    Those of the debtor, to collect or to help; of a company, also of whoever stands for it by law; of
    whoever answers for the debt as well, or acts for the debtor; and those of third persons, to ask how to
    reach the debtor. The same gate and the same facts as at the claim, asked for all of them in a handful
    of queries.
    """
    own = DEBTORS if borrower.kind == "company" else ("debtor",)
    called = (*own, *LIABLE_ROLES, "attorney", *THIRD_PERSONS)
    theirs = [p for p in points if p.kind in TELEPHONES and p.usable and p.role in called]
    if not theirs:
        return {}
    book = book_in_use()
    asked = facts_of_points(
        case=case, points=theirs, channel="call", purpose=None, borrower=borrower, at=at, by=(by,)
    )
    return {
        point.pk: MayCall(may_contact(facts, book=book), facts.zone or "", facts.purpose or "")
        for point, facts in zip(theirs, asked, strict=True)
    }
