"""Where the bank's push service is, and the secret by which it knows us."""

import base64
import binascii
from dataclasses import dataclass, field

from arrears.channels.handover import require_url
from arrears.channels.transport import SettingsWrong

PREFIX = "whsec_"
SHORTEST, LONGEST = 24, 64  # bytes, as Standard Webhooks has it


@dataclass(frozen=True, slots=True, kw_only=True)
class PushSettings:
    """One push service. Units: seconds. Raises: SettingsWrong."""

    url: str  # https://push.bank.example/arrears
    secret: str = field(repr=False)  # whsec_, and 24 to 64 bytes in base64
    ca_file: str | None = None  # whose certificates we believe; None is what the system believes
    unencrypted: bool = False  # the text may go over a network of the bank's own without TLS
    per_second: float = 100
    at_once: int = 8  # so many requests at the same time
    timeout_s: float = 10
    answer_timeout_s: float = 30

    def __post_init__(self) -> None:
        require_url(self.url, "push service", unencrypted=self.unencrypted)
        _ = self.key

    @property
    def key(self) -> bytes:
        """What requests are signed with. Raises: SettingsWrong."""
        try:
            key = base64.b64decode(self.secret.removeprefix(PREFIX), validate=True)
        except (binascii.Error, ValueError):
            key = b""
        if not SHORTEST <= len(key) <= LONGEST:
            raise SettingsWrong(
                "secret is no secret of a webhook",
                hint="whsec_ and 24 to 64 bytes in base64, for instance what this prints: "
                "openssl rand -base64 32",
            )
        return key
