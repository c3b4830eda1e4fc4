"""What waits to be printed becomes a batch: a folder with the letters and a list of them.

A letter is moved by its name alone, so it is in one place at any moment. A batch without its list was
cut short: the next one ends it first.
"""

import csv
import hashlib
import io
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from arrears.channels.letter.press import pages_of
from arrears.lake.files import write_whole

LIST = "letters.csv"
COLUMNS = ("number", "file", "pages", "sha256")
NAME = "%Y%m%d-%H%M%S"


@dataclass(frozen=True, slots=True)
class Batch:
    """A folder that is ready to be printed. Units: letters, pages."""

    folder: Path
    letters: int
    pages: int


def make_batch(folder: Path, *, at: datetime) -> tuple[Batch, ...]:
    """The letters that wait are a batch; before it, one that was cut short. None where nothing waits.

    Raises: OSError, where the folder cannot be read or written.
    """
    begun = sorted(b for b in folder.iterdir() if b.is_dir() and not (b / LIST).exists())
    waiting = sorted(folder.glob("*.pdf"))
    if waiting:
        new = folder / at.strftime(NAME)
        new.mkdir(exist_ok=True)
        if new not in begun:
            begun.append(new)
        for letter in waiting:
            letter.rename(new / letter.name)
    return tuple(_listed(one) for one in begun)


def _listed(folder: Path) -> Batch:
    """The batch with its list, which is there whole or not at all."""
    rows = []
    for number, letter in enumerate(sorted(folder.glob("*.pdf")), start=1):
        made = letter.read_bytes()
        rows.append((number, letter.name, pages_of(made), hashlib.sha256(made).hexdigest()))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows([COLUMNS, *rows])
    write_whole(folder / LIST, text.getvalue().encode())
    return Batch(folder, len(rows), sum(pages for _n, _name, pages, _hash in rows))
