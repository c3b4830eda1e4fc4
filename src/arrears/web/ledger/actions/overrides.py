"""Overrides: what the rules only advise against, let pass by someone entitled who says why."""

from datetime import datetime

from django.utils.translation import gettext as _

from arrears.rules.facts import ContactFacts
from arrears.rules.gate import may_contact
from arrears.rules.verdict import Outcome
from arrears.web.ledger.actions.act import NotNow
from arrears.web.ledger.actions.cases import NoReason
from arrears.web.ledger.models import ContactPoint, Override, Person
from arrears.web.ledger.numbers import number_mark
from arrears.web.ledger.policy import NotAllowed, require
from arrears.web.ledger.rulebook import book_in_use


def require_right_and_reason(by: Person, reason: str) -> None:
    """The person's role lets something pass, and they say why. Raises: NotAllowed, NoReason."""
    require(by, "override")
    if not reason.strip():
        raise NoReason(_("放行需要理由"), hint=_("请写明为什么仍须联系。"))


def let_pass(
    *,
    borrower_id: str,
    point: ContactPoint,
    facts: ContactFacts,
    rule_id: str,
    reason: str,
    by: Person,
    at: datetime,
) -> Override:
    """The rule does not stand in the way of that contact's number for the rest of the borrower's day.

    Only a rule that does so now, and by whoever its law entitles. It is called inside an action that
    holds the borrower's lock. Raises: NotAllowed, NotNow.
    """
    verdict = may_contact(facts, book=book_in_use())
    against = {because.rule_id for because in verdict.because}
    if verdict.outcome is not Outcome.SOFT_BLOCK or rule_id not in against or not facts.local:
        raise NotNow(_("现在没有可以放行的限制"), hint=_("请刷新页面，查看现在的情况。"))
    if by.role not in verdict.lifted_by:
        raise NotAllowed(_("您的角色不能放行这一条"), hint=_("请联系合规或主管。"))
    made: Override = Override.objects.create(
        borrower_id=borrower_id,
        point=point,
        number=number_mark(point.value),
        rule_id=rule_id,
        local_date=facts.local.date(),
        reason=reason.strip(),
        by=by,
        at=at,
    )
    return made
