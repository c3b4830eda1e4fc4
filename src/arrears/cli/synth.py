"""`arrears synth`: make up a loan book."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from arrears.batch.read import borrower_ids
from arrears.cli.edge import day, today, today_of
from arrears.cli.screen import progress, say, table
from arrears.lake.home import Home
from arrears.synth.book import make_book
from arrears.synth.points import make_points

ZONE = "Asia/Shanghai"


def synth(
    folder: Annotated[Path, typer.Argument(help="Where the files go.", file_okay=False)],
    loans: Annotated[int, typer.Option(min=1, help="How many loans.")] = 20_000,
    seed: Annotated[int, typer.Option(help="The same seed makes the same bytes.")] = 1,
    months: Annotated[int, typer.Option(min=1, help="Over how many months loans open.")] = 24,
    last_date: Annotated[
        date | None,
        typer.Option(
            "--last-date", parser=day, metavar="DATE", help="The book ends here. Default: today."
        ),
    ] = None,
    points_for: Annotated[
        Path | None,
        typer.Option(
            exists=True,
            file_okay=False,
            metavar="HOME",
            help="Make no book, but contact points for the borrowers of the book in this home.",
        ),
    ] = None,
    stated_source: Annotated[
        str,
        typer.Option(
            help="With --points-for: state that all of them come from here, such as contract. "
            "Without it no contact by them is lawful."
        ),
    ] = "",
) -> None:
    """Make up a Chinese loan book: obviously invented people, the standard layout, Parquet.

    Load it with: arrears load --mapping standard --source FOLDER. With --points-for, a book that has
    no phone numbers gets made-up ones: load them with arrears load --mapping FOLDER/mapping.toml
    --source FOLDER
    """
    if points_for is not None:
        return _points(folder, Home(points_for), seed, last_date, stated_source)
    ends = last_date or today(ZONE)
    with progress() as report:
        rows = make_book(
            folder,
            loans=loans,
            seed=seed,
            last_date=ends,
            months=months,
            progress=lambda done, total: report("Making a loan book", done, total),
        )
    table(f"A made-up book to {ends}", ("table", "rows"), list(rows.items()))
    say(f"Load it: arrears load --mapping standard --source {folder}")
    return None


def _points(folder: Path, home: Home, seed: int, known_date: date | None, source: str) -> None:
    """Contact points for the borrowers of a home's book are in the folder, with their mapping."""
    made = make_points(
        folder,
        borrower_ids(home),
        institution=home.institution(),
        seed=seed,
        known_date=known_date or today_of(home),
        source=source,
    )
    say(f"{made:,} made-up contact points; nobody can be reached by any of them.")
    say(
        f"Load them: arrears load --mapping {folder / 'mapping.toml'} --source {folder} --home {home.path}"
    )
