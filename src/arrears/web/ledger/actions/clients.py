"""Systems of the bank: each has a token of its own, and what it sends twice is done once."""

import hashlib
import secrets
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from arrears.core.errors import UserError
from arrears.web.ledger.actions.act import action, log
from arrears.web.ledger.models import Answer, ApiClient, Person
from arrears.web.ledger.models.client import API_RIGHTS
from arrears.web.ledger.policy import require

LONGEST_NAME, LONGEST_KEY = 60, 80
TOKEN_BYTES = 32

Told = tuple[int, dict[str, Any]]  # the status and what is told


class ClientUnsound(UserError):
    """A system that calls the API needs a name of its own and something that it may do."""

    exit_code = 125


class NoSuchClient(UserError):
    """There is no such system, or its token is revoked already."""

    exit_code = 118


class KeyReused(UserError):
    """The idempotency key came before, with another request."""

    exit_code = 119


@action
def admit_client(*, name: str, rights: Sequence[str], by: Person | None, at: datetime) -> str:
    """The system may call the API with the token that is returned, this once: only a hash is kept.

    `by` None: the command line of whoever runs the machine. Raises: NotAllowed, ClientUnsound.
    """
    if by is not None:
        require(by, "manage_people")
    name = name.strip()
    if not 0 < len(name) <= LONGEST_NAME or not rights or not {*rights} <= {*API_RIGHTS}:
        raise ClientUnsound(
            "A token needs a name and something that it may do",
            hint=f"Choose from: {', '.join(API_RIGHTS)}",
        )
    if ApiClient.objects.filter(name=name).exists():
        raise ClientUnsound(
            f"There is a token of that name already: {name}",
            hint="A revoked name is not used again: choose another.",
        )
    token = secrets.token_urlsafe(TOKEN_BYTES)
    ApiClient.objects.create(
        name=name,
        token_hash=token_hash(token),
        rights=" ".join(right for right in API_RIGHTS if right in rights),
        made_by=by,
        at=at,
    )
    log("admit_client", by=by, at=at, client=name, rights=" ".join(rights))
    return token


@action
def revoke_client(*, name: str, by: Person | None, at: datetime) -> None:
    """The token opens nothing any more. Raises: NotAllowed, NoSuchClient."""
    if by is not None:
        require(by, "manage_people")
    if not ApiClient.objects.filter(name=name, revoked_at=None).update(revoked_at=at):
        raise NoSuchClient(
            f"No token in use has the name {name!r}", hint="`arrears token` alone lists them."
        )
    log("revoke_client", by=by, at=at, client=name)


def token_hash(token: str) -> str:
    """What is kept of a token: it is drawn at random and long, so one round of a hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def answered(
    client: ApiClient,
    *,
    route: str,
    key: str,
    body: bytes,
    act: Callable[[], Told],
    at: datetime,
) -> Told:
    """What the client is told: of a key that came before what it was told then, and nothing is done again.

    What is done and what is told of it are written together or not at all. A refusal is not kept: the
    request may be mended and sent with the same key. Raises: KeyReused, and whatever `act` raises.
    """
    asked = {"client": client, "route": route, "key": key}
    digest = hashlib.sha256(body).hexdigest()
    try:
        with transaction.atomic():
            return _again(asked, digest) or _first(asked, digest, act, at)
    except IntegrityError:  # the same request at the same moment was faster
        told = _again(asked, digest)
        if told is None:
            raise
        return told


def _again(asked: dict[str, Any], digest: str) -> Told | None:
    before = Answer.objects.filter(**asked).first()
    if before is None:
        return None
    if before.body_hash != digest:
        raise KeyReused(
            "This Idempotency-Key was used for another request",
            hint="Send a new request with a new key.",
        )
    return before.status, before.told


@action
def _first(asked: dict[str, Any], digest: str, act: Callable[[], Told], at: datetime) -> Told:
    status, told = act()
    Answer.objects.create(**asked, body_hash=digest, status=status, told=told, at=at)
    return status, told
