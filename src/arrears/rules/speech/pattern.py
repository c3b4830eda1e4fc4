"""The small language in which the lexicon says what it looks for, read into expressions that cannot run away.

    打断~4腿          the words, with at most 4 characters of the same sentence between them
    ~                 a gap of at most 6
    (砍|卸)           one of these
    (的)?             these, or nothing
    {organ}           one of the words listed under that name

Every gap is bounded and nothing repeats, so a search takes time in proportion to the text.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from arrears.core.errors import UserError
from arrears.rules.speech.reading import END
from arrears.rules.speech.reading import read as read_anew

_GAP, _WIDEST_GAP = 6, 40
_TOKEN = re.compile(r"~(?P<wide>\d*)|(?P<sign>[()|?])|(?P<words>[^~{}()|?]+)")

_KNOWN = 4096  # words whose reading is remembered: a listed word stands in many patterns

read = lru_cache(_KNOWN)(read_anew)
Lists = Mapping[str, Sequence[str]]
Written = Callable[[str], str]


class LexiconUnreadable(UserError):
    """The lexicon of forbidden wording has a fault; nothing is checked by it until it is mended."""

    exit_code = 73


def as_written(words: str) -> str:
    """The words themselves."""
    return words


def sounds_of(words: str) -> str:
    """The words in signs of their sounds."""
    return read(words).sounds.text


def looks_of(words: str) -> str:
    """The words in letters as they look, without blanks."""
    return read(words).looks.text


def expression(
    patterns: Sequence[str], lists: Lists, written: Written = as_written
) -> re.Pattern[str]:
    """What finds any of the patterns, by letters or by sounds. Raises: LexiconUnreadable."""
    parts = [_Pattern(pattern, lists, written).part() for pattern in patterns]
    firsts = "".join(sorted(set().union(*(part.firsts for part in parts))))
    return re.compile(f"(?=[{re.escape(firsts)}])(?:{'|'.join(part.text for part in parts)})")


@dataclass(frozen=True, slots=True)
class _Part:
    """A piece of an expression, the characters it may begin with, and whether it may be nothing."""

    text: str
    firsts: frozenset[str]
    empty: bool


_NOTHING = _Part("", frozenset(), empty=True)


class _Pattern:
    """One pattern, read from its beginning to its end."""

    def __init__(self, pattern: str, lists: Lists, written: Written) -> None:
        self._pattern, self._written = pattern, written
        whole = re.sub(r"\{(\w+)\}", lambda found: self._listed(found[1], lists), pattern)
        self._tokens = list(_TOKEN.finditer(whole))
        self._at = 0
        if sum(len(token[0]) for token in self._tokens) != len(whole):
            raise self._fault("has a sign that cannot stand there")

    def part(self) -> _Part:
        """The whole pattern. Raises: LexiconUnreadable."""
        found = self._choice()
        if self._at < len(self._tokens):
            raise self._fault("closes what it did not open")
        if found.empty:
            raise self._fault("finds nothing at all, everywhere")
        return found

    def _listed(self, name: str, lists: Lists) -> str:
        if name not in lists:
            raise self._fault(f"names a list that is not there: {name}")
        return f"({'|'.join(lists[name])})"

    def _sign(self, wanted: str) -> bool:
        """Whether the next token is that sign; then it is read."""
        here = self._tokens[self._at] if self._at < len(self._tokens) else None
        found = here is not None and here["sign"] == wanted
        self._at += found
        return found

    def _choice(self) -> _Part:
        parts = [self._row()]
        while self._sign("|"):
            parts.append(self._row())
        firsts = frozenset[str]().union(*(part.firsts for part in parts))
        texts = "|".join(part.text for part in parts)
        return _Part(f"(?:{texts})", firsts, any(part.empty for part in parts))

    def _row(self) -> _Part:
        row = _NOTHING
        while self._at < len(self._tokens) and self._tokens[self._at]["sign"] not in ("|", ")"):
            one = self._one(first=row.empty)
            firsts = row.firsts | one.firsts if row.empty else row.firsts
            row = _Part(row.text + one.text, firsts, row.empty and one.empty)
        return row

    def _one(self, *, first: bool) -> _Part:
        if self._sign("("):
            inner = self._choice()
            if not self._sign(")"):
                raise self._fault("does not close what it opens")
            return _Part(f"{inner.text}?", inner.firsts, empty=True) if self._sign("?") else inner
        token = self._tokens[self._at]
        self._at += 1
        if token["sign"]:
            raise self._fault("has a sign that cannot stand there")
        if token["words"]:
            return self._words(token["words"])
        if first:
            raise self._fault("begins with a gap")
        return self._gap(token["wide"])

    def _gap(self, wide: str) -> _Part:
        most = int(wide) if wide else _GAP
        if not 0 < most <= _WIDEST_GAP:
            raise self._fault(f"has a gap that is not 1 to {_WIDEST_GAP} wide")
        return _Part(f"[^{END}]{{0,{most}}}?", frozenset(), empty=True)

    def _words(self, words: str) -> _Part:
        """The words as they are searched for; a Latin word is a word of its own."""
        bare = words.strip(" ")
        if read(bare).text != bare:
            raise self._fault(f"is not written as texts are read: {words}")
        if self._written is looks_of:
            return _Part(re.escape(looks_of(bare)), frozenset(looks_of(bare)[:1]), empty=not bare)
        found = words.replace(bare, self._written(bare)) if bare else words
        before = r"(?<![a-z])" if "a" <= words[0] <= "z" else ""
        after = r"(?![a-z])" if "a" <= words[-1] <= "z" else ""
        return _Part(before + re.escape(found) + after, frozenset(found[0]), empty=False)

    def _fault(self, wrong: str) -> LexiconUnreadable:
        return LexiconUnreadable(
            f"The pattern {self._pattern} {wrong}", hint="Mend the words of arrears.rules.speech."
        )
