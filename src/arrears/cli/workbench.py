"""`arrears publish` and `serve`: a day's run put before people, and the pages they see it on."""

import secrets
from datetime import UTC, date, datetime
from typing import Annotated

import typer

from arrears.batch.read import day_run
from arrears.cli.edge import DEFAULT_HOME, AsOf, HomeOption, KnownOn, today_of
from arrears.cli.ledger import open_ledger
from arrears.cli.screen import say
from arrears.lake.home import Home

FIRST = "admin"


def publish(as_of: AsOf = None, known_on: KnownOn = None, home: HomeOption = DEFAULT_HOME) -> None:
    """Put a day's run before people: its ranked cases, who is new, who is cured, promises decided.

    Whole or not at all. It only moves forward in time; published again it changes nothing.
    """
    place = Home(home)
    day: date = as_of or today_of(place)
    run = day_run(place, as_of=day, known_on=known_on)
    open_ledger(place)
    from arrears.web.ledger.actions.publish import publish_run

    done = publish_run(home=place, run=run, at=datetime.now(UTC))
    say(
        f"People now see {done.as_of}: {done.cases:,} cases, {done.opened:,} new, "
        f"{done.cured:,} cured, {done.promises_decided:,} promises decided."
    )


def serve(
    home: HomeOption = DEFAULT_HOME,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="The port to listen on.")] = 8000,
) -> None:
    """Serve the workbench from one process, until it is stopped (Ctrl+C).

    The first time, an administrator is admitted and the password printed, once.
    """
    place = Home(home)
    open_ledger(place)
    _first_person()
    import waitress
    from django.core.wsgi import get_wsgi_application

    from arrears.web.logs import configure_logs

    configure_logs()
    say(f"The workbench is at http://{host}:{port}/ (stop it with Ctrl+C)")
    waitress.serve(get_wsgi_application(), host=host, port=port, threads=8, ident=None)


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
        at=datetime.now(UTC),
    )
    say(f"First sign-in: {FIRST} / {password}  (shown once; keep it)")
