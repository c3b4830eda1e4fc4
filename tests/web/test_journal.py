"""The send journal: on disk before anything goes, and a ledger that is older than it contacts nobody."""

import json
from collections import namedtuple

import pytest
from django.db import transaction
from django.test import Client

from arrears.channels.transport import Receipt
from arrears.web.ledger import journal
from arrears.web.ledger.actions.act import NotNow
from arrears.web.ledger.actions.calls import claim_call
from arrears.web.ledger.actions.cases import take_case
from arrears.web.ledger.actions.journal import reconcile_journal, settle_unknown
from arrears.web.ledger.actions.reminders import propose_reminders
from arrears.web.ledger.journal import (
    Frozen,
    JournalAway,
    JournalGone,
    Line,
    journal_folder,
    last_number,
    lines_past,
    make_journal,
    write_lines,
)
from arrears.web.ledger.models import Call, Event, JournalHead, Message, Slot, Unaccounted
from arrears.web.ledger.models.guard import writing
from arrears.web.ledger.policy import NotAllowed
from arrears.web.ledger.queries.journal import frozen
from arrears.web.sender.drain import send_waiting
from tests.web.conftest import AT, PASSWORD
from tests.web.test_desk import signed_in, text_of
from tests.web.test_outbox import Wire, later, one, proposed

pytestmark = pytest.mark.django_db


