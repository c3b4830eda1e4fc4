"""A visit is claimed before anybody sets out, by all who go; what came of it settles it."""

# ruff: noqa: F811

from datetime import timedelta

import pytest

from arrears.rules.gate import replay
from arrears.web.ledger.actions.act import NoCase, NotNow
from arrears.web.ledger.actions.cases import release_case, take_case
from arrears.web.ledger.actions.holds import Scope, place_hold
from arrears.web.ledger.actions.people import certify_person, dismiss_person
from arrears.web.ledger.actions.visits import ASSURED, VisitUnsound, claim_visit, drop_visit
from arrears.web.ledger.models import (
    Borrower,
    Case,
    Companion,
    Contact,
    ContactPoint,
    Event,
    GateVerdict,
    Person,
    Visit,
)
from arrears.web.ledger.models.guard import writing
from arrears.web.ledger.policy import NotAllowed, may
from arrears.web.ledger.rulebook import book_of
from tests.web.conftest import AT, DAY
from tests.web.test_call import one, telephone, the_bank  # noqa: F401
from tests.web.test_dial import dial, ended, kinds

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)
HOME = "某路 1 号"


@pytest.fixture
def by(people):
    """Who has the case."""
    return people["field_collector"]


@pytest.fixture
def along(people):
    """Who goes along."""
    return people["teammate"]


@pytest.fixture
def theirs(one, by):
    """The first case in the field collector's hands; its debtor has an address as well."""
    telephone(one, "a1", kind="address", value=HOME)
    take_case(case_id=one.pk, by=by, at=AT)
    return one


def visit(case, by, *along, at=AT, **changed):
    told = {"point_id": "a1", "place": "home", "assured": ASSURED, **changed}
    return claim_visit(
        case_id=case.pk, companions=[person.pk for person in along], by=by, at=at, **told
    )


def came(case, by, outcome, at=AT):
    ended(case, by, outcome, point="a1", channel="visit", at=at)


def test_a_visit_under_way_uses_the_days_visit(theirs, by, along):
    claimed = visit(theirs, by, along)
    assert claimed.verdict.outcome == "allow_with_duties"
    assert {duty.code for duty in claimed.verdict.duties} >= {"record", "show_identity", "entry"}
    assert claimed.visit.state == "on_the_way"
    assert Companion.objects.get().person == along
    assert kinds(theirs) == ["contact", "visit"]
    event = Event.objects.get(verb="claim_visit")
    assert (event.case_id, event.by, event.detail["companions"]) == (theirs.pk, by, ["teammate"])
    assert set(event.seals) == {"to", "verdict"}


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        ("promised", "met"),
        ("no_answer", "not_met"),
        ("third_person", "not_met"),
        ("wrong_number", "not_met"),
    ],
)
def test_what_came_of_it_settles_it_and_keeps_the_days_visit(theirs, by, along, outcome, state):
    visit(theirs, by, along)
    came(theirs, by, outcome)
    made = Visit.objects.get()
    assert (made.state, made.contact, made.ended_at) == (state, Contact.objects.get(), AT)
    assert kinds(theirs) == ["contact", "visit"]
    assert list(Event.objects.filter(verb__startswith="record").values_list("verb", flat=True)) == [
        "record_outcome"
    ]
    assert visit(theirs, by, along).verdict.allowed is False


def test_a_visit_that_was_not_made_gives_its_slots_back(theirs, by, along):
    visit(theirs, by, along)
    drop_visit(case_id=theirs.pk, by=by, at=AT)
    assert (Visit.objects.get().state, kinds(theirs)) == ("cancelled", [])
    assert Event.objects.filter(verb="drop_visit", case_id=theirs.pk).count() == 1
    with pytest.raises(NotNow):
        drop_visit(case_id=theirs.pk, by=by, at=AT)
    assert visit(theirs, by, along).visit


def test_one_visit_a_day_whoever_makes_it(theirs, by, along, people):
    visit(theirs, by, along)
    with pytest.raises(NotNow):  # the first has no end yet
        visit(theirs, by, along)
    came(theirs, by, "no_answer")
    release_case(case_id=theirs.pk, by=by, at=AT)
    lead = people["supervisor"]
    take_case(case_id=theirs.pk, by=lead, at=AT)
    verdict = visit(theirs, lead, along).verdict
    assert (verdict.outcome, verdict.codes) == ("defer", ("visit_cap",))
    assert kinds(theirs) == ["contact", "visit"]


