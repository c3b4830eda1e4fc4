"""The ledger claims and refuses what the reference says, event by event, and keeps what it must."""

import os
from collections import Counter
from datetime import date

import pytest
from django.db import transaction

from arrears.web.ledger import counts, facts
from arrears.web.ledger.actions import in_person, slots, visits
from arrears.web.ledger.holds import Stops
from arrears.web.ledger.models import Call, Case, Template
from arrears.web.ledger.models.guard import writing
from tests.lib.contact_ledger import LedgerLife

LIVES = int(os.environ.get("ARREARS_LIVES", "12"))
EVENTS, ENOUGH = 25, 200
NO_DAY = date(2020, 1, 1)
LOST = {
    "failed_in_a_row": 3,
    "last_failed_date": NO_DAY,
    "unreached_days": 0,
    "number_invalid": False,
}

pytestmark = pytest.mark.django_db


def lived(people, lives):
    """What the ledger said of contacts in so many lives; fails where the reference says otherwise."""
    with writing("a test"):  # they call, and visit as well
        for who in ("phone_collector", "teammate"):
            people[who].role = "field_collector"
            people[who].save()
    template = Template.objects.get(name="reminder", channel="sms", language="zh")
    cases = list(Case.objects.filter(state="open").order_by("pk"))
    said: Counter[str] = Counter()
    for seed in range(lives):
        with transaction.atomic():
            mine, other = (cases[n % len(cases)] for n in (seed, seed + 1))
            life = LedgerLife(seed, mine, people, template, neighbour=other)
            life.run(EVENTS)
            said += life.verdicts
            transaction.set_rollback(True)  # the next life of the same borrower begins anew
    return said


def test_the_ledger_and_the_reference_say_the_same(texts, people):
    said = lived(people, LIVES)
    assert said.keys() >= {"allow", "refuse", "defer"}, said


def rings_apart(who, day, numbers=(), **more):
    """The question, and of the rings of each number only those of this borrower."""
    sql, told = counts.counts_asked(who, day, numbers, **more)
    apart = f"AND borrower_id = '{who}' AND number IN ("
    assert "AND number IN (" in sql
    return sql.replace("AND number IN (", apart), told


def all_done(*words, **told):
    """The facts of a contact, and what nobody says will be done is as good as done."""
    said = {name: value for name, value in told.items() if value is not False}
    return in_person.facts_in_person(*words, **said)


def freed_after_a_call(made, **words):
    """A visit keeps what it held, also where nobody went."""
    if isinstance(made, Call):
        slots.free_slots(made, **words)


# Where a fault is planted, what it replaces, and what does instead.
FAULTS = {
    "a call or visit that ended frees all": (
        in_person,
        "free_slots",
        lambda made, **_: slots.free_slots(made, but=()),
    ),
    "a visit that was not made uses the day": (in_person, "free_slots", freed_after_a_call),
    "nobody need say that a visit is recorded": (visits, "facts_in_person", all_done),
    "holds stop nothing": (
        facts,
        "stops_told",
        lambda *_, **__: Stops((), NO_DAY, NO_DAY),
    ),
    "nothing is counted": (
        facts,
        "counts_told",
        lambda _rows, **day: counts.counts_told((), **day),
    ),
    "a number rings for each borrower apart": (facts, "counts_asked", rings_apart),
    "whoever could not be reached stays lost": (facts, "reached", lambda *_, **__: LOST),
    "nobody is ever lost": (facts, "reached", lambda *_, **__: {**LOST, "failed_in_a_row": 0}),
}


@pytest.mark.long
@pytest.mark.parametrize("fault", FAULTS)
def test_a_wrong_ledger_is_found(texts, people, monkeypatch, fault):
    monkeypatch.setattr(*FAULTS[fault])
    with pytest.raises(AssertionError):
        lived(people, ENOUGH)
