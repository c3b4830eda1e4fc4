"""Where things stand in a TOML text: the line on which a table or key was written."""

import re

_HEADER = re.compile(r"\s*\[\[?\s*([^\[\]]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"""\s*((?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*=""")
_NAME = re.compile(r"""[\w-]+|"[^"]*"|'[^']*'""")

Path = tuple[str, ...]


def lines_of(text: str) -> dict[Path, int]:
    """The line (from 1) of every table header and of every key that begins a line.

    Rows of an array of tables are numbered from 0: `("products", "0", "order")`.
    """
    found: dict[Path, int] = {}
    here: Path = ()
    rows: dict[Path, int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _HEADER.match(line):
            here = _split(header[1])
            if line.lstrip().startswith("[["):
                rows[here] = rows.get(here, -1) + 1
                here = (*here, str(rows[here]))
            found.setdefault(here, number)
        elif key := _KEY.match(line):
            found.setdefault((*here, *_split(key[1])), number)
    return found


def line_of(found: dict[Path, int], path: Path) -> int:
    """The line of the path, or of the nearest thing around it that begins a line; else 1."""
    for length in range(len(path), 0, -1):
        if path[:length] in found:
            return found[path[:length]]
    return 1


def _split(dotted: str) -> Path:
    return tuple(name.strip("\"'") for name in _NAME.findall(dotted))
