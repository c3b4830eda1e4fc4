"""Whether the borrower may be called now: a look, which keeps nothing and uses no contact of the day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from arrears.rules.gate import may_contact
from arrears.rules.verdict import Because, Verdict, verdict_from
from arrears.web.ledger.facts import facts_of_points
from arrears.web.ledger.models import Borrower, Call, Case, ContactPoint, Person
from arrears.web.ledger.rulebook import book_in_use

TELEPHONES = ("mobile", "landline")


@dataclass(frozen=True, slots=True)
class MayCall:
    """What the gate says of a call to one telephone now; `zone` is the borrower's, "" where unknown."""

    verdict: Verdict
    zone: str


@dataclass(frozen=True, slots=True)
class UnderWay:
    """A call that was claimed and whose end is not known yet; the number is shown to whoever dials it."""

    point_id: str
    number: str
    at: datetime
    duties: tuple[Because, ...]


def under_way(case: Case, person: Person) -> UnderWay | None:
    """The person's call about the case that has no outcome yet, with what is to be done during it."""
    dialling = Call.objects.filter(case=case, by=person, state="dialling")
    call = dialling.select_related("point", "verdict").first()
    if call is None:
        return None
    verdict = verdict_from(call.verdict.record["verdict"])
    return UnderWay(call.point_id, call.point.value, call.at, verdict.duties)


def may_call(
    case: Case, borrower: Borrower, points: Sequence[ContactPoint], *, by: Person, at: datetime
) -> Mapping[str, MayCall]:
    """By its point what the gate says of each of the debtor's telephones that are not known as wrong;
    of a company, also those of whoever stands for it by law.

    The same gate and the same facts as for messages, asked for all of them in a handful of queries.
    """
    roles = ("debtor", "legal_representative") if borrower.kind == "company" else ("debtor",)
    theirs = [
        point
        for point in points
        if point.kind in TELEPHONES and point.role in roles and point.usable
    ]
    if not theirs:
        return {}
    asked = facts_of_points(
        case=case,
        points=theirs,
        channel="call",
        purpose="collect",
        borrower=borrower,
        at=at,
        by=by,
    )
    book = book_in_use()
    return {
        point.pk: MayCall(may_contact(facts, book=book), facts.zone or "")
        for point, facts in zip(theirs, asked, strict=True)
    }
