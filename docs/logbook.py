"""The page on the log's format: docs/reference/log.md, from the verifier's and the workbench's own words."""

from django.utils.translation import override

from arrears.verify import BROKEN, FORMAT, GENESIS, UNREADABLE, WORDS
from arrears.web import event_words
from arrears.web.ledger.events import RECORDED, VERDICT

NUMBER = "number N"
TEXT = """# The log: its format

How the log is numbered, chained, anchored and exported, exactly enough to verify it with a program of your
own. Ours is `src/arrears/verify.py`, one file of Python's standard library. How to use it:
[Verify the log](../howto/verify-the-log.md). Why it is so: [ADR 0009](../adr/0009-log.md).

## The hash of an event

Each event has a number, 1, 2, 3 … without gaps, in the order in which it was found committed. Its hash is

```
hash(n) = hex(sha256(ascii(hash(n-1)) || canonical(event n)))        hash(0) = {genesis_short}… (64 zeros)
```

`canonical` is JSON in UTF-8 with sorted keys, no spaces, no escapes but those that JSON needs. An event is an
object of {recorded}.
`at` is UTC to the microsecond, `2026-11-20T10:00:00.000000Z`; `by_id` is a person's number, or null for the
system itself; `detail` holds codes and figures; `seals` holds by name a hash of what the event vouches for.

| name in `seals` | hash over | kept where |
|---|---|---|
| `verdict` | `canonical` of the verdict's {verdict} | the verdict whose id is in `detail.verdict` |
| `to` | salt, number or address that was called, written to or held | beside the event, erasable |
| `subject`, `text` | salt, what was sent | beside the event, erasable |
| `note`, `evidence`, `reason` | salt, what a person wrote | beside the event, erasable |

A commitment is `hex(sha256(ascii(salt) || utf8(value)))`, the salt 32 random hexadecimal digits. Once the
value and its salt are erased nothing can be told from the hash, and the chain is as it was.

## An export

`arrears export log --out FOLDER` writes:

| file | holds |
|---|---|
| `events.jsonl` | a line for each event in order: `seq`, `hash`, `event`; `verdict` where it vouches for \
one; `values` with `name`, `salt`, `value` where asked for (`--values`) and not erased. \
An event without a number that waits for none comes last, its `seq` null |
| `chain.json` | `format` ({format}), the last `count` and its `hash` |
| `anchors-1.jsonl`, … | the anchors of the home, then those of each further place |
| `verify.py` | the verifier; better take it from a release that you trust |

An anchor is a line `{{"at": …, "count": N, "hash": hash(N)}}`. A line that cannot be read, as a power cut
leaves it, is none.

## What is told

| code | Chinese | English |
|---|---|---|
{faults}

`python verify.py FOLDER` ends with 0 where nothing is wrong, {broken} where something is, {unreadable} where
there is no export; `arrears verify` does so as well.

## What is logged

| verb | Chinese | English |
|---|---|---|
{verbs}
"""


def log_page(made: str) -> str:
    """The page, `made` as its first line."""
    return f"{made}\n" + TEXT.format(
        genesis_short=GENESIS[:8],
        recorded=_codes(RECORDED),
        verdict=_codes(VERDICT),
        format=FORMAT,
        broken=BROKEN,
        unreadable=UNREADABLE,
        faults="\n".join(_fault(kind) for kind in WORDS),
        verbs="\n".join(_verb(verb) for verb in event_words.EVENT),
    )


def _fault(kind: str) -> str:
    zh, en = (said.replace("{about}", "").strip() for said in WORDS[kind])
    return f"| `{kind}` | {zh.format(n='编号 N')} | {en.format(n=NUMBER)} |"


def _verb(verb: str) -> str:
    with override("zh-hans"):
        zh = str(event_words.EVENT[verb])
    with override("en"):
        en = str(event_words.EVENT[verb])
    return f"| `{verb}` | {zh} | {en} |"


def _codes(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names)
