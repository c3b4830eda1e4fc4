"""Where the log is anchored: files outside the database, one line for each moment, synced to the disk.

    # log.toml in the home: places beside the home's own, best on another machine
    anchors = ["/mnt/worm/arrears"]

Whoever can change the database and every one of these files can change the log unseen, and nobody else.
"""

import json
import os
import tomllib
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from arrears.core.errors import UserError
from arrears.verify import Anchor, read_anchors
from arrears.web.ledger.events import instant

SETTINGS = "log.toml"
FOLDER, FILE = "anchors", "anchors.jsonl"


class LogSettingsWrong(UserError):
    """The settings of the log have a mistake."""

    exit_code = 109


def own_place(home: Path) -> Path:
    """The file in the home."""
    return home / FOLDER / FILE


def places(home: Path) -> tuple[Path, ...]:
    """The files that anchors are written to: the home's own, then those of its settings.

    Raises: LogSettingsWrong.
    """
    return (own_place(home), *(home / folder / FILE for folder in _named(home / SETTINGS)))


def _named(file: Path) -> list[str]:
    if not file.exists():
        return []
    hint = f'Write in {SETTINGS} one line: anchors = ["FOLDER"], and mend it before the next start.'
    try:
        told = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise LogSettingsWrong(f"{SETTINGS} cannot be read: {error}", hint=hint) from error
    named = told.pop("anchors", [])
    if told:
        raise LogSettingsWrong(f"{SETTINGS} knows no {', '.join(told)}", hint=hint)
    if not isinstance(named, list) or not all(isinstance(one, str) and one for one in named):
        raise LogSettingsWrong(f"anchors in {SETTINGS} is no list of folders", hint=hint)
    return named


def write_anchor(file: Path, anchor: Anchor, *, make: bool = False) -> None:
    """The line is in the file, and on the disk; `make`: its folder is made. Raises: OSError.

    A folder of the settings that is not there is a disk that is not mounted: nothing is made in its place.
    """
    if make:
        file.parent.mkdir(exist_ok=True)
    told = {"at": anchor.at, "count": anchor.count, "hash": anchor.hash}
    line = json.dumps(told).encode() + b"\n"
    with file.open("ab+") as kept:
        if kept.seek(0, os.SEEK_END):
            kept.seek(-1, os.SEEK_END)
            line = line if kept.read(1) == b"\n" else b"\n" + line  # a line that a power cut left
        kept.write(line)
        kept.flush()
        os.fsync(kept.fileno())


def anchors_in(files: Iterable[Path]) -> list[Anchor]:
    """Every anchor of the files that are there."""
    found: list[Anchor] = []
    for file in files:
        try:
            with file.open(encoding="utf-8", errors="replace") as lines:
                found += read_anchors(lines, str(file))
        except OSError:
            continue  # told where it cannot be written; what it held is missed by `check_log`
    return found


def anchor_at(count: int, last: str, at: datetime) -> Anchor:
    """The log had so many events at a moment, and its last hash was `last`."""
    return Anchor(count, last, instant(at))
