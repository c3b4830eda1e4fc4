"""Today's figures for those who lead: counts and sums of what they may see, never names."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count, Q, Sum

from arrears.web.ledger.models import Borrower, Case, CaseDay, Person, Promise, RunFigure
from arrears.web.ledger.models.case import ENDED
from arrears.web.ledger.policy import RIGHTS, branches_of, sees, within
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


@dataclass(frozen=True, slots=True)
class Held:
    """A case in someone's hands, as a line of a list. Units: minor units, days."""

    case_id: int
    name: str
    bucket: str
    dpd: int
    overdue_minor: int


@dataclass(frozen=True, slots=True)
class HandPage:
    """What lies in one person's hands, in the order of the day's run, and who could take it over."""

    holder: Person
    lines: tuple[Held, ...]
    colleagues: tuple[Person, ...]


MOST = 200  # cases that one page lists, and that are passed on at once


def hand_of(person: Person, holder_id: int) -> HandPage | None:
    """The cases of `holder_id` that this person sees.

    None where nobody has that number, and for someone with whom this person has nothing to do: no
    colleague who works on cases, and without a case that they see.
    """
    holder = Person.objects.filter(pk=holder_id).first()
    if holder is None:
        return None
    held = Case.objects.filter(sees(person), taken_by=holder)
    cases = dict(held.values_list("borrower_id", "pk"))
    working = colleagues(person)
    if not cases and holder not in working:
        return None
    days = CaseDay.objects.filter(run=front(), borrower_id__in=list(cases)).order_by("rank")[:MOST]
    names = dict(Borrower.objects.filter(pk__in=list(cases)).values_list("pk", "name"))
    lines = tuple(
        Held(
            case_id=cases[day.borrower_id],
            name=names.get(day.borrower_id, ""),
            bucket=day.bucket,
            dpd=day.dpd,
            overdue_minor=day.overdue_minor,
        )
        for day in days
    )
    others = tuple(one for one in working if one.pk != holder.pk)
    return HandPage(holder, lines, others)


def colleagues(person: Person) -> tuple[Person, ...]:
    """Who may be given cases by this person: those who work on cases, of the same team if there is one.

    Nobody who is bound to another branch.
    """
    working = [role for role, rights in RIGHTS.items() if "work_cases" in rights]
    found = Person.objects.filter(is_active=True, role__in=working)
    if person.team_id:
        found = found.filter(team=person.team_id)
    for branch in branches_of(person):
        found = found.filter(branch__in=("", branch))
        found = found.filter(Q(team=None) | Q(team__branch__in=("", branch)))
    return tuple(found.order_by("name", "pk"))


def all_seen(person: Person, case_ids: Collection[int]) -> bool:
    """Whether the person sees each of these cases."""
    wanted = set(case_ids)
    return Case.objects.filter(sees(person), pk__in=wanted).count() == len(wanted)


def floor(person: Person) -> Floor:
    """Today's figures of the person's branch; of every branch for those without one."""
    own = within(person)
    cases = Case.objects.filter(own).exclude(state__in=ENDED)
    figures = RunFigure.objects.filter(run=front()).filter(own)
    states = dict(cases.values_list("state").annotate(n=Count("pk")))
    promises = dict(
        Promise.objects.filter(within(person, "case__branch"))
        .values_list("state")
        .annotate(n=Count("pk"))
    )
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
