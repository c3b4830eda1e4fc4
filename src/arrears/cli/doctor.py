"""`arrears doctor`: is this installation in order, and what is in the home?"""

import platform
import shutil
import sys
from importlib import metadata
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer

from arrears.cli.edge import DEFAULT_HOME, HomeOption, environ
from arrears.cli.ledger import NoWorkbench, begin, has_ledger
from arrears.cli.screen import table
from arrears.core.errors import UserError
from arrears.lake.book import versions
from arrears.lake.home import Home
from arrears.rules.book import OWN_FILE, book_in
from arrears.rules.speech import told as texts
from arrears.web.sender.ways import FILE, lets_out, ways_out

PACKAGES = ("arrears", "duckdb", "pyarrow", "numpy", "sqlglot", "tzdata")
LEAST_FREE_BYTES = 2_000_000_000
SHOWN_FAULTS = 5
NO_LEDGER = "none yet, publish makes it"
Line = tuple[str, str, str]  # what, what was found, "" or what to do


def doctor(home: HomeOption = DEFAULT_HOME) -> None:
    """Look at the installation and the home, and say what to mend.

    Ends with exit code 1 when something needs mending.
    """
    place = Home(home)
    lines = [*_machine(home), *_zone(), *_book(place), *_rules(place)]
    lines += [*_channels(place), *_texts(place), *_ledger(place)]
    rows = [("✗" if mend else "✓", what, found, mend) for what, found, mend in lines]
    table("Doctor", ("", "what", "found", "what to do"), rows, left=4)
    if any(mend for *_, mend in lines):
        raise typer.Exit(1)


def _machine(home: Path) -> list[Line]:
    """Python, the packages and the disk."""
    python = f"{platform.python_version()} on {platform.system()} {platform.machine()}"
    old = "" if sys.version_info >= (3, 11) else "Install Python 3.11 or newer."
    found = ", ".join(_version(name) for name in PACKAGES)
    place = next(p for p in (home.absolute(), *home.absolute().parents) if p.exists())
    free = shutil.disk_usage(place).free
    full = "" if free >= LEAST_FREE_BYTES else "Under 2 GB are free: make room or move the home."
    return [
        ("Python", python, old),
        ("packages", found, ""),
        ("free disk", f"{free // 10**9} GB at {place}", full),
    ]


def _version(name: str) -> str:
    """A package with its version; ours may run from its source without being installed."""
    try:
        return f"{name} {metadata.version(name)}"
    except metadata.PackageNotFoundError:
        return f"{name} (not installed)"


def _zone() -> list[Line]:
    """The time zone database."""
    try:
        ZoneInfo("Asia/Shanghai")
    except ZoneInfoNotFoundError:
        return [("time zones", "no database", "Install the Python package tzdata.")]
    return [("time zones", "found", "")]


def _book(home: Home) -> list[Line]:
    """The institution, its versions, its last run, and what a killed command left."""
    lines: list[Line] = [("home", str(home.path.absolute()), "")]
    if not (home.path / "institution.json").exists():
        return [*lines, ("book", "none loaded yet", "")]
    held = home.institution()
    lines.append(("institution", f"{held.name}, {held.currency}, {held.zone}", ""))
    sealed = versions(home)
    loaded = sum(t.loaded for v in sealed for t in v.tables)
    waiting = sum(t.quarantined for v in sealed for t in v.tables)
    lines.append(("book", f"{len(sealed)} versions, {loaded:,} rows loaded", ""))
    if waiting:
        lines.append(("quarantine", f"{waiting:,} rows were set aside, see {home.quarantine}", ""))
    runs = sorted(home.runs.glob("*/*/manifest.json"), key=lambda p: (p.parts[-3], p.parts[-2]))
    lines.append(("last run", runs[-1].parts[-3] if runs else "none yet", ""))
    left = (
        sorted(p.name for p in home.scratch.glob("*") if p.name != "lock")
        if home.scratch.exists()
        else []
    )
    if left:
        lines.append(("unfinished", ", ".join(left), "The next load or run finishes or clears it."))
    return lines


def _rules(home: Home) -> list[Line]:
    """The rules in use, or what is wrong with the institution's own."""
    try:
        return [("rules", book_in(home.path / OWN_FILE).version, "")]
    except UserError as error:
        return [("rules", error.wrong, error.hint)]


