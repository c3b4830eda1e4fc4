"""Several who write the log at once while it is numbered and checked: no alarm, no gap, nothing left out."""

import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from threading import Event as Signal

import pytest
from django.db import OperationalError, connection, transaction

from arrears.web.ledger.actions import chain
from arrears.web.ledger.actions.act import action, log
from arrears.web.ledger.actions.chain import number_all
from arrears.web.ledger.keep import check_log, keep_log, tend_log
from arrears.web.ledger.models import Event, EventLink, EventWaiting
from arrears.web.ledger.models.guard import writing
from tests.lib.tamper import run
from tests.web.conftest import AT

APPENDS = int(os.environ.get("ARREARS_APPENDS", "300"))
WRITERS = 4
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def the_bank(bank, settings):
    """The rules in use are those of the bank's home."""
    settings.ARREARS_HOME = bank.home.path


@action
def append(n, writer):
    """An event as any action writes one, every third with a value beside it."""
    values = {"note": f"备注 {n}"} if n % 3 == 0 else None
    log("write_note", by=None, at=AT + timedelta(microseconds=n), values=values, writer=writer)


def written(writer):
    try:
        for n in range(APPENDS // WRITERS):
            append(n, writer)
    finally:
        connection.close()


def tended(home, done):
    """Whoever keeps the log, again and again; the faults that were told meanwhile, and how often."""
    wrong, turns = [], 0
    try:
        while not done.is_set():
            at = AT + timedelta(minutes=5 * turns)
            turns += 1
            with suppress(OperationalError):  # writers had the file all the time: the next turn
                tend_log(home, at=at)
                wrong += check_log(home, at=at, whole=turns % 3 == 0).wrong
            done.wait(0.2)
    finally:
        connection.close()
    return wrong, turns


def test_nothing_is_told_of_a_log_that_is_only_written(tmp_path):
    done = Signal()
    with ThreadPoolExecutor(WRITERS + 2) as pool:
        keepers = [pool.submit(tended, tmp_path, done) for _ in range(2)]
        try:
            for job in [pool.submit(written, n) for n in range(WRITERS)]:
                job.result()
        finally:
            done.set()
        told = [keeper.result() for keeper in keepers]
    assert [wrong for wrong, _turns in told] == [[], []]
    keep_log(tmp_path, at=AT, at_once=True)
    found = check_log(tmp_path, at=AT)
    assert (found.wrong, found.count) == ((), Event.objects.count())
    assert found.good is not None
    assert found.good.count == found.count
    assert list(EventLink.objects.order_by("seq").values_list("seq", flat=True)) == list(
        range(1, found.count + 1)
    )
    assert Event.objects.filter(verb="write_note").count() == APPENDS // WRITERS * WRITERS


def event():
    with transaction.atomic(), writing("a test"):
        log("take_case", by=None, at=AT)


def end_late():
    """An event of a lower id is committed after one of a higher id has its number."""
    if connection.vendor == "postgresql":
        begun, numbered = Signal(), Signal()
        with ThreadPoolExecutor(1) as pool:
            job = pool.submit(_late, begun, numbered)
            begun.wait(10)
            event()
            number_all()
            numbered.set()
            job.result()
    else:  # there writers wait for each other: the same, told by its id
        with transaction.atomic():
            event()
            last = Event.objects.latest("pk").pk
            for table, key in (("ledger_event", "id"), ("ledger_eventwaiting", "event_id")):
                run(f"UPDATE {table} SET {key} = -1 WHERE {key} = %s", last)


def _late(begun, numbered):
    try:
        with transaction.atomic():
            event()
            begun.set()
            numbered.wait(10)
    finally:
        connection.close()


@pytest.fixture
def before(db):
    """Some events that have their numbers, so that there are ids to be behind."""
    for _ in range(3):
        event()
    number_all()


def test_an_event_whose_transaction_ends_late_gets_its_number(before, tmp_path):
    end_late()
    numbered = list(EventLink.objects.order_by("seq").values_list("event_id", flat=True))
    assert number_all() == 1
    late = EventLink.objects.latest("seq")
    assert late.event_id < max(numbered)
    assert check_log(tmp_path, at=AT).wrong == ()


def test_a_sequencer_that_goes_by_ids_leaves_it_out_and_that_is_found(
    before, tmp_path, monkeypatch
):
    def behind_the_last(most):
        last = EventLink.objects.order_by("-event_id").values_list("event_id", flat=True).first()
        found = Event.objects.filter(pk__gt=last or 0).order_by("pk")
        return list(found.values_list("pk", flat=True)[:most])

    monkeypatch.setattr(chain, "_waiting", behind_the_last)
    end_late()
    assert number_all() == 0
    assert EventWaiting.objects.count() == 1  # it waits for ever, and the page says since when
    assert check_log(tmp_path, at=AT).count == Event.objects.count() - 1
