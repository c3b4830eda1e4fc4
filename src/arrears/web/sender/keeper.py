"""The log kept in order beside the pages, by threads of its own: no slow far end delays an anchor.

One gives numbers and anchors; the other checks the whole log once a day, which may take long.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from threading import Event, Thread
from typing import Any

import structlog
from django.db import close_old_connections, connections

from arrears.lake.home import Home
from arrears.verify import Report
from arrears.web.ledger.keep import review_log, tend_log

log: Any = structlog.get_logger("arrears.log")

TURN_SECONDS = 15.0
SHOWN_FAULTS = 20

Turn = Callable[..., Report | None]


@contextmanager
def log_kept(
    home: Home,
    *,
    now: Callable[[], datetime],
    every_s: float = TURN_SECONDS,
    turns: tuple[Turn, ...] = (tend_log, review_log),
) -> Iterator[None]:
    """Meanwhile events get their numbers, the log its anchors, and both are checked.

    A fault is logged, and the next turn tries again. At the end the turns at hand are ended.
    """
    ended = Event()
    threads = [
        Thread(
            target=_turns,
            args=(turn, home.path, now, every_s, ended),
            name=turn.__name__,
            daemon=True,  # nobody waits for it where this process ends otherwise
        )
        for turn in turns
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        ended.set()
        for thread in threads:
            thread.join()


def _turns(
    turn: Turn, home: Path, now: Callable[[], datetime], every_s: float, ended: Event
) -> None:
    try:
        while True:
            _take(turn, home, now())
            if ended.wait(every_s):
                return
    finally:
        connections.close_all()


def _take(turn: Turn, home: Path, at: datetime) -> None:
    close_old_connections()
    try:
        found = turn(home, at=at)
    except Exception as fault:  # the outermost edge of this thread
        log.exception("log_fault", fault=type(fault).__name__)
        connections.close_all()
    else:
        if found is not None and found.wrong:
            told = [one.text("en") for one in found.wrong[:SHOWN_FAULTS]]
            log.error("log_changed", wrong=told)
