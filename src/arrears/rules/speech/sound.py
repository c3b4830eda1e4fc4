"""How a text sounds: one sign for each syllable, of Chinese characters and of their Latin spelling."""

import re
from collections.abc import Iterator
from functools import lru_cache

from pypinyin import lazy_pinyin

_KNOWN = 8192  # characters whose sound is remembered
_FROM = 0xE000  # private use: no character of a text that is read lies there
_DIGITS = "零一二三四五六七八九"
_INITIALS = ("", *"bpmfdtnlgkhjqxrzcsyw")
_FINALS = (
    *("iong", "iang", "uang", "ong", "ang", "ian", "uan", "van", "iao", "uai", "uen", "uei"),
    *("ai", "ei", "ui", "ao", "ou", "iu", "ie", "ue", "ve", "er", "an", "en", "in", "un", "vn"),
    *("ia", "ua", "uo", "a", "o", "e", "i", "u", "v"),
)
_LIKE = {"eng": "en", "ing": "in"}  # often not told apart
_ANY_FINAL = "|".join(sorted((*_FINALS, *_LIKE), key=len, reverse=True))
# No syllable begins with i, u or v, so what follows one says where it ends.
_ONE = re.compile(rf"(?:(zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])|(?=[aeo]))({_ANY_FINAL})(?![iuv])")
_WORD = re.compile(r"[a-z]+|.", re.DOTALL)


def is_han(character: str) -> bool:
    """Whether it is a Chinese character."""
    return "\u3400" <= character <= "\u9fff" or "\U00020000" <= character <= "\U0003ffff"


def syllables(text: str) -> Iterator[tuple[str, int, int]]:
    """The sign of each syllable and where it stands, half-open; what has no sound stands for itself.

    A Latin word that can be read as the spelling of Chinese syllables is read so.
    """
    blank = False  # whether one stood after a spelt word; it parts two syllables and no more
    for word in _WORD.finditer(text):
        start, spelt = word.start(), _spelt(word[0])
        for one in spelt:
            yield _sign(one[1], one[2]), start + one.start(), start + one.end()
        if not spelt and not (blank and word[0] == " "):
            yield from ((_sound(one), at, at + 1) for at, one in enumerate(word[0], start))
        blank = bool(spelt)


def _spelt(word: str) -> list[re.Match[str]]:
    """The syllables that a Latin word spells; none, where it is not made of them wholly."""
    found = list(_ONE.finditer(word))
    return found if sum(len(one[0]) for one in found) == len(word) else []


@lru_cache(_KNOWN)
def _sound(character: str) -> str:
    """The sign of its syllable; itself, where it has none. A digit sounds as it is read."""
    spoken = _DIGITS[int(character)] if character in "0123456789" else character
    if not is_han(spoken):
        return character
    found = _ONE.fullmatch(lazy_pinyin(spoken)[0])
    return _sign(found[1], found[2]) if found else character


def _sign(initial: str | None, final: str) -> str:
    same = _LIKE.get(final, final)
    return chr(_FROM + _INITIALS.index((initial or "")[:1]) * len(_FINALS) + _FINALS.index(same))
