"""Text messages that stay in memory, and meet the far end that a test asks for."""

from typing import ClassVar

from arrears.channels.rehearsal import FarEnd, meet
from arrears.channels.sms.request import Request, asked
from arrears.channels.sms.settings import SmsSettings
from arrears.channels.transport import Message, Pace, Receipt

SETTINGS = SmsSettings("http://127.0.0.1/cgi-bin/sendsms", "arrears", "not-a-secret", "95588")


class FakeSms:
    """What the far end took lies in `taken`, as the requests that would have gone out."""

    channel: ClassVar[str] = "sms"
    idempotent: ClassVar[bool] = False
    pace: ClassVar[Pace] = Pace()

    def __init__(self, far_end: FarEnd = FarEnd.ACCEPTS, settings: SmsSettings = SETTINGS):
        self.far_end = far_end
        self.settings = settings
        self.taken: list[Request] = []

    def send(self, message: Message, *, key: str) -> Receipt:
        """The request lies in `taken`. Raises: NotSent, Doubtful."""
        request = asked(message, key=key, settings=self.settings)
        meet(self.far_end, lambda: self.taken.append(request), in_one_step=True)
        return Receipt(key, request.parts.parts, "0: Accepted for delivery")
