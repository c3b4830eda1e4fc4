"""Has the log stayed as it was written? Nothing but Python is needed: `python verify.py FOLDER`.

日志自写下之后有没有被改动？只需要 Python：`python verify.py 目录 --lang zh`。

Each event has a number without gaps and a hash over the hash before it and the event; anchors say
elsewhere what number and hash the log had reached at a moment. What an event holds of persons is a hash
over a salt and the value, which may be erased. This file imports nothing of the program that wrote the
log, so that it can be read whole and kept apart. The format: docs/reference/log.md.
"""

import argparse
import hashlib
import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FORMAT = 1
GENESIS = "0" * 64  # the hash before the first event
BROKEN, UNREADABLE = 110, 111  # exit codes
EVENTS, CHAIN, ANCHORS = "events.jsonl", "chain.json", "anchors*.jsonl"
MOST_TOLD = 10_000  # of the faults that are kept: what is wrong is known by then
MOST_PAIRED = 200  # links that do not fit, of which each two may have been swapped
CHAINED = ("edit", "deletion", "insertion", "swap", "unreadable")  # what the chain alone shows

# What each fault is called: Chinese, English.
WORDS = {
    "edit": ("{n} 的事件或它的哈希被改动", "{n}: the event or its hash was changed"),
    "deletion": ("{n} 的事件被删除", "{n}: deleted"),
    "insertion": (
        "{n} 是插入的，不是程序写下的 {about}",
        "{n}: put in, not written by the program {about}",
    ),
    "swap": ("{n} 的位置被调换 {about}", "{n}: not in its place {about}"),
    "truncation": ("末尾被截去：缺少{n}", "the end was cut off: {n} missing"),
    "rehash": (
        "{n} 之中有事件被改动、插入或删除，其后的哈希被重新计算；或数据库恢复到旧状态后又继续写入",
        "{n}: somewhere here an event was changed, put in or removed and all hashes after it worked out"
        " anew; or the database was rolled back and written on",
    ),
    "renumber": (
        "{n} 之中有事件被删除，其后重新编号并重新计算哈希",
        "{n}: somewhere here events were removed, the rest renumbered and hashed anew",
    ),
    "rollback": (
        "数据库回到了旧状态（或末尾连同计数一起被截去）：缺少{n}",
        "the database is an older state (or its end and its count were cut off): {n} missing",
    ),
    "value": (
        "{n} 所附的个人信息被改动 {about}",
        "{n}: a value kept beside it was changed {about}",
    ),
    "verdict": ("{n} 的判断被改动 {about}", "{n}: its verdict was changed {about}"),
    "verdict_gone": ("{n} 的判断被删除 {about}", "{n}: its verdict was deleted {about}"),
    "anchors": ("锚定记录不见了 {about}", "anchors that were written are gone {about}"),
    "unreadable": ("{n} 的记录无法读取 {about}", "{n}: the record cannot be read {about}"),
}


class Unreadable(Exception):
    """The folder is no export of a log."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """What the log had come to at a moment: how many events, the hash of the last; `place` says so."""

    count: int
    hash: str
    at: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong with the events of these numbers, both included; 0 where it is of no number."""

    kind: str
    first: int = 0
    last: int = 0
    about: str = ""

    def text(self, lang: str) -> str:
        """The fault as a sentence, in zh or en."""
        zh = lang == "zh"
        one = self.first == self.last
        number = f"{self.first}" if one else f"{self.first}–{self.last}"
        named = f"编号 {number}" if zh else f"number{'' if one else 's'} {number}"
        if not self.first:
            named = "没有编号" if zh else "without a number"
        about = f"（{self.about}）" if zh else f"({self.about})"
        said = WORDS[self.kind][0 if zh else 1].format(n=named, about=about if self.about else "")
        return said.strip()


@dataclass(frozen=True, slots=True)
class Report:
    """What was found. `good`: the last anchor that fits, with nothing wrong up to it."""

    count: int
    hash: str
    wrong: tuple[Wrong, ...]
    good: Anchor | None
    anchors: int
    values: int
    verdicts: int

    def lines(self, lang: str) -> list[str]:
        """The report as sentences, in zh or en."""
        zh = lang == "zh"
        told = [
            f"已核验 {self.count} 个事件、{self.anchors} 个锚定、{self.values} 项个人信息、"
            f"{self.verdicts} 次判断。"
            if zh
            else f"Checked: {self.count} events, {self.anchors} anchors, {self.values} values, "
            f"{self.verdicts} verdicts."
        ]
        told += [f"✗ {one.text(lang)}" for one in self.wrong]
        if not self.wrong:
            told.append("✓ 没有发现改动。" if zh else "✓ Nothing was changed.")
        if self.good is None:
            proved = "没有相符的锚定：什么都没有得到证明。"
            proven = "No anchor fits: nothing is proved."
        else:
            count, at = self.good.count, self.good.at
            proved = f"最后一个相符的锚定：编号 {count}，{at}。在它之后的事件尚未得到证明。"
            proven = f"Last good anchor: number {count}, {at}. Nothing is proved past it."
        return [*told, proved if zh else proven]