def _channels(home: Home) -> list[Line]:
    """The ways out, or every mistake in their file."""
    try:
        ways = ways_out(home.path / FILE, environ())
    except UserError as error:
        told = [(f.subject, f.because, f"See {f.source}.") for f in error.findings]
        return told or [("channels", error.wrong, error.hint)]
    if not ways:
        return [("channels", f"none: there is no {FILE}, so messages wait", "")]
    how = {True: "sends", False: "local, sends nothing"}
    named = ", ".join(f"{channel} ({how[lets_out(way)]})" for channel, way in ways.items())
    return [("channels", named, "")]


def _texts(home: Home) -> list[Line]:
    """What the institution tells for its letters, or every mistake in that file."""
    try:
        told = texts.told_in(home.path / texts.FILE)
    except UserError as error:
        wrong = [(f.subject, f.because, f"See {f.source}.") for f in error.findings]
        return wrong or [("texts", error.wrong, error.hint)]
    named = "; ".join(f"{language}: {', '.join(table)}" for language, table in told.items())
    return [("texts", named or f"none: there is no {texts.FILE}, which letters need", "")]


def _ledger(home: Home) -> list[Line]:
    """Where the ledger is, whether it answers, and whether its tables are up to date."""
    on_server = bool(environ().get("ARREARS_DATABASE"))
    if not has_ledger(home, environ()):
        return [("ledger", NO_LEDGER, "")]
    try:
        begin(home)
    except NoWorkbench as error:
        return [("ledger", error.wrong, error.hint if on_server else "")]
    except UserError as error:
        return [("ledger", error.wrong, error.hint)]
    return _tables("PostgreSQL" if on_server else "SQLite, in the home", home)


def _tables(where: str, home: Home) -> list[Line]:
    """What the database of an opened ledger answers, and what its outbox holds."""
    from django.db import Error

    from arrears.web.start import behind

    try:
        missing = behind()
        if missing is None:
            return [("ledger", f"{where}: {NO_LEDGER}", "")]
        if missing:
            hint = "The next publish, send or serve brings them up to date."
            return [("ledger", f"{where}: {len(missing)} changes of its tables are waiting", hint)]
        answers = ("ledger", f"{where}: answers, tables up to date", "")
        return [answers, *_outbox(), *_log(home)]
    except Error as error:
        hint = "Look whether the database runs and has room, and at ARREARS_DATABASE."
        return [("ledger", f"{where}: no answer ({type(error).__name__})", hint)]


def _outbox() -> list[Line]:
    """What waits in the outbox, and what a person has to look at."""
    from arrears.web.ledger.queries.journal import frozen
    from arrears.web.ledger.queries.outbox import in_doubt, waiting

    lines = [("outbox", f"{count:,} wait by {channel}", "") for channel, count, _ in waiting()]
    if stopped := frozen():
        lines.append(("send journal", stopped.wrong, stopped.hint))
    if doubts := in_doubt():
        lines.append(("outbox", f"{doubts:,} in doubt", "Ask the far end what became of them."))
    return lines


def _log(home: Home) -> list[Line]:
    """How far the log is numbered, anchored and checked, what is wrong with it, and its settings."""
    from arrears.web.ledger.anchors import places
    from arrears.web.ledger.queries.chain import log_state

    state = log_state()
    anchored = f"anchored to {state.anchored_count:,}"
    if state.anchored_at:
        anchored += f" at {state.anchored_at:%Y-%m-%d %H:%M} UTC"
    lines = [("log", f"{state.count:,} events, {state.waiting:,} wait, {anchored}", "")]
    try:
        places(home.path)
    except UserError as error:
        lines.append(("log", error.wrong, error.hint))
    lines += [("log", fault, "Make the anchors' folder writable.") for fault in state.faults]
    hint = "Keep everything as it is, tell compliance and audit, then: arrears verify"
    lines += [("log", one.text("en"), hint) for one in state.wrong[:SHOWN_FAULTS]]
    if state.checked_at and not state.wrong:
        lines.append(("log", f"checked at {state.checked_at:%Y-%m-%d %H:%M} UTC: as written", ""))
    return lines
