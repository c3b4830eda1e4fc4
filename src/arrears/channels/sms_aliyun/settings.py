"""The account at the cloud, its signature, and the texts that are registered there."""

import re
from dataclasses import dataclass, field
from typing import ClassVar

from arrears.channels.cloud import CloudSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class AliyunSettings(CloudSettings):
    """One account. A registered text: 您应还${amount}元. Raises: SettingsWrong."""

    VARIABLE: ClassVar[re.Pattern[str]] = re.compile(r"\$\{([A-Za-z][A-Za-z0-9_]*)\}")

    access_key_id: str
    access_key_secret: str = field(repr=False)
    url: str = "https://dysmsapi.aliyuncs.com/"
