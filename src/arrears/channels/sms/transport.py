"""Sends a request to the gateway, and knows what its answer proves.

HTTP hands everything over in one step: as soon as a connection stands and the request is on its
way, the gateway may have the message. Then only a clear answer decides: 202 or 200 with Kannel's
words is yes, 3xx and 4xx are no, and everything else, 5xx too, is `Doubtful`.
"""

import ssl
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import ClassVar
from urllib.parse import urlsplit

from arrears.channels.sms.request import Request, asked
from arrears.channels.sms.settings import SmsSettings
from arrears.channels.transport import (
    Doubtful,
    Message,
    NotSent,
    Reason,
    Receipt,
    lost,
    told,
    trusted,
)

YES = ("0:", "3:")  # accepted for delivery; queued, because no carrier is connected now
NEVER = {400, 406, 410, 413, 414, 415, 422, 431, 451}  # the same request will not pass later
ABOUT_US = {401, 403, 404, 405, 407}
LONGEST_BODY = 4_000


class SmsTransport:
    """Text messages by one gateway; each is a connection of its own."""

    channel: ClassVar[str] = "sms"
    idempotent: ClassVar[bool] = False  # Kannel sends the same request as often as it comes

    def __init__(self, settings: SmsSettings) -> None:
        self.settings = settings
        encrypted = urlsplit(settings.url).scheme == "https"
        self._trust = trusted(settings.ca_file) if encrypted else None

    def send(self, message: Message, *, key: str) -> Receipt:
        """The gateway has taken the text. Raises: NotSent, Doubtful."""
        request = asked(message, key=key, settings=self.settings)
        connection = _opened(self.settings, self._trust)
        try:
            status, said = _answer(connection, request, self.settings)
        finally:
            connection.close()
        said = told(said, to=request.to)
        _judge(status, said)
        return Receipt(key, request.parts.parts, said)


def _opened(settings: SmsSettings, trust: ssl.SSLContext | None) -> HTTPConnection:
    """A connection on which nothing has been said."""
    parts = urlsplit(settings.url)
    host = str(parts.hostname)
    connection = (
        HTTPSConnection(host, parts.port, timeout=settings.timeout_s, context=trust)
        if trust
        else HTTPConnection(host, parts.port, timeout=settings.timeout_s)
    )
    try:
        connection.connect()
    except (OSError, UnicodeError) as error:
        connection.close()
        raise NotSent(
            Reason.NO_TLS if isinstance(error, ssl.SSLError) else Reason.UNREACHABLE,
            f"The SMS gateway cannot be reached: {error}",
            permanent=False,
            hint="Look at the gateway and at the settings of the sms channel.",
        ) from error
    return connection


def _answer(connection: HTTPConnection, request: Request, settings: SmsSettings) -> tuple[int, str]:
    """The status and the words of the gateway."""
    try:
        connection.sock.settimeout(settings.answer_timeout_s)
        connection.request(request.method, request.target, request.body, request.headers)
        response = connection.getresponse()
        return response.status, response.read(LONGEST_BODY).decode("utf-8", "replace")
    except (OSError, HTTPException) as error:
        raise Doubtful(
            lost(error) if isinstance(error, OSError) else Reason.UNCLEAR,
            "The SMS gateway was given the message and gave no whole answer",
        ) from error


def _judge(status: int, said: str) -> None:
    """The answer was a clear yes. Raises: NotSent, Doubtful."""
    if 200 <= status < 300 and said.startswith(YES):
        return
    if not 300 <= status < 500:
        raise Doubtful(Reason.UNCLEAR, f"The SMS gateway's answer is unclear: {status} {said}")
    about_us = status in ABOUT_US or status < 400
    raise NotSent(
        Reason.LOGIN if about_us else Reason.REFUSED if status in NEVER else Reason.BUSY,
        f"The SMS gateway refused it: {status} {said}",
        permanent=status in NEVER,
        hint="Look at the settings of the sms channel." if about_us else "",
    )
