"""Forbidden wording found in a text: where it stands, what it is, who forbids it, how sure that is."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from arrears.rules.speech.lexicon import PLAIN, REVIEW, Phrase, lexicon
from arrears.rules.speech.reading import END, Reading, Signs, read

_SHOWN = 40  # longer words are shown in part
_BEFORE, _AFTER, _TOLD = (
    24,
    16,
    40,
)  # how many characters of the sentence are looked at around a hit


@dataclass(frozen=True, slots=True)
class Hit:
    """Words of a text that are forbidden (`plain`) or that a person must look at (`review`).

    Units: `start` and `end` are offsets of characters in the text that was given, half-open.
    """

    kind: str
    start: int
    end: int
    words: str
    certainty: str
    zh: str
    en: str
    source: str
    article: str

    def text(self, language: str) -> str:
        """Why, in `zh` or `en`."""
        return {"zh": self.zh, "en": self.en}[language]


def found_in(text: str) -> tuple[Hit, ...]:
    """Every forbidden wording, in the order of the text; of one kind no two overlap.

    What only sounds or looks like forbidden words, or tells what the borrower said, is for review. Time is in
    proportion to the length of the text, whatever it holds. A text without hits is not thereby lawful.
    """
    reading = read(text)
    found: dict[str, list[Hit]] = {}
    for phrase in lexicon().phrases:
        found.setdefault(phrase.kind, []).extend(_hits(phrase, reading, text))
    kept = (hit for hits in found.values() for hit in _apart(hits))
    return tuple(sorted(kept, key=lambda hit: (hit.start, hit.end, hit.kind)))


def plain(hits: Iterable[Hit]) -> tuple[Hit, ...]:
    """Those that stop a text; the others ask a person."""
    return tuple(hit for hit in hits if hit.certainty == PLAIN)


def _hits(phrase: Phrase, reading: Reading, text: str) -> Iterator[Hit]:
    """By letters with its own certainty; what only sounds or only looks the same for review."""
    if phrase.sounds is not None:
        for start, end in _in_signs(phrase, phrase.sounds, reading.sounds, reading):
            yield _hit(phrase, reading, (start, end), text, REVIEW)
        return
    for match in phrase.letters.finditer(reading.text):
        start, end = match.span()
        if _meant(phrase, reading, start, end):
            certainty = REVIEW if _told(reading, start) else phrase.certainty
            yield _hit(phrase, reading, (start, end), text, certainty)
    if phrase.looks is not None and reading.signed:
        for start, end in _in_signs(phrase, phrase.looks, reading.looks, reading):
            if reading.is_disguised(start, end):
                yield _hit(phrase, reading, (start, end), text, REVIEW)


def _in_signs(
    phrase: Phrase, searched: re.Pattern[str], signs: Signs, reading: Reading
) -> Iterator[tuple[int, int]]:
    """Where the signs say the phrase and the letters do not."""
    for match in searched.finditer(signs.text):
        start, end = signs.span(*match.span())
        if not phrase.letters.fullmatch(reading.text, start, end) and _meant(
            phrase, reading, start, end
        ):
            yield start, end


def _meant(phrase: Phrase, reading: Reading, start: int, end: int) -> bool:
    """Whether nothing around the words takes them back."""
    before = reading.text[max(reading.clause_start(start), start - _BEFORE) : start]
    after = reading.text[end : end + _AFTER].partition(END)[0]
    return not (
        (phrase.without and phrase.without.search(reading.text[start:end]))
        or (
            phrase.unless_before
            and phrase.unless_before.search(before)
            and not lexicon().pressed.search(before)
        )
        or (phrase.unless_after and phrase.unless_after.search(after))
    )


def _told(reading: Reading, start: int) -> bool:
    """Whether the sentence tells what the borrower said or asked."""
    before = reading.text[max(0, start - _TOLD) : start].rpartition(END)[2]
    words = lexicon()
    return bool(words.told.search(before)) and not words.we_told.search(before)


def _hit(phrase: Phrase, reading: Reading, span: tuple[int, int], text: str, certainty: str) -> Hit:
    start, end = reading.where[span[0]], reading.where[span[1] - 1] + 1
    words = text[start:end] if end - start <= _SHOWN else f"{text[start : start + _SHOWN]}…"
    by = f"{phrase.source} {phrase.article}"
    if certainty == PLAIN:
        zh, en = (
            f"“{words}”是{phrase.zh}，禁止使用（{by}）",
            f"“{words}” is {phrase.en}: forbidden ({by})",
        )
    else:
        zh = f"“{words}”可能是{phrase.zh}，需要人工判断（{by}）"
        en = f"“{words}” may be {phrase.en}: a person must judge ({by})"
    return Hit(phrase.kind, start, end, words, certainty, zh, en, phrase.source, phrase.article)


def _apart(hits: list[Hit]) -> list[Hit]:
    """Of hits that overlap the surest, then the first, then the longest."""
    kept: list[Hit] = []
    taken: set[int] = set()
    for hit in sorted(hits, key=lambda one: (one.certainty != PLAIN, one.start, -one.end)):
        if not taken.intersection(range(hit.start, hit.end)):
            taken.update(range(hit.start, hit.end))
            kept.append(hit)
    return kept
