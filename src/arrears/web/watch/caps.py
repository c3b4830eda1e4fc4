"""Whose day is used up, or but for one: each kind of what is counted by its own cap."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from arrears.web.forms import page_asked, paged
from arrears.web.ledger.models import Person
from arrears.web.ledger.queries.caps import near_caps, near_counts
from arrears.web.needs import frame, needs, signed_in
from arrears.web.watch import rulebook, terms


@needs("see_watch")
def caps_page(request: HttpRequest) -> HttpResponse:
    """By kind how many borrowers have used a day up, or but for one; of one kind, which they are."""
    at, zone = timezone.now(), ZoneInfo(settings.TIME_ZONE)
    caps = {cap.kind: cap for cap in rulebook.caps(at.astimezone(zone).date())}
    near = near_caps(
        signed_in(request),
        caps={kind: cap.most for kind, cap in caps.items()},
        kind=request.GET.get("kind", ""),
        at=at,
        zone=zone,
        page=page_asked(request),
    )
    lines: list[dict[str, Any]] = [
        {"cap": cap, "word": terms.SLOT[kind], "near": near.counts[kind], "here": kind == near.kind}
        for kind, cap in caps.items()
    ]
    told = {
        "lines": lines,
        "chosen": next((line for line in lines if line["here"]), None),
        "rows": near.rows,
        "by_number": near.kind == "ring",
        "page": paged(near.number, near.pages),
        "query": f"kind={near.kind}&",
        **frame(request, "watch"),
    }
    return render(request, "watch/caps.html", told)


def most_near(person: Person, *, at: datetime) -> int:
    """How many are near a cap in force, counted for each kind; 0 where there is no cap."""
    zone = ZoneInfo(settings.TIME_ZONE)
    caps = {cap.kind: cap.most for cap in rulebook.caps(at.astimezone(zone).date())}
    return sum(near.total for near in near_counts(person, caps=caps, at=at, zone=zone).values())
