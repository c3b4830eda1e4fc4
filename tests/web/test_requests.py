"""Every request: what it may carry, and what the log keeps of it."""

import json

import pytest
from django.test import Client
from structlog.testing import capture_logs

from arrears.web.ledger.actions.cases import take_case
from arrears.web.ledger.models import Note
from tests.web.conftest import AT, PASSWORD

pytestmark = pytest.mark.django_db
SECRET = "张三 13800000101"


@pytest.fixture(autouse=True)
def the_bank(bank, settings):
    """The pages read the bank's home."""
    settings.ARREARS_HOME = bank.home.path


@pytest.fixture
def collector(case, people):
    """A phone collector who has a case in hand; a fault comes back as a page."""
    take_case(case_id=case.pk, by=people["phone_collector"], at=AT)
    client = Client(raise_request_exception=False)
    client.force_login(people["phone_collector"])
    return client


def said_no(answer):
    return (answer.status_code, "浏览器发来的内容无法识别" in answer.content.decode()) == (
        400,
        True,
    )


@pytest.mark.parametrize(
    ("address", "form"),
    [
        ("/sign-in/", {"username": "a\0b", "password": PASSWORD}),
        ("/sign-in/", {"username": "a", "password": "\0"}),
        ("/sign-in/?next=/%00", {"username": "a", "password": "b"}),
        ("/sign-in/", {"username": "a", "password": "b", "x\0": ""}),
    ],
    ids=["name", "password", "query", "field"],
)
def test_a_nul_is_refused_before_the_door(client, db, address, form):
    client.raise_request_exception = False
    assert said_no(client.post(address, form))


def test_a_nul_is_refused_behind_the_door(collector, case):
    place = f"/case/{case.pk}"
    assert said_no(collector.post(f"{place}/note/", {"once": "a", "text": "a\0b"}))
    assert said_no(
        collector.post(f"{place}/reveal/", {"once": "b", "what": "name", "reason": "\0"})
    )
    assert said_no(collector.get("/search/", {"q": "a\0b"}))
    assert said_no(collector.get(f"{place}/why/L%00/"))
    assert said_no(collector.get("/work/", headers={"cookie": 'sessionid="abcdefgh\\000"'}))
    collector.cookies["django_language"] = "en"
    assert "could not be" in collector.get("/search/", {"q": "\0"}).content.decode()
    assert Note.objects.count() == 0


def test_what_has_no_nul_goes_through(collector, case):
    answer = collector.post(f"/case/{case.pk}/note/", {"once": "a", "text": "a\x01\\0b"})
    assert (answer.status_code, Note.objects.count()) == (302, 1)


def test_a_fault_of_ours_is_in_the_log_without_what_was_typed(collector, case, people, monkeypatch):
    def wrong(**told):
        try:
            int(told["text"])
        except ValueError as error:
            raise LookupError(f"no {told['text']}") from error

    monkeypatch.setattr(
        "arrears.web.ledger.actions.records.log", lambda *_a, **_k: wrong(text=SECRET)
    )
    with capture_logs() as lines:
        answer = collector.post(f"/case/{case.pk}/note/?q={SECRET}", {"once": "a", "text": SECRET})
    assert answer.status_code == 500
    fault, asked = lines
    assert (fault["event"], fault["log_level"], asked["event"]) == ("fault", "error", "request")
    assert fault["route"] == asked["route"] == "case/<int:case_id>/note/"
    assert fault["person"] == people["phone_collector"].pk
    assert [one["class"] for one in fault["faults"]] == [
        "builtins.LookupError",
        "builtins.ValueError",
    ]
    assert any(
        "records.py" in line and line.endswith("write_note") for line in fault["faults"][0]["at"]
    )
    assert fault["faults"][0]["at"][-1].endswith(" wrong")
    assert not any(part in json.dumps(lines, ensure_ascii=False) for part in SECRET.split())


def test_what_goes_well_is_one_line(collector):
    with capture_logs() as lines:
        collector.get("/work/")
    assert [(line["event"], line["status"]) for line in lines] == [("request", 200)]
    assert set(lines[0]) == {"event", "log_level", "method", "route", "status", "ms", "person"}
