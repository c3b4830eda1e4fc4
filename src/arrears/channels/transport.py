"""What every channel promises: it went, it certainly did not go, or nobody can know.

The outbox writes `claimed` before it asks a transport, and what it writes after depends on this
difference alone: a `Receipt` makes it sent, `NotSent` makes it failed, `Doubtful` puts it before
a person. So a transport never guesses: `NotSent` is raised only when the far end cannot hold the
message, and whatever else goes wrong once it may hold it is `Doubtful`.
"""

import re
import ssl
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from math import inf
from typing import ClassVar, Protocol

from arrears.core.errors import UserError

# A key fits into any URL and into a bounce address, which some relays turn into small letters.
LONGEST_KEY = 48
KEY = re.compile(rf"[a-z0-9_-]{{1,{LONGEST_KEY}}}")
LONGEST_ANSWER = 200


class Reason(StrEnum):
    """Why it did not go, or why nobody knows; programs and translations go by it."""

    ADDRESS = "address"  # nothing can be sent to this address or number
    CONTENT = "content"  # the subject or text cannot be sent as it is
    TOO_LONG = "too_long"  # more parts than the settings allow
    UNREACHABLE = "unreachable"  # no connection
    NO_TLS = "no_tls"  # the settings ask for encryption that the far end does not give
    LOGIN = "login"  # the far end does not accept our name and password, or what we ask of it
    BUSY = "busy"  # refused for now
    REFUSED = "refused"  # refused for good
    SILENT = "silent"  # no answer in time
    CUT_OFF = "cut_off"  # the connection was lost
    UNCLEAR = "unclear"  # an answer that says neither yes nor no


@dataclass(frozen=True, slots=True)
class Message:
    """One text for one person. Shapes: `to` is a telephone number, or a mail or postal address."""

    to: str
    subject: str  # a text message has none
    text: str
    language: str  # zh-CN, en
    sender: str = ""  # name or number it comes from; "" is the one of the settings
    at: datetime | None = None  # when it was written, aware; a mail carries it as its date
    name: str = ""  # whose address it is, as an envelope tells it
    proof: str = ""  # what an address about it carries, so that nobody else's is believed


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a far end may be given messages. Units: messages a second; so many at the same time."""

    per_second: float = inf
    at_once: int = 1


@dataclass(frozen=True, slots=True)
class Receipt:
    """The far end has taken the message. Units: `parts` is what the carrier counts and charges."""

    gateway_id: str  # what later reports about it are known by
    parts: int
    note: str = ""  # what the far end said


class NotSent(UserError):
    """It certainly did not go; when `permanent`, the same message will never go there."""

    exit_code = 80

    def __init__(self, reason: Reason, wrong: str, *, permanent: bool, hint: str = "") -> None:
        super().__init__(wrong, hint=hint)
        self.reason = reason
        self.permanent = permanent


class Doubtful(UserError):
    """It may have gone; only a person, or a later report, can say."""

    exit_code = 81

    def __init__(self, reason: Reason, wrong: str) -> None:
        super().__init__(wrong, hint="Ask the far end before it is sent again.")
        self.reason = reason


class SettingsWrong(UserError):
    """A channel's settings cannot work or would give the password away."""

    exit_code: ClassVar[int] = 82


class Transport(Protocol):
    """A way out: by one channel, to one far end."""

    @property
    def channel(self) -> str:
        """The channel's name is its folder's: email, sms; local stands in for any."""

    @property
    def idempotent(self) -> bool:
        """The far end delivers the same key once only, however often it is sent."""

    @property
    def pace(self) -> Pace:
        """How fast it may be given messages; several threads call `send` where several go at once."""

    def send(self, message: Message, *, key: str) -> Receipt:
        """The far end has taken the message. Raises: NotSent, Doubtful."""


def sound_key(key: str) -> str:
    """The key, which fits everywhere a channel writes it. Raises: ValueError, as it is ours."""
    if not KEY.fullmatch(key):
        raise ValueError(f"A key is 1 to 48 small letters, digits, - and _: {key!r}")
    return key


def require_text(message: Message) -> None:
    """The text can be sent as it is. Raises: NotSent."""
    if not message.text or not sendable(message.text):
        raise NotSent(
            Reason.CONTENT,
            "The text is empty or unreadable",
            permanent=True,
            hint="Correct the template.",
        )


def filled_url(url: str, key: str, message: Message) -> str:
    """An address about a message: {key} names it, {proof} is what only we could have written."""
    return url.replace("{key}", key).replace("{proof}", message.proof)


def written_at(message: Message) -> datetime:
    """When it was written, for a far end that asks for it. Raises: ValueError, as it is ours."""
    if message.at is None:
        raise ValueError("this channel signs the moment: say when the message was written")
    return message.at


def sendable(text: str) -> bool:
    """The text can be written as UTF-8 and holds no control character but tab and line break."""
    if any(sign < " " and sign not in "\t\r\n" for sign in text) or "\x7f" in text:
        return False
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def told(answer: str, *, to: str) -> str:
    """The far end's answer in one line, without the address it was about."""
    line = " ".join("".join(c if c.isprintable() else " " for c in answer).split())
    if to:
        line = re.sub(re.escape(to), "…", line, flags=re.IGNORECASE)
    return line[:LONGEST_ANSWER]


def lost(error: Exception) -> Reason:
    """SILENT when time ran out, CUT_OFF when the connection broke."""
    late = isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError)
    return Reason.SILENT if late else Reason.CUT_OFF


def near(host: str) -> bool:
    """The far end is on this machine, so nobody listens on the way."""
    return host in {"localhost", "127.0.0.1", "::1"}


def trusted(ca_file: str | None) -> ssl.SSLContext:
    """Whose certificates are believed: those of this file, or those the system believes.

    Raises: SettingsWrong.
    """
    try:
        return ssl.create_default_context(cafile=ca_file)
    except OSError as error:
        raise SettingsWrong(
            f"The certificates in ca_file cannot be read: {error}",
            hint="Name a PEM file that this program may read.",
        ) from error
