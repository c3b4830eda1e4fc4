"""What a person sees when the ledger cannot be reached or written: nothing was saved, nothing is lost."""

import sqlite3
import sys

from django.db import Error, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template import loader
from django.views.decorators.csrf import requires_csrf_token
from django.views.defaults import server_error

from arrears.rules.book import PackLoosens
from arrears.rules.limit import PackUnreadable
from arrears.web.again import again
from arrears.web.needs import page_before

AGAIN_SECONDS = "10"
UNKEPT = {"Cache-Control": "no-store"}
# What SQLite says of its file and disk; its other errors are ours.
OF_THE_MACHINE = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PROTOCOL,
}


@requires_csrf_token
def broken(request: HttpRequest) -> HttpResponse:
    """503 and what was typed when the ledger is to blame, else 500: the handler of every fault.

    Where the institution's own rules are at fault nothing is allowed: the page says what is wrong in them.

    A form of a case comes back with the same token: pressed again it is recorded once. One with a
    password does not come back, as it would not be whole. The page asks the ledger for nothing, not
    even for who is signed in.
    """
    error = sys.exc_info()[1]
    if isinstance(error, PackLoosens | PackUnreadable):
        page = loader.get_template("503_rules.html")
        return HttpResponse(page.render({"error": error}), status=503, headers=UNKEPT)
    if not of_the_ledger(error):
        return server_error(request)
    fields, typed = again(request)
    page = loader.get_template("503.html")
    told = {
        "fields": fields,
        "typed": typed,
        "action": request.path if fields else page_before(request),
    }
    return HttpResponse(
        page.render(told),
        status=503,
        headers={"Retry-After": AGAIN_SECONDS, **UNKEPT},
    )


def of_the_ledger(error: BaseException | None) -> bool:
    """The database is away, locked for too long, or out of room: nothing of ours is wrong."""
    if not isinstance(error, Error):
        return False
    cause = error.__cause__
    if isinstance(cause, sqlite3.Error):
        return getattr(cause, "sqlite_errorcode", 0) & 0xFF in OF_THE_MACHINE
    return isinstance(error, InterfaceError | OperationalError)
