"""People: admitted, moved, dismissed by an administrator; sessions end with the password they began by."""

import re

import pytest
from django.core.cache import cache

from arrears.web.ledger.actions import people as acts
from arrears.web.ledger.actions.act import NotNow
from arrears.web.ledger.actions.cases import take_case
from arrears.web.ledger.actions.people import (
    LastAdministrator,
    NameUnsound,
    WeakPassword,
    admit_person,
    dismiss_person,
    found_team,
    move_person,
    readmit_person,
    set_password,
)
from arrears.web.ledger.models import Case, Event, Person, Team
from arrears.web.ledger.models.guard import writing
from arrears.web.ledger.policy import NotAllowed, sees
from arrears.web.ledger.queries.people import everyone
from tests.web.conftest import AT, PASSWORD
from tests.web.test_desk import signed_in, text_of

pytestmark = pytest.mark.django_db
NEW = "quince-meadow-8"


@pytest.fixture(autouse=True)
def fresh(bank, settings):
    """Nobody has knocked yet, and the pages read the bank's home."""
    cache.clear()
    settings.ARREARS_HOME = bank.home.path


@pytest.fixture
def office(people):
    """An administrator, signed in."""
    return signed_in(people["administrator"])


def newcomer(**more):
    return {
        "once": "a",
        "username": "feng",
        "name": "冯新人",
        "role": "phone_collector",
        "team": Team.objects.get().pk,
        "branch": "金华支行",
        **more,
    }


def drawn_in(answer):
    return re.search(r'<code class="drawn">([^<]+)</code>', text_of(answer)).group(1)


def comes_in(client, username, password):
    return client.post("/sign-in/", {"username": username, "password": password}).status_code == 302


def test_a_person_is_admitted_with_a_password_that_was_drawn_and_is_shown_once(office, client):
    answer = office.post("/people/admit/", newcomer())
    password = drawn_in(answer)
    assert "no-store" in answer["Cache-Control"]
    person = Person.objects.get(username="feng")
    assert (person.role, person.team.name, person.branch) == ("phone_collector", "一组", "金华支行")
    assert password not in text_of(office.get(f"/people/{person.pk}/"))
    assert comes_in(client, "feng", password)


def test_a_person_is_admitted_with_a_password_that_was_chosen(office, client):
    assert office.post("/people/admit/", newcomer(password=NEW)).url == "/people/"
    assert comes_in(client, "feng", NEW)
    assert "冯新人" in text_of(office.get("/people/"))


def test_no_password_is_ever_in_the_log_or_comes_back_in_a_form(office, people):
    refused = office.post("/people/admit/", newcomer(password=NEW, username="auditor"))
    assert refused.status_code == 422
    assert NEW not in text_of(refused)
    assert 'value="冯新人"' in text_of(refused)
    office.post("/people/admit/", newcomer(password=NEW))
    drawn = drawn_in(office.post("/people/admit/", newcomer(once="b", username="feng2")))
    told = str(list(Event.objects.values_list("detail", flat=True)))
    assert "feng2" in told
    assert NEW not in told
    assert drawn not in told


def test_a_form_sent_twice_admits_once_and_shows_no_password_again(office):
    office.post("/people/admit/", newcomer())
    again = office.post("/people/admit/", newcomer(), follow=True)
    assert "没有重复记录" in text_of(again)
    assert 'class="drawn"' not in text_of(again)
    assert Person.objects.filter(username="feng").count() == 1


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"username": " "}, "名称为空"),
        ({"name": "长" * 81}, "名称为空、太长"),
        ({"role": "king"}, "没有这个角色"),
        ({"team": "999"}, "没有这个团队"),
        ({"password": "short"}, "密码不够安全"),
        ({"branch": "a\x01b"}, "不能显示的字符"),
        ({"once": ""}, "表单不完整"),
    ],
    ids=["no name", "too long", "no role", "no team", "weak", "unprintable", "no token"],
)
def test_what_cannot_be_meant_is_refused_and_admits_nobody(office, more, said):
    answer = office.post("/people/admit/", newcomer(**more))
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert not Person.objects.filter(name__startswith="冯").exists()


def test_of_two_admitted_at_once_under_one_name_the_second_is_told(office, people, monkeypatch):
    by, give = people["administrator"], acts._give_password

    def meanwhile(person, password):
        monkeypatch.setattr(acts, "_give_password", give)
        admit_person(username="feng", name="另一位", role="auditor", password=NEW, by=by, at=AT)
        give(person, password)

    monkeypatch.setattr(acts, "_give_password", meanwhile)
    answer = office.post("/people/admit/", newcomer())
    assert (answer.status_code, "已有人使用" in text_of(answer)) == (422, True)
    assert not Person.objects.filter(name="冯新人").exists()


