"""The floor: figures that say what they count, and cases passed on only after the effect was shown."""

import pytest

from arrears.web.ledger.actions.cases import take_case
from arrears.web.ledger.actions.people import admit_person, found_team
from arrears.web.ledger.models import Case, Event
from arrears.web.ledger.models.guard import writing
from arrears.web.ledger.policy import sees
from arrears.web.ledger.queries.floor import colleagues, floor
from tests.web.conftest import AT, PASSWORD
from tests.web.test_desk import signed_in, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def the_bank(bank, settings):
    """The pages read the bank's home."""
    settings.ARREARS_HOME = bank.home.path


@pytest.fixture
def lead(people, published):
    """A supervisor, signed in."""
    return signed_in(people["supervisor"])


def passing(passed, people, **more):
    return {
        "from": people["phone_collector"].pk,
        "to": people["teammate"].pk,
        "case": passed.pk,
        **more,
    }


def test_the_figures_are_those_of_the_run(lead, people):
    told, page = floor(people["supervisor"]), text_of(lead.get("/team/"))
    assert f"{told.cases:,}" in page
    for row in told.buckets:
        assert f'data-name="{row.bucket}" data-value="{row.cases}"' in page


def test_the_figures_name_no_borrower(lead, case):
    assert case.borrower_id not in text_of(lead.get("/team/"))


def test_nothing_is_passed_on_before_the_effect_was_shown(lead, case, people):
    take_case(case_id=case.pk, by=people["phone_collector"], at=AT)
    shown = lead.post("/team/reassign/", passing(case, people))
    assert "将把 1 件案件从phone_collector交给teammate" in text_of(shown)
    assert Case.objects.get(pk=case.pk).taken_by == people["phone_collector"]
    done = lead.post("/team/reassign/", passing(case, people, sure="1", once="a"), follow=True)
    assert "已改派 1 件给teammate" in text_of(done)
    assert Case.objects.get(pk=case.pk).taken_by == people["teammate"]


def test_a_change_sent_twice_is_made_once(lead, case, people):
    take_case(case_id=case.pk, by=people["phone_collector"], at=AT)
    for _ in range(2):
        lead.post("/team/reassign/", passing(case, people, sure="1", once="a"))
    assert Event.objects.filter(verb="reassign_case").count() == 1


def test_nobody_chosen_is_told_and_the_ticks_stay(lead, case, people):
    take_case(case_id=case.pk, by=people["phone_collector"], at=AT)
    answer = lead.post("/team/reassign/", passing(case, people, to=""))
    assert answer.status_code == 422
    assert f'id="c-{case.pk}" checked' in text_of(answer)


def test_a_hand_lists_what_it_holds(lead, case, people):
    owner = people["phone_collector"]
    assert "手中没有案件" in text_of(lead.get(f"/team/hands/{owner.pk}/"))
    take_case(case_id=case.pk, by=owner, at=AT)
    assert f'value="{case.pk}"' in text_of(lead.get(f"/team/hands/{owner.pk}/"))


@pytest.mark.parametrize("person", ["auditor", "teammate"])
def test_nobodys_name_is_told_to_whom_they_are_no_business_of(lead, case, people, person):
    asked = people[person]
    with writing("a test"):
        asked.team = None if person == "auditor" else found_team(name="二组", by=None, at=AT)
        asked.save()
    assert lead.get(f"/team/hands/{asked.pk}/").status_code == 404
    answer = lead.post(
        "/team/reassign/", {"from": asked.pk, "to": people["phone_collector"].pk, "case": 1}
    )
    assert answer.status_code == 404


def test_nobody_of_another_branch_is_offered_cases(people, case):
    team = found_team(name="二组", branch="别处", by=None, at=AT)
    for username, place in {
        "here": {"branch": case.branch},
        "anywhere": {},
        "elsewhere": {"branch": "别处"},
        "team elsewhere": {"team": team},
    }.items():
        admit_person(
            username=username, name=username, role="phone_collector", password=PASSWORD, by=None, at=AT,
            **place,
        )  # fmt: skip
    lead = people["supervisor"]
    lead.team, lead.branch = None, case.branch
    names = {one.username for one in colleagues(lead)}
    assert {"here", "anywhere"} < names
    assert names.isdisjoint({"elsewhere", "team elsewhere"})


@pytest.mark.parametrize(
    ("own", "of_team", "all_of_it"),
    [("", "", True), ("b", "", True), ("", "b", True), ("b", "b", True), ("b", "别处", False)],
)
def test_the_floor_is_of_the_cases_that_the_person_would_see(people, case, own, of_team, all_of_it):
    team = found_team(
        name="二组", branch=case.branch if of_team == "b" else of_team, by=None, at=AT
    )
    for role in ("manager", "supervisor"):
        person = people[role]
        person.team, person.branch = team, case.branch if own else ""
        told = floor(person)
        of_branch = (
            Case.objects.filter(branch=case.branch) if own or of_team else Case.objects.all()
        )
        assert told.cases == (of_branch.count() if all_of_it else 0)
        assert sum(row.cases for row in told.buckets) == told.cases
    assert told.cases == Case.objects.filter(sees(people["supervisor"])).count()


def test_a_case_that_is_not_there_is_not_found(lead, case, people):
    assert lead.post("/team/reassign/", passing(case, people, case="999999")).status_code == 404
    assert lead.post("/team/reassign/", passing(case, people, **{"from": "x"})).status_code == 404
