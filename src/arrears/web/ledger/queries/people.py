"""Who works here, in which teams and branches, for whoever admits them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q

from arrears.web.ledger.models import Case, Person, Team
from arrears.web.ledger.policy import RIGHTS, branches_of
from arrears.web.ledger.queries.paging import page_count, page_number

PAGE = 100


@dataclass(frozen=True, slots=True)
class Colleague:
    """A person of this institution. `branch` empty: every branch."""

    person_id: int
    username: str
    name: str
    role: str
    team_id: int | None
    team: str
    branch: str
    is_active: bool
    last_login: datetime | None
    exam_date: date | None  # what the rules ask of whoever calls or visits; None: nobody has said
    background_clear: bool | None
    secrecy_signed: bool | None


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """Some of the people, which page of the list they are, and how many there are in all."""

    rows: tuple[Colleague, ...]
    number: int
    total: int

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return page_count(self.total, PAGE)


@dataclass(frozen=True, slots=True)
class TeamRow:
    """A team and how many active people it has. `branch` empty: every branch."""

    team_id: int
    name: str
    branch: str
    people: int


def everyone(words: str = "", *, page: int = 1) -> PeoplePage:
    """Those whose name or sign-in name holds the words, or everyone; who works here first."""
    found = Person.objects.select_related("team")
    if words.strip():
        found = found.filter(
            Q(name__icontains=words.strip()) | Q(username__icontains=words.strip())
        )
    total = found.count()
    number = page_number(page, total, PAGE)
    here = found.order_by("-is_active", "name", "pk")[(number - 1) * PAGE : number * PAGE]
    return PeoplePage(tuple(_colleague(person) for person in here), number, total)


def colleague(person_id: int) -> Colleague | None:
    """One person, or None where there is none."""
    person = Person.objects.select_related("team").filter(pk=person_id).first()
    return _colleague(person) if person else None


def companions_for(
    case: Case, by: Person, *, among: Collection[int] | None = None
) -> tuple[Person, ...]:
    """Those who may go along on a visit about the case with that person: whose work its branch is.

    `among`: only people of these numbers.
    """
    roles = [role for role, rights in RIGHTS.items() if "work_cases" in rights]
    others = Person.objects.filter(is_active=True, role__in=roles).exclude(pk=by.pk)
    if among is not None:
        others = others.filter(pk__in=among)
    found = others.select_related("team").order_by("name", "pk")
    return tuple(person for person in found if branches_of(person) <= {case.branch})


def cases_in_hand(person_id: int) -> int:
    """How many cases the person holds."""
    return int(Case.objects.filter(taken_by=person_id).count())


def teams() -> tuple[TeamRow, ...]:
    """Every team, by name."""
    found = Team.objects.annotate(n=Count("people", filter=Q(people__is_active=True)))
    return tuple(TeamRow(t.pk, t.name, t.branch, t.n) for t in found.order_by("name"))


def team(team_id: int) -> Team | None:
    """The team as an action takes it, or None where there is none."""
    found: Team | None = Team.objects.filter(pk=team_id).first()
    return found


def working_beside(person: Person) -> tuple[tuple[str, str], ...]:
    """The people of the branches that a person sees, by number and name; whoever has left among them."""
    bound = branches_of(person)
    found = Person.objects.filter(branch__in=(*bound, "")) if bound else Person.objects.all()
    named = found.order_by("name", "pk").values_list("pk", "name")
    return tuple((str(pk), name) for pk, name in named)


def branches() -> tuple[str, ...]:
    """Every branch that the ledger has heard of, by name."""
    named: set[str] = set()
    for rows in (Case.objects.all(), Person.objects.all(), Team.objects.all()):
        named |= set(rows.values_list("branch", flat=True).distinct())
    return tuple(sorted(named - {""}))


def _colleague(person: Person) -> Colleague:
    return Colleague(
        person_id=person.pk,
        username=person.username,
        name=person.name,
        role=person.role,
        team_id=person.team_id,
        team=person.team.name if person.team else "",
        branch=person.branch,
        is_active=person.is_active,
        last_login=person.last_login,
        exam_date=person.exam_date,
        background_clear=person.background_clear,
        secrecy_signed=person.secrecy_signed,
    )
