"""A message becomes a signed request to the cloud."""

import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote, urlsplit

from arrears.channels import handover
from arrears.channels.cloud import number
from arrears.channels.sms.parts import counted
from arrears.channels.sms_aliyun.settings import AliyunSettings
from arrears.channels.transport import Message, require_text, sound_key, written_at

ALGORITHM = "ACS3-HMAC-SHA256"
VERSION = "2017-05-25"
NO_BODY = hashlib.sha256(b"").hexdigest()


@dataclass(frozen=True, slots=True)
class Request(handover.Request):
    """What goes over the wire, and what the carrier will count."""

    to: str
    parts: int


def asked(message: Message, *, key: str, settings: AliyunSettings) -> Request:
    """The request that carries the message; the same message and key give the same bytes.

    The cloud refuses a nonce that it has seen, so the key is the nonce; the key comes back as OutId.
    Raises: NotSent, when the number or the text cannot be a text message's.
    """
    sound_key(key)
    to = number(message)
    require_text(message)
    filled = settings.signed.filled(message.text)
    query = {
        "OutId": key,
        "PhoneNumbers": to.removeprefix("+86").removeprefix("+"),
        "SignName": settings.sign_name,
        "TemplateCode": filled.code,
        "TemplateParam": json.dumps(filled.values, ensure_ascii=False, separators=(",", ":")),
    }
    made = signed("SendSms", query, nonce=key, at=written_at(message), settings=settings)
    parts = counted(message.text).parts
    return Request(made.method, made.target, made.headers, None, to, parts)


def signed(
    action: str, query: dict[str, str], *, nonce: str, at: datetime, settings: AliyunSettings
) -> handover.Request:
    """The request of an action, signed by method V3.

    Source: help.aliyun.com, "V3 request structure and signature" (June 2026), whose worked example is
    one of the tests.
    """
    parts = urlsplit(settings.url)
    path = parts.path or "/"
    asks = "&".join(f"{_safe(name)}={_safe(query[name])}" for name in sorted(query))
    headers = {
        "host": parts.netloc,
        "x-acs-action": action,
        "x-acs-content-sha256": NO_BODY,
        "x-acs-date": f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "x-acs-signature-nonce": nonce,
        "x-acs-version": VERSION,
    }
    names = ";".join(headers)
    lines = "".join(f"{name}:{value}\n" for name, value in headers.items())
    whole = f"POST\n{path}\n{asks}\n{lines}\n{names}\n{NO_BODY}"
    told = f"{ALGORITHM}\n{hashlib.sha256(whole.encode()).hexdigest()}"
    secret = settings.access_key_secret.encode()
    signature = hmac.new(secret, told.encode(), hashlib.sha256).hexdigest()
    headers["Authorization"] = (
        f"{ALGORITHM} Credential={settings.access_key_id},SignedHeaders={names},Signature={signature}"
    )
    return handover.Request("POST", f"{path}?{asks}", headers, None)


def _safe(text: str) -> str:
    return quote(text, safe="-_.~")
