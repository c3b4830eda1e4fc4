"""Visits: claimed before anybody sets out, settled once it is known what came of them."""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from arrears.core.errors import UserError
from arrears.rules.facts import PLACES
from arrears.web.ledger.actions.act import action
from arrears.web.ledger.actions.in_person import (
    Claimed,
    case_to_contact,
    claim,
    drop,
    facts_in_person,
    point_of,
)
from arrears.web.ledger.models import Case, Person
from arrears.web.ledger.policy import require
from arrears.web.ledger.queries.people import companions_for

# What those who go say beforehand that they will see to, each by the fact that it is then.
ASSURED = ("recorded", "id_shown", "entry_agreed")


class VisitUnsound(UserError):
    """Whoever goes along, the place, or what is assured is none of those that there are."""

    exit_code = 114


@action
def claim_visit(
    *,
    case_id: int,
    point_id: str,
    companions: Sequence[int],
    place: str,
    assured: Collection[str],
    by: Person,
    at: datetime,
) -> Claimed:
    """The visit may be made now, by whoever claims it and their companions, and uses the day's visit.

    Or it may not, and the verdict says why; it is kept either way. What the rules ask of whoever visits
    they ask of all who go. What is `assured` beforehand stays a duty until it is done; of the others of
    ASSURED nobody says that they will be, and that is taken as that they will not. An empty `place` is not
    known. Locks, purpose and journal are as of `claim_call`. Shapes: `companions` are numbers of people.

    Raises: NotAllowed, NoCase, NotNow, VisitUnsound, Frozen, JournalGone, JournalAway.
    """
    require(by, "make_visits")
    case = case_to_contact("visit", case_id, point_id, by)
    point = point_of("visit", case, point_id)
    if place not in ("", *PLACES) or not set(ASSURED).issuperset(assured):
        raise VisitUnsound(_("没有这样的地点或准备"), hint=_("请从页面上的列表中选择。"))
    along = _along(case, companions, by)
    facts = facts_in_person(
        "visit",
        case,
        point,
        by=(by, *along),
        at=at,
        place=place or None,
        **{fact: False for fact in ASSURED if fact not in assured},
    )
    return claim(
        case=case,
        point=point,
        facts=facts,
        companions=along,
        dropped_by=drop_visit,
        by=by,
        at=at,
        place=place,
    )


@action
def drop_visit(*, case_id: int, by: Person, at: datetime) -> None:
    """Nobody went on the person's visit after all: it is over, and counts as nothing.

    Raises: NotAllowed, NotNow.
    """
    require(by, "make_visits")
    drop("visit", case_id=case_id, by=by, at=at)


def _along(case: Case, numbers: Sequence[int], by: Person) -> tuple[Person, ...]:
    """The people of these numbers, each once, who may go along about the case. Raises: VisitUnsound."""
    along = companions_for(case, by, among=numbers)
    if len(along) != len(set(numbers)):
        raise VisitUnsound(_("没有这位同行人员"), hint=_("请从页面上的列表中选择。"))
    return along
