"""The case page of a field collector: what a visit needs, and the address once it is claimed."""

# ruff: noqa: F811

import re
from datetime import timedelta

import pytest

from arrears.core.contact import VISIT_WITHIN
from arrears.web.ledger.actions.cases import reassign_cases
from arrears.web.ledger.actions.holds import Scope, place_hold
from arrears.web.ledger.actions.journal import reconcile_journal
from arrears.web.ledger.journal import (
    Frozen,
    JournalAway,
    Line,
    journal_folder,
    lines_past,
    make_journal,
    write_lines,
)
from arrears.web.ledger.models import Borrower, Case, ContactPoint, Slot, Unaccounted, Visit
from arrears.web.ledger.models.guard import writing
from tests.web.conftest import AT
from tests.web.test_call import clock, one, telephone, the_bank  # noqa: F401
from tests.web.test_desk import signed_in, text_of
from tests.web.test_dial import kinds
from tests.web.test_visits import HOME, along, by, theirs, visit  # noqa: F401

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)
ALL = {"recorded": "1", "id_shown": "1", "entry_agreed": "1"}


@pytest.fixture(autouse=True)
def now(the_bank, monkeypatch):
    """It is the moment of the day's visits."""
    clock(monkeypatch, AT)


@pytest.fixture
def page(theirs, by, monkeypatch):
    """What the field collector reads on the page of the case at a moment."""

    def shown(at=AT, language="zh"):
        clock(monkeypatch, at)
        answer = signed_in(by).get(f"/case/{theirs.pk}/", headers={"accept-language": language})
        return text_of(answer)

    return shown


@pytest.fixture
def register(theirs, by, along):
    """The form, sent with everything that it asks, or with something else."""

    def sent(**other):
        told = {"once": "t1", "point": "a1", "companion": along.pk, "place": "home", **ALL}
        return signed_in(by).post(f"/case/{theirs.pk}/visit/", {**told, **other})

    return sent


def to_go(page):
    assert (HOME in page) is not ("不要上门" in page)
    return HOME in page


def test_whoever_makes_visits_and_has_the_case_finds_the_form(page, theirs, people):
    free = page()
    assert f'action="/case/{theirs.pk}/visit/"' in free
    assert "每一项都须做到" in free
    assert HOME not in free
    assert f"/case/{theirs.pk}/visit/" not in text_of(
        signed_in(people["supervisor"]).get(f"/case/{theirs.pk}/")
    )
    assert "Register the visit" in page(language="en")


def test_who_only_calls_finds_none(one, people):
    telephone(one, "a1", kind="address", value=HOME)
    with writing("a test"):
        Case.objects.filter(pk=one.pk).update(state="taken", taken_by=people["phone_collector"])
    assert "登记上门" not in text_of(signed_in(people["phone_collector"]).get(f"/case/{one.pk}/"))


@pytest.mark.parametrize("why", ["none", "wrong", "closed"])
def test_without_an_address_the_page_says_so(theirs, page, people, why):
    with writing("a test"):
        address = ContactPoint.objects.filter(borrower_id=theirs.borrower_id, kind="address")
        if why == "none":
            address.delete()
        elif why == "wrong":
            address.update(wrong_since=AT)
    if why == "closed":
        place_hold(
            case_id=theirs.pk, kind="opt_out", evidence="来信", scope=Scope(point_id="a1"),
            by=people["compliance"], at=AT,
        )  # fmt: skip
    assert "没有可以上门的地址。" in page()


def test_the_address_and_what_must_be_done_are_shown_once_it_is_claimed(register, page, along):
    answer = register()
    told = text_of(answer)
    assert answer.status_code == 200
    assert to_go(told)
    assert "全程录音并保存" in told
    assert along.name in told
    assert "登记上门</button>" not in told
    assert '<option value="visit" selected>' in told
    assert '<option value="a1" selected>' in told
    assert "本人不在这个地址" in told
    assert to_go(page())


def test_a_refusal_says_why_and_keeps_what_was_chosen(register, along, theirs):
    answer = register(recorded="", id_shown="")
    told = text_of(answer)
    assert answer.status_code == 409
    assert "全程录音并保存" in told
    assert HOME not in told
    assert f'<option value="{along.pk}" selected>' in told
    assert re.search(r'name="entry_agreed" value="1" checked', told)
    assert 'name="id_shown" value="1" checked' not in told
    assert kinds(theirs) == []
    assert "规则不准上门" in told  # in the history


