"""The sender beside the web: woken within seconds, never in the web's way, ended in order."""

import sqlite3
import threading
import time
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from structlog.testing import capture_logs

from arrears.channels.transport import NotSent, Pace, Reason, Receipt
from arrears.lake.home import Home, Institution
from arrears.web.ledger import clock as ledger_clock
from arrears.web.ledger import wake
from arrears.web.ledger.actions import reminders
from arrears.web.ledger.actions.outbox import UNDO
from arrears.web.ledger.actions.people import admit_person
from arrears.web.ledger.actions.publish import publish_run
from arrears.web.ledger.actions.reminders import propose_reminders
from arrears.web.ledger.actions.templates import approve_template, write_template
from arrears.web.ledger.models import (
    Borrower,
    Case,
    CaseDay,
    CaseMark,
    Event,
    Hold,
    Message,
    Pointer,
    PublishedRun,
)
from arrears.web.ledger.models.guard import writing
from arrears.web.sender import worker
from arrears.web.sender.worker import QUEUE, sender_at_work
from tests.web.conftest import AT, PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)


class Wire:
    """A transport that knows in which thread it was asked."""

    channel, idempotent, pace = "sms", False, Pace()

    def __init__(self, fault=None):
        self.threads = []
        self.fault = fault

    def send(self, message, *, key):
        self.threads.append(threading.current_thread())
        if self.fault:
            raise self.fault
        return Receipt("g", 1)


def clock():
    return datetime.now(UTC)


@pytest.fixture(autouse=True)
def quiet(monkeypatch):
    """Nobody listens from another test."""
    monkeypatch.setattr(wake, "_listeners", [])


@pytest.fixture
def texts(bank, transactional_db):
    """A run before people; everyone is reminded by text message, at noon where they live."""
    publish_run(home=bank.home, run=bank.run, at=AT)
    approver = admit_person(
        username="c", name="c", role="compliance", password=PASSWORD, by=None, at=AT
    )
    for language in ("zh", "en"):
        made = write_template(
            name="reminder",
            channel="sms",
            language=language,
            subject="",
            text="{institution} {amount}",
            by=None,
            at=AT,
        )
        approve_template(template_id=made.pk, by=approver, at=AT)
    with writing("a test"):
        Borrower.objects.update(zone=f"Etc/GMT{clock().hour - 12:+d}")
        CaseDay.objects.update(treatment="remind", flags="")


def propose(at):
    return propose_reminders(institution="某某银行", currency="CNY", at=at)


def within(seconds, true):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "not in time"
        time.sleep(0.05)


def sent():
    return Message.objects.filter(state="sent").count()


def test_what_an_action_proposes_is_sent_seconds_after_its_undo_by_another_thread(texts, tmp_path):
    wire = Wire()
    with sender_at_work({"sms": wire}, home=Home(tmp_path), now=clock):
        time.sleep(1.5)  # the sweep at the beginning is over
        proposed = propose(clock() - UNDO + timedelta(seconds=3))
        time.sleep(1)
        assert sent() == 0  # a person may still take it back
        within(8, lambda: sent() == proposed)
    assert proposed > 10
    assert threading.current_thread() not in wire.threads


def test_what_is_left_over_is_found_by_the_sweep(texts, tmp_path):
    proposed = propose(clock() - timedelta(minutes=1))
    with sender_at_work({"sms": Wire()}, home=Home(tmp_path), now=clock):
        within(10, lambda: sent() == proposed)


def test_what_a_run_wants_said_is_proposed_and_sent_without_anyone_asking(
    bank, texts, tmp_path, monkeypatch
):
    monkeypatch.setattr(reminders, "UNDO", timedelta(seconds=1))
    home = Home(tmp_path)
    home.found(replace(bank.home.institution(), name="自己的银行"))
    with sender_at_work({"sms": Wire()}, home=home, now=clock):
        within(15, lambda: sent() > 10)
    with writing("a test"):
        first = Message.objects.order_by("pk")[0]
        Message.objects.exclude(pk=first.pk).update(state="proposed", not_before=clock())
    later_run()  # what waits from the one before does not go any more
    with sender_at_work({}, home=home, now=clock):
        within(15, lambda: Message.objects.filter(key__startswith="r20261121-").exists())
    old = Message.objects.filter(key__startswith="r20261120-").exclude(pk=first.pk)
    assert set(old.values_list("state", flat=True)) == {"withdrawn"}


def test_a_run_that_was_not_marked_is_marked_before_anything_is_proposed(bank, texts, tmp_path):
    case = Case.objects.order_by("pk").first()
    with writing("a test"):
        Hold.objects.create(borrower_id=case.borrower_id, kind="no_contact", evidence="来电", at=AT)
    Home(tmp_path).found(bank.home.institution())
    worker._round({}, Home(tmp_path), clock, go_on=lambda: True)()
    assert CaseMark.objects.get(borrower_id=case.borrower_id).sms
    assert Message.objects.exists()
    assert not Message.objects.filter(case=case).exists()


def test_where_marking_fails_it_is_said_and_messages_are_proposed_all_the_same(
    bank, texts, tmp_path, monkeypatch
):
    def broken(*, at):
        raise RuntimeError("ours")

    monkeypatch.setattr(worker, "mark_cases", broken)
    Home(tmp_path).found(bank.home.institution())
    with capture_logs() as logs:
        worker._round({}, Home(tmp_path), clock, go_on=lambda: True)()
    assert Message.objects.count() > 10
    assert [e["fault"] for e in logs if e["event"] == "marking_fault"] == ["RuntimeError"]


