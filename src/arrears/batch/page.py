"""Plain text in columns, in which a Chinese character is as wide as two Latin letters."""

import re
from collections.abc import Sequence
from unicodedata import east_asian_width

WIDTH = 100
GAP = "  "
# Never broken: a word, or a Chinese character with the marks that cling to it.
PIECES = re.compile(
    r"[（《“]*[\u2e80-\uffef][，。；：、）》”]*|[^\s\u2e80-\uffef]+[，。；：、）》”]*|\s+"
)


def wide(text: str) -> int:
    """How many columns of a terminal a text takes."""
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)


def padded(text: str, size: int, *, right: bool = False) -> str:
    """A text filled up with blanks to a number of columns."""
    blanks = " " * (size - wide(text))
    return blanks + text if right else text + blanks


def folded(text: str, size: int) -> list[str]:
    """A text on as many lines as it needs, none wider than `size` but for one long word."""
    lines = [""]
    for piece in PIECES.findall(text):
        if lines[-1] and wide(lines[-1]) + wide(piece.rstrip()) > size:
            lines.append("")
        lines[-1] += piece if lines[-1] else piece.lstrip()
    return [line.rstrip() for line in lines]


def columns(rows: Sequence[Sequence[str]], sides: str) -> list[str]:
    """Rows as lines with aligned columns; the last column is folded within the page.

    `sides` says for each column where its text stands: `l` left, `r` right.
    """
    sizes = [max(wide(cell) for cell in column) for column in zip(*rows, strict=True)]
    before = sum(sizes[:-1]) + len(GAP) * len(sizes)
    lines = []
    for *first, last in rows:
        cells = [
            padded(cell, size, right=side == "r")
            for cell, size, side in zip(first, sizes, sides, strict=False)
        ]
        top, *more = folded(last, WIDTH - before) if sides[-1] == "l" else [last]
        top = padded(top, sizes[-1], right=sides[-1] == "r")
        lines.append((GAP + GAP.join([*cells, top])).rstrip())
        lines += [" " * before + line for line in more]
    return lines
