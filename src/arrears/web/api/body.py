"""The body of a request, read strictly: what is not asked for is refused; nothing means two things."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from arrears.core.errors import UserError
from arrears.core.hold import FIRST_DAY, LAST_DAY
from arrears.core.money import LARGEST_MINOR

LONGEST_TEXT = 4000
NUL = "\0"
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class BodyUnreadable(UserError):
    """The body of a request is not what the route asks for."""

    exit_code = 116

    def __init__(self, error: str, name: str, wrong: str) -> None:
        super().__init__(wrong)
        self.error = error
        self.name = name


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a body: how it is read, and whether it may be left out."""

    reads: Callable[[Any], Any]
    required: bool = False


def fields_of(body: bytes, asked: Mapping[str, Field]) -> dict[str, Any]:
    """The fields that were sent, each as it was read. Raises: BodyUnreadable."""
    try:
        sent = json.loads(body.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise BodyUnreadable("body_unreadable", "", "The body is not JSON") from error
    if not isinstance(sent, dict):
        raise BodyUnreadable("body_unreadable", "", "The body is not a JSON object")
    for name in sent:
        if name not in asked:
            raise BodyUnreadable("field_unknown", name, "There is no such field")
    for name, field in asked.items():
        if field.required and name not in sent:
            raise BodyUnreadable("field_missing", name, "The field is missing")
    read = {}
    for name, value in sent.items():
        try:
            read[name] = asked[name].reads(value)
        except ValueError as error:
            raise BodyUnreadable("field_unsound", name, str(error)) from error
    return read


def text(value: Any) -> str:
    """A text that says something. Raises: ValueError."""
    if not isinstance(value, str) or not value.strip() or len(value) > LONGEST_TEXT:
        raise ValueError(f"It must be a text of 1 to {LONGEST_TEXT} characters")
    if NUL in value or any("\ud800" <= sign <= "\udfff" for sign in value):
        raise ValueError("It holds a character that is no text")
    return value.strip()


def words(value: Any) -> tuple[str, ...]:
    """Some words. Raises: ValueError."""
    if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
        raise ValueError("It must be a list of words")
    return tuple(text(word) for word in value)


def minor(value: Any) -> int:
    """An amount in minor units. Raises: ValueError."""
    if type(value) is not int or not 0 < value <= LARGEST_MINOR:
        raise ValueError(f"It must be a whole number of minor units from 1 to {LARGEST_MINOR}")
    return value


def day(value: Any) -> date:
    """A day as 2026-11-30, of the years from 2000 to 2200. Raises: ValueError."""
    if not isinstance(value, str) or not DAY.fullmatch(value):
        raise ValueError("It must be a day such as 2026-11-30")
    told = date.fromisoformat(value)
    if not FIRST_DAY <= told <= LAST_DAY:
        raise ValueError(f"It must be a day from {FIRST_DAY} to {LAST_DAY}")
    return told


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("a name stands twice")
    return made


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is no number of JSON")