@pytest.mark.parametrize(
    ("said", "status"),
    [({"companion": "x"}, 422), ({"place": "church"}, 422), ({"companion": ""}, 409)],
)
def test_what_the_form_never_sends_is_told_and_claims_nothing(register, said, status):
    assert register(**said).status_code == status
    assert Visit.objects.count() == 0


def test_who_did_not_go_says_so_and_who_came_back_records_it(register, page, theirs, by):
    register()
    browser = signed_in(by)
    told = browser.post(f"/case/{theirs.pk}/drop-visit/", {"once": "t2"}, follow=True)
    assert "已记下没有去成。" in text_of(told)
    assert HOME not in page()
    register(once="t3")
    sent = {"once": "t4", "channel": "visit", "outcome": "no_answer", "point": "a1", "then": "stay"}
    told = text_of(browser.post(f"/case/{theirs.pk}/outcome/", sent, follow=True))
    assert "无人应门" in told
    assert [made.state for made in Visit.objects.order_by("pk")] == ["cancelled", "not_met"]
    assert "今天已上门 1 次" in text_of(register(once="t5"))


def test_a_claim_is_good_for_some_hours(theirs, by, along, page):
    visit(theirs, by, along, at=AT - 7 * VISIT_WITHIN / 4)
    made = AT - 7 * VISIT_WITHIN / 4
    assert to_go(page(made + VISIT_WITHIN))
    late = page(made + VISIT_WITHIN + SECOND)
    assert not to_go(late)
    assert "登记上门已超过 4 小时" in late


def test_what_the_visit_itself_uses_of_the_day_does_not_stand_in_its_way(theirs, by, along, page):
    visit(theirs, by, along)
    assert kinds(theirs) == ["contact", "visit"]
    assert to_go(page())


def test_the_night_and_a_hold_take_the_address_away(theirs, by, along, page):
    visit(theirs, by, along)
    assert not to_go(page(AT.replace(hour=14)))  # 22:00 in Shanghai
    place_hold(case_id=theirs.pk, kind="dispute", evidence="来电", by=by, at=AT)
    held = page()
    assert not to_go(held)
    assert "没有去成" in held
    assert f'action="/case/{theirs.pk}/outcome/"' in held


def test_a_companion_who_loses_the_exam_takes_the_address_away(theirs, by, along, page):
    visit(theirs, by, along)
    with writing("a test"):
        type(along).objects.filter(pk=along.pk).update(exam_date=None)
    assert not to_go(page())


def test_an_erased_borrower_is_not_visited(theirs, by, along, page):
    visit(theirs, by, along)
    with writing("a test"):
        Borrower.objects.filter(pk=theirs.borrower_id).delete()
    assert "客户资料已不在" in page()


def test_whoever_claimed_it_sees_the_case_in_other_hands_until_it_is_recorded(
    theirs,
    by,
    along,
    page,
    people,
):
    visit(theirs, by, along)
    reassign_cases(case_ids=[theirs.pk], to=people["teammate"], by=people["supervisor"], at=AT)
    shown = page()
    assert not to_go(shown)
    assert "案件已不在您手中。" in shown


def test_a_claim_is_in_the_send_journal_before_anybody_hears_of_it(
    theirs,
    by,
    along,
    django_capture_on_commit_callbacks,
):
    with django_capture_on_commit_callbacks(execute=True):
        made = visit(theirs, by, along).visit
    (line,) = lines_past(journal_folder(), 0)[0]
    assert (line.key, line.channel, line.point) == (f"visit-{made.pk}", "visit", "a1")


def test_a_visit_that_the_journal_cannot_hold_is_not_made(
    theirs,
    by,
    along,
    monkeypatch,
    django_capture_on_commit_callbacks,
):
    def full(*_):
        raise JournalAway("x", hint="x")

    monkeypatch.setattr("arrears.web.ledger.actions.journal.write_lines", full)
    with pytest.raises(JournalAway), django_capture_on_commit_callbacks(execute=True):
        visit(theirs, by, along)
    assert (Visit.objects.get().state, kinds(theirs)) == ("cancelled", [])


def test_a_visit_that_only_the_journal_knows_freezes_and_then_uses_its_day(theirs, by, along):
    told = ("visit-9", theirs.pk, theirs.borrower_id, "a1", "visit", "2026-11-20", AT.isoformat())
    make_journal(journal_folder())
    write_lines(journal_folder(), [Line(1, *told)])
    with pytest.raises(Frozen):
        visit(theirs, by, along)
    reconcile_journal(by=None, at=AT)
    assert Unaccounted.objects.get().channel == "visit"
    assert set(Slot.objects.values_list("kind", flat=True)) == {"contact", "visit"}
    assert visit(theirs, by, along).verdict.codes == ("visit_cap",)
