"""A payment, a stop or a hold arrives while a message is being claimed: never is it claimed after."""

import os
import random
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection, transaction

from arrears.web.ledger.actions import holds as hold_acts
from arrears.web.ledger.actions import outbox, payments
from arrears.web.ledger.actions.act import log
from arrears.web.ledger.actions.clients import admit_client
from arrears.web.ledger.actions.holds import Scope, close_point, hold_borrower, place_hold
from arrears.web.ledger.actions.payments import receive_payment
from arrears.web.ledger.actions.people import admit_person
from arrears.web.ledger.models import (
    ApiClient,
    Borrower,
    Case,
    CaseDay,
    ContactPoint,
    Event,
    Hold,
    Message,
    Pointer,
    PublishedRun,
    Template,
)
from arrears.web.ledger.models.guard import writing
from tests.lib.careless import asked_without_lock
from tests.web.conftest import AT, DAY, PASSWORD

RACES = int(os.environ.get("ARREARS_RACES", "160"))
PAIRS = 4
LATER = AT + timedelta(minutes=1)
STOPS = ("receive_payment", "place_hold")

# It starts many processes, as the kills do.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.kill]


@pytest.fixture
def waiting(transactional_db):
    """So many borrowers with a message each that may go; who stops them."""
    numbers = [f"R{n}" for n in range(RACES)]
    person = admit_person(
        username="c", name="c", role="compliance", password=PASSWORD, by=None, at=AT
    )
    with writing("a test"):
        run = PublishedRun.objects.create(
            run_id="r", as_of=DAY, book_version=1, cases=RACES, published_at=AT
        )
        Pointer.objects.create(run=run)
        template = Template.objects.create(
            name="reminder",
            channel="sms",
            language="zh",
            text="{institution} {amount}",
            approved_by=person,
            approved_at=AT,
        )
        Borrower.objects.bulk_create(
            Borrower(borrower_id=b, kind="person", zone="Asia/Shanghai") for b in numbers
        )
        points = ContactPoint.objects.bulk_create(
            ContactPoint(
                point_id=f"p{b}",
                borrower_id=b,
                role="debtor",
                kind="mobile",
                value=f"13{n:09}",
                plain=f"13{n:09}",
                source="contract",
            )
            for n, b in enumerate(numbers)
        )
        CaseDay.objects.bulk_create(day_of(b, n) for n, b in enumerate(numbers))
        Case.objects.bulk_create(
            Case(borrower_id=b, state="open", opened_date=DAY) for b in numbers
        )
        cases = {case.borrower_id: case for case in Case.objects.all()}
        Message.objects.bulk_create(
            Message(
                key=f"k{point.borrower_id}",
                case=cases[point.borrower_id],
                borrower_id=point.borrower_id,
                point=point,
                channel="sms",
                purpose="collect",
                template=template,
                language="zh",
                text="x",
                state="proposed",
                proposed_at=AT,
                not_before=AT,
            )
            for point in points
        )
    admit_client(name="core", rights=["payments", "holds", "stops"], by=None, at=AT)
    return person, ApiClient.objects.get()


def day_of(borrower_id, rank):
    return CaseDay(
        run_id="r",
        borrower_id=borrower_id,
        rank=rank,
        treatment="remind",
        reasons="",
        borrower_kind="person",
        loans=1,
        loans_overdue=1,
        worst_loan_id="L",
        dpd=5,
        counted_dpd=5,
        bucket="M1",
        class5="normal",
        overdue_minor=100,
        penalty_minor=0,
        compound_minor=0,
        outstanding_minor=100,
        promise_broken_today=0,
    )


