"""The log written out whole: so that anyone can verify it, without this program and without the bank."""

import json
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from arrears import verify
from arrears.verify import CHAIN, EVENTS
from arrears.web.ledger.queries.chain import log_head, one_moment, records

VERIFIER = "verify.py"


def write_log(folder: Path, *, anchors: Iterable[Path], values: bool) -> int:
    """The log lies in the folder, line by line, with its anchors and the verifier; how many events.

    `values`: with the personal values that are still there. Grain: a line for each event.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for place, file in enumerate(anchors, start=1):  # before the moment of the ledger that is read
        if file.exists():
            shutil.copyfile(file, folder / f"anchors-{place}.jsonl")
    shutil.copyfile(verify.__file__, folder / VERIFIER)
    draft = folder / f".{EVENTS}.draft"
    with one_moment():
        head = log_head()
        with draft.open("w", encoding="utf-8", newline="\n") as lines:
            for record in records(values=values):
                lines.write(_line(record))
    draft.replace(folder / EVENTS)
    (folder / CHAIN).write_text(_line(head), encoding="utf-8")
    return int(head["count"])


def _line(told: dict[str, Any]) -> str:
    return json.dumps(told, separators=(",", ":")) + "\n"
