"""Reading one cell: its text becomes a condition, or a sentence that says how to mend it."""

import re
from collections.abc import Sequence
from difflib import get_close_matches

from arrears.core.case import NEVER
from arrears.core.money import LARGEST_MINOR, NotMoney, minor_from_text
from arrears.decide.condition import Between, Carries, Condition, OneOf
from arrears.decide.vocabulary import ANY, Form, Heading

_BOUND = re.compile(r"(>=|<=|>|<|≥|≤)\s*(\S+)")
_NAME = re.compile(r"[\w\-]+")  # no quote or backslash: the word is safe in every SQL


class CellFault(Exception):
    """The cell cannot be read; the text says how to mend it. Never leaves the room."""


def condition(heading: Heading, text: str) -> Condition | None:
    """What the cell asks, or None when it asks nothing. Raises: CellFault."""
    if text == ANY:
        return None
    if not text:
        raise CellFault(f"the cell is empty: write {ANY} where nothing is asked")
    match heading.form:
        case Form.FLAGS:
            return _flags(heading, text)
        case Form.ANSWER:
            answer = _word(text, ("no", "yes"))
            number = int(answer == "yes")
            return Between(heading.column, number, number)
        case Form.ORDERED | Form.WORDS | Form.NAMES:
            return OneOf(heading.column, _words(heading, text))
        case _:
            return _range(heading, text)


def did_you_mean(word: str, words: Sequence[str]) -> str:
    """The end of a sentence that names the nearest word, or all of them."""
    near = get_close_matches(word, words, n=1)
    return f"did you mean {near[0]}?" if near else f"write one of {', '.join(words)}"


def _word(word: str, words: Sequence[str]) -> str:
    if word not in words:
        raise CellFault(f"{word!r} is not known here: {did_you_mean(word, words)}")
    return word


def _words(heading: Heading, text: str) -> tuple[str, ...]:
    chosen: list[str] = []
    for part in text.split("/"):
        chosen += _span(heading, part.strip())
    if len(set(chosen)) < len(chosen):
        raise CellFault("a word stands here twice: write it once")
    return tuple(sorted(chosen, key=heading.words.index)) if heading.words else tuple(chosen)


def _span(heading: Heading, part: str) -> list[str]:
    """The words of one part: a word, or the words from one to another."""
    if heading.form is Form.NAMES:
        if not _NAME.fullmatch(part):
            raise CellFault(f"{part!r} is no name: use letters, digits, _ and -")
        return [part]
    if heading.form is Form.ORDERED and ".." in part:
        first, last = (end.strip() for end in part.split("..", 1))
        words = heading.words
        low = words.index(_word(first, words)) if first else 0
        high = words.index(_word(last, words)) if last else len(words) - 1
        if low > high:
            raise CellFault(f"{part!r} runs backwards: write {last}..{first}")
        return list(words[low : high + 1])
    return [_word(part, heading.words)]


def _flags(heading: Heading, text: str) -> Carries:
    groups: list[tuple[str, ...]] = []
    barred: list[str] = []
    for term in text.split():
        flags = [_word(flag, heading.words) for flag in term.removeprefix("!").split("/")]
        if term.startswith("!"):
            barred += flags
        else:
            groups.append(tuple(flags))
    return Carries(heading.column, tuple(groups), tuple(barred))


def _range(heading: Heading, text: str) -> Between:
    low = 0
    high = heading.most
    if bound := _BOUND.fullmatch(text):
        sign, number = bound[1], _number(heading, bound[2])
        if sign in (">", ">=", "≥"):
            low = number + (sign == ">")
        else:
            high = number - (sign == "<")
    elif ".." in text:
        first, last = (end.strip() for end in text.split("..", 1))
        low = _number(heading, first) if first else low
        high = _number(heading, last) if last else high
    else:
        low = high = _number(heading, text)
    if high is not None and low > high:
        raise CellFault(f"no number fulfils {text!r}: {heading.example!r} would be possible")
    return Between(heading.column, low, high)


def _number(heading: Heading, text: str) -> int:
    if heading.form is Form.DAYS and text == "never":
        return NEVER
    if heading.form is Form.MONEY:
        try:
            number = minor_from_text(text.replace(",", ""))
        except NotMoney as fault:
            raise CellFault(f"{fault.wrong}: write it like {heading.example!r}") from fault
    elif text.isascii() and text.isdigit():
        number = int(text)
    else:
        raise CellFault(f"{text!r} is no {heading.form.value}: write it like {heading.example!r}")
    if not 0 <= number <= (heading.most or LARGEST_MINOR):
        raise CellFault(f"{text!r} is out of bounds: write it like {heading.example!r}")
    return number
