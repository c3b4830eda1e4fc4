"""Whoever a complaint is about, or their team, does not answer it; what nobody said is not known."""

from datetime import timedelta

import pytest
from django.utils import translation

from arrears.rules.gate import may_contact
from arrears.web import event_words
from arrears.web.ledger.actions.complaints import Complaint, ComplaintUnsound
from arrears.web.ledger.actions.holds import Scope, end_hold, place_hold
from arrears.web.ledger.actions.people import found_team
from arrears.web.ledger.facts import facts_of
from arrears.web.ledger.models import Borrower, CaseDay, ContactPoint, Event, Hold
from arrears.web.ledger.models.guard import writing
from arrears.web.ledger.rulebook import book_in_use
from tests.web.conftest import AT, DAY, _admit
from tests.web.test_desk import NOON, send, signed_in, text_of

pytestmark = pytest.mark.django_db
ONE_DAY = timedelta(days=1)
RECUSED = ("refuse", ("recusal",))
UNKNOWN = ("refuse", ("fact_missing", "fact_missing"))  # them, their team


@pytest.fixture
def outsider(people):
    """A collector of another team than everybody else here."""
    return _admit("outsider", "phone_collector", found_team(name="二组", by=None, at=AT))


@pytest.fixture
def loner(people):
    """A collector of no team."""
    return _admit("loner", "phone_collector", None)


def complain(case, by, *, kind="complaint", until_date=None, **about):
    return place_hold(
        case_id=case.pk,
        kind=kind,
        evidence="工单 7",
        scope=Scope(until_date=until_date),
        complaint=Complaint(**about),
        by=by,
        at=AT,
    )


def facts(case, by, *, purpose="complaint_reply", at=AT):
    return facts_of(
        case=case,
        point=ContactPoint.objects.get(pk="test-own"),
        channel="call",
        purpose=purpose,
        borrower=Borrower.objects.get(pk=case.borrower_id),
        at=at,
        by=(by,),
    )


def answers(case, by, *, at=AT):
    verdict = may_contact(facts(case, by, at=at), book=book_in_use())
    return verdict.outcome, verdict.codes


def test_whoever_it_is_about_and_their_team_do_not_answer_and_others_do(
    shanghai, compliance, people, outsider, loner
):
    complain(shanghai, compliance, person_id=people["phone_collector"].pk)
    told = facts(shanghai, people["phone_collector"])
    assert (told.complained_of, told.team_complained_of) == (True, True)
    told = facts(shanghai, people["teammate"])
    assert (told.complained_of, told.team_complained_of) == (False, True)
    assert answers(shanghai, people["phone_collector"]) == RECUSED
    assert answers(shanghai, people["teammate"]) == RECUSED
    for other in (outsider, loner):
        told = facts(shanghai, other)
        assert (told.complained_of, told.team_complained_of) == (False, False)
        outcome, codes = answers(shanghai, other)
        assert outcome.startswith("allow"), codes


def test_people_of_no_team_are_no_team(shanghai, compliance, loner):
    other = _admit("other", "phone_collector", None)
    complain(shanghai, compliance, person_id=loner.pk)
    assert facts(shanghai, loner).complained_of is True
    assert facts(shanghai, other).team_complained_of is False


def test_a_complaint_that_says_of_nobody_is_answered_by_nobody(shanghai, compliance, outsider):
    assert answers(shanghai, outsider) == UNKNOWN  # no complaint at all
    complain(shanghai, compliance)
    assert facts(shanghai, outsider).complained_of is None
    assert answers(shanghai, outsider) == UNKNOWN


def test_a_complaint_about_none_of_our_people_is_answered_by_anybody(shanghai, compliance, people):
    complain(shanghai, compliance, nobody=True)
    assert answers(shanghai, people["phone_collector"])[0].startswith("allow")


def test_of_several_complaints_each_must_say_whom_it_is_about(
    shanghai, compliance, people, outsider
):
    complain(shanghai, compliance, nobody=True)
    unsaid = complain(shanghai, compliance)
    assert answers(shanghai, outsider) == UNKNOWN
    complain(shanghai, compliance, person_id=people["teammate"].pk)
    assert answers(shanghai, people["teammate"]) == RECUSED  # known for sure, whatever the other is
    told = facts(shanghai, people["phone_collector"])
    assert (told.complained_of, told.team_complained_of) == (None, True)
    end_hold(hold_id=unsaid.pk, case_id=shanghai.pk, reason="已撤诉", by=compliance, at=AT)
    assert answers(shanghai, outsider)[0].startswith("allow")


def test_a_complaint_that_only_the_book_knows_says_of_nobody(shanghai, compliance, outsider):
    with writing("a test"):
        CaseDay.objects.filter(borrower_id=shanghai.borrower_id).update(flags="complaint")
    assert answers(shanghai, outsider) == UNKNOWN
    complain(shanghai, compliance, nobody=True)
    assert answers(shanghai, outsider)[0].startswith(
        "allow"
    )  # the flag is that complaint told back


