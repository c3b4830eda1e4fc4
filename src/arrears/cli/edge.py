"""The edge to the outside: which home, what time it is, the environment, how a user error is shown."""

import os
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from arrears.cli.screen import errors
from arrears.core.errors import UserError
from arrears.lake.home import Home

SHOWN_FINDINGS = 20

HomeOption = Annotated[
    Path,
    typer.Option(
        "--home",
        envvar="ARREARS_HOME",
        show_default=True,
        file_okay=False,
        help="The folder of one institution: its book and its runs.",
    ),
]
DEFAULT_HOME = Path("arrears-home")


class NotADay(UserError):
    """A text that was to be a day is none."""

    exit_code = 12


def day(text: str) -> date:
    """The calendar day written as YYYY-MM-DD.

    Raises: NotADay
    """
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        hint = "Write a day as YYYY-MM-DD, such as 2026-03-31."
        raise NotADay(f"{text!r} is not a day", hint=hint) from error


AsOf = Annotated[
    date | None,
    typer.Option(
        "--as-of",
        parser=day,
        metavar="DATE",
        help="The day, at its close of business. Left out: today, where the institution is.",
    ),
]
KnownOn = Annotated[
    date | None,
    typer.Option(
        "--known-on",
        parser=day,
        metavar="DATE",
        help="Leave out what the bank told us after this day. Left out itself: all that is loaded.",
    ),
]


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)


def environ() -> Mapping[str, str]:
    """The environment that the program was started in."""
    return os.environ


def today(zone: str) -> date:
    """The calendar day it is now in a zone."""
    return datetime.now(ZoneInfo(zone)).date()


def today_of(home: Home) -> date:
    """The calendar day it is now where the home's institution is.

    Raises: NoBook
    """
    return today(home.institution().zone)


def show(error: UserError) -> None:
    """The error stands on stderr: what is wrong, each finding, what to do."""
    errors.print(f"[bold red]Error:[/] {_plain(error.wrong)}")
    told = f"{error.wrong}\n{error.hint}"
    untold = [finding for finding in error.findings if finding.because not in told]
    for finding in untold[:SHOWN_FINDINGS]:
        where = f" [dim]({_plain(finding.source)})[/]" if finding.source else ""
        errors.print(f"  • {_plain(finding.subject)}: {_plain(finding.because)}{where}")
    more = len(untold) - SHOWN_FINDINGS
    if more > 0:
        errors.print(f"  … and {more} more")
    if error.hint:
        errors.print(f"[bold]What to do:[/] {_plain(error.hint)}")


def _plain(text: str) -> str:
    return text.replace("[", "\\[")
