"""The log kept in order beside the pages: by a thread of its own, so that a slow far end delays no anchor."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from threading import Event, Thread
from typing import Any

import structlog
from django.db import close_old_connections, connections

from arrears.lake.home import Home
from arrears.web.ledger.keep import tend_log

log: Any = structlog.get_logger("arrears.log")

TURN_SECONDS = 15.0


@contextmanager
def log_kept(
    home: Home, *, now: Callable[[], datetime], every_s: float = TURN_SECONDS
) -> Iterator[None]:
    """Meanwhile events get their numbers, the log its anchors, and both are checked.

    A fault is logged, and the next turn tries again. At the end the turn at hand is ended.
    """
    ended = Event()
    thread = Thread(target=_turns, args=(home, now, every_s, ended), name="log keeper", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _turns(home: Home, now: Callable[[], datetime], every_s: float, ended: Event) -> None:
    try:
        while True:
            _turn(home, now())
            if ended.wait(every_s):
                return
    finally:
        connections.close_all()


def _turn(home: Home, at: datetime) -> None:
    close_old_connections()
    try:
        found = tend_log(home.path, at=at)
    except Exception as fault:  # the outermost edge of this thread
        log.exception("log_fault", fault=type(fault).__name__)
        connections.close_all()
    else:
        if found is not None and found.wrong:
            log.error("log_changed", wrong=[one.text("en") for one in found.wrong[:20]])
