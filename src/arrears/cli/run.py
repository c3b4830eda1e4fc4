"""`arrears run`, `export` and `explain`: a day's figures, as a file, and one loan to the cent."""

import json
from datetime import date
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from arrears.batch import plan, read
from arrears.batch.run import run as run_day
from arrears.batch.run import show as show_rows
from arrears.cli.edge import DEFAULT_HOME, AsOf, HomeOption, KnownOn, environ, now, today_of
from arrears.cli.ledger import answering, has_ledger, open_ledger
from arrears.cli.screen import Language, LanguageOption, number, progress, say, sheet, table
from arrears.core.tables import RUN
from arrears.lake.home import Home

WORK, LOG = "work", "log"


def run(
    as_of: AsOf = None,
    known_on: KnownOn = None,
    engine: Annotated[str, typer.Option(help="duck: this machine. spark: a cluster.")] = "duck",
    decisions: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="A decision table of your own."),
    ] = None,
    show: Annotated[
        str | None,
        typer.Option(
            metavar="STEP", help="Make no run: show what one step makes. `list` names the steps."
        ),
    ] = None,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Work out one day: who is overdue, by how much, since when, and what to do first.

    A day that was run before on the same book is not run again. A run that was stopped goes on
    where it was. Nothing is in sight before all of it is.
    """
    place = Home(home)
    if show == "list":
        _list_steps()
        return
    day = as_of or today_of(place)
    if show is not None:
        _show_step(place, show, day, known_on)
        return
    rules = decisions.read_text(encoding="utf-8") if decisions else None
    with progress() as report:
        done = run_day(
            place, as_of=day, known_on=known_on, engine=engine, decisions=rules, progress=report
        )
    counted = ", ".join(f"{name} {number(rows)}" for name, rows in done.rows.items())
    say(f"Run of {day}: {counted}.")
    say(f"It lies in {done.folder}")
    say(f"The list as a file: arrears export worklist --as-of {day} --out worklist.csv")


def _list_steps() -> None:
    """The steps of a run in their order, each with the question that it answers."""
    rows = [(step.name, _header(step)[0].partition(": ")[2]) for step in plan.steps()]
    table("The steps of a run", ("step", "what it makes"), rows, left=2)
    say("Look at one: arrears run --as-of DATE --show STEP")


def _show_step(home: Home, name: str, day: date, known_on: date | None) -> None:
    """What a step means, and the first rows of the table that it makes; no run is made."""
    rows = show_rows(home, name, as_of=day, known_on=known_on)
    for line in next(_header(step) for step in plan.steps() if step.name == name):
        say(line)
    sheet(f"{name} on {day}", rows.column_names, [tuple(r.values()) for r in rows.to_pylist()])


def _header(step: plan.Step) -> list[str]:
    return [line.removeprefix("--").strip() for line in step.header.splitlines()]


def export(
    table: Annotated[
        str,
        typer.Argument(
            help=f"One of {', '.join(RUN)}; or {WORK}: what people did; or {LOG}: the log, to verify."
        ),
    ],
    out: Annotated[
        Path,
        typer.Option("--out", help=f"The file: .csv or .parquet. For {WORK} and {LOG}: a folder."),
    ],
    as_of: AsOf = None,
    known_on: KnownOn = None,
    values: Annotated[
        bool, typer.Option("--values", help=f"{LOG} only: with the personal values beside it.")
    ] = False,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Write one table of a day's run to a file, columns as in docs/reference/tables.md.

    A CSV opens in a spreadsheet; amounts are whole minor units. `work` writes the contacts, promises
    and holds of the workbench as files of the standard layout: loaded like any other file of the
    bank, they are what the next run knows of them. `log` writes the log with its anchors, for
    `arrears verify`. Where there is a ledger, every export is logged before it is written.
    """
    place = Home(home)
    if table in (WORK, LOG):
        _export_ledger(place, table, out, as_of, personal=values)
        return
    day = as_of or today_of(place)
    if has_ledger(place, environ()):
        open_ledger(place)
        _note_export(table, str(day))
    rows = read.export(place, table, as_of=day, known_on=known_on, out=out)
    say(f"{number(rows)} rows of {table} for {day} are in {out}")


def _export_ledger(
    home: Home, table: str, folder: Path, day: date | None, *, personal: bool
) -> None:
    """What people did, or the log, is in the folder; that it was exported is logged before."""
    open_ledger(home)
    with answering():
        _note_export(table, str(day or ""), personal=personal and table == LOG)
        if table == WORK:
            _export_work(home, folder, day)
        else:
            _export_log(home, folder, personal=personal)


def _note_export(table: str, day: str, *, personal: bool = False) -> None:
    from arrears.web.ledger.actions.chain import note_export

    with answering():
        note_export(table=table, day=day, personal=personal, by=None, at=now())


def _export_log(home: Home, folder: Path, *, personal: bool) -> None:
    """The log is in the folder, numbered and anchored to this moment, with the verifier beside it."""
    from arrears.web.ledger.anchors import places
    from arrears.web.ledger.keep import keep_log
    from arrears.web.ledger.queries.log_files import VERIFIER, write_log

    keep_log(home.path, at=now(), at_once=True)
    events = write_log(folder, anchors=places(home.path), values=personal)
    say(f"{number(events)} events: in {folder}")
    say(f"Verify it anywhere: python {folder / VERIFIER} {folder}")


def _export_work(home: Home, folder: Path, day: date | None) -> None:
    """What people did is in the folder, all of it or what is new since a day."""
    from arrears.web.ledger.queries.work import write_work

    zone = ZoneInfo(home.institution().zone)
    rows = write_work(folder, zone=zone, until=today_of(home), since=day)
    counted = ", ".join(f"{name} {number(count)}" for name, count in rows.items())
    say(f"{counted}: in {folder}")
    say(f"Bring them into the book: arrears load --mapping standard --source {folder}")


def explain(
    loan: Annotated[str, typer.Argument(help="The loan's id.")],
    as_of: AsOf = None,
    known_on: KnownOn = None,
    as_json: Annotated[bool, typer.Option("--json", help="For a program.")] = False,
    lang: LanguageOption = Language.zh,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Show one loan to the cent: each instalment, each payment and where it went, each rule.

    Needs no run: the loan's facts are read from the book and worked out anew.
    """
    place = Home(home)
    day = as_of or today_of(place)
    told = read.explain(place, loan, as_of=day, known_on=known_on)
    if as_json:
        say(json.dumps(told.as_json(), ensure_ascii=False, indent=1))
    else:
        say(told.as_text(lang.value))
