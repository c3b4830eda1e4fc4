"""What waits for those who watch: doubts about messages, texts without approval, blocks overridden."""

from dataclasses import dataclass
from datetime import datetime

from arrears.web.ledger.models import Case, Event, Message, Person, Template
from arrears.web.ledger.policy import sees
from arrears.web.ledger.queries.overrides import seen_overrides

UNCLAIMED = "record_unclaimed"  # the verb of contacts about which the gate was not asked


@dataclass(frozen=True, slots=True)
class Watched:
    """How many of each there are; all but drafts of cases that the person sees.

    `unclaimed`: calls and visits that were written down, and about which the gate was not asked before.
    """

    doubts: int
    drafts: int
    overrides: int
    unclaimed: int


def watched(person: Person, *, begin: datetime, end: datetime) -> Watched:
    """What waits now, and what was done from `begin` up to but not including `end` that asks for a look."""
    cases = Case.objects.filter(sees(person)).values("pk")
    return Watched(
        doubts=Message.objects.filter(state="in_doubt", case__in=cases).count(),
        drafts=Template.objects.filter(approved_at__isnull=True, ended_at__isnull=True).count(),
        overrides=seen_overrides(person).filter(at__gte=begin, at__lt=end).count(),
        unclaimed=Event.objects.filter(
            verb=UNCLAIMED, case_id__in=cases, at__gte=begin, at__lt=end
        ).count(),
    )
