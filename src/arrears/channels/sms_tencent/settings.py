"""The account at the cloud, its signature, and the texts that are registered there."""

import re
from dataclasses import dataclass, field

from arrears.channels.cloud import Registered, Signed
from arrears.channels.handover import require_url

VARIABLE = re.compile(r"\{([1-9][0-9]?)\}")


@dataclass(frozen=True, slots=True)
class TencentSettings:
    """One application of one account. Units: seconds. Raises: SettingsWrong."""

    secret_id: str
    secret_key: str = field(repr=False)
    app_id: str  # SmsSdkAppId
    sign_name: str  # as registered, without 【】
    templates: tuple[Registered, ...]  # text: 您应还{1}元
    url: str = "https://sms.tencentcloudapi.com/"
    region: str = "ap-guangzhou"
    ca_file: str | None = None  # whose certificates we believe; None is what the system believes
    per_second: float = 50  # more would be refused, or would be no courtesy
    at_once: int = 8  # so many requests at the same time
    timeout_s: float = 10
    answer_timeout_s: float = 60

    def __post_init__(self) -> None:
        require_url(self.url, "SMS cloud")
        _ = self.signed

    @property
    def signed(self) -> Signed:
        """The texts with the signature. Raises: SettingsWrong."""
        return Signed(self.sign_name, self.templates, VARIABLE)
