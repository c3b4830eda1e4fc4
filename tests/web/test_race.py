"""Fifty people press "take" on the same cases at once: never do two hold one."""

import os
import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from arrears.web.ledger.actions import cases as acts
from arrears.web.ledger.actions.act import NotNow
from arrears.web.ledger.actions.cases import CaseTaken, release_case, take_case
from arrears.web.ledger.actions.people import admit_person, found_team
from arrears.web.ledger.actions.publish import publish_run
from arrears.web.ledger.models import Case, Event
from tests.web.conftest import AT, PASSWORD

PRESSES = int(os.environ.get("ARREARS_PRESSES", "600"))
PEOPLE = 50

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def crowd(bank, transactional_db):
    publish_run(home=bank.home, run=bank.run, at=AT)
    team = found_team(name="一组", by=None, at=AT)
    return [
        admit_person(
            username=f"p{n}",
            name=f"p{n}",
            role=("phone_collector", "supervisor")[n % 2],  # who see by different filters
            team=team,
            password=PASSWORD,
            by=None,
            at=AT,
        )
        for n in range(PEOPLE)
    ]


def press(person, ids, seed):
    """One person's presses: take, and now and then give back what was got. Returns who got what."""
    chance = random.Random(seed)
    got = []
    try:
        for _ in range(PRESSES // PEOPLE):
            case_id = chance.choice(ids)
            try:
                take_case(case_id=case_id, by=person, at=AT)
            except (CaseTaken, NotNow):
                continue
            got.append(case_id)
            if chance.random() < 0.3:
                release_case(case_id=case_id, by=person, at=AT)
    finally:
        connection.close()
    return got


def pressed(crowd):
    ids = list(Case.objects.order_by("pk").values_list("pk", flat=True)[:20])
    with ThreadPoolExecutor(16) as pool:
        jobs = [pool.submit(press, person, ids, n) for n, person in enumerate(crowd)]
        return [job.result() for job in jobs]


def held_by_two():
    """Cases that the log says were taken while somebody had them."""
    hands: dict[int, int] = {}
    wrong = []
    for event in Event.objects.exclude(case_id=None).order_by("pk"):
        if event.verb == "take_case":
            if event.case_id in hands:
                wrong.append(event.case_id)
            hands[event.case_id] = event.by_id
        elif event.verb == "release_case":
            hands.pop(event.case_id, None)
    return wrong, hands


def test_never_two_on_one_case(crowd):
    got = pressed(crowd)
    wrong, hands = held_by_two()
    assert wrong == []
    assert hands == dict(Case.objects.filter(state="taken").values_list("pk", "taken_by"))
    assert sum(map(len, got)) >= len(hands) > 0


def test_the_test_would_see_two(crowd, monkeypatch):
    """The same crowd, with a way to take that looks first and writes after."""

    def looks_first(*, case_id, by, at):
        case = Case.objects.get(pk=case_id)
        if case.taken_by_id is None:
            with acts.action.__globals__["writing"]("looks_first"):
                case.state, case.taken_by, case.taken_at = "taken", by, at
                case.save()
                acts.log("take_case", by=by, at=at, case=case)

    monkeypatch.setitem(globals(), "take_case", looks_first)
    monkeypatch.setitem(globals(), "release_case", lambda **_: None)
    pressed(crowd)
    wrong, _ = held_by_two()
    assert Counter(wrong)