def test_a_claim_of_another_who_has_not_set_out_yet_counts_as_well(theirs, by, along, people):
    visit(theirs, by, along)
    release_case(case_id=theirs.pk, by=by, at=AT)
    lead = people["supervisor"]
    take_case(case_id=theirs.pk, by=lead, at=AT)
    assert visit(theirs, lead, along).verdict.codes == ("visit_cap",)
    drop_visit(case_id=theirs.pk, by=by, at=AT)  # whoever claimed it
    assert visit(theirs, lead, along).visit


def test_what_nobody_assures_is_refused_by_its_name(theirs, by, along):
    named = {"recorded": "record", "id_shown": "show_identity", "entry_agreed": "entry"}
    for fact, code in named.items():
        claimed = visit(theirs, by, along, assured=set(ASSURED) - {fact})
        assert (claimed.verdict.outcome, claimed.verdict.codes) == ("refuse", (code,))
        assert (claimed.visit, kinds(theirs)) == (None, [])
        kept = GateVerdict.objects.latest("pk")
        assert kept.channel == "visit"
        assert replay(kept.record, book=book_of(kept.rules_version)) == claimed.verdict
        assert Event.objects.filter(verb="refuse_visit", detail__verdict=kept.pk).count() == 1
    assert set(visit(theirs, by, along, assured=()).verdict.codes) == set(named.values())


def test_nobody_goes_alone(theirs, by, along):
    assert visit(theirs, by).verdict.codes == ("one_visitor",)
    assert visit(theirs, by, along, along).visit  # named twice it is one who goes along


SOUND = {"exam_date": DAY - timedelta(days=60), "background_clear": True, "secrecy_signed": True}
LACKING = (
    ({"exam_date": None}, "fact_missing"),
    ({"exam_date": DAY - timedelta(days=366)}, "exam"),
    ({"background_clear": None}, "fact_missing"),
    ({"background_clear": False}, "background"),
    ({"secrecy_signed": None}, "fact_missing"),
    ({"secrecy_signed": False}, "background"),
)


@pytest.mark.parametrize("who", ["field_collector", "teammate"])
def test_what_is_asked_of_a_collector_is_asked_of_all_who_go(theirs, by, along, who):
    for told, code in LACKING:
        certify_person(username=who, **{**SOUND, **told}, by=None, at=AT)
        verdict = visit(theirs, by, along).verdict
        assert (verdict.outcome, verdict.codes) == ("refuse", (code,)), told
    certify_person(username=who, **SOUND, by=None, at=AT)
    assert visit(theirs, by, along).visit


def test_a_zone_or_a_source_that_is_not_known_refuses(theirs, by, along):
    with writing("a test"):
        ContactPoint.objects.filter(pk="a1").update(source="")
    assert set(visit(theirs, by, along).verdict.codes) == {"fact_missing"}
    with writing("a test"):
        ContactPoint.objects.filter(pk="a1").update(source="contract")
        Borrower.objects.filter(pk=theirs.borrower_id).update(zone="")
    assert set(visit(theirs, by, along).verdict.codes) == {"fact_missing"}


def test_the_night_refuses(theirs, by, along):
    verdict = visit(theirs, by, along, at=AT + timedelta(hours=5)).verdict  # 23:00 in Shanghai
    assert (verdict.outcome, verdict.codes) == ("defer", ("window",))


def test_a_place_that_nobody_said_is_not_known(theirs, by, along):
    visit(theirs, by, along, place="")
    assert "place" not in GateVerdict.objects.get().record["facts"]


def test_only_what_there_is_to_choose_from_is_taken(theirs, by, along):
    for said in ({"place": "church"}, {"assured": ("identified",)}):
        with pytest.raises(VisitUnsound):
            visit(theirs, by, along, **said)
    with pytest.raises(NotNow):
        visit(theirs, by, along, point_id="p1")  # a telephone
    assert GateVerdict.objects.count() == 0


