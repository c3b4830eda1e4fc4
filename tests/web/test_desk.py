"""The desk: a queue with reasons, a case on one page, and forms that count once and lose nothing."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from arrears.core.tables import MADE_UP
from arrears.decide.reasons import beside_figures, sentence
from arrears.web import words
from arrears.web.ledger.actions.cases import take_case
from arrears.web.ledger.models import (
    Borrower,
    CaseDay,
    Contact,
    ContactPoint,
    Event,
    Hold,
    Note,
    Promise,
)
from arrears.web.ledger.models.guard import writing
from arrears.web.ledger.models.record import OUTCOMES, PROMISE_STATES
from arrears.web.ledger.queries.cases import queue, search
from tests.web.conftest import AT, DAY, PASSWORD

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def the_bank(bank, settings, monkeypatch):
    """The pages read the bank's home, and it is its day."""
    settings.ARREARS_HOME = bank.home.path
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOON)


@pytest.fixture
def at_desk(people, published):
    """A phone collector, signed in."""
    return signed_in(people["phone_collector"])


@pytest.fixture
def mine(case, people):
    """The first case, in the collector's hands."""
    take_case(case_id=case.pk, by=people["phone_collector"], at=AT)
    return case


def signed_in(person):
    client = Client()
    client.force_login(person)
    return client


def text_of(answer):
    return answer.content.decode()


def send(client, case, form, once="t1", **fields):
    return client.post(f"/case/{case.pk}/{form}/", {"once": once, **fields})


def test_a_customer_without_a_name_is_known_by_number_and_a_made_up_point_is_marked(at_desk, case):
    with writing("a test"):
        Borrower.objects.filter(pk=case.borrower_id).update(name="")
        ContactPoint.objects.filter(borrower_id=case.borrower_id).delete()
    assert "虚构联系方式" not in text_of(at_desk.get(f"/case/{case.pk}/"))
    with writing("a test"):
        ContactPoint.objects.create(
            point_id=f"{MADE_UP}1", borrower_id=case.borrower_id, role="debtor", kind="mobile"
        )
    told = text_of(at_desk.get(f"/case/{case.pk}/"))
    assert f"客户 {case.borrower_id} ·" in told
    assert "虚构联系方式" in told
    found = text_of(at_desk.get("/search/", {"q": case.borrower_id}))
    assert f">{case.borrower_id}<span" in found


def test_the_queue_says_why_and_hides_who(at_desk, people):
    told = text_of(at_desk.get("/work/"))
    line = queue(people["phone_collector"]).lines[0]
    assert all(said in told for said in beside_figures(line.reasons, lang="zh"))
    assert line.name
    assert line.name not in told
    assert f"{line.name[0]}**" in told


def test_a_page_that_is_no_number_is_the_first(at_desk):
    assert at_desk.get("/work/", {"page": "-3x"}).context["page"]["number"] == 1
    assert at_desk.get("/work/", {"page": "99999"}).status_code == 200


def test_next_gives_the_best_open_case_and_the_same_button_gives_one_only(at_desk, people):
    best = next(
        line
        for line in queue(people["phone_collector"]).lines
        if line.treatment not in ("none", "hold")
    )
    answer = at_desk.post("/work/next/", {"once": "a"})
    assert answer.url == f"/case/{best.case_id}/"
    assert at_desk.post("/work/next/", {"once": "a"}).url == "/work/?mine=1"
    assert queue(people["phone_collector"], mine=True).total == 1


def test_next_is_told_when_its_form_is_not_whole(at_desk, people):
    answer = at_desk.post("/work/next/", follow=True)
    assert "表单不完整" in text_of(answer)
    assert queue(people["phone_collector"], mine=True).total == 0


def test_next_says_so_when_nothing_is_left(stranger, published):
    answer = signed_in(stranger).post("/work/next/", {"once": "a"}, follow=True)
    assert "队列中没有今天需要联系的案件" in text_of(answer)


def test_a_search_finds_by_number_and_keeps_the_mask(at_desk, case):
    told = text_of(at_desk.get("/search/", {"q": case.borrower_id}))
    assert f"/case/{case.pk}/" in told
    assert Borrower.objects.get(pk=case.borrower_id).name not in told
    assert "没有您可以查看的案件" in text_of(at_desk.get("/search/", {"q": "无此人"}))


def test_a_search_finds_only_what_is_whole(at_desk, case, people):
    borrower = Borrower.objects.get(pk=case.borrower_id)
    point = ContactPoint.objects.filter(borrower_id=borrower.pk, kind="mobile").first()
    loan = CaseDay.objects.get(borrower_id=borrower.pk).worst_loan_id
    spaced = f"{point.value[:3]} {point.value[3:7]}-{point.value[7:]}"
    for whole in (borrower.pk, borrower.name, point.value, spaced, loan):
        found = {line.case_id for line in search(people["phone_collector"], whole).lines}
        assert case.pk in found
    for part in (
        borrower.pk[:-1],
        borrower.name[:-1],
        borrower.name[0],
        point.value[:-1],
        loan[:-1],
    ):
        assert search(people["phone_collector"], part).total == 0
    assert "完整的客户号" in text_of(at_desk.get("/search/", {"q": borrower.name[0]}))


