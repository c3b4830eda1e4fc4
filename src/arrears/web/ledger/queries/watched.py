"""What waits for those who watch: doubts about messages, texts without approval, blocks overridden."""

from dataclasses import dataclass
from datetime import datetime

from arrears.web.ledger.models import Case, Message, Person, Template
from arrears.web.ledger.policy import sees
from arrears.web.ledger.queries.overrides import seen_overrides


@dataclass(frozen=True, slots=True)
class Watched:
    """How many of each there are; messages and overrides of cases that the person sees."""

    doubts: int
    drafts: int
    overrides: int


def watched(person: Person, *, begin: datetime, end: datetime) -> Watched:
    """What waits now, and how many blocks were overridden from `begin` up to but not including `end`."""
    cases = Case.objects.filter(sees(person)).values("pk")
    return Watched(
        doubts=Message.objects.filter(state="in_doubt", case__in=cases).count(),
        drafts=Template.objects.filter(approved_at__isnull=True, ended_at__isnull=True).count(),
        overrides=seen_overrides(person).filter(at__gte=begin, at__lt=end).count(),
    )
