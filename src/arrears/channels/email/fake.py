"""E-mail that stays in memory, and meets the far end that a test asks for."""

from typing import ClassVar

from arrears.channels.email.compose import Mail, composed
from arrears.channels.email.settings import EmailSettings
from arrears.channels.rehearsal import FarEnd, meet
from arrears.channels.transport import Message, Pace, Receipt

SETTINGS = EmailSettings(host="127.0.0.1", from_address="notice@bank.example", tls="none")


class FakeEmail:
    """What the far end took lies in `taken`, as the bytes that would have gone over the wire."""

    channel: ClassVar[str] = "email"
    idempotent: ClassVar[bool] = False
    pace: ClassVar[Pace] = Pace()

    def __init__(self, far_end: FarEnd = FarEnd.ACCEPTS, settings: EmailSettings = SETTINGS):
        self.far_end = far_end
        self.settings = settings
        self.taken: list[Mail] = []

    def send(self, message: Message, *, key: str) -> Receipt:
        """The mail lies in `taken`. Raises: NotSent, Doubtful."""
        mail = composed(message, key=key, settings=self.settings)
        meet(self.far_end, lambda: self.taken.append(mail), in_one_step=False)
        return Receipt(mail.message_id, 1, "250 fake")
