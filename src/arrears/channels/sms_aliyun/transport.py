"""Sends a request to the cloud, and knows what its answer proves."""

from typing import ClassVar

from arrears.channels.cloud import OK, read, refused, word
from arrears.channels.handover import FarEnd
from arrears.channels.sms_aliyun.request import asked
from arrears.channels.sms_aliyun.settings import AliyunSettings
from arrears.channels.transport import Message, Pace, Reason, Receipt, told

# What a code begins with, and what it means: the first that fits.
MEANS = (
    ("SignatureNonceUsed", None),  # a request with this very key came before: it may have gone
    ("isp.SYSTEM_ERROR", None),
    ("isv.MOBILE_", Reason.ADDRESS),
    ("isv.BLACK_KEY_CONTROL_LIMIT", Reason.CONTENT),
    ("isv.SMS_", Reason.CONTENT),
    ("isv.TEMPLATE_", Reason.CONTENT),
    ("isv.PARAM_", Reason.CONTENT),
    ("isv.INVALID_", Reason.CONTENT),
    ("Throttling", Reason.BUSY),
    ("isv.BUSINESS_LIMIT_CONTROL", Reason.REFUSED),  # this number has had enough: not the way out
    ("isv.AMOUNT_NOT_ENOUGH", Reason.LOGIN),
    ("isv.OUT_OF_SERVICE", Reason.LOGIN),
    ("isv.PRODUCT_", Reason.LOGIN),
    ("isv.ACCOUNT_", Reason.LOGIN),
    ("isp.RAM_PERMISSION_DENY", Reason.LOGIN),
    ("InvalidAccessKeyId", Reason.LOGIN),
    ("SignatureDoesNotMatch", Reason.LOGIN),
    ("IncompleteSignature", Reason.LOGIN),
    ("InvalidTimeStamp", Reason.LOGIN),
    ("Forbidden", Reason.LOGIN),
    ("NoPermission", Reason.LOGIN),
)


class AliyunTransport:
    """Text messages by one account at Alibaba Cloud; each is a connection of its own."""

    channel: ClassVar[str] = "sms"
    idempotent: ClassVar[bool] = False  # a key is known again for a quarter of an hour only

    def __init__(self, settings: AliyunSettings) -> None:
        self.settings = settings
        self.pace = Pace(settings.per_second, settings.at_once)
        self._far_end = FarEnd("SMS cloud", settings)

    def send(self, message: Message, *, key: str) -> Receipt:
        """The cloud has taken the text. Raises: NotSent, Doubtful."""
        request = asked(message, key=key, settings=self.settings)
        status, said = self._far_end.answer(request)
        answer = read(said)
        code = word(answer, "Code")
        words = told(f"{code} {word(answer, 'Message')}", to=request.to)
        if status == OK and code == "OK":
            return Receipt(f"{key} {word(answer, 'BizId')}".strip(), request.parts, words)
        raise refused(status, code, words, means=MEANS)
