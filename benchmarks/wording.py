"""How well, and how fast, forbidden wording is found.

    python -m benchmarks.wording

Prints precision, recall and F1 on the labelled sentences (tests/data/speech.tsv): by kind and by disguise,
for the half that the lexicon was tuned on and for the half that was kept aside. A sentence counts as found
when it is stopped or shown to a person. Then, where ARREARS_BOOKS names the folder of the real books, the
same on its offensive_zh/dev.csv: posts of strangers about region, race and gender, labelled offensive or not.
That is another thing than collection talk, so most of them are missed; what it measures is how often ordinary
Chinese is wrongly stopped. Last: characters a second, on ordinary text and on the worst we could think of.
"""

import csv
import os
import time
from collections.abc import Iterable
from pathlib import Path

from arrears.rules.speech.hits import found_in, plain
from tests.lib.speech import Labelled, Score, scores, sentences

HEAD = f"{'':18}{'right':>7}{'false':>7}{'missed':>7}{'precision':>11}{'recall':>8}{'F1':>7}"
WORST = {
    "one kind of hit after the other": "弄死你",
    "beginnings that never end": "给家人说",
    "marks between all characters": "打\u200b断\u200b",
}


def main() -> None:
    """The tables, one after the other."""
    every = sentences()
    for half in ("tune", "kept"):
        ours = [one for one in every if one.half == half]
        blameless = sum(not one.kinds for one in ours)
        print(f"\n{half}: {len(ours)} sentences, {blameless} of them blameless\n{HEAD}")
        for kind, score in scores(ours).items():
            print(_line(kind, score))
        for disguise in sorted({one.disguise for one in ours}):
            so = [one for one in ours if one.disguise == disguise]
            print(_line(f"  {disguise}", scores(so)["any"]))
    books = os.environ.get("ARREARS_BOOKS")
    path = Path(books or ".") / "offensive_zh" / "dev.csv"
    posts = _posts(path) if path.is_file() else []
    if posts:
        print(f"\noffensive_zh, dev: {len(posts)} posts\n{HEAD}")
        found = scores(posts)
        print(_line("stopped or shown", found["any"]))
        print(_line("stopped", found["plain"]))
    print("\ncharacters a second")
    _speed("ordinary text", [one.text for one in posts or every])
    for what, piece in WORST.items():
        _speed(what, [piece * (100_000 // len(piece))])


def _posts(path: Path) -> list[Labelled]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    kinds = {"1": frozenset({"insult"}), "0": frozenset[str]()}
    return [Labelled(row["TEXT"], kinds[row["label"]], "plain", "") for row in rows]


def _line(name: str, score: Score) -> str:
    counts = f"{score.right:7}{score.false:7}{score.missed:7}"
    return f"{name:18}{counts}{score.precision:11.3f}{score.recall:8.3f}{score.f1:7.3f}"


def _speed(what: str, texts: Iterable[str]) -> None:
    plain(found_in("热身"))
    length, began = 0, time.perf_counter()
    for text in texts:
        found_in(text)
        length += len(text)
    print(f"{what:34}{length / (time.perf_counter() - began):12,.0f}")


if __name__ == "__main__":
    main()
