"""The doctor looks at the ledger and the outbox, and makes nothing by looking."""

import pytest

from arrears.cli import doctor
from arrears.lake.home import Home, Institution
from arrears.web.ledger.models import Event, Message
from arrears.web.ledger.models.guard import writing
from tests.web.test_outbox import proposed


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A home with a ledger: the one of these tests."""
    monkeypatch.setattr(doctor, "environ", lambda: {"ARREARS_DATABASE": "the one of these tests"})
    Home(tmp_path).found(Institution("B", "Asia/Shanghai", "CNY"))
    return Home(tmp_path)


@pytest.mark.django_db
def test_what_waits_and_what_is_in_doubt_is_told(texts, home):
    count = proposed()
    first, second = Message.objects.order_by("pk").values_list("pk", flat=True)[:2]
    with writing("a test"):
        Message.objects.filter(pk__in=[first, second]).update(state="in_doubt")
    ledger, waits, doubts, numbered = doctor._ledger(home)
    assert ledger == ("ledger", "PostgreSQL: answers, tables up to date", "")
    assert waits == ("outbox", f"{count - 2} wait by sms", "")
    assert doubts == ("outbox", "2 in doubt", "Ask the far end what became of them.")
    assert numbered == ("log", f"0 events, {Event.objects.count()} wait, anchored to 0", "")


@pytest.mark.django_db
@pytest.mark.parametrize(("missing", "mend"), [(["0002"], True), (None, False), ([], False)])
def test_tables_that_are_behind_are_to_be_mended_and_a_new_ledger_is_not(
    home, monkeypatch, missing, mend
):
    monkeypatch.setattr("arrears.web.start.behind", lambda: missing)
    assert bool(doctor._ledger(home)[0][2]) is mend


def test_a_home_without_a_ledger_is_left_without_one(tmp_path, monkeypatch):
    monkeypatch.setattr(doctor, "environ", dict)
    Home(tmp_path).found(Institution("B", "Asia/Shanghai", "CNY"))
    assert doctor._ledger(Home(tmp_path)) == [("ledger", doctor.NO_LEDGER, "")]
    assert not (tmp_path / "ledger").exists()
