"""Who must not be contacted now, and whose soft block a person has overridden."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from arrears.web import hold_words, words
from arrears.web.forms import number_of, page_asked, paged
from arrears.web.ledger.queries.overrides import overrides
from arrears.web.ledger.queries.stops import Stops, stops
from arrears.web.needs import frame, needs, signed_in
from arrears.web.watch import rulebook


@needs("see_watch")
def stops_page(request: HttpRequest) -> HttpResponse:
    """The holds in force, the oldest first; of one kind, or of all."""
    kinds = hold_words.kind_words()
    asked = request.GET.get("kind", "")
    kind = asked if asked in kinds else ""
    now = timezone.localdate()
    page = stops(signed_in(request), on=now, kind=kind, page=page_asked(request))
    told = {
        "kind": kind,
        "filters": _filters(page, kinds, kind),
        "rows": [
            {
                "row": row,
                "shown": hold_words.shown(row.hold, words.POINT_ROLE),
                "days": (now - timezone.localdate(row.hold.at)).days,
            }
            for row in page.rows
        ],
        "total": page.total,
        "page": paged(page.number, page.pages),
        "query": f"kind={kind}&" if kind else "",
        **frame(request, "watch"),
    }
    return render(request, "watch/stops.html", told)


@needs("see_watch")
def overrides_page(request: HttpRequest) -> HttpResponse:
    """What the rules advise against and people let pass, newest first, with who did and why."""
    before = number_of(request.GET.get("before", "")) or None
    page = overrides(signed_in(request), before=before)
    rules = rulebook.rows_by_rule(words.language(), on=timezone.localdate())
    told = {
        "rows": [{"row": row, "rule": rules.get(row.rule_id)} for row in page.rows],
        "older": page.older,
        "later": before,
        **frame(request, "watch"),
    }
    return render(request, "watch/overrides.html", told)


def _filters(page: Stops, kinds: dict[str, str], chosen: str) -> list[dict[str, Any]]:
    """A link for each kind of hold that there is, and for the one that is chosen."""
    everything = {
        "url": reverse("stops"),
        "label": _("全部"),
        "count": sum(page.kinds.values()),
        "here": not chosen,
    }
    return [
        everything,
        *(
            {
                "url": f"{reverse('stops')}?kind={kind}",
                "label": label,
                "count": page.kinds.get(kind, 0),
                "here": kind == chosen,
            }
            for kind, label in kinds.items()
            if page.kinds.get(kind) or kind == chosen
        ),
    ]