def canonical(value: Any) -> bytes:
    """The one way to write a value: JSON with sorted keys, without spaces, in UTF-8."""
    text = json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
    return text.encode("utf-8", "surrogatepass")


def linked(before: str, body: bytes) -> str:
    """The hash of an event, `body` as `canonical` writes it, that follows one of the hash `before`."""
    return hashlib.sha256(before.encode() + body).hexdigest()


def digest(value: Any) -> str:
    """The hash of a value as it stands."""
    return hashlib.sha256(canonical(value)).hexdigest()


def commitment(salt: str, value: str) -> str:
    """What an event holds in place of a personal value; without the salt it cannot be guessed."""
    return hashlib.sha256(salt.encode() + value.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class _Misfit:
    """A link whose hash is not that of the hash before it and its event."""

    seq: int
    before: str
    before_that: str
    body: bytes
    hash: str

    def fits(self, before: str) -> bool:
        """Whether it would follow an event of that hash."""
        return linked(before, self.body) == self.hash


class Check:
    """Takes the numbered events in their order, then those without a number, and says what is wrong.

    It may begin behind a number that was checked before, `count`, whose hash is `after`.
    """

    def __init__(
        self, anchors: Iterable[Anchor] = (), *, count: int = 0, after: str = GENESIS
    ) -> None:
        self.start, self.count, self.hash = count, count, after
        self._before_that = ""
        self._whole = True  # whether `hash` is that of the number before the next
        self._anchors: dict[int, set[Anchor]] = defaultdict(set)
        for anchor in anchors:
            if anchor.count > count:
                self._anchors[anchor.count].add(anchor)
        self._wrong: list[Wrong] = []
        self._misfits: list[_Misfit] = []
        self._good: Anchor | None = None
        self._bad: list[Anchor] = []
        self._closed_up = False  # whether an event stands where it cannot have stood by its time
        self._values = self._verdicts = 0

    def take(self, record: Any) -> None:
        """The next record is checked; what cannot be read is a fault like any other."""
        try:
            self._take(record)
        except (KeyError, TypeError, ValueError, AttributeError):
            self._add("unreadable", self.count + 1)

    def _take(self, record: Mapping[str, Any]) -> None:
        seq, stored, event = record["seq"], record["hash"], record["event"]
        if seq is None:
            self._add("insertion", 0, about=f"id {event['id']}")
            return
        if seq <= self.count:
            self._add("swap", seq)
            return
        if seq > self.count + 1:
            self._add("deletion", self.count + 1, seq - 1)
            self._whole = False
        if event is None:
            self._add("deletion", seq)
        else:
            body = canonical(event)
            fits = not self._whole or linked(self.hash, body) == stored
            if not fits and len(self._misfits) < MOST_TOLD:
                self._misfits.append(_Misfit(seq, self.hash, self._before_that, body, stored))
            self._contents(seq, event, record)
        for anchor in self._anchors.get(seq, ()):
            if anchor.hash != stored:
                self._bad.append(anchor)
                self._closed_up |= bool(event and event["at"] > anchor.at)
            elif not (self._wrong or self._misfits or self._bad):
                self._good = anchor
        self._before_that, self.hash, self.count, self._whole = self.hash, stored, seq, True

    def _contents(self, seq: int, event: Mapping[str, Any], record: Mapping[str, Any]) -> None:
        """What the event vouches for is as it was, as far as it is still there."""
        seals = event.get("seals") or {}
        for kept in record.get("values", ()):
            if commitment(kept["salt"], kept["value"]) == seals.get(kept["name"]):
                self._values += 1
            else:
                self._add("value", seq, about=kept["name"])
        if "verdict" in seals:
            verdict, known = record.get("verdict"), f"id {event['detail'].get('verdict')}"
            if verdict is None:
                self._add("verdict_gone", seq, about=known)
            elif digest(verdict) != seals["verdict"]:
                self._add("verdict", seq, about=known)
            else:
                self._verdicts += 1

    def end(self, head: Mapping[str, Any] | None = None) -> Report:
        """What is wrong; `head` is what the writer of the log says of its last event."""
        wrong = [*self._wrong, *_told(self._misfits)]
        missing = [count for count in self._anchors if count > self.count]
        said = int(head["count"]) if head else self.count
        apart = head is not None and said == self.count and head["hash"] != self.hash
        in_chain = any(one.kind in CHAINED for one in wrong)
        if (self._bad or apart) and not in_chain:
            first = (self._good.count if self._good else self.start) + 1
            last = min([anchor.count for anchor in self._bad] or [self.count])
            renumbered = missing or self._closed_up
            wrong.append(Wrong("renumber" if renumbered else "rehash", first, last))
        elif missing or said > self.count:
            kind = "truncation" if said > self.count else "rollback"
            wrong.append(Wrong(kind, self.count + 1, max([said, *missing])))
        elif said < self.count:
            wrong.append(Wrong("insertion", said + 1, self.count))
        anchors = sum(map(len, self._anchors.values()))
        return Report(
            self.count, self.hash, tuple(wrong), self._good, anchors, self._values, self._verdicts
        )

    def _add(self, kind: str, first: int, last: int | None = None, about: str = "") -> None:
        if len(self._wrong) < MOST_TOLD:
            self._wrong.append(Wrong(kind, first, first if last is None else last, about))


def _told(misfits: Sequence[_Misfit]) -> Iterator[Wrong]:
    """What happened to the links that do not fit, each told once."""
    at = {one.seq: one for one in misfits}
    told: set[int] = set()
    for one in misfits:
        if one.seq in told:
            continue
        other = next(
            (o for o in misfits[:MOST_PAIRED] if o.seq > one.seq and _swapped(one, o)), None
        )
        following = at.get(one.seq + 1)
        right = linked(one.before, one.body)
        if other is not None:
            about = f"{one.seq} ↔ {other.seq}"
            told |= {other.seq, one.seq + 1, other.seq + 1}
            yield Wrong("swap", one.seq, one.seq, about)
        elif following and following.fits(one.before):
            told.add(following.seq)
            yield Wrong("insertion", one.seq, one.seq)
        elif one.before_that and one.fits(one.before_that):
            yield Wrong("insertion", one.seq - 1, one.seq - 1)
        else:
            if following and following.fits(right):  # only the hash was changed
                told.add(following.seq)
            yield Wrong("edit", one.seq, one.seq)


def _swapped(one: _Misfit, other: _Misfit) -> bool:
    """Whether the two have each other's event, or stand in each other's place whole."""
    if linked(one.before, other.body) == one.hash:
        return linked(other.before, one.body) == other.hash
    return other.fits(one.before) and (one.fits(other.before) or one.fits(other.hash))


def read_anchors(lines: Iterable[str], place: str = "") -> Iterator[Anchor]:
    """The anchors of a file; a line that cannot be read, as a power cut leaves it, is none."""
    for line in lines:
        try:
            told = json.loads(line)
            yield Anchor(int(told["count"]), str(told["hash"]), str(told["at"]), place)
        except (ValueError, KeyError, TypeError):
            continue


def check_folder(folder: Path, more: Sequence[Path] = ()) -> Report:
    """What is wrong in an export, held against its anchors and those of the files in `more`.

    Raises: Unreadable.
    """
    try:
        head = json.loads((folder / CHAIN).read_text(encoding="utf-8"))
        if head["format"] != FORMAT:
            raise Unreadable(f"{folder / CHAIN}: format {head['format']}, not {FORMAT}")
        anchors: list[Anchor] = []
        for file in (*sorted(folder.glob(ANCHORS)), *more):
            with file.open(encoding="utf-8", errors="replace") as lines:
                anchors += read_anchors(lines, file.name)
        check = Check(anchors)
        with (folder / EVENTS).open(encoding="utf-8", errors="surrogateescape") as lines:
            for line in lines:
                check.take(_record(line))
        return check.end(head)
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise Unreadable(f"{folder}: {type(error).__name__} {error}") from error


def _record(line: str) -> Any:
    """The record that a line holds; None where it holds none."""
    try:
        return json.loads(line)
    except ValueError:
        return None


def main(words: Sequence[str] | None = None) -> int:
    """The exit code: 0 nothing wrong, 110 something wrong, 111 no export."""
    asked = argparse.ArgumentParser(description="Verify an exported log. 核验导出的日志。")
    asked.add_argument("folder", type=Path, help="what `arrears export log` wrote / 导出的目录")
    asked.add_argument(
        "--anchors", type=Path, action="append", default=[], help="your own copy / 另存的锚定文件"
    )
    asked.add_argument("--lang", choices=("zh", "en"), default="zh")
    told = asked.parse_args(words)
    try:
        report = check_folder(told.folder, told.anchors)
    except Unreadable as error:
        sys.stderr.write(f"无法读取 / cannot be read: {error}\n")
        return UNREADABLE
    sys.stdout.write("\n".join(report.lines(told.lang)) + "\n")
    return BROKEN if report.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
