"""The labelled sentences of collection talk, and how well the matcher does on them."""

import csv
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from arrears.rules.speech.hits import found_in, plain

SENTENCES = Path(__file__).parents[1] / "data" / "speech.tsv"


@dataclass(frozen=True, slots=True)
class Labelled:
    """A sentence, the kinds of forbidden wording in it, how it is written, and to which half it belongs."""

    text: str
    kinds: frozenset[str]
    disguise: str
    half: str


@dataclass(frozen=True, slots=True)
class Score:
    """How often the matcher was right. Shapes: counts of sentences."""

    right: int
    false: int
    missed: int

    @property
    def precision(self) -> float:
        """The part of what was found that is so."""
        return self.right / max(1, self.right + self.false)

    @property
    def recall(self) -> float:
        """The part of what is so that was found."""
        return self.right / max(1, self.right + self.missed)

    @property
    def f1(self) -> float:
        """The harmonic mean of both."""
        return 2 * self.right / max(1, 2 * self.right + self.false + self.missed)


def sentences() -> list[Labelled]:
    """Every labelled sentence."""
    with SENTENCES.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [
            Labelled(
                row["text"],
                frozenset(row["class"].split("+")) - {"none"},
                row["disguise"],
                row["half"],
            )
            for row in rows
        ]


def half_of(text: str) -> str:
    """The half that a sentence belongs to: its hash says so, nobody chooses."""
    return ("tune", "kept")[sha256(text.encode()).digest()[0] % 2]


def scores(labelled: Iterable[Labelled]) -> dict[str, Score]:
    """By kind; `any`: whether a sentence is stopped or shown to a person, `plain`: whether it is stopped."""
    counts: Counter[tuple[str, bool, bool]] = Counter()
    for one in labelled:
        hits = found_in(one.text)
        found = {hit.kind for hit in hits}
        counts["any", bool(one.kinds), bool(found)] += 1
        counts["plain", bool(one.kinds), bool(plain(hits))] += 1
        counts.update((kind, kind in one.kinds, kind in found) for kind in one.kinds | found)
    return {
        kind: Score(counts[kind, True, True], counts[kind, False, True], counts[kind, True, False])
        for kind in sorted({kind for kind, _so, _found in counts})
    }
