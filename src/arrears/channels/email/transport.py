"""Hands a mail over to the relay, and knows at each moment whether the relay can hold it.

A relay takes a mail when it has the line with the single dot, and not before (RFC 5321, 4.1.1.4).
So that line is sent by itself: whatever breaks until then is `NotSent`; whatever breaks after it,
without an answer, is `Doubtful`.
"""

import re
import smtplib
import socket
import ssl
from contextlib import suppress
from typing import ClassVar, NoReturn

from arrears.channels.email.compose import Mail, composed
from arrears.channels.email.settings import EmailSettings
from arrears.channels.transport import (
    Doubtful,
    Message,
    NotSent,
    Pace,
    Reason,
    Receipt,
    lost,
    told,
    trusted,
)

SETTINGS_HINT = "Look at the mail relay and at the settings of the e-mail channel."


class EmailTransport:
    """E-mail to one relay; each mail is a connection of its own."""

    channel: ClassVar[str] = "email"
    idempotent: ClassVar[bool] = False  # a relay takes the same Message-ID as often as it comes

    def __init__(self, settings: EmailSettings) -> None:
        self.settings = settings
        self.pace = Pace(settings.per_second, settings.at_once)
        self._trust = None if settings.tls == "none" else trusted(settings.ca_file)

    def send(self, message: Message, *, key: str) -> Receipt:
        """The relay has taken the mail. Raises: NotSent, Doubtful."""
        mail = composed(message, key=key, settings=self.settings)
        smtp = _opened(self.settings, self._trust)
        try:
            _introduce(smtp, self.settings, self._trust)
            _announce(smtp, mail)
            return _hand_over(smtp, mail, self.settings)
        finally:
            with suppress(OSError):
                smtp.putcmd("QUIT")  # what is answered changes nothing any more
            smtp.close()


def _opened(settings: EmailSettings, trust: ssl.SSLContext | None) -> smtplib.SMTP:
    """A connection whose greeting was friendly."""
    try:
        if settings.tls == "tls":
            return smtplib.SMTP_SSL(
                settings.host,
                settings.port,
                settings.domain,
                timeout=settings.timeout_s,
                context=trust,
            )
        return smtplib.SMTP(
            settings.host, settings.port, settings.domain, timeout=settings.timeout_s
        )
    except smtplib.SMTPConnectError as error:
        _refused(error.smtp_code, error.smtp_error, "", about_us=True)
    except smtplib.SMTPServerDisconnected as error:
        _broken("greeting", error)
    except (OSError, UnicodeError) as error:
        raise NotSent(
            Reason.UNREACHABLE,
            f"The mail relay cannot be reached: {error}",
            permanent=False,
            hint=SETTINGS_HINT,
        ) from error


def _introduce(smtp: smtplib.SMTP, settings: EmailSettings, trust: ssl.SSLContext | None) -> None:
    """The relay knows who we are, over TLS where the settings ask for it, never without."""
    try:
        smtp.ehlo_or_helo_if_needed()
        if settings.tls == "starttls":
            smtp.starttls(context=trust)
            smtp.ehlo()
        if settings.user:
            smtp.login(settings.user, settings.password)
    except smtplib.SMTPResponseException as error:
        _refused(error.smtp_code, error.smtp_error, "", about_us=True)
    except smtplib.SMTPServerDisconnected as error:
        _broken("introduction", error)
    except (smtplib.SMTPException, ssl.SSLError) as error:
        encrypted = settings.tls == "none" or isinstance(smtp.sock, ssl.SSLSocket)
        raise NotSent(
            Reason.LOGIN if encrypted else Reason.NO_TLS,
            f"The mail relay does not offer what the settings ask for: {error}",
            permanent=False,
            hint=SETTINGS_HINT,
        ) from error
    except OSError as error:
        _broken("introduction", error)


def _announce(smtp: smtplib.SMTP, mail: Mail) -> None:
    """The relay waits for the mail's text."""
    for wanted, command in (
        (2, f"MAIL FROM:<{mail.return_path}>"),
        (2, f"RCPT TO:<{mail.to}>"),
        (3, "DATA"),
    ):
        try:
            code, answer = smtp.docmd(command)
        except OSError as error:
            _broken(command.partition(" ")[0], error)
        if code // 100 != wanted:
            _refused(code, answer, mail.to, about_us=False)


def _hand_over(smtp: smtplib.SMTP, mail: Mail, settings: EmailSettings) -> Receipt:
    """The relay answers for the mail from now on."""
    try:
        if smtp.sock is not None:
            smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            smtp.sock.settimeout(settings.answer_timeout_s)
        smtp.send(re.sub(rb"(?m)^\.", b"..", mail.content))
    except OSError as error:
        _broken("text", error)
    try:
        smtp.send(b".\r\n")
        code, answer = smtp.getreply()
    except OSError as error:
        raise Doubtful(
            lost(error), "The mail relay was given the whole mail and did not answer"
        ) from error
    said = told(answer.decode("utf-8", "replace"), to=mail.to)
    if code // 100 in (4, 5):
        _refused(code, answer, mail.to, about_us=False)
    if code // 100 != 2:
        raise Doubtful(Reason.UNCLEAR, f"The mail relay took the mail and said: {code} {said}")
    return Receipt(mail.message_id, 1, said)


def _refused(code: int, answer: bytes | str, to: str, *, about_us: bool) -> NoReturn:
    """It was refused: for good when the relay says so of this mail, for now when it is about us."""
    text = answer if isinstance(answer, str) else answer.decode("utf-8", "replace")
    permanent = code // 100 == 5 and not about_us
    reason = {4: Reason.BUSY, 5: Reason.REFUSED if permanent else Reason.LOGIN}
    raise NotSent(
        reason.get(code // 100, Reason.UNCLEAR),
        f"The mail relay refused it: {code} {told(text, to=to)}",
        permanent=permanent,
        hint=SETTINGS_HINT if about_us else "",
    )


def _broken(at: str, error: OSError) -> NoReturn:
    """The connection ended before the relay had the mail."""
    raise NotSent(
        lost(error),
        f"The connection to the mail relay ended before it had the mail ({at})",
        permanent=False,
        hint=SETTINGS_HINT,
    ) from error
