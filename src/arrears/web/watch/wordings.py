"""What people typed about cases that is forbidden, or that somebody has to judge: kinds only, no words."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from arrears.web import words
from arrears.web.forms import number_of
from arrears.web.ledger.queries.wordings import wordings
from arrears.web.needs import frame, needs, signed_in


@needs("see_watch")
def wordings_page(request: HttpRequest) -> HttpResponse:
    """The notes in which wording was found, newest first: which case, who, when, what kind, how sure."""
    before = number_of(request.GET.get("before", "")) or None
    page = wordings(signed_in(request), before=before)
    told = {
        "rows": [
            {
                "row": row,
                "sure": words.wording(row.sure) if row.sure else "",
                "review": words.wording(row.review) if row.review else "",
            }
            for row in page.rows
        ],
        "older": page.older,
        "later": before,
        **frame(request, "watch"),
    }
    return render(request, "watch/wordings.html", told)