def test_the_session_of_whoever_is_dismissed_ends_at_once_and_stays_ended(office, people):
    person = people["supervisor"]
    theirs = signed_in(person)
    assert theirs.get("/team/").status_code == 200
    office.post(f"/people/{person.pk}/dismiss/", {"once": "a"})
    assert theirs.get("/team/").url == "/sign-in/?next=/team/"
    password = drawn_in(office.post(f"/people/{person.pk}/readmit/", {"once": "b"}))
    assert theirs.get("/team/").url == "/sign-in/?next=/team/"
    assert comes_in(theirs, "supervisor", password)
    assert theirs.get("/team/").status_code == 200


def test_the_cases_of_whoever_is_dismissed_are_back_in_the_queue(office, people, case):
    person = people["phone_collector"]
    take_case(case_id=case.pk, by=person, at=AT)
    answer = office.post(f"/people/{person.pk}/dismiss/", {"once": "a"}, follow=True)
    assert "其手中 1 件案件已放回队列" in text_of(answer)
    case.refresh_from_db()
    assert (case.state, case.taken_by) == ("open", None)
    event = Event.objects.get(verb="release_case")
    assert (event.case_id, event.by) == (case.pk, people["administrator"])
    assert event.detail == {"of": person.username}


@pytest.mark.parametrize(
    ("role", "branch", "stays"),
    [
        ("phone_collector", "", True),
        ("field_collector", "own", True),
        ("phone_collector", "别处", False),
        ("auditor", "", False),
    ],
    ids=["nothing new", "same branch", "other branch", "no work"],
)
def test_what_a_moved_person_may_not_work_on_is_back_in_the_queue(
    people, case, role, branch, stays
):
    person = people["phone_collector"]
    mine, other = Case.objects.filter(branch=case.branch)[:2]
    for one in (mine, other):
        take_case(case_id=one.pk, by=person, at=AT)
    place = {"role": role, "team": None, "branch": case.branch if branch == "own" else branch}
    released = move_person(username=person.username, by=people["administrator"], at=AT, **place)
    person.refresh_from_db()
    assert released == (0 if stays else 2)
    assert Case.objects.filter(taken_by=person).count() == (2 if stays else 0)
    assert Event.objects.filter(verb="release_case").count() == released


@pytest.mark.parametrize("left", ["inactive", "no team"])
def test_a_supervisor_sees_what_lies_with_someone_of_no_team_or_who_has_left(people, case, left):
    person, lead = people["phone_collector"], people["supervisor"]
    take_case(case_id=case.pk, by=person, at=AT)
    with writing("a test"):
        person.team = found_team(name="二组", by=None, at=AT)
        person.save()
        assert not Case.objects.filter(sees(lead), pk=case.pk).exists()
        if left == "inactive":
            person.is_active = False
        else:
            person.team = None
        person.save()
    assert Case.objects.filter(sees(lead), pk=case.pk).exists()
    lines = signed_in(lead).get(f"/team/hands/{person.pk}/")
    assert f'value="{case.pk}"' in text_of(lines)


def test_a_password_set_by_the_administrator_ends_every_session(office, people, client):
    person = people["auditor"]
    theirs = signed_in(person)
    office.post(f"/people/{person.pk}/password/", {"once": "a", "password": NEW})
    assert theirs.get("/work/").url == "/sign-in/?next=/work/"
    assert not comes_in(client, "auditor", PASSWORD)
    assert comes_in(client, "auditor", NEW)


def test_a_move_holds_from_the_next_page(office, people):
    person = people["auditor"]
    theirs = signed_in(person)
    assert theirs.get("/outbox/").status_code == 200
    office.post(f"/people/{person.pk}/move/", {"once": "a", "role": "analyst", "branch": "别处"})
    assert theirs.get("/outbox/").status_code == 403
    event = Event.objects.get(verb="move_person")
    assert event.detail["before"]["role"] == "auditor"
    assert event.detail["after"] == {"role": "analyst", "team": "", "branch": "别处"}


