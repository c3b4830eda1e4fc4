"""Proposing and draining at large: few queries, old amounts taken back, one broken thing stops no other."""

from collections import Counter
from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from arrears.channels.transport import Doubtful, NotSent, Reason
from arrears.web.ledger.actions import claims, outbox
from arrears.web.ledger.actions.act import NoCase
from arrears.web.ledger.actions.claims import NO_BORROWER
from arrears.web.ledger.actions.outbox import (
    claim_message,
    mark_message,
    withdraw_message,
)
from arrears.web.ledger.actions.reminders import propose_reminders
from arrears.web.ledger.models import (
    Borrower,
    Case,
    CaseDay,
    ContactPoint,
    Event,
    Message,
    Person,
    Pointer,
    PublishedRun,
)
from arrears.web.ledger.models.guard import writing
from arrears.web.ledger.queries.letters import OVERTAKEN
from arrears.web.sender import drain as room
from arrears.web.sender.drain import drain, send_waiting
from arrears.web.sender.pauses import Pauses
from arrears.web.sender.turn import SenderAtWork, only_sender
from tests.web.conftest import AT, DAY
from tests.web.test_outbox import Wire, later, one, proposed

pytestmark = pytest.mark.django_db


def queries(act):
    with CaptureQueriesContext(
        connection,
    ) as seen:
        act()
    return len(seen)


def test_proposing_asks_the_ledger_no_more_often_for_many_than_for_few(texts):
    few = list(CaseDay.objects.order_by("rank").values_list("borrower_id", flat=True)[:3])
    with writing("a test"):
        CaseDay.objects.exclude(borrower_id__in=few).update(treatment="call")
    for_few = queries(proposed)
    with writing("a test"):
        CaseDay.objects.update(treatment="remind")
    assert queries(proposed) == for_few < 15
    assert Message.objects.count() > 10


def test_what_still_waits_from_an_earlier_run_is_withdrawn_as_its_amounts_are_old(texts):
    proposed()
    gone, *waited = Message.objects.order_by("pk").values_list("pk", flat=True)
    claim_message(message_id=gone, at=later()())
    mark_message(message_id=gone, state="sent", at=AT)
    next_run(days=1)
    assert proposed() == len(waited) + 1
    assert Message.objects.get(pk=gone).state == "sent"
    old = Message.objects.filter(pk__in=waited)
    assert set(old.values_list("state", "because")) == {("withdrawn", OVERTAKEN)}
    assert Counter(Message.objects.values_list("borrower_id", "state")).most_common(1)[0][1] == 1


def next_run(days, **changed):
    """Another run is before people, of a day that is so much later."""
    run = PublishedRun.objects.latest("published_at")
    with writing("a test"):
        following = PublishedRun.objects.create(
            run_id=f"next-{PublishedRun.objects.count()}",
            as_of=run.as_of + timedelta(days=days),
            book_version=1,
            cases=run.cases,
            published_at=run.published_at + timedelta(minutes=1),
        )
        CaseDay.objects.update(run=following, **changed)
        Pointer.objects.update(run=following)


def test_a_second_run_of_a_day_takes_back_what_waits_and_says_the_new_amount(texts, people):
    count = proposed()
    went, doubted, back, failed, *waited = Message.objects.order_by("pk").values_list(
        "pk", flat=True
    )
    for message_id, state in ((went, "sent"), (doubted, "in_doubt"), (failed, "failed")):
        claim_message(message_id=message_id, at=later()())
        mark_message(message_id=message_id, state=state, at=AT)
    withdraw_message(message_id=back, by=people["phone_collector"], at=AT)
    next_run(days=0, overdue_minor=123_456)
    assert proposed() == count - 3  # whom it reached or may have, and whom a person took back, not
    assert proposed() == 0
    old = Message.objects.filter(pk__in=waited)
    assert set(old.values_list("state", "because")) == {("withdrawn", OVERTAKEN)}
    new = Message.objects.filter(state="proposed")
    assert new.count() == count - 3
    assert all("1,234.56" in message.text for message in new)
    left = Case.objects.filter(messages__in=[went, doubted, back])
    assert not new.filter(case__in=left).exists()
    next_run(days=0)
    assert proposed() == count - 3
    assert all(len(key) <= 48 for key in Message.objects.values_list("key", flat=True))