@pytest.fixture
def committed(django_capture_on_commit_callbacks):
    """A block whose commits are made, as they are outside of a test."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


def waiting():
    """The one message that waits."""
    proposed()
    return one()


def keys(wire):
    return [key for key, _to in wire.keys]


def lines():
    return lines_past(journal_folder(), 0)[0]


def line(n, message, **other):
    told = {
        "n": n,
        "key": message.key,
        "case": message.case_id,
        "borrower": message.borrower_id,
        "point": message.point_id,
        "channel": message.channel,
        "day": "2026-11-20",
        "at": AT.isoformat(),
    }
    return Line(**(told | other))


def written(*some):
    """The journal of a ledger that is gone."""
    make_journal(journal_folder())
    write_lines(journal_folder(), some)


def send(tmp_path, wire, committed):
    with committed():
        return send_waiting({"sms": wire}, folder=tmp_path, now=later())


def test_a_claim_is_on_disk_before_the_far_end_has_it(texts, tmp_path, committed, monkeypatch):
    waiting()
    order = []
    monkeypatch.setattr(
        transaction, "on_commit", lambda done: done()
    )  # as if it were committed here
    monkeypatch.setattr(journal.os, "fsync", lambda handle: order.append("synced"))

    class Far(Wire):
        def send(self, message, *, key):
            order.append(key)
            return Receipt("g", 1)

    send_waiting({"sms": Far()}, folder=tmp_path, now=later())
    [told] = lines()
    assert order[order.index(told.key) - 1] == "synced"
    assert told.n == 1


def test_a_line_names_no_number_and_no_text(texts, tmp_path, committed):
    message = waiting()
    send(tmp_path, Wire(), committed)
    told = "".join(file.read_text() for file in journal_folder().iterdir())
    assert message.key in told
    assert message.point.value not in told
    assert message.text[:6] not in told
    assert set(json.loads(told.splitlines()[0])) == set(Line.__dataclass_fields__)


def test_an_older_ledger_sends_nothing_and_says_what_to_do(texts, tmp_path, committed):
    message = waiting()
    written(line(1, message))
    wire = Wire()
    with pytest.raises(Frozen) as refused:
        send(tmp_path, wire, committed)
    assert "arrears reconcile" in refused.value.hint
    assert keys(wire) == []
    message.refresh_from_db()
    assert message.state == "proposed"


def test_an_older_ledger_lets_nobody_call(shanghai, people, committed):
    by = people["phone_collector"]
    take_case(case_id=shanghai.pk, by=by, at=AT)
    written(Line(1, "call-7"))
    with pytest.raises(Frozen):
        claim_call(case_id=shanghai.pk, point_id="test-own", by=by, at=AT)
    assert not Call.objects.exists()


def test_a_call_is_journalled(shanghai, people, committed):
    by = people["phone_collector"]
    take_case(case_id=shanghai.pk, by=by, at=AT)
    with committed():
        call = claim_call(case_id=shanghai.pk, point_id="test-own", by=by, at=AT).call
    assert [(one.key, one.channel, one.day) for one in lines()] == [
        (f"call-{call.pk}", "call", "2026-11-20")
    ]


def test_reconciled_what_waits_again_is_in_doubt_and_goes_never_again(
    texts, tmp_path, committed, people
):
    message = waiting()
    written(line(1, message))
    told = reconcile_journal(by=None, at=AT)
    assert (told.doubts, told.unknown) == (1, 0)
    message.refresh_from_db()
    assert (message.state, message.because) == ("in_doubt", "journal")
    assert Slot.objects.filter(borrower_id=message.borrower_id).count() == 2
    reconcile_journal(by=people["compliance"], at=AT)
    wire = Wire()
    send(tmp_path, wire, committed)
    assert message.key not in keys(wire)
    assert Event.objects.filter(verb="reconcile_journal").count() == 1


def test_what_the_ledger_does_not_know_is_listed_counted_and_not_sent_again(
    texts, tmp_path, committed
):
    message = waiting()
    other = f"{message.key[:10]}ffffff-{message.case_id}"  # of another run of the same day
    written(line(1, message, key=other), line(2, message, key="call-9", channel="call"))
    told = reconcile_journal(by=None, at=AT)
    assert (told.doubts, told.unknown) == (0, 2)
    assert {one.key for one in Unaccounted.objects.all()} == {other, "call-9"}
    used = Slot.objects.filter(borrower_id=message.borrower_id).values_list("kind", flat=True)
    assert sorted(used) == ["contact", "contact", "message", "ring", "talk"]
    message.refresh_from_db()
    assert message.state == "withdrawn"
    with writing("a test"):
        message.delete()  # as where the backup was made before it was proposed
    propose_reminders(institution="B", currency="CNY", at=AT)
    assert not Message.objects.filter(borrower_id=message.borrower_id, state="proposed").exists()


def test_what_only_the_journal_knows_is_settled_by_a_person_once(texts, people, settings, bank):
    settings.ARREARS_HOME = bank.home.path
    message = waiting()
    written(line(1, message, key="call-9", channel="call"))
    reconcile_journal(by=None, at=AT)
    page = signed_in(people["compliance"])
    assert "call-9" in text_of(page.get("/outbox/"))
    with pytest.raises(NotAllowed):
        settle_unknown(n=1, state="sent", by=people["supervisor"], at=AT)
    with pytest.raises(NotNow):
        settle_unknown(n=1, state="delivered", by=people["compliance"], at=AT)
    answer = page.post("/outbox/unknown/1/", {"once": "t1", "state": "failed"}, follow=True)
    assert "call-9" not in text_of(answer)
    one = Unaccounted.objects.get()
    assert (one.state, one.by) == ("failed", people["compliance"])
    assert Slot.objects.filter(borrower_id=message.borrower_id).count() == 3
    again = page.post("/outbox/unknown/1/", {"once": "t2", "state": "sent"})
    assert again.status_code == 409
    assert Unaccounted.objects.get().state == "failed"
    assert Event.objects.filter(verb="settle_unknown").count() == 1


def test_reconciled_again_nothing_changes(texts):
    message = waiting()
    written(line(1, message), line(2, message, key="call-9", channel="call"))
    reconcile_journal(by=None, at=AT)
    events, slots = Event.objects.count(), Slot.objects.count()
    told = reconcile_journal(by=None, at=AT)
    assert (told.doubts, told.unknown) == (0, 0)
    assert (Event.objects.count(), Slot.objects.count()) == (events, slots)


def test_reconciling_needs_its_right(texts, people):
    written(line(1, waiting()))
    with pytest.raises(NotAllowed):
        reconcile_journal(by=people["supervisor"], at=AT)
    assert reconcile_journal(by=people["compliance"], at=AT).doubts == 1


@pytest.mark.parametrize(
    ("first", "second"), [(None, "compliance"), ("compliance", None), ("compliance", "other")]
)
def test_contact_goes_on_once_two_have_reconciled(
    texts, people, tmp_path, committed, first, second
):
    everyone = {**people, "other": people["second_compliance"], None: None}
    written(line(1, waiting()))
    for _ in range(2):
        assert reconcile_journal(by=everyone[first], at=AT).waits
        assert isinstance(frozen(), Frozen)
        with pytest.raises(Frozen):
            send(tmp_path, Wire(), committed)
    with pytest.raises(NotAllowed):
        reconcile_journal(by=people["supervisor"], at=AT)
    assert not Event.objects.filter(verb="resume_contact").exists()
    for _ in range(2):
        assert not reconcile_journal(by=everyone[second], at=AT).waits
        assert frozen() is None
    assert Event.objects.get(verb="resume_contact").by == everyone[second]
    assert Event.objects.filter(verb="reconcile_journal").count() == 1


def test_a_call_waits_for_the_second_as_well(shanghai, people):
    by = people["phone_collector"]
    take_case(case_id=shanghai.pk, by=by, at=AT)
    make_journal(journal_folder())
    with writing("a test"):
        JournalHead.objects.create(waits=True)
    with pytest.raises(Frozen):
        claim_call(case_id=shanghai.pk, point_id="test-own", by=by, at=AT)


@pytest.mark.parametrize("cut", [1, 60])
def test_a_torn_line_is_told_by_what_can_be_read_of_it(texts, cut):
    message = waiting()
    written(line(1, message, key="gone"), line(2, message))
    [file] = journal_folder().iterdir()
    whole = file.read_bytes()
    start = whole.index(b"\n") + 1
    file.write_bytes(whole[: start + cut])
    assert f'"key": "{message.key}"' in whole[start : start + 60].decode()
    told = reconcile_journal(by=None, at=AT)
    assert (told.doubts, told.unreadable) == ((0, 1) if cut == 1 else (1, 0))
    write_lines(journal_folder(), [line(3, message)])  # the next line is whole all the same
    assert last_number(journal_folder()) == 3


def test_a_journal_that_is_gone_freezes_until_it_is_begun_anew(texts, tmp_path, committed, people):
    make_journal(journal_folder())
    write_lines(journal_folder(), [line(1, waiting())])
    with writing("a test"):
        JournalHead.objects.create(count=1, written=1)
    [file] = journal_folder().iterdir()
    file.unlink()
    with pytest.raises(JournalGone):
        send(tmp_path, Wire(), committed)
    with pytest.raises(JournalGone):
        reconcile_journal(by=None, at=AT)
    reconcile_journal(by=None, at=AT, begin_anew=True)
    with pytest.raises(Frozen):
        send(tmp_path, Wire(), committed)
    reconcile_journal(by=people["compliance"], at=AT)
    wire = Wire()
    send(tmp_path, wire, committed)
    assert keys(wire)
    assert Event.objects.get(verb="reconcile_journal").detail["anew"]


def test_without_room_nothing_is_claimed_and_with_room_it_goes_by_itself(
    texts, tmp_path, committed, monkeypatch
):
    message = waiting()
    usage = namedtuple("usage", "free")
    monkeypatch.setattr(journal.shutil, "disk_usage", lambda folder: usage(100))
    with pytest.raises(JournalAway):
        send(tmp_path, Wire(), committed)
    message.refresh_from_db()
    assert message.state == "proposed"
    monkeypatch.setattr(journal.shutil, "disk_usage", lambda folder: usage(1 << 30))
    wire = Wire()
    send(tmp_path, wire, committed)
    assert message.key in keys(wire)


@pytest.mark.django_db(transaction=True)
def test_a_line_that_cannot_be_written_hands_nothing_over(texts, tmp_path, monkeypatch):
    waiting()

    def full(file, told):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(journal, "_append", full)
    wire = Wire()
    with pytest.raises(JournalAway):
        send_waiting({"sms": wire}, folder=tmp_path, now=later())
    assert keys(wire) == []
    assert list(Message.objects.filter(state="failed").values_list("because", flat=True)) == [
        "no_journal"
    ]


def test_files_grow_to_a_size_and_the_end_is_found_in_the_newest(tmp_path, monkeypatch):
    monkeypatch.setattr(journal, "FULL_BYTES", 400)
    for n in range(1, 31):
        write_lines(tmp_path, [Line(n, f"k{n}")])
    assert len(list(tmp_path.iterdir())) > 5
    assert last_number(tmp_path) == 30
    assert [one.n for one in lines_past(tmp_path, 17)[0]] == list(range(18, 31))


def test_the_page_says_that_it_is_frozen_and_compliance_mends_it(texts, people):
    message = waiting()
    written(line(1, message), line(2, message, key="call-9", channel="call"))
    browser = Client()
    browser.login(username="compliance", password=PASSWORD)
    assert "已暂停联系客户" in browser.get("/outbox/").content.decode()
    for once in ("a", "b"):  # twice by the same person is not by two
        assert browser.post("/outbox/reconcile/", {"once": once}).status_code == 302
        page = browser.get("/outbox/").content.decode()
        assert "还须另一人确认" in page
        assert "call-9" in page
    browser.login(username="second_compliance", password=PASSWORD)
    assert browser.post("/outbox/reconcile/", {"once": "c"}).status_code == 302
    assert "已暂停联系客户" not in browser.get("/outbox/").content.decode()
    assert "恢复备份之前可能已发出" in page
