"""`arrears load`: a bank's files become a new version of the book."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from arrears.cli.edge import DEFAULT_HOME, HomeOption, day, today
from arrears.cli.screen import number, progress, say, table
from arrears.feeds.load import load as load_files
from arrears.feeds.mapping import read_mapping, shipped
from arrears.feeds.report import LoadReport
from arrears.lake.home import Home

HEADS = ("table", "read", "not picked", "loaded", "duplicate", "quarantined", "waiting")
SHOWN_FINDINGS = 10

MappingOption = Annotated[
    str,
    typer.Option(help=f"One of {', '.join(shipped())}, or a mapping file of your own (.toml)."),
]
SourceOption = Annotated[
    Path, typer.Option(help="The folder of the bank's files, or a database file.")
]
KnownDateOption = Annotated[
    date | None,
    typer.Option(
        parser=day,
        metavar="DATE",
        help="The day on which the bank told us, where the mapping does not say. Default: today.",
    ),
]
CorrectedOption = Annotated[
    Path | None,
    typer.Option(exists=True, dir_okay=False, help="A quarantine file, corrected: load its rows."),
]
DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Show what would happen.")]
ShrinkOption = Annotated[
    bool,
    typer.Option("--accept-shrink", help="Take a full file that lost more than half of its rows."),
]
InstitutionOption = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="What the bank is called, to its borrowers too; kept."),
]


def load(
    mapping: MappingOption,
    source: SourceOption,
    known_date: KnownDateOption = None,
    corrected: CorrectedOption = None,
    dry_run: DryRunOption = False,
    accept_shrink: ShrinkOption = False,
    institution: InstitutionOption = None,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Load a bank's files as a new, sealed version of the book.

    Every row is accounted for: loaded, a duplicate, or in a quarantine with its reason. The same
    file twice changes nothing. A load that was stopped has left nothing; load again.
    """
    read = read_mapping(mapping)
    with progress() as bars:
        report = load_files(
            Home(home),
            read,
            source,
            today=known_date or today(read.institution.zone),
            dry_run=dry_run,
            corrected=corrected,
            accept_shrink=accept_shrink,
            progress=bars,
        )
    if institution and not dry_run:
        Home(home).rename(institution)
    _tell(report, mapping, source)


def _tell(report: LoadReport, mapping: str, source: Path) -> None:
    """What the load did, table by table, and what to do about the rows that could not be loaded."""
    rows = [
        (t.table, t.rows_read, t.not_picked, t.loaded, t.duplicate, t.quarantined, t.waiting)
        for t in report.tables
    ]
    table("A dry run: nothing was written" if report.dry_run else "Load", HEADS, rows)
    for note in report.notes:
        say(f"Note: {note}")
    if report.version is not None:
        say(f"The book is now at version {report.version}.")
    elif not report.dry_run:
        say("Nothing new: the book is as it was.")
    _tell_quarantine(report, mapping, source)


def _tell_quarantine(report: LoadReport, mapping: str, source: Path) -> None:
    if not report.quarantined:
        return
    say()
    say(f"Rows that could not be loaded: {number(report.quarantined)}, for instance:")
    for finding in report.findings[:SHOWN_FINDINGS]:
        say(f"  {finding.subject}: {finding.because}")
    for file in report.quarantine:
        say(f"They lie in {file}. Correct them there, then:")
        say(f"  arrears load --mapping {mapping} --source {source} --corrected {file}")
