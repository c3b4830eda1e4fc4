"""The API: systems of the bank tell of payments, holds and stops; strictly read, done once."""

import json

import pytest
from django.db import transaction
from django.test import Client
from structlog.testing import capture_logs

from arrears.batch import read
from arrears.core.money import LARGEST_MINOR
from arrears.web.ledger.actions.act import NotNow
from arrears.web.ledger.actions.clients import (
    ClientUnsound,
    NoSuchClient,
    admit_client,
    revoke_client,
)
from arrears.web.ledger.actions.holds import end_hold
from arrears.web.ledger.actions.publish import publish_run
from arrears.web.ledger.models import (
    Answer,
    ApiClient,
    Borrower,
    Case,
    ContactPoint,
    Event,
    Hold,
    Person,
    ReceivedPayment,
)
from arrears.web.ledger.models.client import API_RIGHTS
from arrears.web.ledger.models.guard import writing
from arrears.web.ledger.policy import NotAllowed
from arrears.web.ledger.queries.cases import case_page
from tests.lib.routes import routes
from tests.web.conftest import AT, DAY, NUMBER, point
from tests.web.test_desk import signed_in, text_of
from tests.web.test_holds import held

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def the_bank(bank, settings, monkeypatch):
    """The API reads the bank's home, and it is its day."""
    settings.ARREARS_HOME = bank.home.path
    monkeypatch.setattr("django.utils.timezone.now", lambda: AT)


@pytest.fixture
def token(db):
    return admit_client(name="core", rights=API_RIGHTS, by=None, at=AT)


@pytest.fixture
def post(token):
    """A function that posts as the bank's core system does, under a new key each time."""
    keys = iter(range(1000))

    def posted(route, body, *, key=None, with_token=token, **headers):
        told = {"Authorization": f"Bearer {with_token}", "Idempotency-Key": key or f"k{next(keys)}"}
        text = body if isinstance(body, str | bytes) else json.dumps(body)
        return Client().post(
            f"/api/{route}", text, content_type="application/json", headers=told | headers
        )

    return posted


def payment(case, **more):
    told = {"borrower_id": case.borrower_id, "payment_id": "P1", "amount_minor": 500}
    return {**told, "value_date": DAY.isoformat(), **more}


def hold(case, **more):
    return {"borrower_id": case.borrower_id, "kind": "complaint", "evidence": "工单 7", **more}


def error(answer):
    return answer.status_code, answer.json()["error"]


def test_a_payment_is_received_and_told_again_it_is_the_same(post, shanghai):
    answer = post("payments", payment(shanghai))
    assert (answer.status_code, answer.json()) == (201, {"payment_id": "P1", "state": "received"})
    assert post("payments", payment(shanghai)).status_code == 201
    assert ReceivedPayment.objects.get().borrower_id == shanghai.borrower_id
    assert error(post("payments", payment(shanghai, amount_minor=501))) == (409, "payment_differs")
    event = Event.objects.get(verb="receive_payment")
    assert (event.by, event.case_id, event.detail["client"]) == (None, shanghai.pk, "core")


def test_a_payment_finds_its_borrower_by_the_loan(post, shanghai, bank):
    loan = read.loans_of(bank.home, bank.run, shanghai.borrower_id)[0]["loan_id"]
    told = payment(shanghai, loan_id=loan)
    assert (
        post("payments", {k: v for k, v in told.items() if k != "borrower_id"}).status_code == 201
    )
    assert ReceivedPayment.objects.get().borrower_id == shanghai.borrower_id
    other = Case.objects.exclude(pk=shanghai.pk)[0]
    again = {**told, "payment_id": "P2"}
    assert error(post("payments", {**again, "borrower_id": other.borrower_id})) == (404, "unknown")
    assert error(post("payments", {**again, "loan_id": "none"})) == (404, "unknown")


def test_a_hold_stands_with_its_scope(post, shanghai):
    scope = {"channels": ["sms"], "from_date": "2026-11-20", "until_date": "2026-12-01"}
    answer = post("holds", hold(shanghai, **scope, said_by="客服"))
    (made,) = Hold.objects.all()
    assert (answer.status_code, answer.json()) == (201, {"hold_ids": [made.pk], "state": "placed"})
    assert (made.kind, made.channels, made.said_by, made.by) == ("complaint", "sms", "客服", None)
    assert made.until_date.isoformat() == "2026-12-01"
    assert error(post("holds", hold(shanghai, kind="whim"))) == (422, "hold_unsound")
    assert error(post("holds", {**hold(shanghai), "borrower_id": "b" * 81})) == (
        422,
        "hold_unsound",
    )


