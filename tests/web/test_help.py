"""Whom only hardship or a need of care protects is called to be helped, and never to be collected from."""

import pytest

from arrears.core.contact import purpose_of
from arrears.rules.gate import may_contact
from arrears.web.ledger.actions.act import NotNow
from arrears.web.ledger.actions.calls import drop_call
from arrears.web.ledger.actions.cases import release_case, take_case, take_next_case
from arrears.web.ledger.actions.holds import Scope, end_hold, place_hold
from arrears.web.ledger.actions.marks import mark_cases
from arrears.web.ledger.actions.payments import record_payment
from arrears.web.ledger.actions.people import dismiss_person
from arrears.web.ledger.actions.reminders import propose_reminders
from arrears.web.ledger.facts import facts_of
from arrears.web.ledger.models import (
    Borrower,
    CaseDay,
    CaseMark,
    ContactPoint,
    Event,
    GateVerdict,
    Message,
)
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
    words = {"channel": "call", "purpose": "collect", "at": AT, "by": (by,)}
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


def on_hold(case, kind, by):  # noqa: F811
    """The case is on hold, in nobody's hands."""
    made = place_hold(case_id=case.pk, kind=kind, evidence="来电", by=by, at=AT)
    case.refresh_from_db()
    assert (case.state, case.taken_by_id) == ("held", None)
    return made


@pytest.mark.parametrize("kind", ["hardship", "vulnerable"])
def test_a_case_on_hold_is_taken_to_help_and_nothing_is_collected(mine, by, kind):  # noqa: F811
    on_hold(mine, kind, by)
    with pytest.raises(NotNow):
        dial(mine, by)
    take_case(case_id=mine.pk, by=by, at=AT)
    mine.refresh_from_db()
    assert (mine.state, mine.taken_by_id) == ("taken", by.pk)
    assert Event.objects.filter(verb="take_to_help", case_id=mine.pk, by=by).count() == 1
    claimed = dial(mine, by)
    assert claimed.call.verdict.record["facts"]["purpose"] == "plan_service"
    refused = asked_to_collect(mine, by)
    assert (refused.outcome, refused.codes) == ("refuse", ("hold",))


def test_given_back_it_is_on_hold_again_and_open_once_the_hold_has_ended(mine, by, people):  # noqa: F811
    hold = on_hold(mine, "hardship", by)
    take_case(case_id=mine.pk, by=by, at=AT)
    release_case(case_id=mine.pk, by=by, at=AT)
    mine.refresh_from_db()
    assert (mine.state, mine.taken_by_id) == ("held", None)
    with pytest.raises(NotNow):
        release_case(case_id=mine.pk, by=people["supervisor"], at=AT)
    take_case(case_id=mine.pk, by=by, at=AT)
    told = {"hold_id": hold.pk, "case_id": mine.pk, "reason": "已好转", "at": AT}
    end_hold(**told, by=people["supervisor"])
    release_case(case_id=mine.pk, by=by, at=AT)
    mine.refresh_from_db()
    assert mine.state == "open"


@pytest.mark.parametrize("kind", ["complaint", "dispute", "bankruptcy", "plan", "no_contact"])
def test_on_hold_for_anything_else_it_is_taken_by_nobody(mine, by, kind):  # noqa: F811
    on_hold(mine, kind, by)
    with pytest.raises(NotNow):
        take_case(case_id=mine.pk, by=by, at=AT)
    place_hold(case_id=mine.pk, kind="hardship", evidence="来电", by=by, at=AT)
    with pytest.raises(NotNow):
        take_case(case_id=mine.pk, by=by, at=AT)
    assert "只商量帮助" not in page(mine, by)


def test_another_hold_takes_it_out_of_hand_and_for_good(mine, by):  # noqa: F811
    on_hold(mine, "hardship", by)
    take_case(case_id=mine.pk, by=by, at=AT)
    on_hold(mine, "complaint", by)
    with pytest.raises(NotNow):
        take_case(case_id=mine.pk, by=by, at=AT)


def test_without_a_telephone_there_is_nothing_to_take_it_for(mine, by):  # noqa: F811
    on_hold(mine, "hardship", by)
    with writing("a test"):
        ContactPoint.objects.filter(borrower_id=mine.borrower_id).update(wrong_since=AT)
    with pytest.raises(NotNow):
        take_case(case_id=mine.pk, by=by, at=AT)


def test_whoever_takes_it_and_leaves_gives_it_back_to_hold_and_nobody_is_reminded(mine, by, texts):  # noqa: F811
    on_hold(mine, "hardship", by)
    take_case(case_id=mine.pk, by=by, at=AT)
    propose_reminders(institution="某某银行", currency="CNY", at=AT)
    assert not Message.objects.filter(case=mine).exists()
    dismiss_person(username=by.username, by=None, at=AT)
    mine.refresh_from_db()
    assert (mine.state, mine.taken_by_id) == ("held", None)


def test_the_page_offers_to_take_it_and_says_what_for(mine, by):  # noqa: F811
    on_hold(mine, "hardship", by)
    told = page(mine, by)
    assert "领取，只商量帮助" in told
    assert "催收仍然停止" in told
    assert "Take, to help only" in page(mine, by, **{"accept-language": "en"})
    take_case(case_id=mine.pk, by=by, at=AT)
    told = page(mine, by)
    assert "领取，只商量帮助" not in told
    assert HELP in told
