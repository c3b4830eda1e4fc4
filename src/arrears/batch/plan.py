"""The numbered SQL files: one file makes one table, in DuckDB's dialect."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

from arrears.core.case import FLAGS

FOREVER = date(9999, 12, 31)
LAST_DAY = 400  # beyond it neither bucket nor grade changes
HEADER = re.compile(r"\A((?:--[^\n]*\n)+)")


@dataclass(frozen=True, slots=True)
class Step:
    """One SQL file. `name` is the table it makes; `header` its opening comment block."""

    number: int
    name: str
    header: str
    sql: str


@cache
def steps() -> tuple[Step, ...]:
    """Every step, in order of number."""
    folder = files("arrears.batch") / "steps"
    texts = {
        f.name: f.read_text(encoding="utf-8") for f in folder.iterdir() if f.name.endswith(".sql")
    }
    return tuple(_step(name, texts[name]) for name in sorted(texts))


def fingerprint(texts: Iterable[str]) -> str:
    """A short name for exactly these texts."""
    return hashlib.sha256("\x00".join(texts).encode()).hexdigest()[:12]


def filled(sql: str, parameters: Mapping[str, str]) -> str:
    """The SQL with each `:name` replaced by its literal. Raises: KeyError for an unknown name."""
    return re.sub(r"(?<![:\w]):([a-z_0-9]+)\b", lambda m: parameters[m.group(1)], sql)


def parameters(*, as_of: date, oldest_snapshot: date) -> dict[str, str]:
    """The literals the steps may name."""
    return {
        "as_of": f"DATE '{as_of}'",
        "oldest_snapshot": f"DATE '{oldest_snapshot}'",
        "forever": f"DATE '{FOREVER}'",
        "last_day": str(LAST_DAY),
        "flag_words": _flag_words(),
    }


def _flag_words() -> str:
    """The flags that hold as words in their fixed order, without an ordered aggregate."""
    words = (
        f"CASE WHEN MAX(CASE WHEN kind = '{flag}' THEN 1 ELSE 0 END) = 1 THEN '{flag} ' ELSE '' END"
        for flag in FLAGS
    )
    return "CONCAT(" + ", ".join(words) + ")"


def _step(file_name: str, text: str) -> Step:
    number, name = file_name.removesuffix(".sql").split("_", 1)
    header = HEADER.match(text)
    return Step(int(number), name, header.group(1) if header else "", text)
