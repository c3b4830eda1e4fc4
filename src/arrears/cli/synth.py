"""`arrears synth`: make up a loan book."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from arrears.cli.edge import day, today
from arrears.cli.screen import progress, say, table
from arrears.synth.book import make_book

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
) -> None:
    """Make up a Chinese loan book: obviously invented people, the standard layout, Parquet.

    Load it with: arrears load --mapping standard --source FOLDER
    """
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