def test_only_another_collector_of_the_branch_goes_along(theirs, by, along, people):
    for gone in (by, people["compliance"]):
        with pytest.raises(VisitUnsound):
            visit(theirs, by, gone)
    with writing("a test"):
        Person.objects.filter(pk=along.pk).update(branch="别处")
    with pytest.raises(VisitUnsound):
        visit(theirs, by, along)
    with writing("a test"):
        Person.objects.filter(pk=along.pk).update(branch=theirs.branch)
    dismiss_person(username=along.username, by=None, at=AT)
    with pytest.raises(VisitUnsound):
        visit(theirs, by, along)


def test_who_makes_no_visits_claims_and_drops_none(theirs, along, people):
    makers = {who for who, person in people.items() if may(person, "make_visits")}
    assert makers == {"field_collector", "supervisor"}
    for who in people.keys() - makers:
        with pytest.raises(NotAllowed):
            visit(theirs, people[who], along)
        with pytest.raises(NotAllowed):
            drop_visit(case_id=theirs.pk, by=people[who], at=AT)


def test_a_case_in_other_hands_is_not_visited(theirs, by, along, people):
    with pytest.raises(NotNow):
        visit(theirs, people["supervisor"], along)
    release_case(case_id=theirs.pk, by=by, at=AT)
    with pytest.raises(NotNow):
        visit(theirs, by, along)
    with pytest.raises(NoCase):
        claim_visit(case_id=0, point_id="a1", companions=[], place="", assured=(), by=by, at=AT)


@pytest.mark.parametrize("narrow", [{"channels": ("visit",)}, {"point_id": "a1"}])
def test_a_hold_on_visits_or_on_the_address_stops_it(theirs, by, along, people, narrow):
    words = {"case_id": theirs.pk, "evidence": "来电", "by": people["compliance"], "at": AT}
    place_hold(kind="opt_out", scope=Scope(**narrow), **words)
    assert "no_contact" in visit(theirs, by, along).verdict.codes


@pytest.mark.parametrize("kind", ["hardship", "vulnerable"])
def test_whom_one_only_helps_is_visited_to_help(theirs, by, along, people, kind):
    words = {"case_id": theirs.pk, "evidence": "来电", "by": people["compliance"], "at": AT}
    place_hold(kind=kind, scope=Scope(channels=("visit",)), **words)
    visit(theirs, by, along)
    assert GateVerdict.objects.get().record["facts"]["purpose"] == "plan_service"


def test_what_came_of_it_is_recorded_whatever_became_of_the_case(theirs, by, along, people):
    visit(theirs, by, along)
    place_hold(case_id=theirs.pk, kind="dispute", evidence="门口说", by=by, at=AT)
    assert Case.objects.get(pk=theirs.pk).taken_by is None
    came(theirs, by, "disputed")
    assert Visit.objects.get().state == "met"
    with pytest.raises(NotNow):  # it was for that one visit
        came(theirs, by, "disputed")


def test_what_came_of_another_address_does_not_settle_it(theirs, by, along):
    telephone(theirs, "a2", kind="address", value="某路 2 号")
    visit(theirs, by, along)
    ended(theirs, by, "no_answer", point="a2", channel="visit")
    assert Visit.objects.get().state == "on_the_way"
    assert Event.objects.filter(verb="record_unclaimed").count() == 1
    assert kinds(theirs) == ["contact", "contact", "visit", "visit"]
    came(theirs, by, "promised")
    assert Visit.objects.get().state == "met"


def test_a_visit_that_nobody_claimed_is_written_down_as_such(theirs, by):
    came(theirs, by, "promised")
    assert Event.objects.filter(verb="record_unclaimed").count() == 1
    assert (Visit.objects.count(), kinds(theirs)) == (0, ["contact", "visit"])


def test_a_call_and_a_visit_under_way_are_settled_each_by_its_own(theirs, by, along):
    visit(theirs, by, along)
    dial(theirs, by)
    ended(theirs, by, "no_answer")
    assert Visit.objects.get().state == "on_the_way"
    came(theirs, by, "promised")
    assert kinds(theirs) == ["contact", "contact", "ring", "visit"]
