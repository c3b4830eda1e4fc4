"""A text as the matcher reads it: disguises taken off, each character knowing where it came from."""

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from functools import cache, lru_cache

from opencc import OpenCC
from pypinyin import lazy_pinyin

END = "\n"  # stands where a sentence ends
_ENDS = frozenset("。！？!?;；\n\r\v\f\x85\u2028\u2029")
_PAUSES = frozenset(",，:：()（）")
_CLOSING = frozenset("'’‘`´")  # inside an English word: don't is read as dont
_SHORT = 3  # a run of fewer characters between two marks is no sentence: the marks are a disguise
_WIDEST = 4  # one character that stands for more than these is an ornament
_REPEATED = 3  # so many of the same Chinese character in a row are read as one
_KNOWN = 8192  # characters whose reading is remembered

_SOUNDS_FROM = 0xE000  # private use: no character of a text that is read lies there
_DIGITS = "零一二三四五六七八九"
_INITIALS = ("", *"bpmfdtnlgkhjqxrzcsyw")
_FINALS = [
    "a",
    "o",
    "e",
    "i",
    "u",
    "v",
    "ai",
    "ei",
    "ui",
    "ao",
    "ou",
    "iu",
    "ie",
    "ue",
    "ve",
    "er",
    "an",
    "en",
    "in",
    "un",
    "vn",
    "ian",
    "uan",
    "van",
    "ia",
    "iao",
    "ua",
    "uai",
    "uo",
    "ong",
    "iong",
    "uen",
    "uei",
]
_SYLLABLE = re.compile(r"(zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw]?)([a-z]+)")
_LIKE = {"eng": "en", "ing": "in"}  # often not told apart


@dataclass(frozen=True, slots=True)
class Reading:
    """The characters that count, in order.

    Shapes: `text`, `sounds` and `where` are equally long. `where` are offsets in the text that was
    given; `sounds` has one sign for each syllable, tones left aside; `pauses` are the places in
    `text` before which the given text has a comma or the like, rising.
    """

    text: str
    sounds: str
    where: tuple[int, ...]
    pauses: tuple[int, ...]

    def clause_start(self, place: int) -> int:
        """Where the clause begins that this place lies in."""
        before = bisect_right(self.pauses, place)
        pause = self.pauses[before - 1] if before else 0
        return max(pause, self.text.rfind(END, 0, place) + 1)


def read(given: str) -> Reading:
    """The text without what disguises it: width, case, traditional forms, marks, blanks, repetition.

    A blank stays only between two Latin words, and a sentence's end only after a run of characters
    that could be one. Linear in the length of the text.
    """
    reader = _Reader()
    for place, character in enumerate(given):
        reader.take(place, character)
    text = "".join(reader.kept)
    return Reading(
        text, "".join(map(_sound, reader.kept)), tuple(reader.where), tuple(reader.pauses)
    )


def is_han(character: str) -> bool:
    """Whether it is a Chinese character."""
    return "\u3400" <= character <= "\u9fff" or "\U00020000" <= character <= "\U0003ffff"


class _Reader:
    """What was kept of a text so far."""

    def __init__(self) -> None:
        self.kept: list[str] = []
        self.where: list[int] = []
        self.pauses: list[int] = []
        self._run = 0  # characters kept since the last mark
        self._blank = False  # whether something was left out since the last character kept
        self._same = 1  # how often the last character was repeated

    def take(self, place: int, character: str) -> None:
        """The next character is kept, counted as a mark, or left out."""
        if character in _ENDS:
            self._mark(place, ends=True)
        elif character in _PAUSES:
            self._mark(place, ends=False)
        elif character not in _CLOSING:
            plain = _plain(character)
            for one in plain:
                self._keep(place, one)
            self._blank = self._blank or not plain

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
    return character.isalnum() and not is_han(character)


@lru_cache(_KNOWN)
def _plain(character: str) -> str:
    """The letters, digits and Chinese characters that one character stands for, simplified."""
    folded = unicodedata.normalize("NFKC", character).casefold()
    letters = "".join(one for one in folded if one.isalnum())
    if len(letters) > _WIDEST:
        return ""
    return "".join(_simplified(one) if is_han(one) else one for one in letters)


def _simplified(character: str) -> str:
    return str(_converter().convert(character))[:1]


@cache
def _converter() -> OpenCC:
    return OpenCC("t2s")


@lru_cache(_KNOWN)
def _sound(character: str) -> str:
    """The sign of its syllable; itself, where it has none. A digit sounds as it is read."""
    spoken = _DIGITS[int(character)] if character in "0123456789" else character
    if not is_han(spoken):
        return character
    found = _SYLLABLE.fullmatch(lazy_pinyin(spoken)[0])
    if found is None:
        return character
    initial, final = found[1][:1], _LIKE.get(found[2], found[2])
    if final not in _FINALS:
        return character
    return chr(_SOUNDS_FROM + _INITIALS.index(initial) * len(_FINALS) + _FINALS.index(final))
