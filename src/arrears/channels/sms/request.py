"""A message becomes a request to the gateway."""

import re
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from arrears.channels import handover
from arrears.channels.sms.parts import Parts, counted
from arrears.channels.sms.settings import SENDER, SmsSettings
from arrears.channels.transport import Message, NotSent, Reason, filled_url, sendable, sound_key

NUMBER = re.compile(r"\+?[0-9]{3,20}")
SPACING = str.maketrans("", "", " -()")


@dataclass(frozen=True, slots=True)
class Request(handover.Request):
    """What goes over the wire, and what the carrier will count."""

    to: str
    parts: Parts


def asked(message: Message, *, key: str, settings: SmsSettings) -> Request:
    """The request that carries the message; the same message and key give the same bytes.

    Raises: NotSent when the number or the text cannot be a text message's.
    Source: Kannel 1.4.5 user guide, chapter 10 (sendsms by GET and by POST).
    """
    sound_key(key)
    to = message.to.translate(SPACING)
    sender = message.sender or settings.sender
    if not NUMBER.fullmatch(to):
        raise NotSent(
            Reason.ADDRESS,
            "This is no number that a text message can be sent to",
            permanent=True,
            hint="Correct the borrower's number.",
        )
    if not message.text or not sendable(message.text) or not SENDER.fullmatch(sender):
        raise NotSent(
            Reason.CONTENT,
            "The text is empty or unreadable, or there is no number to send it from",
            permanent=True,
            hint="Correct the template, or the sender in the settings of the sms channel.",
        )
    parts = counted(message.text)
    if parts.parts > settings.most_parts:
        raise NotSent(
            Reason.TOO_LONG,
            f"The text makes {parts.parts} parts; the settings allow {settings.most_parts}",
            permanent=True,
            hint="Shorten the template.",
        )
    fields = {
        "username": settings.user,
        "password": settings.password,
        "from": sender,
        "to": to,
        "charset": "utf-8",
        "coding": "2" if parts.coding == "ucs2" else "0",
    }
    if settings.report_url:
        fields["dlr-mask"] = str(settings.report_mask)
        fields["dlr-url"] = filled_url(settings.report_url, key, message)
    return _request(message.text, fields, parts, settings)


def _request(text: str, fields: dict[str, str], parts: Parts, settings: SmsSettings) -> Request:
    path, to = urlsplit(settings.url).path or "/", fields["to"]
    if settings.method == "GET":
        return Request("GET", f"{path}?{urlencode(fields | {'text': text})}", {}, None, to, parts)
    headers = {f"X-Kannel-{name}": value for name, value in fields.items()}
    headers["Content-Type"] = "text/plain; charset=utf-8"
    return Request("POST", path, headers, text.encode(), to, parts)
