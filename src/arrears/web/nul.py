"""No request carries the character NUL further in: PostgreSQL keeps no text that holds one."""

from collections.abc import Callable, Iterator
from contextlib import suppress

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponseBase, UnreadablePostError

NUL = "\0"


class NoNul:
    """Middleware. A NUL in the path, the query, a cookie or a form is answered with 400: nobody types one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if any(NUL in text for text in _texts(request)):
            raise BadRequest("NUL in a request")
        return self._get_response(request)


def _texts(request: HttpRequest) -> Iterator[str]:
    """Every text that a request brings and that could reach the ledger."""
    yield request.path
    for name, value in request.COOKIES.items():
        yield from (name, value)
    forms = [request.GET]
    with suppress(UnreadablePostError):  # the browser is gone: later the form is found empty
        forms.append(request.POST)
    for form in forms:
        for name, values in form.lists():
            yield name
            yield from (value for value in values if isinstance(value, str))
