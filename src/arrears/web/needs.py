"""What every page behind the door shares: who may open it, and the frame around it."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from arrears.web.again import keep
from arrears.web.ledger.models import Person
from arrears.web.ledger.policy import RIGHTS, may
from arrears.web.ledger.queries.cases import front

View = Callable[..., HttpResponse]

# The pages of the bar at the top: a right, the route, what it is called.
PLACES = (
    ("see_cases", "work", _("案件")),
    ("see_floor", "team", _("团队")),
    ("see_outbox", "outbox", _("消息")),
    ("see_outbox", "templates", _("模板")),
    ("see_watch", "watch", _("合规")),
    ("see_log", "log", _("日志")),
    ("manage_people", "people", _("人员")),
)


def needs(*rights: str, method: str = "GET") -> Callable[[View], View]:
    """The view is for signed-in people with any of these rights, or for all of them where none is named.

    The view says so itself: `view.rights`, `view.method`. Nothing that it answers is kept by a browser.
    """
    methods = ("GET", "HEAD") if method == "GET" else (method,)

    def declared(view: View) -> View:
        @never_cache
        @wraps(view)
        def guarded(request: HttpRequest, *words: Any, **named: Any) -> HttpResponse:
            person = request.user
            if not isinstance(person, Person):
                return redirect_to_login(reverse("kept") if keep(request) else page_before(request))
            if rights and not any(may(person, right) for right in rights):
                raise PermissionDenied
            if request.method not in methods:
                return HttpResponseNotAllowed(methods)
            return view(request, *words, **named)

        guarded.rights = rights  # type: ignore[attr-defined]
        guarded.method = method  # type: ignore[attr-defined]
        return guarded

    return declared


def signed_in(request: HttpRequest) -> Person:
    """Who asks, on a view behind `needs`."""
    person = request.user
    if not isinstance(person, Person):
        raise PermissionDenied
    return person


def frame(request: HttpRequest, here: str = "") -> dict[str, Any]:
    """What the page around each page shows: the bar of this person's pages and the business day."""
    person = signed_in(request)
    run = front()
    return {
        "nav": [
            {"url": reverse(route), "label": label, "here": route == here}
            for right, route, label in PLACES
            if may(person, right)
        ],
        "as_of": run.as_of if run else None,
        "rights": RIGHTS[person.role],
    }


def page_before(request: HttpRequest) -> str:
    """The page to come back to: where a form was, never the form's own address."""
    if request.method in ("GET", "HEAD"):
        return request.get_full_path()
    came_from = request.headers.get("Referer", "")
    if url_has_allowed_host_and_scheme(came_from, {request.get_host()}):
        return urlsplit(came_from).path or "/"
    return "/"
