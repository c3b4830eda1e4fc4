"""Whom only hardship or a need of care protects is called to be helped, and never to be collected from."""

import pytest

from arrears.core.contact import purpose_of
from arrears.rules.gate import may_contact
from arrears.web.ledger.actions.calls import drop_call
from arrears.web.ledger.actions.cases import release_case, take_next_case
from arrears.web.ledger.actions.holds import Scope, place_hold
from arrears.web.ledger.actions.marks import mark_cases
from arrears.web.ledger.actions.payments import record_payment
from arrears.web.ledger.facts import facts_of
from arrears.web.ledger.models import Borrower, CaseDay, CaseMark, ContactPoint, GateVerdict
from arrears.web.ledger.models.guard import writing
from arrears.web.ledger.queries.calls import may_call
from tests.web.conftest import AT, DAY
from tests.web.test_call import one, page, the_bank  # noqa: F401
from tests.web.test_dial import by, dial, mine  # noqa: F401

pytestmark = pytest.mark.django_db
HELP = "客户有困难或需关照：只可商量如何帮助（例如还款计划），不得催收。"
IN_ENGLISH = "only talk about how to help, such as a repayment plan; do not collect."


def flagged(case, flags, treatment="call"):
    with writing("a test"):
        CaseDay.objects.filter(borrower_id=case.borrower_id).update(
            flags=flags, treatment=treatment
        )


def of(case):
    """The borrower of a case and their points."""
    points = ContactPoint.objects.filter(borrower_id=case.borrower_id)
    return Borrower.objects.get(pk=case.borrower_id), list(points)


def asked_to_collect(case, by):  # noqa: F811
    """What the gate says of a call that is made to collect."""
    borrower, (point,) = of(case)
    words = {"channel": "call", "purpose": "collect", "at": AT, "by": by}
    return may_contact(facts_of(case=case, point=point, borrower=borrower, **words))


def test_who_needs_help_is_called_to_help_and_not_to_collect(mine, by):  # noqa: F811
    for flags in ("hardship", "vulnerable", "hardship vulnerable"):
        flagged(mine, flags)
        refused = asked_to_collect(mine, by)
        assert (refused.outcome, refused.codes) == ("refuse", ("hold",)), flags
        told = may_call(mine, *of(mine), by=by, at=AT)["p1"]
        assert (told.purpose, told.verdict.allowed) == ("plan_service", True), flags
    claimed = dial(mine, by)
    assert claimed.verdict.allowed
    assert claimed.call.verdict.record["facts"]["purpose"] == "plan_service"


def test_another_hold_beside_it_is_got_around_by_nobody(mine, by):  # noqa: F811
    for flags in ("complaint", "complaint hardship", "dispute vulnerable", "hardship plan"):
        flagged(mine, flags)
        claimed = dial(mine, by)
        assert (claimed.verdict.outcome, claimed.call) == ("refuse", None), flags
        assert GateVerdict.objects.latest("pk").record["facts"]["purpose"] == "collect", flags
    flagged(mine, "hardship")
    record_payment(case_id=mine.pk, payment_id="p", amount_minor=1, value_date=DAY, by=by, at=AT)
    assert dial(mine, by).verdict.codes == ("hold",)


def test_to_call_it_hardship_opens_no_way_past_a_hold(mine, by):  # noqa: F811
    flagged(mine, "complaint")
    only_calls = Scope(channels=("call",))
    words = {"case_id": mine.pk, "evidence": "来电", "by": by, "at": AT}
    place_hold(kind="hardship", scope=only_calls, **words)
    assert not dial(mine, by).verdict.allowed
    flagged(mine, "")
    assert dial(mine, by).verdict.allowed
    assert GateVerdict.objects.latest("pk").record["facts"]["purpose"] == "plan_service"


def test_a_hold_that_names_this_purpose_stops_it(mine, by):  # noqa: F811
    flagged(mine, "hardship")
    scope = Scope(channels=("call",), purposes=("collect", "plan_service"))
    place_hold(case_id=mine.pk, kind="vulnerable", scope=scope, evidence="来电", by=by, at=AT)
    assert dial(mine, by).verdict.codes == ("hold",)


def test_a_guarantor_is_not_called_about_somebody_elses_hardship():
    assert purpose_of("guarantor", {"hardship"}) == "collect"
    assert purpose_of("contact", {"hardship"}) == "restore_contact"
    assert purpose_of("debtor", frozenset()) == "collect"


def test_a_company_in_hardship_is_called_to_help_by_who_stands_for_it(mine, by):  # noqa: F811
    flagged(mine, "hardship")
    with writing("a test"):
        ContactPoint.objects.update(role="legal_representative")
    for kind, purpose, allowed in (
        ("company", "plan_service", True),
        ("person", "plan_service", False),
    ):
        with writing("a test"):
            Borrower.objects.filter(pk=mine.borrower_id).update(kind=kind)
        claimed = dial(mine, by)
        assert claimed.verdict.allowed is allowed, kind
        assert GateVerdict.objects.latest("pk").record["facts"]["purpose"] == purpose, kind
        if claimed.call:
            drop_call(case_id=mine.pk, by=by, at=AT)


def test_the_page_says_that_nothing_is_collected_before_and_during_the_call(mine, by):  # noqa: F811
    assert HELP not in page(mine, by)
    flagged(mine, "hardship")
    assert page(mine, by).count(HELP) == 1
    assert IN_ENGLISH in page(mine, by, **{"accept-language": "en"})
    dial(mine, by)
    assert f"<strong>{HELP}</strong>" in page(mine, by)


def test_who_is_to_be_helped_is_not_marked_for_calls_and_is_handed_out(mine, by):  # noqa: F811
    release_case(case_id=mine.pk, by=by, at=AT)
    with writing("a test"):
        CaseDay.objects.update(treatment="none")
    flagged(mine, "hardship")
    mark_cases(at=AT)
    mark = CaseMark.objects.get(borrower_id=mine.borrower_id)
    assert (mark.call, mark.sms) == ("", "cn_hold")
    assert take_next_case(by=by, at=AT) == mine.pk