def test_a_whole_hold_puts_the_case_on_hold(post, shanghai):
    post("holds", hold(shanghai))
    shanghai.refresh_from_db()
    assert shanghai.state == "held"


@pytest.mark.parametrize(
    ("scope", "kind", "value"),
    [
        ({}, "no_contact", ""),
        ({"channels": ["sms"]}, "opt_out", ""),
        ({"point_id": "test-own"}, "opt_out", NUMBER),
        ({"value": "138 1234 5678"}, "opt_out", NUMBER),
    ],
)
def test_a_stop_is_of_everything_or_of_what_it_names(post, shanghai, scope, kind, value):
    told = {"borrower_id": shanghai.borrower_id, "evidence": "来信", **scope}
    assert post("stops", told).status_code == 201
    made = Hold.objects.get()
    assert (made.kind, made.value) == (kind, value)


@pytest.mark.parametrize(
    "value",
    [
        "86 138 1234 5678",
        "013812345678",
        "(+86) 138-1234-5678",
        "１３８１２３４５６７８",
        "\uff18\uff16\uff11\uff13\uff18\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18",
    ],
)
def test_a_stop_holds_however_the_number_is_written(post, shanghai, value):
    told = {"value": value, "evidence": "来信"}
    assert post("stops", {"borrower_id": shanghai.borrower_id, **told}).status_code == 201
    assert Hold.objects.get().value == NUMBER
    assert post("stops", told).status_code == 201


@pytest.mark.parametrize("value", ["13999999999", "1381234567", "zhang@example.test"])
def test_a_stop_of_a_number_that_the_borrower_does_not_have_is_refused(post, shanghai, value):
    told = {"borrower_id": shanghai.borrower_id, "value": value, "evidence": "来信"}
    answer = post("stops", told)
    assert error(answer) == (422, "hold_unsound")
    assert "没有这个号码或地址" in answer.json()["because"]
    assert not Hold.objects.exists()


@pytest.mark.parametrize("whose", ["of a borrower", "of anyone"])
def test_a_stop_of_what_is_no_number_and_no_address_is_refused(post, shanghai, whose):
    told = {"value": " --- ", "evidence": "来信", "channels": ["sms"]}
    told |= {"borrower_id": shanghai.borrower_id} if whose == "of a borrower" else {}
    assert post("stops", told).status_code in (404, 422)
    assert not Hold.objects.exists()


def test_who_answers_a_message_with_stop_is_known_by_the_number_alone(post, shanghai, compliance):
    other = Case.objects.exclude(pk=shanghai.pk)[0]
    with writing("a test"):
        point(other, "same", value=NUMBER)
    answer = post("stops", {"value": NUMBER, "channels": ["sms"], "evidence": "回复 TD"})
    (closed,) = Hold.objects.all()
    assert (answer.status_code, answer.json()) == (
        201,
        {"hold_ids": [closed.pk], "state": "placed"},
    )
    assert (closed.kind, closed.borrower_id, closed.value) == ("closed_point", "", NUMBER)
    for case, name in ((shanghai, "own"), (other, "same")):
        assert held(case, by=name) == {"closed_point"}
        assert held(case, by=name, channel="call") == frozenset()
        assert case_page(compliance, case.pk).closed == {f"test-{name}"}
    page = text_of(signed_in(compliance).get("/watch/holds/?kind=closed_point"))
    assert ("任何客户" in page, NUMBER in page) == (True, False)
    assert error(post("stops", {"evidence": "x"})) == (400, "field_missing")


def test_a_number_that_is_closed_is_closed_for_whoever_gets_it_later(post, shanghai, people):
    asked = {"value": "+86 199 0000 0000", "evidence": "来电"}
    assert post("stops", asked).json()["state"] == "kept"
    other = Case.objects.exclude(pk=shanghai.pk)[0]
    with writing("a test"):
        point(shanghai, "later", value="19900000000")
        point(other, "later-still", value="0199 0000 0000")
    assert held(shanghai, by="later") == held(other, by="later-still") == {"closed_point"}
    assert held(shanghai) == frozenset()
    closed = Hold.objects.get()
    told = {"hold_id": closed.pk, "reason": "已核实", "at": AT}
    third = Case.objects.exclude(pk__in=(shanghai.pk, other.pk))[0]
    with pytest.raises(NotAllowed):
        end_hold(case_id=other.pk, by=people["supervisor"], **told)
    with pytest.raises(NotNow):  # whose borrower does not have the number
        end_hold(case_id=third.pk, by=people["compliance"], **told)
    end_hold(case_id=other.pk, by=people["compliance"], **told)
    assert (held(shanghai, by="later"), post("stops", asked).json()["state"]) == (set(), "placed")


