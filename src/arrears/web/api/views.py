"""The routes of the API: who asks, whether they may, what they are told; no personal data in an answer."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from arrears.batch.read import FilesGone
from arrears.core.errors import UserError
from arrears.lake.home import Home
from arrears.web.api.body import BodyUnreadable, Field, day, fields_of, minor, text, words
from arrears.web.ledger.actions.act import NoCase
from arrears.web.ledger.actions.clients import (
    LONGEST_KEY,
    KeyReused,
    Told,
    answered,
    token_hash,
)
from arrears.web.ledger.actions.holds import (
    HoldUnsound,
    Scope,
    close_point,
    hold_borrower,
    is_of_somebody,
)
from arrears.web.ledger.actions.payments import (
    PaymentDiffers,
    PaymentUnsound,
    owner_of,
    receive_payment,
)
from arrears.web.ledger.models import ApiClient, Hold

Sent = dict[str, Any]
Does = Callable[[ApiClient, Sent, datetime], Told]

# What an action's refusal is called, and the status with which it is told.
REFUSALS: dict[type[UserError], tuple[int, str]] = {
    NoCase: (404, "unknown"),
    PaymentDiffers: (409, "payment_differs"),
    PaymentUnsound: (422, "payment_unsound"),
    HoldUnsound: (422, "hold_unsound"),
    KeyReused: (422, "key_reused"),
    FilesGone: (503, "files_gone"),
}
SCOPE = {
    "channels": Field(words),
    "purposes": Field(words),
    "role": Field(text),
    "point_id": Field(text),
    "from_date": Field(day),
    "until_date": Field(day),
}


def route(
    right: str, asked: Mapping[str, Field], *, before: Callable[[Sent], None] = lambda _: None
) -> Callable[[Does], Callable[..., HttpResponse]]:
    """The view of one route: a client with the right posts these fields, under a key of its own.

    `before` looks up what takes time, while nobody waits for the ledger. The view says so itself:
    `view.client_right`, `view.method`.
    """

    def reads(body: bytes) -> Sent:
        sent = fields_of(body, asked)
        before(sent)
        return sent

    def declared(does: Does) -> Callable[..., HttpResponse]:
        @csrf_exempt
        @never_cache
        @wraps(does)
        def view(request: HttpRequest) -> HttpResponse:
            if request.method != "POST":
                told = _error(405, "method", "Only POST is answered here")
                told["Allow"] = "POST"
                return told
            client = _client(request)
            if client is None:
                told = _error(401, "token_unknown", "No token in use, or none at all")
                told["WWW-Authenticate"] = 'Bearer realm="arrears"'
                return told
            if not client.may(right):
                return _error(403, "right_missing", f"This token may not do that: {right}")
            return _answer(request, client, right, reads, does)

        view.client_right = right  # type: ignore[attr-defined]
        view.method = "POST"  # type: ignore[attr-defined]
        return view

    return declared


def _find_owner(sent: Sent) -> None:
    """The borrower is named, where the loan was."""
    if not {"borrower_id", "loan_id"} & set(sent):
        raise BodyUnreadable("field_missing", "borrower_id", "Name the borrower or the loan")
    if loan_id := sent.get("loan_id"):
        home = Home(settings.ARREARS_HOME)  # type: ignore[misc]
        sent["borrower_id"] = owner_of(
            home, loan_id=loan_id, borrower_id=sent.get("borrower_id", "")
        )


@route(
    "payments",
    {
        "payment_id": Field(text, required=True),
        "borrower_id": Field(text),
        "loan_id": Field(text),
        "amount_minor": Field(minor, required=True),
        "value_date": Field(day, required=True),
    },
    before=_find_owner,
)
def payments(client: ApiClient, sent: Sent, at: datetime) -> Told:
    """A payment is on its way: its borrower is not contacted until a published run has it."""
    payment = receive_payment(**sent, by=client, at=at)
    state = "settled" if payment.settled_at else "received"
    return 201, {"payment_id": payment.pk, "state": state}


@route(
    "holds",
    {
        "borrower_id": Field(text, required=True),
        "kind": Field(text, required=True),
        "evidence": Field(text, required=True),
        "said_by": Field(text),
        **SCOPE,
    },
)
def holds(client: ApiClient, sent: Sent, at: datetime) -> Told:
    """A hold stands, with its scope and its days."""
    scope = Scope(**{name: sent.pop(name) for name in SCOPE if name in sent})
    hold = hold_borrower(**sent, scope=scope, client=client, at=at)
    return 201, _told(hold)


@route(
    "stops",
    {
        "borrower_id": Field(text),
        "channels": Field(words),
        "point_id": Field(text),
        "value": Field(text),
        "evidence": Field(text, required=True),
        "said_by": Field(text),
    },
)
def stops(client: ApiClient, sent: Sent, at: datetime) -> Told:
    """Somebody wants no contact: at all, by a channel, or by one number or address."""
    borrower_id, value = sent.pop("borrower_id", ""), sent.pop("value", "")
    channels, point_id = sent.pop("channels", ()), sent.pop("point_id", "")
    if not borrower_id:
        if not value or point_id:
            raise BodyUnreadable("field_missing", "borrower_id", "Name the borrower, or a value")
        made = close_point(value=value, channels=channels, **sent, client=client, at=at)
        return 201, _told(made, value)
    kind = "opt_out" if channels or point_id or value else "no_contact"
    scope = Scope(channels=channels, point_id=point_id, value=value)
    told = hold_borrower(
        borrower_id=borrower_id, kind=kind, scope=scope, **sent, client=client, at=at
    )
    return 201, _told(told)


def _told(hold: Hold, value: str = "") -> dict[str, Any]:
    """Which hold it is, and whether it counts of somebody here or is kept for whoever comes."""
    state = "placed" if is_of_somebody(hold, value) else "kept"
    return {"hold_ids": [hold.pk], "state": state}


def _client(request: HttpRequest) -> ApiClient | None:
    """Who asks, by the token of the request; None where no client in use has it."""
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        return None
    found = ApiClient.objects.filter(token_hash=token_hash(token.strip()), revoked_at=None)
    client: ApiClient | None = found.first()
    return client


def _answer(
    request: HttpRequest,
    client: ApiClient,
    name: str,
    reads: Callable[[bytes], Sent],
    does: Does,
) -> HttpResponse:
    """What a client who may ask is told."""
    key, at = request.headers.get("Idempotency-Key", ""), timezone.now()
    if not 0 < len(key) <= LONGEST_KEY or not key.isascii() or not key.isprintable():
        return _error(400, "key_missing", f"Send an Idempotency-Key of 1 to {LONGEST_KEY} signs")
    if request.content_type != "application/json":
        return _error(415, "not_json", "Send application/json")
    try:
        body = request.body
        sent = reads(body)
        status, told = answered(
            client, route=name, key=key, body=body, act=lambda: does(client, sent, at), at=at
        )
    except RequestDataTooBig:
        return _error(413, "body_too_large", "The body is too large")
    except BodyUnreadable as error:
        return _error(400, error.error, error.wrong, field=error.name)
    except tuple(REFUSALS) as error:
        status, code = REFUSALS[type(error)]
        return _error(status, code, error.wrong)
    return JsonResponse(told, status=status)


def _error(status: int, error: str, because: str, **more: str) -> JsonResponse:
    """A refusal: a code for a program, a sentence for a person."""
    told = {"error": error, "because": because} | {k: v for k, v in more.items() if v}
    return JsonResponse(told, status=status)
