"""Today's figures for those who lead: counts and sums of what they may see, never names."""

from dataclasses import dataclass

from django.db.models import Count, Q, Sum

from arrears.web.ledger.models import Case, Person, Promise, RunFigure
from arrears.web.ledger.models.case import ENDED
from arrears.web.ledger.queries.cases import front


@dataclass(frozen=True, slots=True)
class BucketRow:
    """The cases of one bucket. Units: cases, minor units."""

    bucket: str
    cases: int
    overdue_minor: int


@dataclass(frozen=True, slots=True)
class Hand:
    """How many cases lie in someone's hands."""

    person_id: int
    name: str
    cases: int


@dataclass(frozen=True, slots=True)
class Floor:
    """Today's figures of a branch, or of all. Units: cases, promises, minor units."""

    cases: int
    overdue_minor: int
    open: int
    taken: int
    held: int
    promises_open: int
    promises_kept: int
    promises_broken: int
    buckets: tuple[BucketRow, ...]
    hands: tuple[Hand, ...]


def floor(person: Person) -> Floor:
    """Today's figures of the person's branch; of every branch for those without one."""
    branch = person.branch or (person.team.branch if person.team else "")
    own = Q(branch=branch) if branch else Q()
    cases = Case.objects.filter(own).exclude(state__in=ENDED)
    figures = RunFigure.objects.filter(run=front()).filter(own)
    of_branch = Q(case__branch=branch) if branch else Q()
    states = dict(cases.values_list("state").annotate(n=Count("pk")))
    promises = dict(Promise.objects.filter(of_branch).values_list("state").annotate(n=Count("pk")))
    buckets = tuple(
        BucketRow(*row)
        for row in figures.values_list("bucket")
        .annotate(n=Sum("cases"), m=Sum("overdue_minor"))
        .order_by("bucket")
    )
    hands = cases.filter(taken_by__isnull=False).values_list("taken_by", "taken_by__name")
    return Floor(
        cases=sum(states.values()),
        overdue_minor=sum(row.overdue_minor for row in buckets),
        open=states.get("open", 0),
        taken=states.get("taken", 0),
        held=states.get("held", 0),
        promises_open=promises.get("open", 0),
        promises_kept=promises.get("kept", 0),
        promises_broken=promises.get("broken", 0) + promises.get("part_kept", 0),
        buckets=buckets,
        hands=tuple(Hand(*row) for row in hands.annotate(n=Count("pk")).order_by("-n")),
    )