def test_it_counts_on_its_days_and_for_its_borrower_only(shanghai, compliance, people, outsider):
    other = CaseDay.objects.exclude(borrower_id=shanghai.borrower_id)[0].borrower_id
    theirs = type(shanghai).objects.get(borrower_id=other)
    complain(theirs, compliance, person_id=outsider.pk)
    complain(shanghai, compliance, nobody=True, until_date=DAY + ONE_DAY)
    assert facts(shanghai, outsider).complained_of is False
    assert facts(shanghai, outsider, at=AT + ONE_DAY).complained_of is None


def test_the_day_of_receipt_is_that_of_the_one_that_waits_longest(shanghai, compliance, outsider):
    complain(shanghai, compliance, nobody=True, received_date=DAY)
    assert facts(shanghai, outsider).received_date == DAY
    complain(shanghai, compliance, nobody=True, received_date=DAY - 3 * ONE_DAY)
    assert facts(shanghai, outsider).received_date == DAY - 3 * ONE_DAY
    complain(shanghai, compliance, nobody=True)
    assert facts(shanghai, outsider).received_date is None


def test_another_contact_is_not_told_of_it(shanghai, compliance, people):
    complain(shanghai, compliance, person_id=people["phone_collector"].pk, received_date=DAY)
    told = facts(shanghai, people["phone_collector"], purpose="plan_service")
    assert (told.complained_of, told.team_complained_of, told.received_date) == (None, None, None)


@pytest.mark.parametrize(
    ("kind", "about"),
    [
        ("dispute", {"nobody": True}),
        ("hardship", {"received_date": DAY}),
        ("complaint", {"received_date": DAY + ONE_DAY}),
        ("complaint", {"received_date": DAY.replace(year=1999)}),
        ("complaint", {"person_id": 0}),
        ("complaint", {"person_id": "phone_collector", "nobody": True}),
    ],
)
def test_what_cannot_be_meant_is_refused(shanghai, compliance, people, kind, about):
    if about.get("person_id"):
        about = {**about, "person_id": people[about["person_id"]].pk}
    with pytest.raises(ComplaintUnsound):
        complain(shanghai, compliance, kind=kind, **about)
    assert not Hold.objects.exists()


# ---- on the page ---------------------------------------------------------------------------------


@pytest.fixture
def desk(bank, settings, monkeypatch, compliance):
    """Someone of compliance at the bank's desk, at noon of its day."""
    settings.ARREARS_HOME = bank.home.path
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOON)
    return signed_in(compliance)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_page_takes_and_shows_whom_it_is_about(desk, shanghai, people, language):
    about, day = str(people["teammate"].pk), DAY.isoformat()
    sent = {"kind": "complaint", "evidence": "工单 7", "about": about, "received_date": day}
    assert send(desk, shanghai, "hold", **sent).status_code == 302
    hold = Hold.objects.get()
    assert (hold.about, hold.about_nobody, hold.received_date) == (people["teammate"], False, DAY)
    told = text_of(desk.get(f"/case/{shanghai.pk}/", headers={"accept-language": language}))
    known = {
        "zh-hans": "投诉涉及：teammate，收到于 2026年11月20日",
        "en": "Complaint about: teammate, received on",
    }
    assert known[language] in told
    event = Event.objects.get(verb="place_hold")
    with translation.override(language):
        assert "teammate" in dict(event_words.event_detail(event.detail)).values()


@pytest.mark.parametrize(
    ("about", "nobody", "said"), [("", False, "不清楚"), ("nobody", True, "不涉及本机构的人")]
)
def test_unknown_stays_unknown_and_nobody_is_said(desk, shanghai, about, nobody, said):
    send(desk, shanghai, "hold", kind="complaint", evidence="工单 7", about=about)
    hold = Hold.objects.get()
    assert (hold.about, hold.about_nobody, hold.received_date) == (None, nobody, None)
    assert f"投诉涉及：{said}" in text_of(desk.get(f"/case/{shanghai.pk}/"))


def test_what_was_chosen_comes_back_with_a_refusal(desk, shanghai, people):
    chosen = str(people["teammate"].pk)
    sent = {"kind": "dispute", "evidence": "来电", "about": chosen, "received_date": "2026-11-19"}
    answer = send(desk, shanghai, "hold", **sent)
    assert answer.status_code == 422
    told = text_of(answer)
    assert "只有投诉可以写明涉及谁、何时收到" in told
    assert f'<option value="{chosen}" selected>teammate</option>' in answer.content.decode()
    assert 'value="2026-11-19"' in answer.content.decode()
    assert send(desk, shanghai, "hold", **{**sent, "about": "x"}).status_code == 422
    assert not Hold.objects.exists()


def test_only_people_of_ones_own_branch_are_in_the_list(desk, shanghai, people, stranger):
    everyone = dict(desk.get(f"/case/{shanghai.pk}/").context["colleagues"]).values()
    assert "stranger" in everyone  # compliance is of every branch
    near = _admit("near", "phone_collector", None, branch=shanghai.branch)
    listed = dict(signed_in(near).get(f"/case/{shanghai.pk}/").context["colleagues"]).values()
    assert "near" in listed
    assert "teammate" in listed  # of every branch
    assert "stranger" not in listed
