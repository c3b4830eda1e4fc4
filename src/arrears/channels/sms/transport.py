"""Sends a request to the gateway, and knows what its answer proves.

Once it may have the message (`handover.py`), 202 or 200 with Kannel's words is yes, 3xx and 4xx are
no, and everything else, 5xx too, is `Doubtful`.
"""

from typing import ClassVar

from arrears.channels.handover import FarEnd, refusal
from arrears.channels.sms.request import asked
from arrears.channels.sms.settings import SmsSettings
from arrears.channels.transport import Message, Pace, Receipt, told

YES = ("0:", "3:")  # accepted for delivery; queued, because no carrier is connected now


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
        if not (200 <= status < 300 and said.startswith(YES)):
            raise refusal(status, said, "SMS gateway", "sms")
        return Receipt(key, request.parts.parts, said)
