"""`arrears publish` and `serve`: a day's run put before people, and the pages they see it on."""

import multiprocessing
import os
import secrets
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from threading import Event, Thread
from typing import Annotated

import typer

from arrears.batch.read import day_run
from arrears.cli.edge import DEFAULT_HOME, AsOf, HomeOption, KnownOn, environ, now, today_of
from arrears.cli.ledger import NoWorkbench, answering, open_ledger
from arrears.cli.screen import say
from arrears.core.errors import UserError
from arrears.lake.home import Home
from arrears.rules.speech import told as texts
from arrears.web.sender.ways import FILE, ways_out

FIRST = "admin"
THREADS = 8  # of each process
AGAIN_SECONDS = 10  # longer than the requests at hand are waited for
LAST_WORD_SECONDS = 15  # a process that has not ended by then is ended


class OneProcess(UserError):
    """A ledger in a file is served by one process."""

    exit_code = 17


def publish(as_of: AsOf = None, known_on: KnownOn = None, home: HomeOption = DEFAULT_HOME) -> None:
    """Put a day's run before people: its ranked cases, who is new, who is cured, promises decided.

    Whole or not at all. It only moves forward in time; published again it changes nothing. Afterwards
    the cases are marked that the rules let nobody contact; cut short, that is done the next time.
    """
    place = Home(home)
    day: date = as_of or today_of(place)
    run = day_run(place, as_of=day, known_on=known_on)
    open_ledger(place)
    from arrears.web.ledger.actions.marks import mark_cases
    from arrears.web.ledger.actions.publish import publish_run
    from arrears.web.ledger.keep import keep_log

    with answering():
        done = publish_run(home=place, run=run, at=now())
        keep_log(place.path, at=now())
    say(
        f"People now see {done.as_of}: {done.cases:,} cases, {done.opened:,} new, "
        f"{done.cured:,} cured, {done.promises_decided:,} promises decided."
    )
    with answering():
        marked = mark_cases(at=now())
    if marked:
        say(f"{marked:,} cases are marked: by some channel the rules let nobody contact them.")


def serve(
    home: HomeOption = DEFAULT_HOME,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="The port to listen on.")] = 8000,
    workers: Annotated[
        int,
        typer.Option(
            min=1, max=64, help="How many processes serve the pages; more need PostgreSQL."
        ),
    ] = 1,
    proxy: Annotated[
        str,
        typer.Option(
            envvar="ARREARS_PROXY",
            help="The address of the proxy in front, whose word about who asks is believed.",
        ),
    ] = "",
) -> None:
    """Serve the workbench, propose each run's reminders and send them, until it is stopped (Ctrl+C).

    The first time, an administrator is admitted and the password printed, once.
    """
    place = Home(home.absolute())
    ways = ways_out(place.path / FILE, environ())
    texts.told_in(place.path / texts.FILE)
    open_ledger(place)
    if workers > 1:
        _may_be_several()
    with answering():
        _first_person()
    from arrears.web.logs import configure_logs
    from arrears.web.sender.keeper import log_kept
    from arrears.web.sender.worker import sender_at_work

    configure_logs()
    say(f"The workbench is at http://{host}:{port}/ (stop it with Ctrl+C)")
    say(f"Sending by: {', '.join(ways)}" if ways else f"No channel in {FILE}: messages wait.")
    with (
        log_kept(place, now=now),
        sender_at_work(ways, home=place, now=now),
        _ended_by_signal(),
    ):
        if workers == 1:
            _one(host, port, proxy)
        else:
            _several(place, host, port, workers, proxy)


def _one(host: str, port: int, proxy: str) -> None:
    """Threads of this process serve, until it is told to end."""
    import waitress
    from django.core.wsgi import get_wsgi_application

    told = {}
    if proxy:
        told = {
            "trusted_proxy": proxy,
            "trusted_proxy_headers": "x-forwarded-for x-forwarded-proto",
            "clear_untrusted_proxy_headers": True,
        }
    waitress.serve(
        get_wsgi_application(), host=host, port=port, threads=THREADS, ident=None, **told
    )


def _several(home: Home, host: str, port: int, workers: int, proxy: str) -> None:
    """Processes of their own serve, until this one is told to end; the sender stays in this one.

    They are spawned, as a fork would copy the sender's locks, and would keep this process's own answer
    to SIGTERM until they have begun: told to end at that moment they went on for ever.
    """
    from granian import Granian

    os.environ.update(ARREARS_HOME=str(home.path), ARREARS_PROXY=proxy)
    multiprocessing.set_start_method("spawn", force=True)
    Granian(
        "arrears.cli.process:workbench",
        factory=True,
        interface="wsgi",  # type: ignore[arg-type]
        address=host,
        port=port,
        workers=workers,
        blocking_threads=THREADS,
        workers_kill_timeout=LAST_WORD_SECONDS,
        respawn_failed_workers=True,
        log_level="error",  # type: ignore[arg-type]
    ).serve()


def _may_be_several() -> None:
    """The ledger is on a server and the library is here. Raises: OneProcess, NoWorkbench."""
    from django.db import connection

    if connection.vendor != "postgresql":
        raise OneProcess(
            "A ledger in a SQLite file is served by one process",
            hint="Leave --workers out, or keep the ledger in PostgreSQL: set ARREARS_DATABASE "
            "to postgresql://user:password@host:port/name",
        )
    try:
        import granian  # noqa: F401
    except ImportError as error:
        raise NoWorkbench(
            "Several processes need granian, which is not installed",
            hint='Install it with: pip install "arrears[server]"',
        ) from error


@contextmanager
def _ended_by_signal() -> Iterator[None]:
    """SIGTERM and Ctrl+C end what runs meanwhile, in order and with exit code 0; once is enough.

    Where the signal comes while Python runs a finalizer, whatever it raises is dropped there: so it is
    given again until what runs meanwhile has ended.
    """
    ended = Event()

    def again(number: int) -> None:
        if not ended.wait(AGAIN_SECONDS):
            os.kill(os.getpid(), number)

    def end(number: int, _frame: object) -> None:
        if not ended.is_set():
            Thread(target=again, args=(number,), daemon=True).start()
            raise SystemExit(0)

    before = {number: signal.signal(number, end) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        ended.set()
        for number, handler in before.items():
            signal.signal(number, handler)


def _first_person() -> None:
    """There is someone who can admit the others."""
    from arrears.web.ledger.actions.people import admit_person
    from arrears.web.ledger.models import Person

    if Person.objects.exists():
        return
    password = secrets.token_urlsafe(12)
    admit_person(
        username=FIRST,
        name="管理员",
        role="administrator",
        password=password,
        by=None,
        at=now(),
    )
    say(f"First sign-in: {FIRST} / {password}  (shown once; keep it)")
