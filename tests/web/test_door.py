"""The door: who comes in, where to, how often they may fail, and in which language."""

import re
from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest
from django.core.cache import cache
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.utils import translation

from arrears.web.ledger.actions.people import dismiss_person
from arrears.web.ledger.models import Person
from arrears.web.ledger.templatetags.shown import day, masked, moment, money, role
from tests.web.conftest import AT, PASSWORD

ZH = {"HTTP_ACCEPT_LANGUAGE": "zh-CN"}


@pytest.fixture(autouse=True)
def fresh(db):
    """Nobody has knocked yet, and the reader is Chinese."""
    cache.clear()
    with translation.override("zh-hans"):
        yield


def knock(client, username="supervisor", password=PASSWORD, **more):
    with_next = {"username": username, "password": password, **more}
    return client.post("/sign-in/", with_next, headers={"accept-language": "zh-CN"})


def signed_in(client):
    return "_auth_user_id" in client.session


def test_a_person_signs_in_and_is_led_to_the_first_page(client, people):
    answer = knock(client)
    assert (answer.status_code, answer["location"]) == (302, "/")
    assert signed_in(client)


def test_a_person_comes_back_to_the_page_they_asked_for(client, people):
    page = client.get("/sign-in/?next=/case/7/%3Ftab%3Dwhy")
    assert 'value="/case/7/?tab=why"' in page.content.decode()
    assert knock(client, next="/case/7/?tab=why")["location"] == "/case/7/?tab=why"


@pytest.mark.parametrize("away", ["https://evil.test/", "//evil.test", "javascript:x", "\\\\evil"])
def test_nobody_is_led_to_another_site(client, people, away):
    assert knock(client, next=away)["location"] == "/"


def test_who_is_in_already_is_led_on(client, people):
    client.force_login(people["supervisor"])
    assert client.get("/sign-in/?next=/queue/")["location"] == "/queue/"


def test_a_wrong_password_and_an_unknown_name_read_the_same(client, people):
    wrong = knock(client, password="plum-orchard-8")
    unknown = knock(client, username="nobody")
    assert wrong.status_code == unknown.status_code == 422
    bodies = [_without_tokens(one).replace("nobody", "supervisor") for one in (wrong, unknown)]
    assert bodies[0] == bodies[1]
    assert "登录名或密码不正确" in bodies[0]
    assert not signed_in(client)


def test_a_part_of_a_page_without_a_session_opens_the_door_as_a_whole_page(client, db):
    asked = {"hx-request": "true", "hx-current-url": "http://testserver/case/7/?tab=why"}
    answer = client.get("/sign-in/?next=/case/7/part/", headers=asked)
    assert answer["hx-redirect"] == "/sign-in/?next=%2Fcase%2F7%2F%3Ftab%3Dwhy"
    assert answer.content == b""


def test_what_was_typed_is_kept_but_never_the_password(client, people):
    body = knock(client, password="plum-orchard-8", next="/queue/").content.decode()
    assert 'value="supervisor"' in body
    assert 'value="/queue/"' in body
    assert "plum-orchard-8" not in body


def test_a_dismissed_person_stays_outside(client, people):
    dismiss_person(username="supervisor", by=None, at=AT)
    assert knock(client).status_code == 422


def test_five_failures_close_the_door_for_that_name_only(client, people):
    for _ in range(5):
        assert knock(client, password="wrong").status_code == 422
    closed = knock(client, username=" SUPERVISOR")
    assert closed.status_code == 429
    assert "暂停登录 15 分钟" in closed.content.decode()
    assert not signed_in(client)
    assert knock(client, username="manager").status_code == 302


def test_four_failures_are_forgotten_by_a_success(client, people):
    for _ in range(4):
        knock(client, password="wrong")
    assert knock(client).status_code == 302
    client.logout()
    assert knock(client, password="wrong").status_code == 422
    assert knock(client).status_code == 302


def test_fifty_failures_close_the_door_for_that_address_only(client, people):
    for number in range(50):
        knock(client, username=f"guess{number}")
    assert knock(client).status_code == 429
    elsewhere = Client(REMOTE_ADDR="10.0.0.9")
    assert knock(elsewhere).status_code == 302


def test_signing_out_is_a_post_and_ends_the_session(client, people):
    client.force_login(people["supervisor"])
    assert client.get("/sign-out/").status_code == 405
    assert signed_in(client)
    assert client.post("/sign-out/")["location"] == "/sign-in/"
    assert not signed_in(client)


def test_a_form_without_its_token_is_refused_with_the_way_out(people):
    strict = Client(enforce_csrf_checks=True)
    answer = knock(strict)
    assert answer.status_code == 403
    assert "页面已失效，没有保存" in answer.content.decode()


