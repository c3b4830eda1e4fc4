"""What stands on the terminal: tables, progress bars, and numbers as people read them."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

out = Console(highlight=False)
errors = Console(stderr=True, highlight=False)


class Language(StrEnum):
    """The languages of what people read."""

    zh = "zh"
    en = "en"


LanguageOption = Annotated[Language, typer.Option("--lang", help="The language of the answer.")]

# (what is being done, how much of it is done, out of how much or None)
Report = Callable[[str, int, int | None], None]


@contextmanager
def progress() -> Iterator[Report]:
    """A bar per kind of work on stderr while it lasts; nothing where nobody watches."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=errors, transient=True) as bars:
        tasks = {}

        def report(what: str, done: int, total: int | None) -> None:
            if what not in tasks:
                tasks[what] = bars.add_task(escape(what), total=total)
            bars.update(tasks[what], completed=done, total=total)

        yield report


def table(
    title: str, heads: Sequence[str], rows: Sequence[Sequence[object]], *, left: int = 1
) -> None:
    """A table on stdout under its title; the first `left` columns are words, the others numbers."""
    grid = Table(header_style="bold")
    for i, head in enumerate(heads):
        words = i < left
        grid.add_column(escape(head), justify="left" if words else "right", overflow="fold")
    for row in rows:
        grid.add_row(*(escape(number(cell)) for cell in row))
    out.print(f"\n[bold]{escape(title)}[/]", soft_wrap=True)
    out.print(grid)


def number(cell: object) -> str:
    """A cell as text: whole numbers with separators, nothing for None."""
    if cell is None:
        return ""
    return f"{cell:,}" if isinstance(cell, int) else str(cell)


def say(line: str = "") -> None:
    """One line on stdout, as it is."""
    out.print(escape(line), soft_wrap=True)
