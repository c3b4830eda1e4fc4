"""`arrears doctor`: is this installation in order, and what is in the home?"""

import platform
import shutil
import sys
from importlib import metadata
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer

from arrears.cli.edge import DEFAULT_HOME, HomeOption
from arrears.cli.screen import table
from arrears.lake.book import versions
from arrears.lake.home import Home

PACKAGES = ("arrears", "duckdb", "pyarrow", "numpy", "sqlglot", "tzdata")
LEAST_FREE_BYTES = 2_000_000_000
Line = tuple[str, str, str]  # what, what was found, "" or what to do


def doctor(home: HomeOption = DEFAULT_HOME) -> None:
    """Look at the installation and the home, and say what to mend.

    Ends with exit code 1 when something needs mending.
    """
    lines = [*_machine(home), *_zone(), *_book(Home(home))]
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
