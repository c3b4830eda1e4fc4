"""The sender beside the web: woken by a queue when a message may go, and by a sweep each minute.

The queue only wakes. What is to be sent stands in the outbox, so a queue that is lost, full or broken
delays a message until the next sweep and loses none. It lies in a file of its own, as the processes of
one machine share it and its writes must not wait for those of the ledger.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from sqlite3 import SQLITE_CORRUPT, SQLITE_NOTADB, DatabaseError
from typing import Any

import structlog
from django.db import close_old_connections, connections
from huey import SqliteHuey, crontab
from huey.consumer import Consumer

from arrears.channels.transport import Transport
from arrears.lake.home import Home, NoBook
from arrears.rules.speech.told import FILE, TextsWrong, Told, told_in
from arrears.web.ledger import wake
from arrears.web.ledger.actions.marks import mark_cases
from arrears.web.ledger.actions.reminders import propose_reminders
from arrears.web.ledger.clock import ClockWrong, require_sound_clock
from arrears.web.ledger.journal import Frozen, JournalAway, JournalGone
from arrears.web.sender.bounces import take_bounces
from arrears.web.sender.drain import Clock, send_waiting
from arrears.web.sender.pauses import Pauses
from arrears.web.sender.turn import SenderAtWork

log: Any = structlog.get_logger("arrears.sender")

LEDGER = "ledger"  # the folder of a home that holds a ledger in a file, its queue and its locks
QUEUE = "queue.sqlite3"
NO_QUEUE = (SQLITE_CORRUPT, SQLITE_NOTADB)
TASK = "send_waiting"
LOOKS_AGAIN_SECONDS = 1.0  # the queue is asked at least so often


class _Threads(Consumer):  # type: ignore[misc]
    """The consumer's threads inside a process whose signals are somebody else's."""

    def _set_signal_handlers(self) -> None:
        """Whoever serves decides when it ends."""


def listen(folder: Path) -> None:
    """What this process writes into the outbox wakes the sender, wherever on this machine it runs."""
    queue = _queue(folder)
    nothing = queue.task(name=TASK)(_elsewhere)
    wake.listen(lambda moment: nothing.schedule(eta=moment))


@contextmanager
def sender_at_work(ways: Mapping[str, Transport], *, home: Home, now: Clock) -> Iterator[None]:
    """Meanwhile a thread of this process proposes what the run before people wants said, and sends it.

    At the end the message at hand is ended. A fault is logged, and the next sweep tries again.
    """
    queue = _queue(home.path / LEDGER)
    consumer = _Threads(queue, workers=1, max_delay=LOOKS_AGAIN_SECONDS, scheduler_interval=1)
    send = _round(ways, home, now, go_on=lambda: not consumer.stop_flag.is_set())
    woken = queue.task(name=TASK)(send)
    queue.periodic_task(crontab(minute="*"), name="sweep")(send)
    queue.on_shutdown()(connections.close_all)  # each thread has its own
    wake.listen(lambda moment: woken.schedule(eta=moment))
    consumer.start()
    try:
        yield
    finally:
        consumer.stop(graceful=True)
        queue.storage.close()


def _round(
    ways: Mapping[str, Transport], home: Home, now: Clock, go_on: Callable[[], bool]
) -> Callable[[], None]:
    """What the thread does when it is woken: it proposes what a new run wants, and sends all that waits.

    A run that came before people and was not marked, as its publishing ended before that, is marked first.
    Where it cannot propose it does not send either: what waits may be of a run that is overtaken. A far
    end that takes nothing is asked again after a minute, then more and more seldom.
    """
    pauses = Pauses()

    def send() -> None:
        close_old_connections()
        try:
            require_sound_clock(now())
            _mark(now())
            _returned(ways, now())
            if new := _proposed(home, now()):
                log.info("proposed", reminders=new)
            ended = send_waiting(
                ways, folder=home.path / LEDGER, now=now, go_on=go_on, pauses=pauses
            )
        except SenderAtWork:
            log.info("sender_elsewhere")
        except ClockWrong as error:
            log.warning("clock_wrong", wrong=error.wrong, hint=error.hint)
        except (Frozen, JournalGone, JournalAway) as error:
            log.warning("sender_frozen", wrong=error.wrong, hint=error.hint)
        except Exception as fault:  # the outermost edge of this thread
            log.exception("sender_fault", fault=type(fault).__name__)
            connections.close_all()
        else:
            if ended:
                log.info("sent", **{state.replace(" ", "_"): n for state, n in ended.items()})

    return send


def _mark(at: datetime) -> None:
    """The run before people is marked, where it was not; a fault is logged, as the gate needs no marks."""
    try:
        if marked := mark_cases(at=at):
            log.info("marked", cases=marked)
    except Exception as fault:  # no message waits for what only saves work
        log.exception("marking_fault", fault=type(fault).__name__)
        connections.close_all()


def _returned(ways: Mapping[str, Transport], at: datetime) -> None:
    """What came back is taken; a fault is logged, as nothing that goes out waits for it."""
    try:
        if back := take_bounces(ways, at=at):
            log.info("mail_came_back", **back)
    except Exception as fault:
        log.exception("bounces_fault", fault=type(fault).__name__)
        connections.close_all()


def _proposed(home: Home, at: datetime) -> int:
    """How many reminders are new; none where no book has been loaded yet."""
    try:
        held = home.institution()
    except NoBook:
        return 0
    return propose_reminders(institution=held.name, currency=held.currency, at=at, told=_told(home))


def _told(home: Home) -> Told | None:
    """What the institution tells for its letters; where its file is wrong no letter is proposed."""
    try:
        return told_in(home.path / FILE)
    except TextsWrong as error:
        wrong = [f"{one.subject}: {one.because}" for one in error.findings]
        log.warning("texts_wrong", wrong=[error.wrong, *wrong], hint=error.hint)
        return None


def _queue(folder: Path) -> SqliteHuey:
    """The queue in its file; a file that is no queue is replaced, as nothing in it is needed."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / QUEUE
    try:
        return SqliteHuey("arrears", filename=str(file), results=False)
    except DatabaseError as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF not in NO_QUEUE:
            raise  # no room, no right, held by another: the file may be sound
        for part in ("", "-wal", "-shm"):
            with suppress(FileNotFoundError):
                file.with_name(file.name + part).unlink()
        return SqliteHuey("arrears", filename=str(file), results=False)


def _elsewhere() -> None:
    """Stands for the task where it is only asked for: a process that has no sender."""
