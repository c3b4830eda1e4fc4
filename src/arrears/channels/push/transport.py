"""Sends a request to the push service, and knows what its answer proves.

Once it may have the message (`handover.py`), 2xx is yes, 3xx and 4xx are no, and everything else, 5xx
too, is `Doubtful`.
"""

from typing import ClassVar

from arrears.channels.handover import FarEnd, refusal
from arrears.channels.push.request import asked
from arrears.channels.push.settings import PushSettings
from arrears.channels.transport import Message, Pace, Receipt, told


class PushTransport:
    """App notices by one push service; each is a connection of its own."""

    channel: ClassVar[str] = "push"
    idempotent: ClassVar[bool] = False  # nothing proves that the service minds the id

    def __init__(self, settings: PushSettings) -> None:
        self.settings = settings
        self.pace = Pace(settings.per_second, settings.at_once)
        self._far_end = FarEnd("push service", settings)

    def send(self, message: Message, *, key: str) -> Receipt:
        """The service has taken the notice. Raises: NotSent, Doubtful."""
        request = asked(message, key=key, settings=self.settings)
        status, said = self._far_end.answer(request)
        said = told(said, to=message.to)
        if not 200 <= status < 300:
            raise refusal(status, said, "push service", "push")
        return Receipt(key, 1, said)
