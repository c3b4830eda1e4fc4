"""Calls: claimed before they are dialled, settled once it is known what came of them."""

from datetime import datetime

from arrears.web.ledger.actions.act import action, locked, log
from arrears.web.ledger.actions.in_person import (
    Claimed,
    case_to_contact,
    claim,
    drop,
    facts_in_person,
    point_of,
)
from arrears.web.ledger.actions.overrides import let_pass, require_right_and_reason
from arrears.web.ledger.models import Override, Person
from arrears.web.ledger.policy import require

INTERACTIVE = "interactive"


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
    case = case_to_contact("call", case_id, point_id, by)
    point = point_of("call", case, point_id)
    facts = facts_in_person("call", case, point, by=(by,), at=at)
    return claim(
        case=case, point=point, facts=facts, dropped_by=drop_call, by=by, at=at, mode=INTERACTIVE
    )


@action
def drop_call(*, case_id: int, by: Person, at: datetime) -> None:
    """The person's call was not placed after all: it is over, and counts as nothing.

    Raises: NotAllowed, NotNow.
    """
    require(by, "work_cases")
    drop("call", case_id=case_id, by=by, at=at)


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
    point = point_of("call", case, point_id)
    holder = case.taken_by or by
    made = let_pass(
        borrower_id=case.borrower_id,
        point=point,
        facts=facts_in_person("call", case, point, by=(holder,), at=at),
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
