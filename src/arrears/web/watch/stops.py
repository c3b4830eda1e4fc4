"""Who must not be contacted now, and whose soft block a person has overridden."""

from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from arrears.web import words
from arrears.web.forms import number_of, page_asked, paged
from arrears.web.ledger.queries import log
from arrears.web.ledger.queries.stops import Stops, stops
from arrears.web.ledger.queries.watched import OVERRIDE
from arrears.web.needs import frame, needs, signed_in


@needs("see_watch")
def stops_page(request: HttpRequest) -> HttpResponse:
    """The holds in force, the oldest first; of one kind, or of all."""
    kinds = dict(words.flags())
    asked = request.GET.get("kind", "")
    kind = asked if asked in kinds else ""
    page = stops(signed_in(request), kind=kind, page=page_asked(request))
    now = timezone.localdate()
    told = {
        "kind": kind,
        "filters": _filters(page, kinds, kind),
        "rows": [
            {
                "row": row,
                "kind": kinds.get(row.kind, row.kind),
                "days": (now - timezone.localdate(row.at)).days,
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
    """The soft blocks that people went against, newest first, with who did and why."""
    before = number_of(request.GET.get("before", "")) or None
    zone = ZoneInfo(settings.TIME_ZONE)
    page = log.events(signed_in(request), log.Asked(verb=OVERRIDE), zone=zone, before=before)
    told = {
        "rows": [{"row": row, "detail": words.event_detail(row.detail)} for row in page.rows],
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
