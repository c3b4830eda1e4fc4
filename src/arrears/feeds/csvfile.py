"""CSV as banks write it: a broken quote or a strange encoding costs its own line and no more."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from arrears.core.errors import UserError
from arrears.feeds.terms import Source

BLOCK = 4 << 20  # bytes read at a time
LONGEST_LINE = 16 << 20
JOINED = 20  # physical lines that one record may span
_SEPARATORS = {";": ";", "|": "|", "\t": "tab", ",": ","}


class WrongDelimiter(UserError):
    """The header looks separated by another character than the mapping says."""

    exit_code = 44


class WrongHeader(UserError):
    """The header of a file cannot name its columns."""

    exit_code = 43


class EmptyFile(UserError):
    """A file holds nothing at all."""

    exit_code = 42


@dataclass(frozen=True, slots=True)
class Bad:
    """A line that is no row: where, why, and what it says."""

    row: int
    code: str  # "encoding", "quote" or "width"
    line: str


@dataclass(slots=True)
class Chunk:
    """Rows of one width with their true line numbers, and the lines that are no rows."""

    rows: list[Sequence[str]] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    bad: list[Bad] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Form:
    delimiter: str
    quote: str
    encoding: str
    width: int

    def rows(self, lines: Sequence[str]) -> list[list[str]]:
        if not self.quote:
            plain = csv.reader(lines, delimiter=self.delimiter, quoting=csv.QUOTE_NONE, strict=True)
            return list(plain)
        return list(csv.reader(lines, delimiter=self.delimiter, quotechar=self.quote, strict=True))

    def row(self, line: str) -> list[str] | None:
        """The one row that the text is, or None."""
        try:
            rows = self.rows([part + "\n" for part in line.split("\n")])
        except csv.Error:
            return None
        return rows[0] if len(rows) == 1 else None


def open_csv(path: Path, source: Source) -> tuple[list[str], Iterator[Chunk]]:
    """The column names of a file and its rows, chunk by chunk.

    Raises: EmptyFile, WrongDelimiter, WrongHeader.
    """
    with path.open("rb") as file:
        first = file.readline(1 << 20)
    if first.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise WrongHeader(
            f"{path.name} is UTF-16", hint="Save it as UTF-8 (Excel: CSV UTF-8) and load it again."
        )
    if not first.strip(b"\r\n \xef\xbb\xbf"):
        raise EmptyFile(
            f"{path.name} is empty", hint="Ask the bank for it again; nothing was loaded from it."
        )
    form = _Form(source.delimiter, source.quote, source.encoding, 0)
    head = _decoded(first.removeprefix(b"\xef\xbb\xbf"), source.encoding) or ""
    names = form.row(head.rstrip("\r\n"))
    if names is None:
        raise WrongHeader(
            f"The first line of {path.name} cannot be read",
            hint="Look at its quotes and its encoding.",
        )
    names = [name.strip() for name in names]
    if len(names) == 1:
        _refuse_other_delimiter(path, names[0], source)
    if source.columns:
        names = list(source.columns)
    form = _Form(source.delimiter, source.quote, source.encoding, len(names))
    return names, _chunks(path, form, skip=0 if source.columns else 1)


def _refuse_other_delimiter(path: Path, only: str, source: Source) -> None:
    for mark, name in _SEPARATORS.items():
        if mark != source.delimiter and mark in only:
            written = r"\t" if mark == "\t" else mark
            raise WrongDelimiter(
                f"{path.name} looks separated by {name!r}, the mapping says {source.delimiter!r}",
                hint=f'Line {source.line}, [source.{source.name}]: delimiter = "{written}".',
            )


def _chunks(path: Path, form: _Form, skip: int) -> Iterator[Chunk]:
    number, rest = 1, b""
    carried: list[str] = []  # lines of a record that may go on in the next block
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            if number == 1 and not carried:
                block = block.removeprefix(b"\xef\xbb\xbf")
            lines = (rest + block).split(b"\n")
            rest = lines.pop()
            if len(rest) > LONGEST_LINE:
                raise WrongHeader(f"{path.name} has a line of over 16 MB", hint="Is it a CSV file?")
            chunk = Chunk()
            texts = _texts(lines, form, number + len(carried), chunk)
            carried, number = _fold(carried + texts, number, form, chunk, skip, more=True)
            yield chunk
    chunk = Chunk()
    texts = _texts([rest] if rest else [], form, number + len(carried), chunk)
    _fold(carried + texts, number, form, chunk, skip, more=False)
    yield chunk


def _texts(lines: list[bytes], form: _Form, first: int, chunk: Chunk) -> list[str]:
    """The lines as text, one for one; an undecodable one becomes empty and is noted as bad."""
    if not lines:
        return []
    if form.encoding in ("auto", "utf-8"):
        try:
            return b"\n".join(lines).decode("utf-8").split("\n")
        except UnicodeDecodeError:
            pass
    texts = []
    for number, line in enumerate(lines, start=first):
        text = _decoded(line, form.encoding)
        if text is None:
            chunk.bad.append(
                Bad(number, "encoding", line.decode("utf-8", "backslashreplace").rstrip("\r"))
            )
        texts.append(text or "")
    return texts


def _decoded(line: bytes, encoding: str) -> str | None:
    for codec in ("utf-8", "gb18030") if encoding == "auto" else (encoding,):
        try:
            return line.decode(codec)
        except UnicodeDecodeError:
            continue
    return None


def _fold(
    lines: list[str], first: int, form: _Form, chunk: Chunk, skip: int, *, more: bool
) -> tuple[list[str], int]:
    """Lines become rows; gives back what may belong to the next block, and its line number."""
    if lines and first <= skip:
        lines, first = lines[skip:], first + skip
    try:
        rows = form.rows(lines)
    except csv.Error:
        rows = []
    if len(rows) == len(lines) and set(map(len, rows)) <= {form.width}:
        chunk.rows += rows
        chunk.numbers += range(first, first + len(lines))
        return [], first + len(lines)
    return _line_by_line(lines, first, form, chunk, more=more)


def _line_by_line(
    lines: list[str], first: int, form: _Form, chunk: Chunk, *, more: bool
) -> tuple[list[str], int]:
    at = 0
    while at < len(lines):
        line = lines[at]
        if not line.strip("\r"):  # a blank line is no row
            at += 1
            continue
        row = form.row(line)
        if row is not None and len(row) == form.width:
            chunk.rows.append(row)
            chunk.numbers.append(first + at)
            at += 1
            continue
        taken, whole = (0, None) if row is not None else _joined(lines, at, form)
        if whole is not None:
            chunk.rows.append(whole)
            chunk.numbers.append(first + at)
            at += taken
        elif row is None and taken < 0 and more:
            return lines[at:], first + at
        else:
            code = "width" if row is not None else "quote"
            chunk.bad.append(Bad(first + at, code, line.rstrip("\r")))
            at += 1
    return [], first + len(lines)


def _joined(lines: list[str], at: int, form: _Form) -> tuple[int, list[str] | None]:
    """A record whose quoted text holds line breaks; -1 when the block ends before it does.

    A line that is a whole row by itself is never swallowed: then the quote is the fault.
    """
    text = lines[at]
    for taken in range(2, JOINED + 1):
        if at + taken > len(lines):
            return -1, None
        line = lines[at + taken - 1]
        alone = form.row(line) if line.strip("\r") else None
        if alone is not None and len(alone) == form.width and form.width > 1:
            return 0, None
        text += "\n" + line
        row = form.row(text)
        if row is not None:
            return (taken, row) if len(row) == form.width else (0, None)
    return 0, None
