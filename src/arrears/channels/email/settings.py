"""Where the relay is and in whose name we write."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from arrears.channels.transport import SettingsWrong, near

ADDRESS = re.compile(
    r"(?=.{3,254}\Z)[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
)
LONGEST_LOCAL_PART = 64  # RFC 5321, 4.5.3.1.1
BOUNCE_NAME = "bounce"
MAILDIR = ("new", "cur")


@dataclass(frozen=True, slots=True)
class EmailSettings:
    """One relay. Units: seconds.

    `answer_timeout_s` is how long we wait for the answer to a whole mail; too short makes doubt.
    Raises: SettingsWrong.
    """

    host: str
    from_address: str
    port: int = 25
    name: str = ""  # the name it comes from when the message names none
    bounce_domain: str = ""  # undelivered mail returns here; "" is the domain of from_address
    bounces: str = ""  # the Maildir in which it lies once it has; "" reads none
    tls: Literal["none", "starttls", "tls"] = "starttls"
    ca_file: str | None = None  # whose certificates we believe; None is what the system believes
    user: str = ""
    password: str = field(default="", repr=False)
    unencrypted: bool = False  # a password may go over a network of the bank's own without TLS
    unsubscribe: str = ""  # https://…/{key} or mailto:…; "" leaves the header out
    one_click: bool = False  # the unsubscribe page acts on a bare POST, as RFC 8058 says
    per_second: float = 20  # more would be refused, or would be no courtesy
    at_once: int = 4  # so many requests at the same time
    timeout_s: float = 30
    answer_timeout_s: float = 120

    def __post_init__(self) -> None:
        if not ADDRESS.fullmatch(self.from_address) or not ADDRESS.fullmatch(f"a@{self.domain}"):
            raise SettingsWrong(
                "from_address or bounce_domain is no mail address",
                hint="Write it as notice@bank.example, without a name.",
            )
        if self.user and self.tls == "none" and not (self.unencrypted or near(self.host)):
            raise SettingsWrong(
                "The mail relay's password would go over the network for all to read",
                hint='Set tls = "starttls", or unencrypted = true if the network is yours alone.',
            )
        if not (self.user + self.password).isascii():
            raise SettingsWrong(
                "The mail relay's name and password hold more than ASCII",
                hint="SMTP's AUTH, as it is spoken here, knows ASCII only: ask for another.",
            )
        if self.bounces and not all((Path(self.bounces) / name).is_dir() for name in MAILDIR):
            raise SettingsWrong(
                "bounces is no Maildir",
                hint="Name the folder that holds new and cur, and let this program write there.",
            )
        if self.unsubscribe and not re.match(r"(https://|mailto:)[\x21-\x7e]+\Z", self.unsubscribe):
            raise SettingsWrong(
                "unsubscribe is neither an https: nor a mailto: address",
                hint="For instance https://bank.example/stop/{key}",
            )

    @property
    def domain(self) -> str:
        """The domain of Message-ID, greeting and bounces."""
        return self.bounce_domain or self.from_address.rpartition("@")[2]
