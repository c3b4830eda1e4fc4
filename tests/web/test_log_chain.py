"""The log's numbers, hashes and anchors: what is changed is found and named, and nothing else is."""

import os
from datetime import timedelta
from importlib import import_module
from random import Random

import pytest
from django.db import connection, transaction

from arrears.channels.local.transport import LocalTransport
from arrears.verify import GENESIS, canonical, linked
from arrears.web.ledger.actions import chain
from arrears.web.ledger.actions.act import log
from arrears.web.ledger.actions.cases import release_case, take_case
from arrears.web.ledger.actions.chain import erase_values, number_all, number_events
from arrears.web.ledger.actions.records import write_note
from arrears.web.ledger.anchors import own_place
from arrears.web.ledger.events import RECORDED, event_record
from arrears.web.ledger.keep import check_log, keep_log
from arrears.web.ledger.models import (
    Event,
    EventLink,
    EventValue,
    EventWaiting,
    GateVerdict,
    LogHead,
)
from arrears.web.ledger.models.guard import writing
from arrears.web.sender.drain import drain
from tests.lib import tamper
from tests.web.conftest import AT
from tests.web.test_outbox import later, proposed

TAMPERS = int(os.environ.get("ARREARS_TAMPERS", "5"))  # of each way
# Once all is numbered and hashed anew, nothing but the times of events shows that one was removed.
MAY_LOOK_LIKE = {"renumber": ("rehash",)}
WITH_NUMBER = ("edit", "deletion", "swap")
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def the_bank(bank, settings):
    """The rules in use are those of the bank's home."""
    settings.ARREARS_HOME = bank.home.path


@pytest.fixture
def worked(case, texts, people, tmp_path):
    """A log of messages, calls of duty and notes, anchored now and then; and what it was half-way.

    Shapes: the home with the anchors, what the ledger held at the first anchors, the anchored count.
    """
    proposed()
    drain({"sms": LocalTransport("sms")}, now=later(), most=12)
    by, then = people["phone_collector"], None
    for n in range(12):
        at = AT + timedelta(minutes=6 * n)
        take_case(case_id=case.pk, by=by, at=at)
        write_note(case_id=case.pk, text=f"备注 {n}", by=by, at=at)
        release_case(case_id=case.pk, by=by, at=at)
        assert keep_log(tmp_path, at=at)
        then = tamper.kept() if n == 5 else then
    anchored = LogHead.objects.get().count
    write_note(case_id=case.pk, text="其后", by=by, at=at)
    number_all()
    return tmp_path, then, anchored


def found_in(home):
    return check_log(home, at=AT + timedelta(hours=9))


@pytest.fixture
def attempts(worked):
    """Tries one way of changing the log so many times, each on the log as it was; what each found."""
    home, then, anchored = worked

    def tried(way):
        rng = Random(way)
        for _ in range(TAMPERS):
            with transaction.atomic():
                seq = tamper.place(rng, anchored)
                if way == "rollback":
                    tamper.roll_back(then)
                else:
                    tamper.WAYS[way](seq, rng)
                yield seq, found_in(home)
                transaction.set_rollback(True)

    return tried


def test_a_log_that_nobody_touched_is_as_it_was(worked):
    home, _then, anchored = worked
    found = found_in(home)
    assert found.wrong == ()
    assert (found.good.count, found.count) == (anchored, EventLink.objects.count())
    assert found.count == Event.objects.count() > 60
    assert found.verdicts == GateVerdict.objects.count() >= 12
    assert found.values == EventValue.objects.count() >= 12 + 2 * 12


def test_what_is_changed_before_the_last_anchor_is_found_and_named(attempts, record_property):
    for way in (*tamper.WAYS, "rollback"):
        tried = list(attempts(way))
        told = [{one.kind for one in found.wrong} for _seq, found in tried]
        record_property(f"{way} found", sum(map(bool, told)))
        record_property(f"{way} named", sum(way in kinds for kinds in told))
        assert len(told) == TAMPERS
        assert all(told), way
        assert all(not kinds.isdisjoint({way, *MAY_LOOK_LIKE.get(way, ())}) for kinds in told), way
        if way in WITH_NUMBER:
            assert all(names(found, seq) for seq, found in tried), way


def names(found, seq):
    """Whether the report names the number that was changed, and no anchor after it as good."""
    told = any(one.first <= seq <= one.last or str(seq) in one.about for one in found.wrong)
    return told and (found.good is None or found.good.count <= seq)


def test_without_anchors_a_log_hashed_anew_is_not_found(worked):
    """The anchors are what finds it, and nothing is proved without them."""
    home, *_ = worked
    own_place(home).write_text("")
    tamper.run("UPDATE ledger_logcheck SET anchored_count = 0")
    tamper.rehash(3, Random(1))
    found = found_in(home)
    assert (found.wrong, found.good) == ((), None)


