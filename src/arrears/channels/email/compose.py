"""A message becomes a mail: its envelope, its headers, its bytes."""

import re
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from arrears.channels.email.settings import (
    ADDRESS,
    BOUNCE_NAME,
    LONGEST_LOCAL_PART,
    EmailSettings,
)
from arrears.channels.transport import (
    KEY,
    LONGEST_KEY,
    Message,
    NotSent,
    Reason,
    filled_url,
    sendable,
    sound_key,
)

# With the longest key and the name there is room for no more (RFC 5321, 4.5.3.1.1).
PROOF_SIGNS = LONGEST_LOCAL_PART - len(BOUNCE_NAME) - len("+.") - LONGEST_KEY
BOUNCED = re.compile(rf"{BOUNCE_NAME}\+({KEY.pattern})(?:\.([0-9a-z]+))?@", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Mail:
    """What goes over the wire. Shapes: `content` is ASCII in CRLF lines, dots not yet doubled."""

    return_path: str
    to: str
    message_id: str
    content: bytes


def composed(message: Message, *, key: str, settings: EmailSettings) -> Mail:
    """The mail that carries the message; the same message and key give the same bytes.

    Raises: NotSent when the address or the text cannot be a mail's.
    Source: RFC 5322; List-Unsubscribe by RFC 2369 and 8058; Auto-Submitted by RFC 3834.
    """
    sound_key(key)
    _check(message)
    message_id = f"<{key}@{settings.domain}>"
    mail = EmailMessage(policy=SMTP)
    mail["From"] = Address(message.sender or settings.name, addr_spec=settings.from_address)
    mail["To"] = Address(addr_spec=message.to)
    mail["Subject"] = message.subject
    mail["Message-ID"] = message_id
    if message.at is not None:
        mail["Date"] = format_datetime(message.at)
    mail["Auto-Submitted"] = "auto-generated"
    if settings.unsubscribe:
        mail["List-Unsubscribe"] = f"<{filled_url(settings.unsubscribe, key, message)}>"
        if settings.one_click:
            mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail.set_content(message.text, cte="base64")
    mail["Content-Language"] = message.language
    returns_to = bounce_address(key, message.proof, settings)
    return Mail(returns_to, message.to, message_id, mail.as_bytes())


def bounce_address(key: str, proof: str, settings: EmailSettings) -> str:
    """Where a mail that cannot be delivered returns to: it names the key, with as much proof as has room."""
    named = f"{key}.{proof[:PROOF_SIGNS]}" if proof else key
    return f"{BOUNCE_NAME}+{named}@{settings.domain}"


def bounced(address: str) -> tuple[str, str] | None:
    """The key and the proof in a bounce address; None when it is no bounce of ours."""
    found = BOUNCED.match(address.strip("<> "))
    return (found[1].lower(), (found[2] or "").lower()) if found else None


def _check(message: Message) -> None:
    local_part = message.to.rpartition("@")[0]
    if not ADDRESS.fullmatch(message.to) or len(local_part) > LONGEST_LOCAL_PART:
        raise NotSent(
            Reason.ADDRESS,
            "This is no address that mail can be sent to",
            permanent=True,
            hint="Correct the borrower's mail address.",
        )
    heads = message.subject + message.sender + message.language
    if not sendable(message.text) or not sendable(heads) or re.search(r"[\r\n]", heads):
        raise NotSent(
            Reason.CONTENT,
            "The subject, text or sender holds signs that a mail cannot carry",
            permanent=True,
            hint="Correct the template: a subject and a sender are one line.",
        )
