"""The account at the cloud, its signature, and the texts that are registered there."""

import re
from dataclasses import dataclass, field

from arrears.channels.cloud import Registered, Signed
from arrears.channels.handover import require_url

VARIABLE = re.compile(r"\$\{([A-Za-z][A-Za-z0-9_]*)\}")


@dataclass(frozen=True, slots=True)
class AliyunSettings:
    """One account. Units: seconds. Raises: SettingsWrong."""

    access_key_id: str
    access_key_secret: str = field(repr=False)
    sign_name: str  # as registered, without 【】
    templates: tuple[Registered, ...]  # text: 您应还${amount}元
    url: str = "https://dysmsapi.aliyuncs.com/"
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
