"""`arrears addresses`: where the far ends report, for their settings."""

from typing import Annotated

import typer

from arrears.cli.edge import DEFAULT_HOME, HomeOption
from arrears.cli.ledger import open_ledger
from arrears.cli.screen import say
from arrears.lake.home import Home

# What Kannel fills in: the report's number; the number that wrote, the text's id, the text.
KANNEL_REPORT = "reports/kannel?key={key}&proof={proof}&state=%d"
KANNEL_REPLY = "replies/kannel?from=%p&id=%I&text=%a&proof="
CLOUDS = ("aliyun", "tencent")


def addresses(
    at: Annotated[
        str, typer.Argument(help="How the workbench is reached: https://arrears.bank.example")
    ],
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Print the addresses at which gateways and clouds report and bring replies.

    Each carries a proof that only this home can make: keep them as you keep a password.
    """
    open_ledger(Home(home))
    from arrears.web.ledger.proof import proof_of

    root = at.rstrip("/")
    say(f"Kannel, report_url of channels.toml: {root}/{KANNEL_REPORT}")
    say(f"Kannel, get-url of its sms-service: {root}/{KANNEL_REPLY}{proof_of('kannel')}")
    for cloud in CLOUDS:
        for what in ("reports", "replies"):
            say(f"{cloud}, {what}: {root}/{what}/{cloud}/{proof_of(cloud)}")
    say(f"E-mail, unsubscribe of channels.toml: {root}/unsubscribe/{{key}}/{{proof}}")