def test_the_last_administrator_can_neither_leave_nor_step_down(office, people):
    person = people["administrator"]
    for form, sent in (("dismiss", {}), ("move", {"role": "auditor"})):
        answer = office.post(f"/people/{person.pk}/{form}/", {"once": form, **sent})
        assert answer.status_code == 422
        assert "最后一位在岗的系统管理员" in text_of(answer)
    person.refresh_from_db()
    assert (person.is_active, person.role) == (True, "administrator")
    moved = office.post(f"/people/{person.pk}/move/", {"once": "x", "role": "administrator"})
    assert moved.status_code == 302


def test_with_another_administrator_one_may_go_but_then_not_the_other(people):
    first = people["administrator"]
    second = admit_person(
        username="second", name="二", role="administrator", password=NEW, by=first, at=AT
    )
    dismiss_person(username="administrator", by=second, at=AT)
    with pytest.raises(LastAdministrator):
        dismiss_person(username="second", by=None, at=AT)
    first.refresh_from_db()
    with pytest.raises(NotAllowed):
        dismiss_person(username="auditor", by=first, at=AT)


def test_only_an_administrator_may_do_any_of_it(people):
    lead = people["supervisor"]
    for act, words in (
        (move_person, {"role": "manager", "team": None, "branch": ""}),
        (set_password, {"password": NEW}),
        (readmit_person, {"password": NEW}),
        (dismiss_person, {}),
    ):
        with pytest.raises(NotAllowed):
            act(username="auditor", by=lead, at=AT, **words)
    with pytest.raises(NotAllowed):
        found_team(name="新", by=lead, at=AT)


def test_whoever_works_here_is_not_admitted_again(people):
    with pytest.raises(NotNow):
        readmit_person(username="auditor", password=NEW, by=people["administrator"], at=AT)
    with pytest.raises(WeakPassword):
        set_password(username="auditor", password="123", by=people["administrator"], at=AT)
    with pytest.raises(NameUnsound):
        found_team(name="", by=None, at=AT)


def test_a_team_is_founded_once(office):
    assert office.post("/people/team/", {"once": "a", "name": "二组"}).status_code == 302
    again = office.post("/people/team/", {"once": "b", "name": "二组"})
    assert (again.status_code, "已有这个名称的团队" in text_of(again)) == (422, True)
    assert Team.objects.filter(name="二组").count() == 1
    assert "二组" in text_of(office.get("/people/"))


def test_people_are_found_by_a_part_of_their_name_and_paged(office, people, monkeypatch):
    told = text_of(office.get("/people/", {"who": "audit"}))
    assert f"/people/{people['auditor'].pk}/" in told
    assert f"/people/{people['manager'].pk}/" not in told
    assert "没有符合条件的人" in text_of(office.get("/people/", {"who": "无此人"}))
    monkeypatch.setattr("arrears.web.ledger.queries.people.PAGE", 4)
    assert len(everyone(page=3).rows) == everyone().total - 8
    assert everyone(page=99).number == 3
    assert "page=2" in text_of(office.get("/people/"))


def test_a_person_that_is_not_there_is_not_found(office):
    assert office.get("/people/999999/").status_code == 404
    assert office.post("/people/999999/dismiss/", {"once": "a"}).status_code == 404


def change(client, old=PASSWORD, new=NEW, again=None, once="a"):
    sent = {"once": once, "old": old, "new": new, "again": new if again is None else again}
    return client.post("/password/change/", sent)


def test_ones_own_password_is_changed_and_only_this_browser_stays_in(people, client):
    here, elsewhere = signed_in(people["auditor"]), signed_in(people["auditor"])
    assert change(here).status_code == 302
    assert here.get("/password/").status_code == 200
    assert elsewhere.get("/password/").url == "/sign-in/?next=/password/"
    assert comes_in(client, "auditor", NEW)
    assert Event.objects.get(verb="change_password").by == people["auditor"]


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"old": "wrong"}, "原密码不正确"),
        ({"again": "quince-meadow-9"}, "两次输入的新密码不一样"),
        ({"new": PASSWORD}, "新密码与原密码相同"),
        ({"new": "short"}, "密码不够安全"),
    ],
    ids=["wrong", "not the same", "no other", "weak"],
)
def test_a_change_that_is_refused_changes_nothing(people, client, sent, said):
    here = signed_in(people["auditor"])
    answer = change(here, **sent)
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert comes_in(client, "auditor", PASSWORD)
    assert here.get("/password/").status_code == 200


def test_nobody_tries_old_passwords_for_ever(people):
    here = signed_in(people["auditor"])
    told = [change(here, old="wrong", once=str(n)).status_code for n in range(6)]
    assert told == [422] * 5 + [429]
    assert change(here, once="x").status_code == 429
