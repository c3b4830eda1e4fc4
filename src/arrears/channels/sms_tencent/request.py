"""A message becomes a signed request to the cloud."""

import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from arrears.channels import handover
from arrears.channels.cloud import number
from arrears.channels.sms_tencent.settings import TencentSettings
from arrears.channels.transport import Message, require_text, sound_key, written_at

ALGORITHM = "TC3-HMAC-SHA256"
SERVICE, VERSION = "sms", "2021-01-11"
JSON = "application/json"  # as the cloud's own library writes it
SIGNED = "content-type;host"


@dataclass(frozen=True, slots=True)
class Request(handover.Request):
    """What goes over the wire, and to whom."""

    to: str


def asked(message: Message, *, key: str, settings: TencentSettings) -> Request:
    """The request that carries the message; the same message and key give the same bytes.

    The key comes back as the session's context.
    Raises: NotSent, when the number or the text cannot be a text message's.
    """
    sound_key(key)
    to = number(message)
    require_text(message)
    filled = settings.signed.filled(message.text)
    told = {
        "PhoneNumberSet": [to],
        "SmsSdkAppId": settings.app_id,
        "SignName": settings.sign_name,
        "TemplateId": filled.code,
        "TemplateParamSet": [filled.values[name] for name in sorted(filled.values, key=int)],
        "SessionContext": key,
    }
    made = signed("SendSms", told, at=written_at(message), settings=settings)
    return Request(made.method, made.target, made.headers, made.body, to)


def signed(
    action: str, told: dict[str, Any], *, at: datetime, settings: TencentSettings
) -> handover.Request:
    """The request of an action, signed by method TC3.

    Source: cloud.tencent.com/document/api/382/52072 (signature v3); the tests hold what the cloud's
    own library makes of the same request.
    """
    parts = urlsplit(settings.url)
    path, host = parts.path or "/", parts.netloc
    body = json.dumps(told).encode()
    seconds = str(int(at.timestamp()))
    day = f"{at.astimezone(UTC):%Y-%m-%d}"
    hashed = hashlib.sha256(body).hexdigest()
    whole = f"POST\n{path}\n\ncontent-type:{JSON}\nhost:{host}\n\n{SIGNED}\n{hashed}"
    scope = f"{day}/{SERVICE}/tc3_request"
    lines = (ALGORITHM, seconds, scope, hashlib.sha256(whole.encode()).hexdigest())
    secret = f"TC3{settings.secret_key}".encode()
    for step in (day, SERVICE, "tc3_request"):
        secret = hmac.digest(secret, step.encode(), "sha256")
    signature = hmac.digest(secret, "\n".join(lines).encode(), "sha256").hex()
    headers = {
        "Authorization": f"{ALGORITHM} Credential={settings.secret_id}/{scope}, "
        f"SignedHeaders={SIGNED}, Signature={signature}",
        "Content-Type": JSON,
        "Host": host,
        "X-TC-Action": action,
        "X-TC-Region": settings.region,
        "X-TC-Timestamp": seconds,
        "X-TC-Version": VERSION,
    }
    return handover.Request("POST", path, headers, body)