def test_what_comes_after_the_last_anchor_is_not_proved(worked):
    home, _then, anchored = worked
    tamper.rehash(anchored + 1, Random(1))
    found = found_in(home)
    assert (found.wrong, found.good.count) == ((), anchored)


def test_a_link_is_the_hash_over_the_one_before_and_the_event(worked):
    before = GENESIS
    for link in EventLink.objects.order_by("seq").select_related("event"):
        row = Event.objects.values(*RECORDED).get(pk=link.event_id)
        assert link.hash == linked(before, canonical(event_record(row)))
        before = link.hash
    head = LogHead.objects.get()
    assert (head.count, head.hash) == (EventLink.objects.count(), before)


def test_erased_values_break_nothing_and_the_rest_is_still_proved(worked, case):
    home, *_ = worked
    before = found_in(home)
    with transaction.atomic(), writing("a test"):
        erased = erase_values([case.borrower_id])
    found = found_in(home)
    assert erased >= 12
    assert (found.wrong, found.values) == ((), before.values - erased)
    assert found.hash == before.hash


def test_a_value_that_was_changed_is_found(worked):
    home, *_ = worked
    kept = EventValue.objects.filter(name="text").first()
    tamper.run("UPDATE ledger_eventvalue SET value = %s WHERE id = %s", "另一段话", kept.pk)
    [wrong] = found_in(home).wrong
    assert (wrong.kind, wrong.first, wrong.about) == ("value", kept.event.link.seq, "text")


VERDICTS = {
    "UPDATE ledger_gateverdict SET outcome = 'refuse' WHERE id = %s": "verdict",
    """UPDATE ledger_gateverdict SET record = '{"facts": {}}' WHERE id = %s""": "verdict",
    "DELETE FROM ledger_gateverdict WHERE id = %s": "verdict_gone",
}


def test_a_verdict_that_was_changed_or_deleted_is_found(worked):
    home, *_ = worked
    told = GateVerdict.objects.latest("pk")
    for change, kind in VERDICTS.items():
        with transaction.atomic():
            tamper.run(change, told.pk)
            [wrong] = found_in(home).wrong
            transaction.set_rollback(True)
        assert (wrong.kind, wrong.about) == (kind, f"id {told.pk}")
        assert Event.objects.get(link__seq=wrong.first).detail["verdict"] == told.pk


def test_a_row_that_holds_what_no_program_writes_is_a_fault_like_any_other(worked):
    home, *_ = worked
    on_file = connection.vendor == "sqlite"
    if on_file:
        tamper.run("PRAGMA ignore_check_constraints = ON")
    broken = "{" if on_file else "[]"
    tamper.run("UPDATE ledger_event SET detail = %s WHERE id = %s", broken, tamper.links()[8][1])
    found = found_in(home)
    if on_file:
        tamper.run("PRAGMA ignore_check_constraints = OFF")
    assert [(one.kind, one.first) for one in found.wrong] == [("edit", 9)]


def test_an_event_waits_until_it_has_its_number_and_no_longer(db):
    with transaction.atomic(), writing("a test"):
        log("take_case", by=None, at=AT)
    assert EventWaiting.objects.count() == 1
    assert (number_events(), number_events()) == (1, 0)
    assert (EventWaiting.objects.count(), EventLink.objects.get().seq) == (0, 1)


def test_what_was_logged_before_there_were_numbers_gets_them(worked):
    home, *_ = worked
    for table in ("eventvalue", "eventwaiting", "eventlink", "loghead", "logcheck"):
        tamper.run(f"DELETE FROM ledger_{table}")
    own_place(home).unlink()
    tamper.run(import_module("arrears.web.ledger.migrations.0018_log").WAIT)
    assert number_all() == Event.objects.count()
    assert found_in(home).wrong == ()


def test_a_sequencer_that_ends_in_the_middle_has_done_nothing(db, monkeypatch):
    for _ in range(5):
        with transaction.atomic(), writing("a test"):
            log("take_case", by=None, at=AT)
    for owner, name in ((chain.EventLink.objects, "bulk_create"), (chain.LogHead, "save")):
        with monkeypatch.context() as cut:
            cut.setattr(owner, name, _cut(getattr(owner, name)))
            with pytest.raises(KeyboardInterrupt):
                number_all()
        assert (EventLink.objects.count(), EventWaiting.objects.count()) == (0, 5)
    assert number_all() == 5


def _cut(real):
    def done_and_ended(*words, **named):
        real(*words, **named)
        raise KeyboardInterrupt

    return done_and_ended
