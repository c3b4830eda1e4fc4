"""Whoever acts for the borrower is called about the debt, and only while they do."""

import pytest

from arrears.web.ledger.actions.holds import Scope, end_hold, place_hold
from arrears.web.ledger.models import ContactPoint, GateVerdict, Hold
from tests.web.conftest import AT
from tests.web.test_call import one, page, telephone, the_bank  # noqa: F401
from tests.web.test_dial import by, dial, ended, mine  # noqa: F401

pytestmark = pytest.mark.django_db


@pytest.fixture
def lawyer(mine):  # noqa: F811
    telephone(mine, "lawyer", role="attorney", value="13900139000")
    return ContactPoint.objects.get(pk="lawyer")


def represented(case, people, scope=None):
    words = {"case_id": case.pk, "evidence": "委托书", "by": people["compliance"], "at": AT}
    return place_hold(kind="represented", scope=scope or Scope(), **words)


@pytest.mark.parametrize("named", [False, True])
def test_the_redirect_leads_to_the_attorney_who_may_be_called(mine, by, people, lawyer, named):  # noqa: F811
    assert dial(mine, by, "lawyer").verdict.codes == ("not_represented",)
    represented(mine, people, Scope(point_id="lawyer") if named else None)
    refused = dial(mine, by)
    assert (refused.verdict.outcome, refused.verdict.instead) == ("redirect", "attorney")
    claimed = dial(mine, by, "lawyer")
    assert claimed.verdict.allowed
    facts = GateVerdict.objects.latest("pk").record["facts"]
    assert (facts["purpose"], facts["represented"], facts["role"]) == ("collect", True, "attorney")
    ended(mine, by, "call_back", point="lawyer")
    end_hold(
        hold_id=Hold.objects.get().pk,
        case_id=mine.pk,
        reason="委托已终止",
        by=people["compliance"],
        at=AT,
    )
    assert dial(mine, by, "lawyer").verdict.codes == ("not_represented",)


def test_a_dispute_stops_the_attorney_too(mine, by, people, lawyer):  # noqa: F811
    represented(mine, people)
    place_hold(
        case_id=mine.pk,
        kind="dispute",
        scope=Scope(channels=("call",)),
        evidence="来信",
        by=people["compliance"],
        at=AT,
    )
    assert dial(mine, by, "lawyer").verdict.codes == ("hold",)


def test_the_page_names_the_attorney_in_both_languages(mine, by, lawyer):  # noqa: F811
    assert "代理人" in page(mine, by)
    assert "Attorney" in page(mine, by, **{"accept-language": "en"})
