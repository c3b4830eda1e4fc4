"""A message becomes a signed request to the push service.

Source: Standard Webhooks 1.0.0 (github.com/standard-webhooks): its three headers, what is signed, and how.
"""

import base64
import hmac
import json
import re
from datetime import UTC
from urllib.parse import urlsplit

from arrears.channels.handover import Request
from arrears.channels.push.settings import PushSettings
from arrears.channels.transport import (
    Message,
    NotSent,
    Reason,
    require_text,
    sound_key,
    written_at,
)

TYPE = "message.send"
USER = re.compile(r"[\x21-\x7e]{1,200}")  # how the app knows somebody: an id or a token


def asked(message: Message, *, key: str, settings: PushSettings) -> Request:
    """The request that carries the message; the same message and key give the same bytes.

    Its id is the key, by which the service knows it again. Raises: NotSent.
    """
    sound_key(key)
    if not USER.fullmatch(message.to):
        raise NotSent(
            Reason.ADDRESS,
            "This is nobody whom the app knows",
            permanent=True,
            hint="Correct the borrower's id in the app: printable signs without blanks.",
        )
    require_text(message)
    at = written_at(message)
    told = {
        "type": TYPE,
        "timestamp": at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        "data": {
            "to": message.to,
            "title": message.subject,
            "text": message.text,
            "language": message.language,
        },
    }
    body = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
    seconds = str(int(at.timestamp()))
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "webhook-id": key,
        "webhook-timestamp": seconds,
        "webhook-signature": signature(key, seconds, body, settings.key),
    }
    return Request("POST", urlsplit(settings.url).path or "/", headers, body)


def signature(key: str, seconds: str, body: bytes, secret: bytes) -> str:
    """What only whoever has the secret can write of this id, moment and body."""
    whole = f"{key}.{seconds}.".encode() + body
    return f"v1,{base64.b64encode(hmac.digest(secret, whole, 'sha256')).decode()}"
