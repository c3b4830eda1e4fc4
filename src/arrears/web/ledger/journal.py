"""The send journal: files outside the database, one line for each contact claimed, on disk before it goes.

A ledger that was restored from an older copy does not know what went out since; the journal does. Lines
have the numbers that the ledger gives with each claim (`actions/journal.py`), so a number past the
ledger's own says that the ledger is older. They hold no number, address, name or text.

    000000000000001.jsonl   {"n": 1, "key": "r20261120-3f-17", "case": 17, "borrower": "B1", …}

A file is named by its first number and grows to about `FULL_BYTES`; several processes append to the newest.
"""

import errno
import json
import os
import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from arrears.core.errors import UserError
from arrears.lake.files import sync_folder

FULL_BYTES = 16 << 20
TAIL_BYTES = 1 << 16  # holds more lines than may be written out of their order
LEAST_FREE_BYTES = 1 << 20  # with less nothing is claimed
NUMBER = re.compile(rb'^\{"n": (\d+),', re.MULTILINE)
TORN = re.compile(r'\{"n": (\d+), "key": "([a-z0-9_-]{1,48})"')


class Frozen(UserError):
    """The ledger is older than the send journal: nobody is contacted until somebody reconciles them."""

    exit_code = 75


class JournalGone(UserError):
    """The send journal is missing or older than the ledger: nobody is contacted until somebody looks."""

    exit_code = 76


class JournalAway(UserError):
    """The send journal cannot be read or written: nobody is contacted meanwhile."""

    exit_code = 77


@dataclass(frozen=True, slots=True)
class Line:
    """A contact that was claimed. Shapes: `day` the borrower's own, `at` UTC, both as ISO 8601.

    Of a line that a power cut tore only the number and the key are known: the others are empty.
    """

    n: int
    key: str
    case: int = 0
    borrower: str = ""
    point: str = ""
    channel: str = ""
    day: str = ""
    at: str = ""


def journal_folder() -> Path:
    """Where this institution's journal lies."""
    return Path(settings.ARREARS_JOURNAL)  # type: ignore[misc]


def make_journal(folder: Path) -> None:
    """The folder is there, and stays through a power cut. Raises: JournalAway."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        sync_folder(folder.parent)
    except OSError as error:
        raise _away(error) from error


def require_room(folder: Path) -> None:
    """The disk has room for lines. Raises: JournalAway."""
    try:
        free = shutil.disk_usage(folder).free
    except OSError as error:
        raise _away(error) from error
    if free < LEAST_FREE_BYTES:
        raise _away(_full())


def write_lines(folder: Path, lines: Sequence[Line]) -> None:
    """The lines are in the journal, and on the disk. Raises: JournalAway."""
    told = b"".join(json.dumps(asdict(line)).encode() + b"\n" for line in lines)
    try:
        newest = next(reversed(_files(folder)), None)
        if newest is None or newest.stat().st_size >= FULL_BYTES:
            newest = folder / f"{lines[0].n:015}.jsonl"
        new = not newest.exists()
        whole = _append(newest, told)
        if new:
            sync_folder(folder)
    except OSError as error:
        raise _away(error) from error
    if not whole:
        raise _away(_full())


def _append(file: Path, told: bytes) -> bool:
    """The bytes are in the file, and on the disk; False where there was room for some of them only."""
    with file.open("ab+", buffering=0) as kept:
        if size := kept.seek(0, os.SEEK_END):
            kept.seek(size - 1)
            told = told if kept.read(1) == b"\n" else b"\n" + told  # after a torn line
        whole = kept.write(told) == len(told)
        os.fsync(kept.fileno())
    return whole


def last_number(folder: Path) -> int:
    """The highest number in the journal; 0 where there is none. Raises: JournalAway."""
    try:
        return max((_highest(file) for file in _files(folder)[-2:]), default=0)
    except OSError as error:
        raise _away(error) from error


def lines_past(folder: Path, n: int) -> tuple[list[Line], int]:
    """The lines with a higher number, in its order, and how many lines nobody can read.

    Raises: JournalAway.
    """
    found: dict[int, Line] = {}
    unreadable = 0
    try:
        for file in _from(_files(folder), n):
            for text in file.read_text(encoding="utf-8", errors="replace").splitlines():
                line = _line(text)
                unreadable += bool(text) and line is None
                if line and line.n > n:
                    found[line.n] = line
    except OSError as error:
        raise _away(error) from error
    return [found[one] for one in sorted(found)], unreadable


def _line(text: str) -> Line | None:
    """The line; of a torn one what can be read of it, if that is its number and its key."""
    try:
        told = json.loads(text)
        return Line(**told)
    except (ValueError, TypeError):
        torn = TORN.match(text)
        return Line(int(torn[1]), torn[2]) if torn else None


def _highest(file: Path) -> int:
    with file.open("rb") as lines:
        size = lines.seek(0, os.SEEK_END)
        lines.seek(max(0, size - TAIL_BYTES))
        return max(map(int, NUMBER.findall(lines.read())), default=0)


def _files(folder: Path) -> list[Path]:
    """The journal's files, oldest first; none where the folder is missing."""
    return sorted(folder.glob("*.jsonl"))


def _from(files: list[Path], n: int) -> Iterator[Path]:
    """The files that may hold a number past `n`: lines of two files may have been written in turns."""
    for file, later in zip(files, [*files[2:], None, None], strict=False):
        if later is None or int(later.stem) > n:
            yield file


def _full() -> OSError:
    return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _away(error: OSError) -> JournalAway:
    return JournalAway(
        _("发送日志读不出或写不进：%(why)s，暂停联系客户") % {"why": error.strerror or ""},
        hint=_(
            "请检查 ARREARS_JOURNAL 所指的文件夹（默认在数据目录的 journal）的权限和空间，然后再试。"
        ),
    )
