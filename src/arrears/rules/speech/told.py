"""What letters say that no book has, as `texts.toml` in the institution's home tells it.

    [zh]
    pay_way = "存入原还款账户，或到任一网点办理"
    contact = "客服 95588，工作日 9:00–17:00"

    [en]
    pay_way = "pay into your repayment account, or at any branch"
    contact = "tel. 95588, working days 9:00–17:00"

A table for each language, with the words that may be filled into a text. No file, or no table: nothing.
"""

import tomllib
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Any

from arrears.core.errors import Finding, UserError
from arrears.rules.speech.hits import found_in
from arrears.rules.speech.template import (
    ABSENT,
    LINK,
    LONG,
    MARKS,
    TOLD,
    VARIABLES,
    fault_of,
)
from arrears.rules.wording import LANGUAGES

FILE = "texts.toml"
FAULTS = {
    ABSENT: "Is empty: write it, or take the line away",
    LONG: "Is too long: at most {longest} characters",
    MARKS: "Holds braces, a line break or signs that nobody sees",
    LINK: "Holds a link, which this word may not",
}

Told = Mapping[str, Mapping[str, str]]  # by language the words that are told


class TextsWrong(UserError):
    """What the institution tells for its letters has mistakes; every one is named."""

    exit_code = 79


def told_in(file: Path) -> Told:
    """What the file tells, by language; nothing where there is none. Raises: TextsWrong."""
    try:
        return _told(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise TextsWrong(
            f"{FILE} cannot be read: {type(error).__name__}",
            hint=f"Make {file} a text file in UTF-8 that this program may read.",
        ) from error


@lru_cache(maxsize=8)
def _told(text: str) -> Told:
    """What the text of the file tells. Raises: TextsWrong."""
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise TextsWrong(
            f"{FILE} is no TOML: {error}",
            hint='Write [zh] or [en] and below it lines such as contact = "95588".',
        ) from error
    if wrong := tuple(_wrong(tables)):
        raise TextsWrong(
            f"{FILE} has {len(wrong)} mistake{'s' if len(wrong) > 1 else ''}",
            hint="Mend it and look again with: arrears doctor",
            findings=wrong,
        )
    return tables


def _wrong(tables: Mapping[str, Any]) -> Iterator[Finding]:
    """All that is wrong with the tables."""
    for language, table in tables.items():
        if language not in LANGUAGES or not isinstance(table, dict):
            because = f"Is a table of a language: {', '.join(LANGUAGES)}"
            yield Finding("language_unknown", f"[{language}]", because, FILE)
            continue
        for name, value in table.items():
            if because := _against(name, value):
                yield Finding("wrong_value", f"[{language}] {name}", because, FILE)


def _against(name: str, value: Any) -> str:
    """Why this value cannot stand in a letter; nothing where it can."""
    if name not in TOLD:
        near = get_close_matches(name, TOLD, n=1)
        meant = f". Was {near[0]} meant?" if near else ""
        return f"There is no such word; known are {', '.join(TOLD)}{meant}"
    if not isinstance(value, str):
        return "Is a text, in quotes"
    if fault := fault_of(name, value):
        return FAULTS[fault].format(longest=VARIABLES[name].longest)
    # Nobody approves it as a text is approved: what a person would have to judge belongs in a text.
    return "; ".join(f"“{hit.words}”: {hit.en}" for hit in found_in(value))
