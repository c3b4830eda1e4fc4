"""Sends a request to the cloud, and knows what its answer proves."""

from typing import Any, ClassVar

from arrears.channels.cloud import OK, read, refused, word
from arrears.channels.handover import FarEnd
from arrears.channels.sms.parts import counted
from arrears.channels.sms_tencent.request import asked
from arrears.channels.sms_tencent.settings import TencentSettings
from arrears.channels.transport import Message, Pace, Reason, Receipt, told

# What a code begins with, and what it means: the first that fits.
MEANS = (
    ("InternalError", None),  # it may have gone
    ("FailedOperation.FailResolvePacket", None),
    ("InvalidParameterValue.IncorrectPhoneNumber", Reason.ADDRESS),
    ("UnsupportedOperation.", Reason.ADDRESS),  # not to this kind of number
    ("FailedOperation.InsufficientBalance", Reason.LOGIN),
    ("FailedOperation.ContainSensitiveWord", Reason.CONTENT),
    ("FailedOperation.Template", Reason.CONTENT),
    ("FailedOperation.Signature", Reason.CONTENT),
    ("FailedOperation.MissingTemplate", Reason.CONTENT),
    ("InvalidParameterValue.SdkAppIdNotExist", Reason.LOGIN),
    ("InvalidParameter", Reason.CONTENT),
    ("RequestLimitExceeded", Reason.BUSY),
    ("AuthFailure", Reason.LOGIN),
    ("UnauthorizedOperation", Reason.LOGIN),
)


class TencentTransport:
    """Text messages by one application at Tencent Cloud; each is a connection of its own."""

    channel: ClassVar[str] = "sms"
    idempotent: ClassVar[bool] = False

    def __init__(self, settings: TencentSettings) -> None:
        self.settings = settings
        self.pace = Pace(settings.per_second, settings.at_once)
        self._far_end = FarEnd("SMS cloud", settings)

    def send(self, message: Message, *, key: str) -> Receipt:
        """The cloud has taken the text. Raises: NotSent, Doubtful."""
        request = asked(message, key=key, settings=self.settings)
        status, said = self._far_end.answer(request)
        one = _status(read(said))
        code = word(one, "Code")
        words = told(f"{code} {word(one, 'Message')}", to=request.to)
        if status == OK and code == "Ok":
            fee = one.get("Fee")
            parts = fee if isinstance(fee, int) else counted(message.text).parts
            return Receipt(f"{key} {word(one, 'SerialNo')}".strip(), parts, words)
        raise refused(status, code, words, means=MEANS)


def _status(answer: dict[str, Any]) -> dict[str, Any]:
    """What it says of the one number, or of the request as a whole; empty where it says neither."""
    response = answer.get("Response")
    response = response if isinstance(response, dict) else {}
    told_of = response.get("SendStatusSet") or [response.get("Error")]
    one = told_of[0] if isinstance(told_of, list) and len(told_of) == 1 else None
    return one if isinstance(one, dict) else {}
