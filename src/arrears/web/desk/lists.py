"""Lists of cases: the queue, what is in my hands, the search."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from arrears.core.errors import UserError
from arrears.lake.home import Home
from arrears.web import words
from arrears.web.forms import acted, new_token, page_asked, paged
from arrears.web.ledger.actions.cases import take_next_case
from arrears.web.ledger.policy import may
from arrears.web.ledger.queries.cases import Page, queue, search
from arrears.web.mark_words import why_marked
from arrears.web.needs import frame, needs, signed_in


def home() -> Home:
    """The institution's home."""
    return Home(settings.ARREARS_HOME)  # type: ignore[misc]


@needs()
def start(request: HttpRequest) -> HttpResponse:
    """Everyone begins where their work is."""
    person = signed_in(request)
    if person.role in ("supervisor", "manager", "analyst"):
        return redirect("team")
    if may(person, "see_cases"):
        return redirect("work")
    return render(request, "desk/start.html", frame(request))


@needs("see_cases")
def work(request: HttpRequest) -> HttpResponse:
    """The queue in the order of the day's run, or what is in this person's hands."""
    mine = request.GET.get("mine") == "1"
    page = queue(signed_in(request), page=page_asked(request), mine=mine)
    told = {"mine": mine, "once": new_token, **_told(page), **frame(request, "work")}
    return render(request, "desk/work.html", told)


@needs("see_cases")
def find(request: HttpRequest) -> HttpResponse:
    """The cases that fit the words asked for."""
    asked = request.GET.get("q", "")[:80].strip()
    page = search(signed_in(request), asked, page=page_asked(request))
    return render(request, "desk/search.html", {"q": asked, **_told(page), **frame(request)})


@needs("work_cases", method="POST")
def take_next(request: HttpRequest) -> HttpResponse:
    """The best open case is in this person's hands, and before their eyes."""
    try:
        came, case_id = acted(request, lambda by, at: take_next_case(by=by, at=at))
    except UserError as error:
        messages.error(request, f"{error.wrong} {error.hint}")
        return redirect("work")
    if not came:
        return redirect("/work/?mine=1")
    if case_id is None:
        messages.info(request, _("队列中没有今天需要联系的案件。"))
        return redirect("work")
    return redirect("case", case_id)


def _told(page: Page) -> dict[str, Any]:
    """A page of a list with what its codes are called."""
    currency = home().institution().currency
    return {
        "total": page.total,
        "page": paged(page.number, page.pages),
        "any_marked": any(line.against_call for line in page.lines),
        "lines": [
            {
                "line": line,
                "url": reverse("case", args=[line.case_id]),
                "state": words.STATE[line.state],
                "treatment": words.treatment(line.treatment),
                "why": words.why_beside(line.reasons, currency),
                "marked": why_marked(line.against_call),
            }
            for line in page.lines
        ],
    }
