"""The account at the cloud, its signature, and the texts that are registered there."""

import re
from dataclasses import dataclass, field
from typing import ClassVar

from arrears.channels.cloud import CloudSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class TencentSettings(CloudSettings):
    """One application of one account. A registered text: 您应还{1}元. Raises: SettingsWrong."""

    VARIABLE: ClassVar[re.Pattern[str]] = re.compile(r"\{([1-9][0-9]?)\}")

    secret_id: str
    secret_key: str = field(repr=False)
    app_id: str  # SmsSdkAppId
    url: str = "https://sms.tencentcloudapi.com/"
    region: str = "ap-guangzhou"
