"""`arrears token`: which systems of the bank may call the API, and with what right."""

from typing import Annotated

import typer

from arrears.cli.edge import DEFAULT_HOME, HomeOption, now
from arrears.cli.ledger import answering, open_ledger
from arrears.cli.screen import say
from arrears.lake.home import Home


def token(
    name: Annotated[
        str, typer.Argument(help="What the system is called. Left out: all of them.")
    ] = "",
    may: Annotated[
        list[str] | None,
        typer.Option("--may", help="What it may tell: payments, holds or stops. Repeat it."),
    ] = None,
    revoke: Annotated[bool, typer.Option("--revoke", help="Its token opens nothing more.")] = False,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Give a system of the bank a token for the API, take it away, or list who has one.

    The token is shown once and only a hash of it is kept. Lost, it is revoked and another name gets one.
    """
    open_ledger(Home(home))
    from arrears.web.ledger.actions.clients import admit_client, revoke_client
    from arrears.web.ledger.models import ApiClient

    with answering():
        if revoke:
            revoke_client(name=name, by=None, at=now())
            say(f"Revoked: {name}")
        elif name:
            told = admit_client(name=name, rights=may or (), by=None, at=now())
            say(f"The token of {name} (shown once; keep it): {told}")
        else:
            for client in ApiClient.objects.order_by("pk"):
                state = f"revoked {client.revoked_at:%Y-%m-%d}" if client.revoked_at else "in use"
                say(f"{client.name}: {client.rights} ({state})")
