"""What a far end tells later of a message, in words that all channels share."""

import json
from dataclasses import dataclass
from typing import Any

from arrears.core.errors import UserError

LONGEST = 200
MOST_AT_ONCE = 1000


class ReportUnreadable(UserError):
    """It is no report of the kind that is told at this address."""

    exit_code = 117


@dataclass(frozen=True, slots=True)
class Report:
    """One report of one message. `state`: delivered, bounced, or sent (the far end has it, no more).

    The message is named by our `key`, or, where the far end does not tell it, by its own `gateway_id`.
    `event`: the same for the same report, however often it comes.
    """

    event: str
    state: str
    key: str = ""
    gateway_id: str = ""
    because: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """A text that somebody sent to us. `event`: the same for the same text, however often it comes."""

    event: str
    value: str  # the number it came from
    text: str


def rows_of(body: bytes) -> list[dict[str, Any]]:
    """A list of objects in JSON. Raises: ReportUnreadable."""
    try:
        rows = json.loads(body.decode())
    except (ValueError, RecursionError) as error:
        raise ReportUnreadable("The body is not JSON") from error
    sound = isinstance(rows, list) and 0 < len(rows) <= MOST_AT_ONCE
    if not sound or not all(isinstance(row, dict) for row in rows):
        raise ReportUnreadable(f"The body is not a list of 1 to {MOST_AT_ONCE} objects")
    return list(rows)


def told(row: dict[str, Any], name: str, *, needed: bool = True) -> str:
    """A text or number of the row as a text. Raises: ReportUnreadable."""
    value = row.get(name, "")
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise ReportUnreadable(f"{name} is neither a text nor a number")
    if needed and value == "":
        raise ReportUnreadable(f"{name} is missing")
    text = str(value)
    if len(text) > LONGEST or "\0" in text:
        raise ReportUnreadable(f"{name} is too long, or holds what no report holds")
    return text