def test_a_case_shows_what_is_owed_and_leads_to_why(at_desk, case):
    told = text_of(at_desk.get(f"/case/{case.pk}/"))
    day = CaseDay.objects.get(borrower_id=case.borrower_id)
    assert f"¥{day.overdue_minor // 100:,}.{day.overdue_minor % 100:02d}" in told
    explained = at_desk.get(f"/case/{case.pk}/why/{day.worst_loan_id}/")
    assert day.worst_loan_id in text_of(explained)
    assert at_desk.get(f"/case/{case.pk}/why/no-such-loan/").status_code == 404


def test_the_loan_of_another_borrower_is_not_explained_here(at_desk, case):
    other = CaseDay.objects.exclude(borrower_id=case.borrower_id).first()
    assert at_desk.get(f"/case/{case.pk}/why/{other.worst_loan_id}/").status_code == 404


def test_a_form_sent_twice_counts_once(at_desk, mine):
    for _ in range(2):
        answer = send(at_desk, mine, "outcome", channel="call", outcome="no_answer")
        assert answer.status_code == 302
    assert Contact.objects.count() == 1
    assert "没有重复记录" in text_of(at_desk.get(f"/case/{mine.pk}/"))
    send(at_desk, mine, "outcome", once="t2", channel="call", outcome="no_answer")
    assert Contact.objects.count() == 2


def test_each_form_of_a_page_has_its_own_token(at_desk, mine):
    tokens = re.findall(r'name="once" value="(\w+)"', text_of(at_desk.get(f"/case/{mine.pk}/")))
    assert len(tokens) == len(set(tokens)) > 4


def test_save_and_next_goes_to_another_case(at_desk, mine):
    answer = send(at_desk, mine, "outcome", channel="call", outcome="no_answer", then="next")
    assert re.fullmatch(r"/case/\d+/", answer.url)
    assert answer.url != f"/case/{mine.pk}/"


def test_a_promise_is_kept_as_it_was_typed(at_desk, mine):
    due = DAY + timedelta(days=3)
    answer = send(at_desk, mine, "promise", amount="¥1,234.50", due_date=due.isoformat())
    assert answer.status_code == 302
    promise = Promise.objects.get()
    assert (promise.amount_minor, promise.due_date, promise.made_date) == (123_450, due, DAY)
    send(at_desk, mine, "withdraw", once="t2", promise=promise.pk)
    promise.refresh_from_db()
    assert promise.state == "withdrawn"


@pytest.mark.parametrize(
    ("form", "fields", "kept"),
    [
        ("promise", {"amount": "一千", "due_date": "2026-11-25"}, "一千"),
        ("promise", {"amount": "77.01", "due_date": "soon"}, "77.01"),
        ("promise", {"amount": "88.02", "due_date": "2027-11-25"}, "88.02"),
        ("outcome", {"channel": "drum", "outcome": "paid", "note": "他说已还"}, "他说已还"),
        ("hold", {"kind": "nonsense", "evidence": "来电说明"}, "来电说明"),
    ],
    ids=["no amount", "no day", "too far away", "no channel", "no such kind"],
)
def test_what_was_typed_is_not_lost_when_it_is_refused(at_desk, mine, form, fields, kept):
    answer = send(at_desk, mine, form, **fields)
    assert answer.status_code == 422
    assert kept in text_of(answer)
    assert 'role="alert"' in text_of(answer)
    assert (Promise.objects.count(), Contact.objects.count(), Hold.objects.count()) == (0, 0, 0)


def test_a_refused_form_may_be_sent_again(at_desk, mine):
    good = {"amount": "5", "due_date": DAY.isoformat()}
    assert send(at_desk, mine, "promise", **{**good, "amount": "0"}).status_code == 422
    assert send(at_desk, mine, "promise", **good).status_code == 302
    assert Promise.objects.count() == 1


def test_a_form_without_its_token_is_refused_with_what_was_typed(at_desk, mine):
    answer = send(at_desk, mine, "note", once="", text="下午再打")
    assert answer.status_code == 422
    assert "下午再打" in text_of(answer)
    assert Note.objects.count() == 0


def test_a_stale_case_says_so_and_keeps_the_words(at_desk, case):
    answer = send(at_desk, case, "outcome", channel="call", outcome="paid", note="x1")
    assert answer.status_code == 409
    assert "请先领取" in text_of(answer)
    assert "x1" in text_of(answer)


