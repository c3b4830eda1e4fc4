"""The forbidden wording as cited data: kinds, what they are called, who forbids them, how they sound."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from arrears.rules.facts import TEXT_CLASSES
from arrears.rules.speech.pattern import LexiconUnreadable, expression, looks_of, sounds_of

PLAIN, REVIEW = "plain", "review"
CERTAINTIES = (PLAIN, REVIEW)
KINDS = TEXT_CLASSES
_CITED = ("source", "article", "force", "verified")
_FOUND = ("zh", "en", *_CITED)


@dataclass(frozen=True, slots=True)
class Phrase:
    """Ways of saying one forbidden thing. A hit by sound alone is always for review."""

    kind: str  # one of KINDS
    zh: str
    en: str
    source: str
    article: str
    force: str
    verified: str
    certainty: str  # one of CERTAINTIES
    letters: re.Pattern[str]
    sounds: (
        re.Pattern[str] | None
    )  # searched for in its place: what sounds the same but is not the same
    looks: re.Pattern[str] | None  # of Latin words: searched for beside, what looks the same
    without: re.Pattern[str] | None  # with one of these inside, it is none
    unless_before: re.Pattern[str] | None  # with one of these earlier in the clause, it is none
    unless_after: re.Pattern[str] | None  # nor with one of these soon after


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All phrases, and how a sentence begins that only tells what the borrower said."""

    phrases: tuple[Phrase, ...]
    told: re.Pattern[str]
    pressed: re.Pattern[str]  # no denial counts after these: a condition, or an ill will
    we_told: re.Pattern[str]  # no such beginning: the collector is the one who speaks


@cache
def lexicon() -> Lexicon:
    """The shipped lexicon. Raises: LexiconUnreadable."""
    home = files("arrears.rules.speech").joinpath("words")
    texts = {name: home.joinpath(f"{name}.toml").read_text("utf-8") for name in ("lists", *KINDS)}
    return lexicon_from(texts)


def lexicon_from(texts: Mapping[str, str]) -> Lexicon:
    """The lexicon that these TOML texts say, by name: `lists`, and one for each kind.

    Raises: LexiconUnreadable.
    """
    written = {name: _toml(name, text) for name, text in texts.items()}
    lists = written.pop("lists")
    phrases = tuple(
        _phrase(kind, {**head, **entry}, lists)
        for kind, head in written.items()
        for entry in head["phrase"]
    )
    return Lexicon(
        phrases,
        **{name: expression((f"{{{name}}}",), lists) for name in ("told", "pressed", "we_told")},
    )


def _toml(name: str, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise LexiconUnreadable(f"The words of {name} are no TOML: {error}") from error


def _phrase(kind: str, entry: Mapping[str, Any], lists: Mapping[str, Sequence[str]]) -> Phrase:
    missing = [word for word in _FOUND if not str(entry.get(word, "")).strip()]
    certainty = entry.get("certainty", PLAIN)
    if missing or kind not in KINDS or certainty not in CERTAINTIES or not entry.get("patterns"):
        raise LexiconUnreadable(
            f"A phrase of {kind} lacks {', '.join(missing) or 'its patterns or a certainty we know'}",
            hint="Every phrase says what it is in zh and en, its patterns, and who forbids it.",
        )
    patterns = entry["patterns"]
    in_latin = [one for one in patterns if one.isascii()]

    def guard(word: str) -> re.Pattern[str] | None:
        return expression(entry[word], lists) if entry.get(word) else None

    return Phrase(
        kind=kind,
        **{word: str(entry[word]) for word in _FOUND},
        certainty=certainty,
        letters=expression(patterns, lists),
        sounds=expression(patterns, lists, sounds_of) if entry.get("by") == "sound" else None,
        looks=expression(in_latin, lists, looks_of) if in_latin else None,
        without=guard("without"),
        unless_before=guard("unless_before"),
        unless_after=guard("unless_after"),
    )
