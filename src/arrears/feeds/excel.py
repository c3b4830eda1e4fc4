"""Excel through calamine, after its zip has been measured: a bomb is refused before it opens."""

import re
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, load_workbook

from arrears.core.errors import UserError
from arrears.feeds.csvfile import Chunk, EmptyFile
from arrears.feeds.terms import Source

LARGEST_FILE = 64 << 20
LARGEST_INSIDE = 256 << 20  # bytes, all entries together, as they really inflate
LARGEST_RATIO = 100  # inflated bytes per byte of the file, beyond the first MEASURED
MEASURED = 4 << 20
MOST_ENTRIES = 2000
MOST_CELLS = 20_000_000  # of the rectangle that the cells span
LARGEST_TEXTS = 512 << 20  # cells times the longest shared text
ROWS = 20_000
_CELL = re.compile(rb"""\sr=["']([A-Z]{1,3})(\d{1,7})["']""")
_NESTED = (".zip", ".xlsx", ".xlsm", ".xlsb", ".ods", ".docx", ".7z", ".gz", ".rar")


class ExcelRefused(UserError):
    """An Excel file is broken, or larger inside than it may be."""

    exit_code = 45


def open_excel(path: Path, source: Source) -> tuple[list[str], Iterator[Chunk]]:
    """The column names of a sheet and its rows, chunk by chunk.

    Raises: ExcelRefused; EmptyFile.
    """
    measure(path)
    try:
        book = load_workbook(path)
        if source.sheet and source.sheet not in book.sheet_names:
            raise ExcelRefused(
                f"{path.name} has no sheet {source.sheet!r}; it has {', '.join(book.sheet_names)}",
                hint=f"Mend sheet in [source.{source.name}] (line {source.line}).",
            )
        sheet = book.get_sheet_by_name(source.sheet or book.sheet_names[0])
        start = sheet.start
        rows = iter(sheet.iter_rows())
    except (CalamineError, zipfile.BadZipFile) as error:
        raise _refused(path, f"cannot be read as Excel: {error}") from error
    first = 1 + (start[0] if start else 0)
    head = next(rows, None)
    if head is None:
        raise EmptyFile(f"{path.name} is empty", hint="Ask the bank for it again.")
    if source.columns:
        return list(source.columns), _chunks(_again(head, rows), first, len(source.columns))
    names = [text_of(cell).strip() for cell in head]
    return names, _chunks(rows, first + 1, len(names))


def _again(head: list[Any], rows: Iterator[list[Any]]) -> Iterator[list[Any]]:
    yield head
    yield from rows


def _chunks(rows: Iterator[list[Any]], number: int, width: int) -> Iterator[Chunk]:
    chunk = Chunk()
    for row in rows:
        texts = [text_of(cell) for cell in row]
        if any(texts):
            chunk.rows.append((texts + [""] * width)[:width])
            chunk.numbers.append(number)
        number += 1
        if len(chunk.rows) >= ROWS:
            yield chunk
            chunk = Chunk()
    yield chunk


def text_of(cell: object) -> str:
    """A cell as text: numbers with the fifteen digits that Excel keeps, days and moments as ISO."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        if cell.is_integer() and abs(cell) < 10**15:
            return str(int(cell))
        return f"{cell:.15g}"
    if isinstance(cell, datetime | date | time):
        return cell.isoformat(" ") if isinstance(cell, datetime) else cell.isoformat()
    if isinstance(cell, timedelta):
        return str(cell)
    return "" if cell is None else str(cell)


def measure(path: Path) -> None:
    """The file is no larger inside than we read, packs no other file, and spans a sane sheet.

    Raises: ExcelRefused.
    """
    size = path.stat().st_size
    if size > LARGEST_FILE:
        raise _refused(path, f"is larger than {LARGEST_FILE >> 20} MB")
    if not zipfile.is_zipfile(path):  # the old binary .xls cannot inflate
        return
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            if len(entries) > MOST_ENTRIES:
                raise _refused(path, f"has more than {MOST_ENTRIES} parts")
            if sum(entry.file_size for entry in entries) > LARGEST_INSIDE:
                raise _refused(path, f"says it holds more than {LARGEST_INSIDE >> 20} MB")
            _measure_inside(path, archive, entries, size)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise _refused(path, f"is a broken zip: {error}") from error


class _Size:
    """How large a packed book is: bytes, cells that name a shared text, the longest such text."""

    def __init__(self) -> None:
        self.inside = self.cells = self.longest = 0
        self.right = self.low = 0

    def texts(self, piece: bytes, since: int) -> int:
        """The bytes since the last shared text began, after this piece."""
        begins = [match.start() for match in re.finditer(rb"<si", piece)]
        for before, at in zip([-since, *begins], [*begins, len(piece)], strict=True):
            self.longest = max(self.longest, at - before)
        return len(piece) - begins[-1] if begins else since + len(piece)

    def sheet(self, piece: bytes) -> None:
        """The rectangle that the cells span, and how many of them name a shared text."""
        for column, row in _CELL.findall(piece):
            self.right, self.low = max(self.right, _number(column)), max(self.low, int(row))
        self.cells += piece.count(b't="s"')


def _measure_inside(
    path: Path, archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], packed: int
) -> None:
    size = _Size()
    for entry in entries:
        name = entry.filename.lower()
        if name.endswith(_NESTED):
            raise _refused(path, f"holds another packed file ({entry.filename})")
        tail, since = b"", 0
        size.right = size.low = 0
        for piece in _inflate(path, archive, entry):
            size.inside += len(piece)
            if size.inside > min(LARGEST_INSIDE, MEASURED + LARGEST_RATIO * packed):
                raise _refused(path, f"inflates to more than {size.inside >> 20} MB")
            if "sharedstrings" in name:
                since = size.texts(piece, since)
            elif "worksheets/" in name:
                size.sheet(tail + piece)
                tail = piece[-16:]
        if size.right * size.low > MOST_CELLS:
            raise _refused(path, f"spans {size.low} rows by {size.right} columns")
    if size.cells * size.longest > LARGEST_TEXTS:
        raise _refused(path, "repeats one very long text in many cells")


def _inflate(path: Path, archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """The bytes of an entry as they really inflate, whatever its header says of their number."""
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise _refused(path, "is packed in a way that Excel does not use")
    with archive.open(entry) as head:  # checks the local header and finds where the bytes begin
        head.read(1)
    with path.open("rb") as file:
        file.seek(entry.header_offset + 26)
        lengths = file.read(4)
        skip = int.from_bytes(lengths[:2], "little") + int.from_bytes(lengths[2:], "little")
        file.seek(entry.header_offset + 30 + skip)
        if entry.compress_type == zipfile.ZIP_STORED:
            yield file.read(entry.compress_size)
            return
        engine, left = zlib.decompressobj(-15), entry.compress_size
        while left > 0 and not engine.eof:
            packed = file.read(min(1 << 16, left))
            if not packed:
                return
            left -= len(packed)
            while packed:
                yield engine.decompress(packed, 1 << 20)
                packed = engine.unconsumed_tail


def _number(column: bytes) -> int:
    number = 0
    for letter in column:
        number = number * 26 + letter - 64
    return number


def _refused(path: Path, why: str) -> ExcelRefused:
    return ExcelRefused(f"{path.name} {why}", hint="Save the sheet as CSV (UTF-8) and load that.")
