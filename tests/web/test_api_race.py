"""The same request twice at the same moment: one effect, and both are told the same."""

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.test import Client

from arrears.web.ledger.actions.clients import admit_client
from arrears.web.ledger.models import Answer, Borrower, Case, Event, Hold, ReceivedPayment
from arrears.web.ledger.models.client import API_RIGHTS
from arrears.web.ledger.models.guard import writing
from tests.web.conftest import AT, DAY

pytestmark = pytest.mark.django_db(transaction=True)
KEYS, AT_ONCE = 4, 4
BODIES = {
    "payments": {"amount_minor": 500, "value_date": DAY.isoformat()},
    "holds": {"kind": "complaint", "evidence": "工单 7"},
    "stops": {"evidence": "来电"},
}
EFFECTS = {"payments": ReceivedPayment, "holds": Hold, "stops": Hold}
VERBS = {"payments": "receive_payment", "holds": "place_hold", "stops": "place_hold"}


@pytest.fixture
def token(transactional_db):
    """A client's; and so many borrowers, each with a case."""
    with writing("a test"):
        for n in range(KEYS):
            Borrower.objects.create(borrower_id=f"R{n}", kind="person", zone="Asia/Shanghai")
            Case.objects.create(borrower_id=f"R{n}", state="open", opened_date=DAY)
    return admit_client(name="core", rights=API_RIGHTS, by=None, at=AT)


def posted(token, route, n, **more):
    told = {"borrower_id": f"R{n}", **BODIES[route], **more}
    if route == "payments":
        told["payment_id"] = f"P{n}"
    answer = Client().post(
        f"/api/{route}",
        json.dumps(told),
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}", "Idempotency-Key": f"k{n}"},
    )
    return answer.status_code, answer.json()


def raced(token, route, bodies):
    """By key what each of the requests was told that came with it at the same moment."""
    starts = [Barrier(AT_ONCE) for _ in range(KEYS)]

    def side(more):
        try:
            told = []
            for n, start in enumerate(starts):
                start.wait(30)
                told.append(posted(token, route, n, **more))
            return told
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        jobs = [pool.submit(side, more) for more in bodies]
        return list(zip(*(job.result() for job in jobs), strict=True))


@pytest.mark.parametrize("route", BODIES)
def test_requests_at_the_same_moment_under_one_key_have_one_effect_and_one_answer(token, route):
    for told in raced(token, route, [{}] * AT_ONCE):
        assert told[0][0] == 201
        assert all(one == told[0] for one in told)
    assert EFFECTS[route].objects.count() == Answer.objects.count() == KEYS
    assert Event.objects.filter(verb=VERBS[route]).count() == KEYS


def test_of_different_requests_under_one_key_one_is_done_and_the_others_are_told_so(token):
    bodies = [{"evidence": f"工单 {n}"} for n in range(AT_ONCE)]
    for told in raced(token, "holds", bodies):
        assert Counter(status for status, _ in told) == {201: 1, 422: AT_ONCE - 1}
        assert {said["error"] for status, said in told if status == 422} == {"key_reused"}
    assert Hold.objects.count() == KEYS


def test_one_who_looks_first_and_writes_later_would_be_found_out(token, monkeypatch):
    """What is done and what is told of it not written together."""
    together = Barrier(AT_ONCE)

    def looks_then_acts(client, *, route, key, body, act, at):
        asked = {"client": client, "route": route, "key": key}
        before = Answer.objects.filter(**asked).first()
        together.wait(30)
        if before is None:
            before = Answer(status=(told := act())[0], told=told[1])
        together.wait(30)
        return before.status, before.told

    monkeypatch.setattr("arrears.web.api.views.answered", looks_then_acts)
    raced(token, "holds", [{}] * AT_ONCE)
    assert Hold.objects.count() == KEYS * AT_ONCE
