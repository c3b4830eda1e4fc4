"""Sends a request to the gateway, and knows what its answer proves.

Once it may have the message (`handover.py`), 202 or 200 with Kannel's words is yes, 3xx and 4xx are
no, and everything else, 5xx too, is `Doubtful`.
"""

from typing import ClassVar

from arrears.channels.handover import FarEnd
from arrears.channels.sms.request import asked
from arrears.channels.sms.settings import SmsSettings
from arrears.channels.transport import Doubtful, Message, NotSent, Pace, Reason, Receipt, told

YES = ("0:", "3:")  # accepted for delivery; queued, because no carrier is connected now
NEVER = {400, 406, 410, 413, 414, 415, 422, 431, 451}  # the same request will not pass later
ABOUT_US = {401, 403, 404, 405, 407}


class SmsTransport:
    """Text messages by one gateway; each is a connection of its own."""

    channel: ClassVar[str] = "sms"
    idempotent: ClassVar[bool] = False  # Kannel sends the same request as often as it comes

    def __init__(self, settings: SmsSettings) -> None:
        self.settings = settings
        self.pace = Pace(settings.per_second, settings.at_once)
        self._far_end = FarEnd("SMS gateway", settings)

    def send(self, message: Message, *, key: str) -> Receipt:
        """The gateway has taken the text. Raises: NotSent, Doubtful."""
        request = asked(message, key=key, settings=self.settings)
        status, said = self._far_end.answer(request)
        said = told(said, to=request.to)
        _judge(status, said)
        return Receipt(key, request.parts.parts, said)


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
