"""Who must not be contacted now, and whose soft block a person has overridden."""

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from arrears.web import hold_words, words
from arrears.web.forms import number_of, page_asked, paged
from arrears.web.ledger.models import Hold
from arrears.web.ledger.queries.overrides import overrides
from arrears.web.ledger.queries.stops import Stops, stops
from arrears.web.needs import frame, needs, signed_in
from arrears.web.watch import rulebook

AHEAD = "ahead"  # stands where a kind does: the holds that begin later


@needs("see_watch")
def stops_page(request: HttpRequest) -> HttpResponse:
    """The holds in force, the oldest first, of one kind or of all; or those that begin later."""
    kinds = hold_words.kind_words()
    asked = request.GET.get("kind", "")
    kind = asked if asked in kinds or asked == AHEAD else ""
    ahead = kind == AHEAD
    now = timezone.localdate()
    page = stops(signed_in(request), on=now, kind=kind, ahead=ahead, page=page_asked(request))
    told = {
        "kind": kind,
        "ahead": ahead,
        "filters": _filters(page, kinds, kind),
        "rows": [
            {
                "row": row,
                "shown": hold_words.shown(row.hold, words.POINT_ROLE, on=now),
                "days": _days(row.hold, now),
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


def _days(hold: Hold, now: date) -> int:
    """How many days ago it was placed; of one that begins later, in how many it will."""
    if hold.from_date and hold.from_date > now:
        return (hold.from_date - now).days
    return (now - timezone.localdate(hold.at)).days


def _filters(page: Stops, kinds: dict[str, str], chosen: str) -> list[dict[str, Any]]:
    """A link for each kind of hold that there is, for those that begin later, and for the one chosen."""
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
                "count": count,
                "here": kind == chosen,
            }
            for kind, label, count in (
                *((kind, label, page.kinds.get(kind, 0)) for kind, label in kinds.items()),
                (AHEAD, _("尚未开始"), page.ahead),
            )
            if count or kind == chosen
        ),
    ]