@pytest.mark.parametrize(
    ("scope", "kinds", "state"),
    [({}, {"no_contact"}, "held"), ({"channels": ["sms"]}, {"opt_out"}, "open")],
    ids=["of everything", "of text messages"],
)
def test_what_is_told_before_they_come_holds_once_they_do(bank, post, scope, kinds, state):
    with transaction.atomic():  # who will come
        publish_run(home=bank.home, run=bank.run, at=AT)
        coming = ContactPoint.objects.filter(role="debtor", kind="mobile").order_by("pk")[0]
        transaction.set_rollback(True)
    assert not Borrower.objects.exists()
    told = {"borrower_id": coming.borrower_id, "evidence": "来信"}
    assert post("stops", {**told, **scope}).json()["state"] == "kept"
    assert Event.objects.get(verb="place_hold").borrower_id == coming.borrower_id
    publish_run(home=bank.home, run=bank.run, at=AT)
    case = Case.objects.get(borrower_id=coming.borrower_id)
    assert case.state == state
    assert kinds <= held(case, by=coming.pk)


# ---- what is sent twice ------------------------------------------------------------------------


def test_a_key_that_came_before_is_answered_as_then_and_nothing_is_done_again(post, shanghai):
    first = post("holds", hold(shanghai), key="one")
    again = post("holds", hold(shanghai), key="one")
    assert (again.status_code, again.json()) == (first.status_code, first.json())
    assert (Hold.objects.count(), Answer.objects.count()) == (1, 1)
    assert error(post("holds", hold(shanghai, evidence="工单 8"), key="one")) == (422, "key_reused")
    assert post("stops", {"value": NUMBER, "evidence": "x"}, key="one").status_code == 201
    assert post("holds", hold(shanghai), key="two").json() != first.json()


def test_a_key_is_of_one_client(post, shanghai):
    second = admit_client(name="crm", rights=["holds"], by=None, at=AT)
    first = post("holds", hold(shanghai), key="one")
    other = post("holds", hold(shanghai, evidence="另一件"), key="one", with_token=second)
    assert (first.status_code, other.status_code) == (201, 201)
    assert first.json() != other.json()


def test_a_refusal_is_not_kept_and_may_be_mended_under_the_same_key(post, shanghai):
    assert error(post("holds", hold(shanghai, kind="whim"), key="one"))[0] == 422
    assert not Answer.objects.exists()
    assert post("holds", hold(shanghai), key="one").status_code == 201


def test_what_is_done_and_what_is_told_of_it_are_written_together(post, shanghai, monkeypatch):
    def broken(**_):
        raise RuntimeError("the machine stops here")

    monkeypatch.setattr(Answer.objects, "create", broken)
    with pytest.raises(RuntimeError):
        post("holds", hold(shanghai), key="one")
    assert not Hold.objects.exists()


# ---- what is not read --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"note": "x"}, "field_unknown"),
        ({"amount_minor": None}, "field_unsound"),
        ({"amount_minor": 5.0}, "field_unsound"),
        ({"amount_minor": "500"}, "field_unsound"),
        ({"amount_minor": True}, "field_unsound"),
        ({"amount_minor": 0}, "field_unsound"),
        ({"amount_minor": LARGEST_MINOR + 1}, "field_unsound"),
        ({"amount_minor": 1 << 70}, "field_unsound"),
        ({"value_date": "2026-02-30"}, "field_unsound"),
        ({"value_date": "20261120"}, "field_unsound"),
        ({"value_date": "1999-12-31"}, "field_unsound"),
        ({"value_date": "2201-01-01"}, "field_unsound"),
        ({"value_date": "2026-W47-5"}, "field_unsound"),
        ({"payment_id": ""}, "field_unsound"),
        ({"payment_id": "a\0b"}, "field_unsound"),
        ({"payment_id": "\ud800"}, "field_unsound"),
        ({"payment_id": ["P1"]}, "field_unsound"),
        ({"borrower_id": {"x": 1}}, "field_unsound"),
    ],
)
def test_a_field_that_is_not_what_is_asked_for_is_refused(post, shanghai, change, code):
    answer = post("payments", payment(shanghai, **change))
    assert error(answer) == (400, code)
    assert answer.json()["field"] == next(iter(change))
    assert not ReceivedPayment.objects.exists()


@pytest.mark.parametrize(
    "body",
    [" ", "[]", "7", "{", b"\xff", '{"amount_minor": NaN}', '{"a": 1, "a": 2}', "[" * 99_999],
)
def test_a_body_that_is_no_object_of_json_is_refused(post, db, body):
    assert error(post("payments", body)) == (400, "body_unreadable")


