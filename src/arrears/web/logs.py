"""Lines of JSON: for each request what was asked, how it ended and by whom; for each fault where it was."""

import logging
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any, TextIO, cast

import structlog
from django.core.signals import got_request_exception
from django.http import HttpRequest, HttpResponseBase

log: Any = structlog.get_logger("arrears.web")
MOST_CAUSES = 5


class _Lossy:
    """A file that forgets what it cannot write: no page fails because the disk of the log is full."""

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def write(self, text: str) -> None:
        with suppress(OSError):
            self._file.write(text)

    def flush(self) -> None:
        with suppress(OSError):
            self._file.flush()


def configure_logs() -> None:
    """Logs are lines of JSON on stderr, with the moment in UTC."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(cast("TextIO", _Lossy(sys.stderr))),
    )


class RequestLog:
    """Middleware. Holds no query and no form: those may carry personal data."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response
        got_request_exception.connect(log_fault, dispatch_uid="arrears.web.logs")

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        began = time.perf_counter()
        response = self._get_response(request)
        ms = round((time.perf_counter() - began) * 1000, 1)
        log.info("request", **_asked(request), status=response.status_code, ms=ms)
        return response


def log_fault(*, request: HttpRequest, **_signal: Any) -> None:
    """The fault that a request ends in stands in the log: what kind it is, and where it came about.

    Neither its message nor what any name stood for is in it: those may hold personal data.
    """
    error = sys.exc_info()[1]
    log.error("fault", **_asked(request), faults=list(_faults(error)))


def _asked(request: HttpRequest) -> dict[str, Any]:
    """What was asked for and by whom, as far as that is known without asking the ledger now."""
    person = getattr(request, "_cached_user", None)
    match = request.resolver_match
    return {
        "method": request.method,
        "route": match.route if match else None,
        "person": person.pk if person else None,
    }


def _faults(error: BaseException | None) -> Iterator[dict[str, Any]]:
    """The fault, then what it came from; of each its class and the lines of code it went through."""
    for _ in range(MOST_CAUSES):
        if error is None:
            return
        frames = traceback.extract_tb(error.__traceback__)
        yield {
            "class": f"{type(error).__module__}.{type(error).__qualname__}",
            "at": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
        }
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