def stop(message, n, person, client):
    """A payment, a hold by a person, an opt-out and a stop by systems, in turn."""
    borrower = message.borrower_id
    told = {"evidence": "来电", "at": LATER}
    if n % 4 == 0:
        receive_payment(
            payment_id=f"P{n}",
            borrower_id=borrower,
            amount_minor=100,
            value_date=DAY,
            by=client,
            at=LATER,
        )
    elif n % 4 == 1:
        place_hold(case_id=message.case_id, kind="dispute", by=person, **told)
    elif n % 4 == 2:
        close_point(value=message.point.value, client=client, **told)
    else:
        scope = Scope(channels=("sms",))
        hold_borrower(borrower_id=borrower, kind="opt_out", scope=scope, client=client, **told)


def race(claim, person, client):
    """Of each message its claim and its stop begin at the same moment; by message, how long stops took."""
    messages = list(Message.objects.select_related("point").order_by("pk"))
    starts = [Barrier(2) for _ in messages]
    took = []

    def side(first, act):
        chance = random.Random(first)
        try:
            for n in range(first, len(messages), PAIRS):
                starts[n].wait(30)
                time.sleep(chance.choice((0, 0, 0.001, 0.003)))
                act(messages[n], n)
        finally:
            connection.close()

    def stopped(message, n):
        begun = time.perf_counter()
        stop(message, n, person, client)
        took.append(time.perf_counter() - begun)

    with ThreadPoolExecutor(2 * PAIRS) as pool:
        jobs = [
            pool.submit(side, first, act)
            for first in range(PAIRS)
            for act in (lambda message, _n: claim(message_id=message.pk, at=LATER), stopped)
        ]
        for job in jobs:
            job.result()
    return took


def whose(event):
    """The borrower whom what was told is about; a number that is closed says whose it is."""
    if event.borrower_id:
        return event.borrower_id
    value = Hold.objects.get(pk=event.detail["hold"]).value
    return ContactPoint.objects.get(value=value).borrower_id


def claimed_after():
    """The borrowers whose message was claimed although what stops it had been written.

    Both are written under one borrower's lock, so the numbers of their events are in the order of it.
    """
    stops = {whose(event): event.pk for event in Event.objects.filter(verb__in=STOPS)}
    claims = dict(Event.objects.filter(verb="gate_allow").values_list("borrower_id", "pk"))
    assert len(stops) == RACES
    return [b for b, claim in claims.items() if claim > stops[b]]


def test_nothing_is_claimed_after_what_stops_it(waiting):
    took = race(outbox.claim_message, *waiting)
    assert claimed_after() == []
    states = list(Message.objects.values_list("state", flat=True))
    assert {*states} == {"claimed", "refused"}  # both were first, now and then
    for message_id in Message.objects.values_list("pk", flat=True):
        assert outbox.claim_message(message_id=message_id, at=LATER) is None
    assert states.count("claimed") == Event.objects.filter(verb="gate_allow").count()
    assert (
        sorted(took)[len(took) // 2] < 1
    )  # in force within a second, eight at once on this machine


def unwithdrawn(monkeypatch):
    """The stops leave the outbox alone, so that only the question at the claim stands in the way."""
    for module in (hold_acts, payments):
        monkeypatch.setattr(module, "refuse_waiting", lambda *_, **__: 0)


def test_the_lock_alone_is_enough(waiting, monkeypatch):
    unwithdrawn(monkeypatch)
    race(outbox.claim_message, *waiting)
    assert claimed_after() == []
    assert {*Message.objects.values_list("state", flat=True)} == {"claimed", "refused"}


def test_the_race_would_see_a_gate_that_is_asked_without_the_lock(waiting, monkeypatch):
    unwithdrawn(monkeypatch)

    def asks_before(*, message_id, at):
        message = asked_without_lock(message_id, at)
        if message is None:
            return
        with transaction.atomic(), writing("asks_before"):
            found = Message.objects.filter(pk=message_id, state="proposed")
            if found.update(state="claimed", claimed_at=at):
                log("gate_allow", by=None, at=at, case=message.case, message=message.pk)

    race(asks_before, *waiting)
    assert claimed_after()