@pytest.mark.parametrize("name", ["payment_id", "amount_minor", "value_date", "borrower_id"])
def test_a_field_that_is_needed_is_asked_for(post, shanghai, name):
    told = {key: value for key, value in payment(shanghai).items() if key != name}
    answer = post("payments", told)
    assert (error(answer), answer.json()["field"]) == ((400, "field_missing"), name)


def test_a_body_that_is_too_large_or_of_another_kind_is_refused(post, shanghai, token):
    assert error(post("holds", hold(shanghai, evidence="x" * (2 << 20)))) == (413, "body_too_large")
    told = {"Authorization": f"Bearer {token}", "Idempotency-Key": "k"}
    assert error(Client().post("/api/holds", hold(shanghai), headers=told)) == (415, "not_json")


@pytest.mark.parametrize("key", ["", "x" * 81, "钥匙"])
def test_a_request_needs_a_key_of_its_own(shanghai, token, key):
    told = {"Authorization": f"Bearer {token}"} | ({"Idempotency-Key": key} if key else {})
    answer = Client().post(
        "/api/holds", json.dumps(hold(shanghai)), content_type="application/json", headers=told
    )
    assert error(answer) == (400, "key_missing")


# ---- who may -----------------------------------------------------------------------------------

API = {route for route, view in routes().items() if hasattr(view, "client_right")}


def test_the_routes_are_these_and_each_asks_for_a_right_of_its_own():
    assert {"api/payments", "api/holds", "api/stops"} == API
    assert {routes()[route].client_right for route in API} == set(API_RIGHTS)


@pytest.mark.parametrize("right", API_RIGHTS)
def test_a_token_opens_what_it_was_given_for_and_nothing_else(post, shanghai, right):
    token = admit_client(name="one", rights=[right], by=None, at=AT)
    told = {route: post(route, {}, with_token=token).status_code for route in API_RIGHTS}
    assert told == {route: 400 if route == right else 403 for route in API_RIGHTS}


def test_without_a_token_in_use_nothing_is_opened(post, shanghai, people):
    wrong = post("holds", hold(shanghai), with_token="wrong")
    assert error(wrong) == (401, "token_unknown")
    assert wrong["WWW-Authenticate"].startswith("Bearer")
    assert post("holds", hold(shanghai), Authorization="").status_code == 401
    revoke_client(name="core", by=None, at=AT)
    assert post("holds", hold(shanghai)).status_code == 401
    client = Client()
    client.force_login(people["administrator"])  # a person's session is no token
    answer = client.post("/api/holds", json.dumps(hold(shanghai)), content_type="application/json")
    assert answer.status_code == 401
    assert not Hold.objects.exists()


@pytest.mark.parametrize("route", API_RIGHTS)
def test_nothing_is_read_by_it(post, token, route):
    answer = Client().get(f"/api/{route}", headers={"Authorization": f"Bearer {token}"})
    assert (error(answer), answer["Allow"]) == ((405, "method"), "POST")


def test_of_a_token_only_a_hash_is_kept_and_it_is_given_once(token, people):
    assert token not in str(list(ApiClient.objects.values()) + list(Event.objects.values()))
    for name, rights in (("core", ["holds"]), ("", ["holds"]), ("new", []), ("new", ["read"])):
        with pytest.raises(ClientUnsound):
            admit_client(name=name, rights=rights, by=None, at=AT)
    with pytest.raises(NotAllowed):
        admit_client(name="new", rights=["holds"], by=people["compliance"], at=AT)
    with pytest.raises(NotAllowed):
        revoke_client(name="core", by=people["compliance"], at=AT)
    revoke_client(name="core", by=people["administrator"], at=AT)
    with pytest.raises(NoSuchClient):
        revoke_client(name="core", by=None, at=AT)


def test_neither_an_answer_nor_the_log_of_requests_holds_personal_data(post, shanghai):
    secret = "张三 13812345678"
    with capture_logs() as logs:
        answers = [
            post("stops", {"value": NUMBER, "evidence": secret, "said_by": secret}),
            post("holds", hold(shanghai, evidence=secret, kind=secret)),
            post("holds", hold(shanghai, **{secret: 1})),
        ]
    told = str(logs) + "".join(str(list(Event.objects.values("detail"))))
    assert NUMBER not in told
    assert NUMBER not in answers[0].content.decode() + answers[1].content.decode()
    assert [a.status_code for a in answers] == [201, 422, 400]
    assert Person.objects.count() == 0
