"""What waits for those who watch: doubts about messages, texts without approval, blocks overridden."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from arrears.web.ledger.models import Case, Event, Message, Person, Template
from arrears.web.ledger.policy import sees
from arrears.web.ledger.queries.overrides import seen_overrides
from arrears.web.ledger.queries.wordings import FOUND

UNCLAIMED = "record_unclaimed"  # the verb of contacts about which the gate was not asked


@dataclass(frozen=True, slots=True)
class Watched:
    """How many of each there are; all but drafts of cases that the person sees.

    `unclaimed`: calls and visits that were written down, and about which the gate was not asked before.
    `wordings`: notes in which forbidden wording was found, or some that a person must judge.
    """

    doubts: int
    drafts: int
    overrides: int
    unclaimed: int
    wordings: int


def watched(person: Person, *, begin: datetime, end: datetime) -> Watched:
    """What waits now, and what was done from `begin` up to but not including `end` that asks for a look."""
    cases = Case.objects.filter(sees(person)).values("pk")
    asked = Event.objects.filter(
        verb__in=(UNCLAIMED, FOUND), case_id__in=cases, at__gte=begin, at__lt=end
    )
    events = dict(asked.values_list("verb").annotate(Count("pk")).order_by())
    return Watched(
        doubts=Message.objects.filter(state="in_doubt", case__in=cases).count(),
        drafts=Template.objects.filter(approved_at__isnull=True, ended_at__isnull=True).count(),
        overrides=seen_overrides(person).filter(at__gte=begin, at__lt=end).count(),
        unclaimed=events.get(UNCLAIMED, 0),
        wordings=events.get(FOUND, 0),
    )
