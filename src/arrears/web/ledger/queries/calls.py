"""Whether the borrower may be called now: a look, which keeps nothing and uses no contact of the day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from arrears.rules.gate import may_contact
from arrears.rules.verdict import Verdict
from arrears.web.ledger.facts import facts_of_points
from arrears.web.ledger.models import Borrower, Case, ContactPoint

TELEPHONES = ("mobile", "landline")


@dataclass(frozen=True, slots=True)
class MayCall:
    """What the gate says of a call to one telephone now; `zone` is the borrower's, "" where unknown."""

    verdict: Verdict
    zone: str


def may_call(
    case: Case, borrower: Borrower, points: Sequence[ContactPoint], *, at: datetime
) -> Mapping[str, MayCall]:
    """By its point what the gate says of each of the debtor's telephones that are not known as wrong.

    The same gate and the same facts as for messages, asked for all of them in a handful of queries.
    """
    theirs = [
        point
        for point in points
        if point.kind in TELEPHONES and point.role == "debtor" and point.usable
    ]
    if not theirs:
        return {}
    asked = facts_of_points(
        case=case, points=theirs, channel="call", purpose="collect", borrower=borrower, at=at
    )
    return {
        point.pk: MayCall(may_contact(facts), facts.zone or "")
        for point, facts in zip(theirs, asked, strict=True)
    }
