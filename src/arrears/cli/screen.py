"""What stands on the terminal: tables, progress bars, and numbers as people read them."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from typing import Annotated, Literal

import typer
from rich.cells import cell_len
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

PAPER = 100  # the width of what is written to a file or a pipe
out = Console(highlight=False, width=None if sys.stdout.isatty() else PAPER)
errors = Console(stderr=True, highlight=False)
SIDE_BY_SIDE = 4  # rows of a table that is too wide to stand upright


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
    with Progress(*columns, console=errors, transient=True, disable=not errors.is_terminal) as bars:
        tasks = {}

        def report(what: str, done: int, total: int | None) -> None:
            if what not in tasks:
                tasks[what] = bars.add_task(escape(what), total=total)
            bars.update(tasks[what], completed=done, total=total)

        yield report


def table(
    title: str,
    heads: Sequence[str],
    rows: Sequence[Sequence[object]],
    *,
    left: int = 1,
    sides: str = "",
) -> None:
    """A table on stdout under its title; the first `left` columns are words, the others numbers.

    `sides` says it for each column instead, as `l` or `r`; then only the last is folded.
    """
    grid = Table(header_style="bold")
    for i, head in enumerate(heads):
        words = sides[i] == "l" if sides else i < left
        whole = bool(sides) and i < len(heads) - 1
        justify: Literal["left", "right"] = "left" if words else "right"
        grid.add_column(escape(head), justify=justify, overflow="fold", no_wrap=whole)
    for row in rows:
        grid.add_row(*(escape(number(cell)) for cell in row))
    out.print(f"\n[bold]{escape(title)}[/]", soft_wrap=True)
    out.print(grid)


def sheet(title: str, heads: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Rows as they are; where the columns are too many for the terminal, a line per column."""
    cells = [[str("-" if cell is None else cell) for cell in row] for row in rows]
    wide = sum(
        max(cell_len(text) for text in column) + 3 for column in zip(heads, *cells, strict=True)
    )
    if wide < out.width:
        table(f"{title} ({len(rows)} rows)", heads, cells, left=len(heads))
    else:
        few = cells[:SIDE_BY_SIDE]
        lines = list(zip(heads, *few, strict=True))
        names = ("column", *(f"row {n}" for n in range(1, len(few) + 1)))
        table(f"{title} ({len(few)} of {len(rows)} rows, side by side)", names, lines, left=1)


def number(cell: object) -> str:
    """A cell as text: whole numbers with separators, nothing for None."""
    if cell is None:
        return ""
    return f"{cell:,}" if isinstance(cell, int) else str(cell)


def say(line: str = "") -> None:
    """One line on stdout, as it is."""
    out.print(escape(line), soft_wrap=True)