def later_run():
    run = PublishedRun.objects.get()
    with writing("a test"):
        following = PublishedRun.objects.create(
            run_id="next",
            as_of=run.as_of + timedelta(days=1),
            book_version=1,
            cases=run.cases,
            published_at=AT,
        )
        CaseDay.objects.update(run=following)
        Pointer.objects.update(run=following)


def test_a_gateway_that_is_busy_costs_one_message_and_is_left_alone_in_the_next_round(
    texts, tmp_path
):
    count, wire = propose(clock() - timedelta(minutes=1)), Wire()
    wire.fault = NotSent(Reason.BUSY, "later", permanent=False)
    go = worker._round({"sms": wire}, Home(tmp_path), clock, go_on=lambda: True)
    for _ in range(3):
        go()
    states = Counter(Message.objects.values_list("state", flat=True))
    assert states == Counter(failed=1, proposed=count - 1)


def test_asked_each_minute_it_writes_nothing_into_the_log_while_nothing_is_new(texts, tmp_path):
    Home(tmp_path).found(Institution("某某银行", "Asia/Shanghai", "CNY"))
    go = worker._round({}, Home(tmp_path), clock, go_on=lambda: True)
    for _ in range(3):
        go()
    assert Event.objects.filter(verb="propose_reminders").count() == 1


def test_a_home_without_a_book_or_a_run_has_nothing_to_send_and_no_fault(
    transactional_db, tmp_path
):
    with capture_logs() as logs:
        worker._round({}, Home(tmp_path), clock, go_on=lambda: True)()
        Home(tmp_path).found(Institution("某某银行", "Asia/Shanghai", "CNY"))
        worker._round({}, Home(tmp_path), clock, go_on=lambda: True)()
    assert logs == []


def test_a_fault_is_logged_and_the_sender_goes_on(texts, tmp_path):
    wire = Wire(RuntimeError("ours"))
    propose(clock() - timedelta(minutes=1))
    with capture_logs() as logs, sender_at_work({"sms": wire}, home=Home(tmp_path), now=clock):
        within(10, lambda: Message.objects.filter(state="in_doubt").count() == 1)
        wire.fault = None
        wake_now()
        within(10, lambda: sent() > 10)
    assert [entry["fault"] for entry in logs if entry["event"] == "sender_fault"] == [
        "RuntimeError"
    ]


def test_a_clock_that_cannot_be_right_sends_nothing(texts, tmp_path, monkeypatch):
    wire = Wire()
    propose(clock() - timedelta(minutes=1))
    monkeypatch.setattr(ledger_clock, "server_now", lambda: clock() - timedelta(hours=1))
    with capture_logs() as logs, sender_at_work({"sms": wire}, home=Home(tmp_path), now=clock):
        wake_now()
        within(10, lambda: any(entry["event"] == "clock_wrong" for entry in logs))
        assert not wire.threads
        monkeypatch.setattr(ledger_clock, "server_now", clock)
        wake_now()
        within(10, lambda: sent() > 10)


def wake_now():
    for listener in wake._listeners:
        listener(clock())


def test_when_it_is_told_to_end_the_message_at_hand_is_ended_and_no_other_begun(texts, tmp_path):
    proposed = propose(clock() - timedelta(minutes=1))
    begun, go_on = threading.Event(), threading.Event()

    class Slow(Wire):
        def send(self, message, *, key):
            begun.set()
            go_on.wait(10)
            return super().send(message, key=key)

    wire = Slow()
    with sender_at_work({"sms": wire}, home=Home(tmp_path), now=clock):
        assert begun.wait(10)
        threading.Timer(0.5, go_on.set).start()
    assert (sent(), len(wire.threads)) == (1, 1)
    assert Message.objects.filter(state="proposed").count() == proposed - 1


def test_a_queue_that_is_no_queue_is_replaced(texts, tmp_path):
    (tmp_path / worker.LEDGER).mkdir()
    (tmp_path / worker.LEDGER / QUEUE).write_bytes(
        b"this is no database, and longer than a header of one is" * 9
    )
    proposed = propose(clock() - timedelta(minutes=1))
    with sender_at_work({"sms": Wire()}, home=Home(tmp_path), now=clock):
        within(10, lambda: sent() == proposed)


def test_a_queue_that_is_only_out_of_reach_is_left_as_it_is(tmp_path, monkeypatch):
    file = tmp_path / QUEUE
    file.write_bytes(b"what others wrote")

    def full(*_words, **_told):
        error = sqlite3.OperationalError("database or disk is full")
        error.sqlite_errorcode = sqlite3.SQLITE_FULL
        raise error

    monkeypatch.setattr(worker, "SqliteHuey", full)
    with pytest.raises(sqlite3.OperationalError):
        worker.listen(tmp_path)
    assert file.read_bytes() == b"what others wrote"


def test_a_queue_that_fails_does_not_fail_the_action(texts, tmp_path):
    def fails(_moment):
        raise OSError("no room")

    wake.listen(fails)
    with capture_logs() as logs:
        assert propose(clock()) > 10
    assert [entry["event"] for entry in logs] == ["sender_not_woken"]
    assert Message.objects.count() > 10


def test_another_process_of_the_web_wakes_the_sender_of_this_one(texts, tmp_path):
    with sender_at_work({"sms": Wire()}, home=Home(tmp_path), now=clock):
        time.sleep(1.5)
        wake._listeners.clear()
        worker.listen(tmp_path / worker.LEDGER)  # as a process does that only serves pages
        proposed = propose(clock() - UNDO + timedelta(seconds=1))
        within(8, lambda: sent() == proposed)
    connection.close()
