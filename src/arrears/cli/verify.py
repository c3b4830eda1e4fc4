"""`arrears verify`: has the log stayed as it was written, here or in an export?"""

from pathlib import Path
from typing import Annotated

import typer

from arrears.cli.edge import DEFAULT_HOME, HomeOption, now
from arrears.cli.ledger import answering, open_ledger
from arrears.cli.screen import Language, LanguageOption, say
from arrears.core.errors import Finding, UserError
from arrears.lake.home import Home
from arrears.verify import Report, Unreadable, check_folder


class LogChanged(UserError):
    """The log is not as it was written, or its anchors are gone."""

    exit_code = 110


class NoExport(UserError):
    """The folder is no export of a log, or cannot be read."""

    exit_code = 111


def verify(
    folder: Annotated[
        Path | None,
        typer.Argument(help="An export of the log. Left out: the log of the home itself."),
    ] = None,
    anchors: Annotated[
        list[Path] | None,
        typer.Option("--anchors", help="A file of anchors that you keep yourself. Repeat it."),
    ] = None,
    lang: LanguageOption = Language.zh,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Verify the log: every number, hash, anchor, verdict and personal value that is still there.

    Says which event is wrong and how, which was the last good anchor, and that nothing is proved past it.
    Ends with exit code 110 where something is wrong. The same check runs without Arrears on an export:
    python verify.py FOLDER.
    """
    more = anchors or []
    found = _in_home(Home(home), more) if folder is None else _in_folder(folder, more)
    first, *faults_and_end = found.lines(lang.value)
    say(first)
    say(faults_and_end[-1])
    if not found.wrong:
        say(faults_and_end[0])
        return
    zh = lang is Language.zh
    raise LogChanged(
        "日志与写下时不一致" if zh else "The log is not as it was written",
        hint=(
            "保全数据库、锚定和备份，不要再写入，并报告合规与内审：docs/howto/verify-the-log.zh-CN.md"
            if zh
            else "Keep the database, the anchors and the backups as they are, and tell compliance and "
            "audit: docs/howto/verify-the-log.md"
        ),
        findings=tuple(
            Finding(one.kind, "日志" if zh else "log", one.text(lang.value)) for one in found.wrong
        ),
    )


def _in_home(home: Home, more: list[Path]) -> Report:
    """The log of the home, numbered and anchored to this moment, checked from its first event on."""
    open_ledger(home)
    from arrears.web.ledger.keep import check_log, keep_log

    with answering():
        keep_log(home.path, at=now(), at_once=True)
        return check_log(home.path, at=now(), more=more)


def _in_folder(folder: Path, more: list[Path]) -> Report:
    """The exported log. Raises: NoExport."""
    try:
        return check_folder(folder, more)
    except Unreadable as error:
        raise NoExport(
            f"No log can be read there: {error}",
            hint="Name the folder that was written by: arrears export log --out FOLDER",
        ) from error