def test_the_page_speaks_the_language_of_the_browser_then_of_the_switch(client, db):
    assert '<html lang="zh-CN">' in client.get("/sign-in/", **ZH).content.decode()
    english = client.get("/sign-in/", headers={"accept-language": "en"}).content.decode()
    assert '<html lang="en">' in english
    assert "Sign in" in english
    answer = client.post("/language/", {"language": "en", "next": "/sign-in/?next=/queue/"})
    assert answer["location"] == "/sign-in/?next=/queue/"
    assert '<html lang="en">' in client.get("/sign-in/", **ZH).content.decode()


def test_the_page_speaks_the_language_of_who_came_in(client, people):
    Person.objects.filter(username="manager").update(language="en")
    knock(client, username="manager")
    assert client.cookies["django_language"].value == "en"
    client.post("/sign-out/")
    assert client.cookies["django_language"].value == ""


def test_the_choice_of_the_switch_outlives_signing_in(client, people):
    client.post("/language/", {"language": "en"})
    knock(client)
    assert client.cookies["django_language"].value == "en"


def test_no_chinese_is_left_on_the_english_page(client, db):
    body = client.get("/sign-in/", headers={"accept-language": "en"}).content.decode()
    assert re.findall(r"[\u4e00-\u9fff]+", body) == ["简体中文"]


def test_the_page_is_never_kept_and_sends_a_strict_policy(client, db):
    answer = client.get("/sign-in/")
    assert "no-store" in answer["cache-control"]
    policy = answer["content-security-policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "500"])
def test_an_error_page_needs_nothing_and_says_what_to_do(name):
    body = render_to_string(f"{name}.html")
    assert "请" in body
    assert 'href="/"' in body


def test_a_page_shows_where_it_leads_who_reads_and_the_business_day(people):
    request = RequestFactory().get("/queue/")
    request.user = people["supervisor"]
    nav = [
        {"url": "/queue/", "label": "我的队列", "here": True},
        {"url": "/floor/", "label": "主管"},
    ]
    seen = {"nav": nav, "as_of": date(2026, 11, 20), "rights": {"see_cases"}}
    body = render_to_string("404.html", seen, request=request)
    assert '<a href="/queue/" aria-current="page">我的队列</a>' in body
    assert '<a href="/floor/">主管</a>' in body
    assert "2026年11月20日 (周五)" in body
    assert '<span class="text-secondary">主管</span>' in body
    assert 'action="/search/"' in body
    assert 'action="/search/"' not in render_to_string("404.html", {"nav": nav}, request=request)


@pytest.mark.parametrize(
    ("minor", "text"),
    [
        (0, "¥0.00"),
        (5, "¥0.05"),
        (123456, "¥1,234.56"),
        (-150, "-¥1.50"),
        (None, "—"),
        (10**9, "¥10,000,000.00"),
    ],
)
def test_an_amount_is_shown_with_sign_and_thousands(minor, text):
    assert money(minor) == text


def test_another_currency_shows_its_own_sign(settings):
    settings.ARREARS_CURRENCY = "CZK"
    assert money(100) == "CZK 1.00"


def test_a_day_and_a_moment_are_written_as_the_reader_writes_them():
    evening = datetime(2026, 11, 23, 17, 5, tzinfo=UTC)
    assert day(date(2026, 11, 23)) == "2026年11月23日 (周一)"
    assert moment(evening) == "2026年11月24日 01:05"
    assert (day(None), moment(None)) == ("—", "—")
    with translation.override("en"):
        assert day(date(2026, 11, 23)) == "Mon 23 Nov 2026"
        assert moment(evening) == "24 Nov 2026, 01:05"


@pytest.mark.parametrize(
    ("plain", "shown"),
    [
        ("张三丰", "张**"),
        ("李四", "李**"),
        ("13812345678", "*******5678"),
        ("+86 138-1234-5678", "**********5678"),
        ("11010519491231002X", "**************002X"),
        ("ann@bank.cn", "a***@bank.cn"),
        ("", "—"),
        (None, "—"),
    ],
)
def test_personal_data_is_shown_behind_a_mask(plain, shown):
    assert masked(plain) == shown


def test_a_role_is_shown_in_the_language_of_the_reader():
    collector = SimpleNamespace(role="phone_collector")
    assert role(collector) == "电催员"
    with translation.override("en"):
        assert role(collector) == "Phone collector"


def _without_tokens(answer):
    return re.sub(
        r'(csrfmiddlewaretoken" value="|x-csrftoken": ")\w+', r"\1", answer.content.decode()
    )