def test_the_first_sound_point_in_the_borrowers_language_is_used(texts):
    borrower = Borrower.objects.filter(pk__in=CaseDay.objects.values("borrower_id"))[0]
    points = [
        ("a-wrong", "debtor", "mobile", AT),
        ("b-other", "guarantor", "mobile", None),
        ("c-mail", "debtor", "email", None),
        ("d-right", "debtor", "mobile", None),
        ("e-later", "debtor", "mobile", None),
    ]
    with writing("a test"):
        ContactPoint.objects.filter(borrower_id=borrower.pk).delete()
        for key, role, kind, wrong in points:
            ContactPoint.objects.create(
                point_id=key,
                borrower_id=borrower.pk,
                role=role,
                kind=kind,
                value=key,
                wrong_since=wrong,
            )
        Borrower.objects.filter(pk=borrower.pk).update(language="en-GB")
    proposed()
    message = Message.objects.get(borrower_id=borrower.pk)
    assert (message.point_id, message.language) == ("d-right", "en")
    assert "days past due" in message.text


@pytest.mark.parametrize(
    ("end", "state"),
    [
        (NotSent(Reason.UNREACHABLE, "no", permanent=False), "failed"),
        (NotSent(Reason.BUSY, "later", permanent=False), "failed"),
        (Doubtful(Reason.SILENT, "silent"), "in_doubt"),
    ],
)
def test_when_the_far_end_is_away_one_message_learns_it_and_the_others_wait(texts, end, state):
    count = proposed()
    wire = Wire(end)
    assert drain({"sms": wire}, now=later()) == Counter({state: 1, "stopped sms": 1})
    assert len(wire.keys) == 1
    assert Message.objects.filter(state="proposed").count() == count - 1


def test_a_far_end_that_takes_nothing_is_asked_more_and_more_seldom(texts, tmp_path):
    count = proposed()
    assert count > 8
    wire, pauses, asked = Wire(NotSent(Reason.BUSY, "later", permanent=False)), Pauses(), []
    for minute in range(50):  # as the sweep does
        before = len(wire.keys)
        send_waiting({"sms": wire}, folder=tmp_path, now=later(60 * (minute + 1)), pauses=pauses)
        asked += [minute] * (len(wire.keys) - before)
    assert asked == [0, 1, 3, 7, 15, 30, 45]
    assert Message.objects.filter(state="failed").count() == len(asked)
    wire.end = None
    ended = send_waiting({"sms": wire}, folder=tmp_path, now=later(60 * 61), pauses=pauses)
    assert ended == Counter(sent=count - len(asked))
    pauses.begin("sms", AT)
    assert list(pauses.over({"sms": wire, "email": wire}, AT)) == ["email"]
    assert "sms" in pauses.over({"sms": wire}, AT + timedelta(minutes=1))


def test_when_one_address_is_refused_the_others_are_sent(texts):
    count = proposed()
    wire = Wire(NotSent(Reason.ADDRESS, "no", permanent=True))
    assert drain({"sms": wire}, now=later()) == Counter({"failed": count})


def test_a_message_that_cannot_be_claimed_holds_up_no_other_and_is_not_hidden(texts, monkeypatch):
    count = proposed()
    first = Message.objects.order_by("not_before", "pk")[0]
    decide = claims.decide_each

    def faulty(contacts, **told):
        if any(facts.channel == "broken" for _case, facts in contacts):
            raise ValueError("ours")
        return decide(contacts, **told)

    monkeypatch.setattr(claims, "decide_each", faulty)
    with writing("a test"):
        Message.objects.filter(pk=first.pk).update(channel="broken")
    wire = Wire()
    with pytest.raises(ValueError, match="ours"):
        drain({"sms": wire, "broken": wire}, now=later())
    assert len(wire.keys) == count - 1
    assert Message.objects.get(pk=first.pk).state == "proposed"


def test_without_a_claim_that_is_kept_nothing_is_sent(texts, monkeypatch):
    proposed()

    def full(**_told):
        raise OperationalError("database or disk is full")

    monkeypatch.setattr(room, "claim_messages", full)
    wire = Wire()
    with pytest.raises(OperationalError):
        drain({"sms": wire}, now=later())
    assert wire.keys == []


def test_what_a_sender_that_is_gone_had_in_hand_is_in_doubt_and_the_rest_is_sent(texts, tmp_path):
    count = proposed()
    first = Message.objects.order_by("pk")[0]
    claim_message(message_id=first.pk, at=later()())
    wire = Wire()
    ended = send_waiting({"sms": wire}, folder=tmp_path, now=later(120))
    assert ended == Counter({"left in doubt": 1, "sent": count - 1})
    assert first.key not in {key for key, _to in wire.keys}