def test_a_case_passed_on_meanwhile_says_so_and_keeps_the_words(case, at_desk, people):
    take_case(case_id=case.pk, by=people["teammate"], at=AT)
    answer = send(at_desk, case, "note", text="下午再打")
    assert answer.status_code == 404
    assert "下午再打" in text_of(answer)


def test_a_lost_session_comes_back_to_the_case(case):
    answer = Client().post(
        f"/case/{case.pk}/note/", headers={"referer": f"http://testserver/case/{case.pk}/"}
    )
    assert answer.url == f"/sign-in/?next=/case/{case.pk}/"


def test_what_was_typed_when_the_session_ended_waits_behind_the_door_and_counts_once(case, people):
    client = Client()
    answer = send(client, case, "note", text="工资十日发放，下午再打", once="t-lost")
    assert answer.url == "/sign-in/?next=/kept/"
    door = client.get(answer.url)
    assert "工资十日发放" not in text_of(door)  # not before someone has signed in
    username = people["phone_collector"].username
    words = {"username": username, "password": PASSWORD, "next": "/kept/"}
    assert client.post("/sign-in/", words).url == "/kept/"
    page = client.get("/kept/")
    assert "工资十日发放，下午再打" in text_of(page)
    fields = dict(page.context["fields"])
    for _ in range(2):
        client.post(page.context["action"], fields)
    assert [note.text for note in Note.objects.all()] == ["工资十日发放，下午再打"]


def test_a_value_is_shown_once_for_a_reason(at_desk, case):
    name = Borrower.objects.get(pk=case.borrower_id).name
    refused = send(at_desk, case, "reveal", what="name", reason=" ")
    assert (refused.status_code, name in text_of(refused)) == (422, False)
    answer = send(at_desk, case, "reveal", what="name", reason="核对身份")
    assert f"<mark>{name}</mark>" in text_of(answer)
    assert "no-store" in answer["Cache-Control"]
    assert name not in text_of(at_desk.get(f"/case/{case.pk}/"))
    assert Event.objects.filter(verb="reveal_value").count() == 1


def test_a_point_is_shown_alone(at_desk, case):
    point = at_desk.get(f"/case/{case.pk}/").context["points"][0]["point"]
    answer = send(at_desk, case, "reveal", what="point", point=point.pk, reason="拨打电话")
    assert text_of(answer).count("<mark>") == 1
    assert f"<mark>{point.value}</mark>" in text_of(answer)


def test_a_hold_stands_at_the_top_until_a_supervisor_ends_it(at_desk, mine, people):
    send(at_desk, mine, "hold", kind="dispute", evidence="金额不对")
    told = text_of(at_desk.get(f"/case/{mine.pk}/"))
    assert "已暂停催收，请勿联系" in told
    assert "end-hold" not in told
    lead = signed_in(people["supervisor"])
    hold = Hold.objects.get()
    assert send(lead, mine, "end-hold", hold=hold.pk, reason="已核对").status_code == 302
    assert "已暂停催收，请勿联系" not in text_of(lead.get(f"/case/{mine.pk}/"))


def test_the_timeline_tells_in_words(at_desk, mine):
    send(at_desk, mine, "outcome", channel="inbound", outcome="call_back", note="明早九点")
    told = text_of(at_desk.get(f"/case/{mine.pk}/"))
    for said in ("客户来电", "约定再联系", "明早九点", "领取案件"):
        assert said in told


def test_what_is_typed_is_text_and_never_markup(at_desk, mine):
    send(at_desk, mine, "note", text="<script>alert(1)</script>")
    assert "<script>alert" not in text_of(at_desk.get(f"/case/{mine.pk}/"))


@pytest.mark.parametrize(
    ("role", "place"),
    [
        ("phone_collector", "/work/"),
        ("supervisor", "/team/"),
        ("manager", "/team/"),
        ("analyst", "/team/"),
        ("auditor", "/work/"),
        ("compliance", "/work/"),
    ],
)
def test_everyone_begins_where_their_work_is(people, role, place):
    assert signed_in(people[role]).get("/").url == place


def test_an_administrator_is_told_what_they_can_do(people):
    told = text_of(signed_in(people["administrator"]).get("/"))
    assert "不查看借款人的案件" in told
    assert 'href="/people/"' in told


def test_every_code_of_the_ledger_has_a_word():
    assert list(words.OUTCOME) == [code for code, _ in OUTCOMES]
    assert set(words.PROMISE) == set(PROMISE_STATES)


def test_the_page_speaks_english_too(at_desk, case):
    at_desk.cookies["django_language"] = "en"
    told = text_of(at_desk.get(f"/case/{case.pk}/"))
    day = CaseDay.objects.get(borrower_id=case.borrower_id)
    assert sentence(day.reasons, treatment=day.treatment, lang="en").split("(")[0] in told
