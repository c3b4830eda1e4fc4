"""What came back: a relay's report that a mail was not delivered, as it lies in a Maildir.

The address it came back to names the mail and carries its proof, so nobody else's word is believed.
Source: RFC 3464 (delivery status), RFC 3463 (status codes).
"""

import hashlib
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import Message
from pathlib import Path
from typing import Any

from arrears.channels.email.compose import bounced
from arrears.channels.report import Report

NAMED_BY = ("X-Original-To", "Delivered-To", "To")  # whom it came back to
STATUS = re.compile(r"[245]\.[0-9]{1,3}\.[0-9]{1,3}")
# No such mailbox, no such domain, no such syntax, moved away, domain takes no mail, mailbox closed.
GONE = {"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"}
LONGEST = 1_000_000  # bytes: what is longer is no report
SEEN = ":2,S"


@dataclass(frozen=True, slots=True)
class Bounce:
    """A mail that was not delivered. `gone`: nobody is reached at that address, now or later."""

    report: Report
    proof: str
    gone: bool


def waiting(folder: Path) -> Iterator[tuple[Path, Bounce | None]]:
    """What lies in the Maildir and nobody has taken, oldest first; None: it tells of no mail of ours.

    Raises: OSError.
    """
    for file in sorted((folder / "new").iterdir()):
        with suppress(FileNotFoundError):  # another process has taken it
            short = file.stat().st_size <= LONGEST
            yield file, bounce_in(file.read_bytes()) if short else None


def taken(file: Path) -> None:
    """The mail is one that was read, as every reader of the Maildir sees. Raises: OSError."""
    with suppress(FileNotFoundError):
        file.rename(file.parent.parent / "cur" / f"{file.name}{SEEN}")


def bounce_in(raw: bytes) -> Bounce | None:
    """What a mail tells of one of ours that was not delivered; None for any other mail."""
    mail = message_from_bytes(raw, policy=policy.compat32)
    named = next((found for address in _addresses(mail) if (found := bounced(address))), None)
    status = next(_failed(mail), None)
    if named is None or status is None:
        return None
    key, proof = named
    event = hashlib.sha256(raw).hexdigest()
    report = Report(event, "bounced", key=key, because="address" if status in GONE else status)
    return Bounce(report, proof, status in GONE)


def _addresses(mail: "Message[Any, Any]") -> Iterator[str]:
    for name in NAMED_BY:
        yield from (str(told) for told in mail.get_all(name, []))


def _failed(mail: "Message[Any, Any]") -> Iterator[str]:
    """The status of each recipient whom it did not reach."""
    for part in mail.walk():
        if part.get_content_type() != "message/delivery-status" or not part.is_multipart():
            continue
        for told in part.get_payload():
            if not isinstance(told, Message):
                continue
            action, status = (str(told.get(name, "")).strip() for name in ("Action", "Status"))
            found = STATUS.match(status)
            if action.lower() == "failed" and found:
                yield found[0]
