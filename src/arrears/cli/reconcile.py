"""`arrears reconcile`: after a restore the ledger learns what went out since, and contacting goes on."""

from typing import Annotated

import typer

from arrears.cli.edge import DEFAULT_HOME, HomeOption, now
from arrears.cli.ledger import answering, open_ledger
from arrears.cli.screen import say
from arrears.lake.home import Home


def reconcile(
    begin_anew: Annotated[
        bool,
        typer.Option(
            "--begin-anew",
            help="The journal is gone for good: begin a new one. What only it knew nobody can tell.",
        ),
    ] = False,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Compare the ledger with the send journal after a restore; contacting goes on once two have done so.

    What may have gone out and waits again is in doubt; what the ledger does not know is listed on the
    page of messages, and counted on its day. Here one of the two does it, the other on that page.
    """
    open_ledger(Home(home))
    from arrears.web.ledger.actions.journal import reconcile_journal

    with answering():
        told = reconcile_journal(by=None, at=now(), begin_anew=begin_anew)
    say(f"{told.doubts:,} messages that wait again are in doubt: ask the far end.")
    say(f"{told.unknown:,} contacts are known to the journal only: see the page of messages.")
    if told.waits:
        say("Nobody is contacted yet: someone of compliance confirms it on the page of messages.")
    if told.unreadable:
        say(f"{told.unreadable:,} lines cannot be read; what they named was not handed over.")
