"""Whose day is used up, or but for one contact: the caps of the rules beside what was used of them."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from arrears.web.forms import page_asked, paged
from arrears.web.ledger.models import Person
from arrears.web.ledger.queries.caps import NearCaps, near_cap, near_count
from arrears.web.needs import frame, needs, signed_in
from arrears.web.watch import rulebook


@dataclass(frozen=True, slots=True)
class Cap:
    """A cap of the rules, and who is near it."""

    rule_id: str
    pack: str
    kind: str
    most: int
    page: NearCaps


@needs("see_watch")
def caps_page(request: HttpRequest) -> HttpResponse:
    """The borrowers whose day is used up, or but for one contact, by each cap that is in force."""
    near = near_caps(signed_in(request), at=timezone.now(), page=page_asked(request))
    pages = max((one.page.pages for one in near), default=1)
    number = max((one.page.number for one in near), default=1)
    told = {"caps": near, "page": paged(number, pages), **frame(request, "watch")}
    return render(request, "watch/caps.html", told)


def near_caps(person: Person, *, at: datetime, page: int) -> list[Cap]:
    """Each cap that is in force, with the borrowers near it that the person sees."""
    zone = ZoneInfo(settings.TIME_ZONE)
    return [
        Cap(
            rule_id,
            rulebook.pack_of(rule_id),
            kind,
            most,
            near_cap(person, kind=kind, most=most, at=at, zone=zone, page=page),
        )
        for rule_id, kind, most in rulebook.caps(at.astimezone(zone).date())
    ]


def most_near(person: Person, *, at: datetime) -> int:
    """How many borrowers are near a cap in force, counted for each; 0 where there is no cap."""
    zone = ZoneInfo(settings.TIME_ZONE)
    return sum(
        near_count(person, kind=kind, most=most, at=at, zone=zone)
        for _rule_id, kind, most in rulebook.caps(at.astimezone(zone).date())
    )
