"""`arrears send`: what waits in the outbox goes out, once."""

import time
from collections import Counter
from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from arrears.cli.edge import DEFAULT_HOME, HomeOption, environ, now
from arrears.cli.ledger import answering, open_ledger
from arrears.cli.screen import say
from arrears.lake.home import Home
from arrears.rules.speech import told as texts
from arrears.web.sender.ways import FILE, ways_out

WORDS = {
    "settled by another": "had been settled by a person before they were marked",
    "left in doubt": "put in doubt, as their sender ended in the middle of them",
    "sent": "sent",
    "failed": "failed: they certainly did not go",
    "in_doubt": "in doubt: nobody can know whether they went",
    "held back": "held back: the rules do not allow them, or not yet",
}


def send(
    home: HomeOption = DEFAULT_HOME,
    wait: Annotated[
        bool,
        typer.Option("--wait", help="Wait the ten seconds in which a person may take one back."),
    ] = False,
) -> None:
    """Propose the reminders of the run that people see, and send what waits in the outbox, once.

    By the channels of channels.toml in the home. A message waits ten seconds before it may go, so what
    is new goes with --wait, or the next time. Two at once are safe: one sends, the other says so.
    """
    place = Home(home)
    ways, told = ways_out(place.path / FILE, environ()), texts.told_in(place.path / texts.FILE)
    open_ledger(place)
    from arrears.web.ledger.actions.marks import mark_cases
    from arrears.web.ledger.actions.outbox import UNDO
    from arrears.web.ledger.actions.reminders import propose_reminders
    from arrears.web.ledger.clock import require_sound_clock
    from arrears.web.ledger.keep import keep_log
    from arrears.web.ledger.queries.outbox import waiting
    from arrears.web.sender.bounces import take_bounces
    from arrears.web.sender.drain import send_waiting

    held = place.institution()
    with answering():
        require_sound_clock(now())
        mark_cases(at=now())
        if back := take_bounces(ways, at=now())["bounced"]:
            say(f"{back:,} mails came back.")
        new = propose_reminders(institution=held.name, currency=held.currency, at=now(), told=told)
        say(f"{new:,} reminders proposed.")
        if wait and new:
            time.sleep(UNDO.total_seconds())
        if not ways:
            say(f"No channel in {FILE} of the home: messages wait.")
        _tell(send_waiting(ways, folder=place.path / "ledger", now=now))
        keep_log(place.path, at=now())
        for channel, count, next_at in waiting():
            when = _when(channel, set(ways), next_at.astimezone(ZoneInfo(held.zone)), now())
            say(f"{count:,} wait by {channel}: {when}")


def _tell(ended: Counter[str]) -> None:
    """How the messages ended, in the order of the words."""
    if not ended:
        say("Nothing was due to go.")
    for state, words in WORDS.items():
        if ended[state]:
            say(f"{ended[state]:,} {words}.")
    for way in sorted(way for way in ended if way.startswith("stopped ")):
        say(f"The channel {way.removeprefix('stopped ')} was left alone after its far end failed.")


def _when(channel: str, ways: set[str], next_at: datetime, at: datetime) -> str:
    """Why messages wait, or until when."""
    if channel not in ways:
        return f"{FILE} in the home names no such channel."
    if next_at <= at:
        return "they may go now. Run: arrears send"
    return f"the first until {next_at:%Y-%m-%d %H:%M:%S} {next_at.tzname()}."
