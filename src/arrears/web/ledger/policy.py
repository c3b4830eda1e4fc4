"""Who may see and do what: one table of roles and one of their reach."""

from django.db.models import Q
from django.utils.translation import gettext as _

from arrears.core.errors import UserError
from arrears.web.ledger.models.person import Person

# What each role may do. An action or a page names one of these; nothing is allowed by being forgotten.
RIGHTS: dict[str, frozenset[str]] = {
    "phone_collector": frozenset({"see_cases", "work_cases", "reveal"}),
    "field_collector": frozenset({"see_cases", "work_cases", "make_visits", "reveal"}),
    "supervisor": frozenset(
        {
            "see_cases",
            "work_cases",
            "make_visits",
            "reveal",
            "see_floor",
            "reassign",
            "see_outbox",
            "see_watch",
            "override",
        }
    ),
    "compliance": frozenset(
        {
            "see_cases",
            "reveal",
            "see_floor",
            "see_log",
            "hold_cases",
            "see_outbox",
            "see_watch",
            "write_texts",
            "approve_texts",
            "override",
            "reconcile",
        }
    ),
    "analyst": frozenset({"see_floor"}),
    "manager": frozenset({"see_floor"}),
    "administrator": frozenset({"manage_people"}),
    "auditor": frozenset({"see_cases", "see_floor", "see_log", "see_outbox", "see_watch"}),
}


class NotAllowed(UserError):
    """This person's role does not allow what was asked for."""

    exit_code = 93


def may(person: Person, right: str) -> bool:
    """Whether the person's role has a right. Raises: KeyError for a role nobody described."""
    return person.is_active and right in RIGHTS[person.role]


def require(person: Person, right: str) -> None:
    """The person has the right. Raises: NotAllowed."""
    if not may(person, right):
        raise NotAllowed(_("您的角色不能这样做"), hint=_("如确有需要，请联系主管或系统管理员。"))


def sees(person: Person) -> Q:
    """Which cases a person sees, as a filter of Case.

    Nobody's role alone shows a case of another branch: a person with a branch sees that branch only, and
    one whose team has a branch sees no other either.
    """
    if not may(person, "see_cases"):
        return Q(pk__in=())
    seen = reach(person)
    if person.role in ("phone_collector", "field_collector"):
        # The queue, and what is in the person's own hands: not what a teammate has taken.
        seen &= Q(taken_by=None) | Q(taken_by=person)
    if person.role == "supervisor" and person.team:
        # Nor what another team has; but what lies with nobody's team, or with someone who has left.
        seen &= (
            Q(taken_by__team=None) | Q(taken_by__team=person.team) | Q(taken_by__is_active=False)
        )
    return seen


def reach(person: Person) -> Q:
    """The branches whose cases a person sees, as a filter of Case: all that `sees` asks of an open one."""
    if not may(person, "see_cases"):
        return Q(pk__in=())
    return within(person)


def branches_of(person: Person) -> frozenset[str]:
    """The branches that a person's own and their team's bind them to; none where nothing binds them."""
    return frozenset({person.branch, person.team.branch if person.team else ""} - {""})


def within(person: Person, field: str = "branch") -> Q:
    """The rows of the person's branch, which `field` names: of every branch where nothing binds them.

    Bound to two different ones they find nothing: no row is of both.
    """
    found = Q()
    for branch in sorted(branches_of(person)):
        found &= Q(**{field: branch})
    return found
