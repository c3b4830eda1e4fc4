"""One line of JSON for each request: what was asked, how it ended, how long it took, and by whom."""

import logging
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TextIO, cast

import structlog
from django.http import HttpRequest, HttpResponseBase

log: Any = structlog.get_logger("arrears.web")


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

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        began = time.perf_counter()
        response = self._get_response(request)
        # Whom the request has looked up already; to ask now would need a ledger that answers.
        person = getattr(request, "_cached_user", None)
        match = request.resolver_match
        log.info(
            "request",
            method=request.method,
            route=match.route if match else None,
            status=response.status_code,
            ms=round((time.perf_counter() - began) * 1000, 1),
            person=person.pk if person else None,
        )
        return response
