"""Where the gateway is and in whose name we write."""

import re
from dataclasses import dataclass, field
from typing import Literal

from arrears.channels.handover import PRINTABLE, require_url
from arrears.channels.transport import SettingsWrong

ALL_REPORTS = 31  # delivered 1, not delivered 2, queued 4, accepted 8, rejected 16
SENDER = re.compile(r"\+?[0-9]{2,20}|[A-Za-z0-9 ]{1,11}")


@dataclass(frozen=True, slots=True)
class SmsSettings:
    """One gateway. Units: seconds.

    POST sends what Kannel reads from headers, so that neither the password nor the text stands in
    a URL that proxies and logs keep; GET is for gateways that know nothing else.
    Raises: SettingsWrong.
    """

    url: str  # https://gateway.bank.example/cgi-bin/sendsms
    user: str
    password: str = field(repr=False)
    sender: str = ""  # the number it comes from when the message names none
    method: Literal["POST", "GET"] = "POST"
    ca_file: str | None = None  # whose certificates we believe; None is what the system believes
    unencrypted: bool = False  # the password may go over a network of the bank's own without TLS
    report_url: str = ""  # {key} and {proof} are put in; Kannel replaces %d by the report's number
    report_mask: int = ALL_REPORTS
    most_parts: int = 5  # not more than the gateway's max-messages: Kannel cuts the rest off
    per_second: float = 50  # more would be refused, or would be no courtesy
    at_once: int = 8  # so many requests at the same time
    timeout_s: float = 10
    answer_timeout_s: float = 60

    def __post_init__(self) -> None:
        require_url(self.url, "SMS gateway", unencrypted=self.unencrypted)
        if self.sender and not SENDER.fullmatch(self.sender):
            raise SettingsWrong(
                "sender is no number and no short name",
                hint="Digits such as 95588, or at most 11 letters and digits.",
            )
        if not all(map(PRINTABLE.fullmatch, (self.user, self.password, self.report_url))):
            raise SettingsWrong(
                "user, password or report_url holds a space or more than ASCII",
                hint="Write other signs in report_url as %XX.",
            )
