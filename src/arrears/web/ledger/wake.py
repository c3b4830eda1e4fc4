"""Tells whoever sends that something will wait; nobody needs to hear it, as the outbox is the truth."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

import structlog
from django.db import transaction

log: Any = structlog.get_logger("arrears.web")

_listeners: list[Callable[[datetime], None]] = []


def listen(listener: Callable[[datetime], None]) -> None:
    """The listener is told from now on, once, however often it is named."""
    if listener not in _listeners:
        _listeners.append(listener)


def wake_at(moment: datetime) -> None:
    """Once this transaction is committed, whoever listens knows that a message may go at a moment.

    A listener's fault is logged and changes nothing: what was committed is found by the next sweep.
    """
    for listener in _listeners:
        transaction.on_commit(partial(_tell, listener, moment))


def _tell(listener: Callable[[datetime], None], moment: datetime) -> None:
    try:
        listener(moment)
    except Exception as error:  # the outermost edge of a convenience
        log.warning("sender_not_woken", fault=type(error).__name__)
