"""How letters look: those of other alphabets that pass for Latin ones, and words written letter by letter."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator

_LIKE_LATIN = {
    **dict(zip("авекмнорстухіјѕԁһԛԝѵӏү", "abekmhopctyxijsdhqwvly", strict=True)),
    **dict(zip("αβγεηικνορτυχω", "abyenikvoptuxw", strict=True)),
    **dict(zip("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢıɡɑ", "abcdefghijklmnoprstuvwyziga", strict=True)),
}
_OTHER_FORMS = {  # capitals in a ring, in a box, and those that flags are made of
    chr(first + place): chr(ord("a") + place)
    for first in (0x1F150, 0x1F170, 0x1F1E6)
    for place in range(26)
}
_LATIN_ENDS = "\u2000"  # from here on, what an accent stands on is no letter that looks Latin
_SIGNS = {"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b", "@": "a", "$": "s"}
STAND_IN = frozenset("@$")  # signs that stand for a letter inside a word
_ALIKE = {"l": "i"}  # the sign 1 may be either, so both are looked for as one

_OTHER = r"[^\W\u3400-\u9fff]"  # a letter or digit that is no Chinese character
_LETTER_BY_LETTER = re.compile(
    rf"(?<!{_OTHER}){_OTHER}(?:[^\w\n]{{1,3}}{_OTHER}){{2,}}(?!{_OTHER})"
)
_BETWEEN = re.compile(r"[^\w\n]+")
_WORD = re.compile(r"[a-z0-9@$]*[a-z][a-z0-9@$]*")

INVISIBLE = frozenset({"Cf", "Mn", "Me"})  # of these kinds, a character leaves nothing, not a blank


def latin(character: str) -> str:
    """The Latin letter that one of another alphabet, or one with an accent, looks like; itself else."""
    if character < _LATIN_ENDS:
        character = unicodedata.normalize("NFD", character)[0]
    return _LIKE_LATIN.get(character, character)


def form(character: str) -> str:
    """The letter that an ornamental character shows; itself else."""
    return _OTHER_FORMS.get(character, character)


def written_apart(text: str) -> tuple[frozenset[int], frozenset[int]]:
    """Words written letter by letter: what stands between their letters, and the letters themselves.

    Shapes: offsets in the text. Where the gaps differ, the rarer ones part words; where all are the
    same, nobody can know where a word ends.
    """
    between: set[int] = set()
    letters: set[int] = set()
    for run in _LETTER_BY_LETTER.finditer(text):
        if not any(one.isalpha() for one in run[0]):
            continue
        gaps = list(_BETWEEN.finditer(text, *run.span()))
        usual = Counter(gap[0] for gap in gaps).most_common(1)[0][0]
        between.update(place for gap in gaps if gap[0] == usual for place in range(*gap.span()))
        letters.update(range(*run.span()))
    return frozenset(between), frozenset(letters)


def folded(text: str) -> Iterator[tuple[int, str, bool]]:
    """The letters as they look, blanks left out: place, letter, and whether it was a sign for one."""
    in_words = {place for word in _WORD.finditer(text) for place in range(*word.span())}
    for place, one in enumerate(text):
        if one != " ":
            shown = _SIGNS.get(one, one) if place in in_words else one
            yield place, _ALIKE.get(shown, shown), shown != one
