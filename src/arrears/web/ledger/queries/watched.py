"""What waits for those who watch: doubts about messages, texts without approval, blocks overridden."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from arrears.web.ledger.models import Case, Event, Message, Person, Template
from arrears.web.ledger.policy import sees

OVERRIDE = "override_block"  # the action by which a person goes against a soft block


@dataclass(frozen=True, slots=True)
class Watched:
    """How many of each there are; messages and overrides of cases that the person sees."""

    doubts: int
    drafts: int
    overrides: int


def watched(person: Person, *, begin: datetime, end: datetime) -> Watched:
    """What waits now, and how many blocks were overridden from `begin` up to but not including `end`."""
    cases = Case.objects.filter(sees(person)).values("pk")
    overridden = Event.objects.filter(verb=OVERRIDE, at__gte=begin, at__lt=end)
    return Watched(
        doubts=Message.objects.filter(state="in_doubt", case__in=cases).count(),
        drafts=Template.objects.filter(approved_at__isnull=True, ended_at__isnull=True).count(),
        overrides=overridden.filter(Q(case_id=None) | Q(case_id__in=cases)).count(),
    )
