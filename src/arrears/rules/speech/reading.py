"""A text as the matcher reads it: disguises taken off, each character knowing where it came from."""

import unicodedata
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache

from opencc import OpenCC

from arrears.rules.speech.shape import INVISIBLE, STAND_IN, folded, form, latin, written_apart
from arrears.rules.speech.sound import is_han, syllables

END = "\n"  # stands where a sentence ends
_ENDS = frozenset("。！？!?;；\n\r\v\f\x85\u2028\u2029")
_PAUSES = frozenset(",，:：()（）")
_CLOSING = frozenset("'’‘`´")  # inside an English word: don't is read as dont
_SHORT = 3  # a run of fewer characters between two marks is no sentence: the marks are a disguise
_WIDEST = 4  # one character that stands for more than these is an ornament
_REPEATED = 3  # so many of the same Chinese character in a row are read as one
_KNOWN = 8192  # characters whose reading is remembered


@dataclass(frozen=True, slots=True)
class Signs:
    """The text in signs of one sort, to be searched. Shapes: `spans` are places in the text, half-open."""

    text: str
    spans: tuple[tuple[int, int], ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where these signs stand in the text that is read."""
        return self.spans[start][0], self.spans[end - 1][1]


@dataclass(frozen=True, slots=True)
class Reading:
    """The characters that count, in order.

    Shapes: `text` and `where` are equally long; `where` are offsets in the text that was given.
    `sounds` has one sign for each syllable, tones left aside; `looks` the letters as they look, blanks
    left out; `apart` are the places in `text` of words written letter by letter, `signed` those and
    what only looks like a letter, rising; `pauses` those before which the given text has a comma or
    the like, rising.
    """

    text: str
    where: tuple[int, ...]
    sounds: Signs
    looks: Signs
    signed: tuple[int, ...]
    apart: frozenset[int]
    pauses: tuple[int, ...]

    def clause_start(self, place: int) -> int:
        """Where the clause begins that this place lies in."""
        before = bisect_right(self.pauses, place)
        pause = self.pauses[before - 1] if before else 0
        return max(pause, self.text.rfind(END, 0, place) + 1)

    def is_disguised(self, start: int, end: int) -> bool:
        """Whether letters of these places are not what they look like, and no word goes on beyond."""
        within = bisect_right(self.signed, end - 1) > bisect_right(self.signed, start - 1)
        return within and not (self._goes_on(start) or self._goes_on(end))

    def _goes_on(self, place: int) -> bool:
        """Whether one word, not written apart, stands on both sides of the place."""
        inside = 0 < place < len(self.text) and place not in self.apart
        return inside and _in_a_word(self.text[place - 1]) and _in_a_word(self.text[place])


def read(given: str) -> Reading:
    """The text without what disguises it: width, case, traditional forms, marks, blanks, repetition,
    letters of other alphabets, words written letter by letter.

    A blank stays only between two Latin words, and a sentence's end only after a run of characters
    that could be one. Linear in the length of the text.
    """
    between, letters = written_apart(given)
    reader = _Reader()
    for place, character in enumerate(given):
        if place not in between:
            reader.take(place, character, given[place + 1 : place + 2])
    text = "".join(reader.kept)
    apart = frozenset(at for at, place in enumerate(reader.where) if place in letters)
    looks = list(folded(text))
    return Reading(
        text,
        tuple(reader.where),
        _signs(syllables(text)),
        _signs((one, place, place + 1) for place, one, _sign in looks),
        tuple(sorted(apart.union(place for place, _one, is_sign in looks if is_sign))),
        apart,
        tuple(reader.pauses),
    )


def _signs(found: Iterable[tuple[str, int, int]]) -> Signs:
    every = list(found)
    return Signs("".join(one for one, _start, _end in every), tuple((a, b) for _one, a, b in every))


class _Reader:
    """What was kept of a text so far."""

    def __init__(self) -> None:
        self.kept: list[str] = []
        self.where: list[int] = []
        self.pauses: list[int] = []
        self._run = 0  # characters kept since the last mark
        self._blank = False  # whether something was left out since the last character kept
        self._same = 1  # how often the last character was repeated

    def take(self, place: int, character: str, following: str) -> None:
        """The next character is kept, counted as a mark, or left out."""
        if character in _ENDS:
            self._mark(place, ends=True)
        elif character in _PAUSES:
            self._mark(place, ends=False)
        elif character in STAND_IN and self._inside_a_word(following):
            self._keep(place, character)
        elif character not in _CLOSING and unicodedata.category(character) not in INVISIBLE:
            plain = _plain(character)
            for one in plain:
                self._keep(place, one)
            self._blank = self._blank or not plain

    def _inside_a_word(self, following: str) -> bool:
        return (
            bool(self.kept)
            and not self._blank
            and _in_a_word(self.kept[-1])
            and _in_a_word(following)
        )

    def _mark(self, place: int, *, ends: bool) -> None:
        if self._run >= _SHORT:
            if ends:
                self.kept.append(END)
                self.where.append(place)
            else:
                self.pauses.append(len(self.kept))
        self._run, self._blank = 0, True

    def _keep(self, place: int, one: str) -> None:
        before = self.kept[-1] if self.kept else END
        if is_han(one) and one == before:
            self._same += 1
            if self._same == _REPEATED:
                del self.kept[-1], self.where[-1]
            if self._same >= _REPEATED:
                return
        else:
            self._same = 1
        if self._blank and _is_latin(before) and _is_latin(one):
            self.kept.append(" ")
            self.where.append(place)
        self.kept.append(one)
        self.where.append(place)
        self._run, self._blank = self._run + 1, False


def _is_latin(character: str) -> bool:
    return (character.isalnum() and not is_han(character)) or character in STAND_IN


def _in_a_word(character: str) -> bool:
    return (character.isalnum() and character.isascii()) or character in STAND_IN


@lru_cache(_KNOWN)
def _plain(character: str) -> str:
    """The letters, digits and Chinese characters that one character stands for, simplified."""
    plain = unicodedata.normalize("NFKC", form(character)).casefold()
    letters = "".join(one for one in plain if one.isalnum())
    if len(letters) > _WIDEST:
        return ""
    return "".join(_simplified(one) if is_han(one) else latin(one) for one in letters)


def _simplified(character: str) -> str:
    return str(_converter().convert(character))[:1]


@cache
def _converter() -> OpenCC:
    return OpenCC("t2s")
