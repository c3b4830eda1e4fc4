"""When the ledger is away or full: a clear page, nothing saved, nothing lost, nothing twice."""

import re
import sqlite3
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import InterfaceError, OperationalError, ProgrammingError
from django.urls import reverse

from arrears import web
from arrears.web import health
from arrears.web.again import SHOWN_AGAIN
from arrears.web.broken import of_the_ledger
from arrears.web.ledger.actions.cases import take_case
from arrears.web.ledger.models import Note
from tests.web.conftest import AT, PASSWORD

pytestmark = pytest.mark.django_db
WEB = Path(web.__file__).parent
TYPED = "客户说下周一还款 <b>"


@pytest.fixture
def collector(client, case, people):
    cache.clear()
    client.raise_request_exception = False
    client.force_login(people["phone_collector"])
    take_case(case_id=case.pk, by=people["phone_collector"], at=AT)
    return client


def away(*_words, **_told):
    raise OperationalError("server closed the connection unexpectedly")


def full(*_words, **_told):
    cause = sqlite3.OperationalError("database or disk is full")
    cause.sqlite_errorcode = sqlite3.SQLITE_FULL
    raise OperationalError("database or disk is full") from cause


def note(client, case, **more):
    form = {"text": TYPED, "once": "token-1", "csrfmiddlewaretoken": "x", **more}
    return client.post(reverse("case-note", args=[case.pk]), form)


@pytest.mark.parametrize("fault", [away, full])
def test_what_was_typed_comes_back_with_its_token_and_is_recorded_once(
    collector, case, monkeypatch, fault
):
    with monkeypatch.context() as broken:
        broken.setattr("arrears.web.ledger.actions.records.log", fault)
        answer = note(collector, case)
    page = answer.content.decode()
    assert (answer.status_code, answer["Retry-After"]) == (503, "10")
    assert "没有保存，请稍后再试" in page
    assert 'name="once" value="token-1"' in page
    assert 'name="text" value="客户说下周一还款 &lt;b&gt;"' in page
    assert f'action="{reverse("case-note", args=[case.pk])}"' in page
    assert Note.objects.count() == 0
    assert note(collector, case).status_code == 302
    assert note(collector, case).status_code == 302
    assert Note.objects.get().text == TYPED


def test_the_page_is_in_the_readers_language(collector, case, monkeypatch):
    collector.cookies["django_language"] = "en"
    monkeypatch.setattr("arrears.web.ledger.actions.records.log", away)
    page = note(collector, case).content.decode()
    assert "Not saved: please try again in a moment" in page
    assert '<html lang="en">' in page


FORM = re.compile(r'<form[^>]*method="post".*?</form>', re.S)
FIELD = re.compile(r'<(?:input|select|textarea|button)\b[^>]*?\bname="(\w+)"[^>]*>')
INCLUDE = re.compile(r'{% include "([^"]+)"[^%]*%}')
IS_PASSWORD = re.compile(r'<input[^>]*type="password"[^>]*>')


def templates():
    """The text of every template, with what it includes in its place."""
    folder = WEB / "templates"

    def included(found):
        return (folder / found[1]).read_text(encoding="utf-8")

    return [INCLUDE.sub(included, f.read_text(encoding="utf-8")) for f in folder.rglob("*.html")]


def test_no_field_for_a_password_is_shown_again():
    secret = [FIELD.match(tag)[1] for text in templates() for tag in IS_PASSWORD.findall(text)]
    assert {"password", "old", "new", "again"} <= set(secret)
    assert SHOWN_AGAIN.isdisjoint(secret)


def test_every_other_field_of_a_form_that_counts_once_is():
    forms = [form for text in templates() for form in FORM.findall(text) if "once" in form]
    named = {name for form in forms for name in FIELD.findall(IS_PASSWORD.sub("", form))}
    assert len(forms) > 15
    assert named <= SHOWN_AGAIN


@pytest.mark.parametrize("signed_in", [False, True])
def test_a_password_is_never_on_the_page(client, people, monkeypatch, signed_in):
    client.raise_request_exception = False
    monkeypatch.setattr("arrears.web.door.views.authenticate", away)
    monkeypatch.setattr("arrears.web.ledger.actions.people.log", away)
    address, form = "/sign-in/", {"username": "supervisor", "password": PASSWORD}
    if signed_in:
        client.force_login(people["supervisor"])
        address = "/password/change/"
        form = {"old": PASSWORD, "new": "quince-meadow-8", "again": "quince-meadow-8"}
    came_from = "http://testserver/password/"
    answer = client.post(
        address, {**form, "username": "x", "once": "x"}, headers={"referer": came_from}
    )
    page = answer.content.decode()
    assert answer.status_code == 503
    assert not {PASSWORD, "quince-meadow-8"} & set(re.split(r'[">< ]', page))
    assert 'method="post" action="/password/change/"' not in page
    assert 'href="/password/"' in page
    assert "需要重新输入" in page


def test_a_fault_of_ours_is_not_called_the_ledgers(collector, case, monkeypatch):
    def ours(*_words, **_named):
        raise ProgrammingError("no such column")

    monkeypatch.setattr("arrears.web.ledger.actions.records.log", ours)
    answer = note(collector, case)
    assert answer.status_code == 500
    assert "系统出错，没有保存" in answer.content.decode()


def test_nobody_is_asked_for_on_the_way_out(collector, case, monkeypatch):
    """Without a ledger nobody can be looked up: neither by the page nor by the log of requests."""
    monkeypatch.setattr("django.contrib.sessions.backends.db.SessionStore.load", away)
    answer = collector.get(reverse("case", args=[case.pk]))
    assert answer.status_code == 503
    assert "再试一次" in answer.content.decode()


@pytest.mark.parametrize("code", ["BUSY", "FULL", "IOERR", "READONLY", "CANTOPEN"])
def test_what_sqlite_says_of_its_disk_is_of_the_ledger(code):
    cause = sqlite3.OperationalError("x")
    cause.sqlite_errorcode = getattr(sqlite3, f"SQLITE_{code}") | 0x100
    error = OperationalError("x")
    error.__cause__ = cause
    assert of_the_ledger(error)


def test_what_sqlite_says_of_our_sql_is_not():
    with pytest.raises(sqlite3.OperationalError) as caught:
        sqlite3.connect(":memory:").execute("SELECT * FROM nowhere")
    error = OperationalError("x")
    error.__cause__ = caught.value
    assert not of_the_ledger(error)
    assert of_the_ledger(InterfaceError("connection already closed"))
    assert not of_the_ledger(ValueError("x"))
    assert not of_the_ledger(None)


def test_health_says_when_the_ledger_does_not_answer_or_has_no_room(client, monkeypatch):
    assert client.get("/health").status_code == 200
    with monkeypatch.context() as full_disk:
        full_disk.setattr(health, "LEAST_FREE_BYTES", 1 << 62)
        answer = client.get("/health")
        assert (answer.status_code, answer.json()["disk"]) == (503, "full")
    monkeypatch.setattr(health, "front", away)
    answer = client.get("/health")
    assert (answer.status_code, answer.json()) == (
        503,
        {"status": "broken", "database": "no answer"},
    )
