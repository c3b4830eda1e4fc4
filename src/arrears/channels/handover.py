"""A request is handed over by HTTP in one step, and what came back proves what it proves.

As soon as a connection stands and the request is on its way, the far end may have the message: before
that it is `NotSent`, after it only a clear answer decides, and everything else is `Doubtful`.
"""

import re
import ssl
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Protocol
from urllib.parse import urlsplit

from arrears.channels.transport import Doubtful, NotSent, Reason, SettingsWrong, lost, near, trusted

LONGEST_BODY = 40_000
NEVER = {400, 406, 410, 413, 414, 415, 422, 431, 451}  # the same request will not pass later
ABOUT_US = {401, 403, 404, 405, 407}
PRINTABLE = re.compile(r"[\x21-\x7e]*")


@dataclass(frozen=True, slots=True)
class Request:
    """What goes over the wire. Shapes: `target` is a path with its query."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes | None


class Reached(Protocol):
    """Settings that say how a server is reached. Units: seconds."""

    @property
    def url(self) -> str: ...
    @property
    def ca_file(self) -> str | None: ...
    @property
    def timeout_s(self) -> float: ...
    @property
    def answer_timeout_s(self) -> float: ...


class FarEnd:
    """A server that takes messages by HTTP. `name` stands in errors: SMS gateway."""

    def __init__(self, name: str, settings: Reached) -> None:
        """Raises: SettingsWrong, where the certificates of `ca_file` cannot be read."""
        parts = urlsplit(settings.url)
        self.name = name
        self.host, self.port = str(parts.hostname), parts.port
        self.timeout_s, self.answer_timeout_s = settings.timeout_s, settings.answer_timeout_s
        self.trust = trusted(settings.ca_file) if parts.scheme == "https" else None

    def answer(self, request: Request) -> tuple[int, str]:
        """The status and the words of its answer. Raises: NotSent, Doubtful."""
        connection = self._opened()
        try:
            connection.sock.settimeout(self.answer_timeout_s)
            connection.request(request.method, request.target, request.body, request.headers)
            response = connection.getresponse()
            return response.status, response.read(LONGEST_BODY).decode("utf-8", "replace")
        except (OSError, HTTPException) as error:
            raise Doubtful(
                lost(error) if isinstance(error, OSError) else Reason.UNCLEAR,
                f"The {self.name} was given the message and gave no whole answer",
            ) from error
        finally:
            connection.close()

    def _opened(self) -> HTTPConnection:
        """A connection on which nothing has been said."""
        connection = (
            HTTPSConnection(self.host, self.port, timeout=self.timeout_s, context=self.trust)
            if self.trust
            else HTTPConnection(self.host, self.port, timeout=self.timeout_s)
        )
        try:
            connection.connect()
        except (OSError, UnicodeError) as error:
            connection.close()
            raise NotSent(
                Reason.NO_TLS if isinstance(error, ssl.SSLError) else Reason.UNREACHABLE,
                f"The {self.name} cannot be reached: {error}",
                permanent=False,
                hint=f"Look at the {self.name} and at the settings of its channel.",
            ) from error
        return connection


def refusal(status: int, said: str, name: str, channel: str) -> NotSent | Doubtful:
    """What an answer that is no clear yes proves: 3xx and 4xx are no, anything else may be a yes."""
    if not 300 <= status < 500:
        return Doubtful(Reason.UNCLEAR, f"The {name}'s answer is unclear: {status} {said}")
    about_us = status in ABOUT_US or status < 400
    return NotSent(
        Reason.LOGIN if about_us else Reason.REFUSED if status in NEVER else Reason.BUSY,
        f"The {name} refused it: {status} {said}",
        permanent=status in NEVER,
        hint=f"Look at the settings of the {channel} channel." if about_us else "",
    )


def require_url(url: str, name: str, *, unencrypted: bool = False) -> None:
    """It is the address of such a server, and nobody on the way reads what goes there.

    Raises: SettingsWrong.
    """
    parts = urlsplit(url)
    plain = parts.scheme in {"http", "https"} and parts.hostname and not parts.username
    if not plain or parts.query or parts.fragment or not PRINTABLE.fullmatch(url):
        raise SettingsWrong(
            f"url is no address of an {name}",
            hint="For instance https://gateway.bank.example/path, "
            "with names and secrets in settings of their own.",
        )
    if parts.scheme == "http" and not (unencrypted or near(str(parts.hostname))):
        raise SettingsWrong(
            f"What the {name} is sent would go over the network for all to read",
            hint="Use https, or unencrypted = true if the network is yours alone.",
        )