def test_who_is_told_to_stop_stops_before_the_next(texts, tmp_path):
    proposed()
    wire = Wire()
    answers = iter([True, True, False, False])
    send_waiting({"sms": wire}, folder=tmp_path, now=later(), go_on=lambda: next(answers))
    assert len(wire.keys) == 2


def test_only_one_may_send_and_after_a_fault_the_next_may(tmp_path, db):
    def fails():
        with only_sender(tmp_path):
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fails()
    with only_sender(tmp_path):
        pass
    if connection.vendor == "sqlite":  # a server's lock is its connection's; see test_two_senders
        with only_sender(tmp_path), pytest.raises(SenderAtWork), only_sender(tmp_path):
            pass


def test_a_message_whose_borrower_is_gone_is_refused_and_the_round_ends(texts, tmp_path):
    count = proposed()
    first = Message.objects.order_by("pk")[0]
    with writing("a test"):
        Borrower.objects.filter(pk=first.borrower_id).delete()
    rounds = iter(range(count + 3))
    ended = send_waiting(
        {"sms": Wire()}, folder=tmp_path, now=later(), go_on=lambda: next(rounds, None) is not None
    )
    assert ended == Counter({"sent": count - 1, "held back": 1})
    first.refresh_from_db()
    assert (first.state, first.because, first.ended_at) == ("refused", NO_BORROWER, later()())
    event = Event.objects.get(verb="gate_refuse", detail__message=first.pk)
    assert event.case_id == first.case_id


def test_a_stranger_finds_no_message_to_take_back(texts, stranger):
    proposed()
    message = one()
    with pytest.raises(NoCase):
        withdraw_message(message_id=message.pk, by=stranger, at=AT)
    with pytest.raises(NoCase):
        withdraw_message(message_id=0, by=None, at=AT)
    message.refresh_from_db()
    assert message.state == "proposed"


def test_the_borrower_is_locked_before_the_message(texts):
    """In one order everywhere: nobody waits in a circle."""
    proposed()
    message = one()
    by = Person.objects.get(username="phone_collector")
    for act in (
        lambda: claim_message(message_id=message.pk, at=later()()),
        lambda: mark_message(message_id=message.pk, state="in_doubt", at=AT),
        lambda: outbox.doubt_claimed(at=AT),
        lambda: mark_message(message_id=message.pk, state="sent", at=AT),
    ):
        locks = order_of_locks(act)
        assert locks[:2] in (["borrower", "message"], [])
        assert locks[2:] in (["journalhead"], [])  # taken after all others
    other = Message.objects.exclude(pk=message.pk)[0]
    with writing("a test"):
        Message.objects.filter(pk=other.pk).update(state="proposed")
    locks = order_of_locks(lambda: withdraw_message(message_id=other.pk, by=by, at=AT))
    assert locks in (["borrower", "message"], [])
    assert bool(locks) is (connection.vendor == "postgresql")


def order_of_locks(act):
    """Which tables' rows are locked, in order; none on SQLite, which locks the whole ledger."""
    with CaptureQueriesContext(connection) as seen:
        act()
    locking = [query["sql"] for query in seen if "FOR UPDATE" in query["sql"]]
    return [sql.partition('FROM "ledger_')[2].partition('"')[0] for sql in locking]


def test_the_newest_number_that_the_bank_still_names_is_used_and_none_of_tomorrow(texts):
    some = CaseDay.objects.filter(treatment="remind").first()
    with writing("a test"):
        ContactPoint.objects.filter(borrower_id=some.borrower_id).delete()
        for point_id, valid_from, gone in (
            ("old", DAY - timedelta(days=900), None),
            ("new", DAY - timedelta(days=9), None),
            ("gone", DAY, DAY),
            ("later", DAY + timedelta(days=1), None),
        ):
            ContactPoint.objects.create(
                point_id=point_id,
                borrower_id=some.borrower_id,
                role="debtor",
                kind="mobile",
                value=f"154{point_id}",
                source="contract",
                valid_from=valid_from,
                gone_since=gone,
            )
    propose_reminders(institution="某某银行", currency="CNY", at=AT)
    assert Message.objects.get(borrower_id=some.borrower_id).point_id == "new"
