"""Who works here."""

from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from arrears.core.errors import UserError
from arrears.web.ledger.actions.act import action, log
from arrears.web.ledger.models import Person, Team
from arrears.web.ledger.policy import RIGHTS, require


class NoSuchRole(UserError):
    """The ledger knows no such role."""

    exit_code = 94


class NameTaken(UserError):
    """Someone signs in with that name already."""

    exit_code = 95


class WeakPassword(UserError):
    """The password is too short or too common."""

    exit_code = 96


@action
def found_team(*, name: str, branch: str = "", by: Person | None, at: datetime) -> Team:
    """The team exists; asked again it is the same team."""
    if by is not None:
        require(by, "manage_people")
    team, new = Team.objects.get_or_create(name=name, defaults={"branch": branch})
    if new:
        log("found_team", by=by, at=at, team=name, branch=branch)
    return team


@action
def admit_person(
    *,
    username: str,
    name: str,
    role: str,
    password: str,
    team: Team | None = None,
    branch: str = "",
    by: Person | None,
    at: datetime,
) -> Person:
    """The person can sign in. `by` None: the command line of whoever runs the machine.

    Raises: NotAllowed, NoSuchRole, NameTaken, WeakPassword.
    """
    if by is not None:
        require(by, "manage_people")
    if role not in RIGHTS:
        raise NoSuchRole(
            _("没有这个角色"), hint=_("可选：%(roles)s。") % {"roles": ", ".join(RIGHTS)}
        )
    if Person.objects.filter(username=username).exists():
        raise NameTaken(_("这个登录名已有人使用"), hint=_("请换一个登录名。"))
    try:
        validate_password(password)
    except ValidationError as error:
        raise WeakPassword(_("密码不够安全"), hint=" ".join(error.messages)) from error
    person = Person(username=username, name=name, role=role, team=team, branch=branch)
    person.set_password(password)
    person.save()
    log("admit_person", by=by, at=at, username=username, role=role, branch=branch)
    return person


@action
def dismiss_person(*, username: str, by: Person | None, at: datetime) -> None:
    """The person can no longer sign in; what they did stays theirs. Raises: NotAllowed, DoesNotExist."""
    if by is not None:
        require(by, "manage_people")
    person = Person.objects.get(username=username)
    person.is_active = False
    person.save()
    log("dismiss_person", by=by, at=at, username=username)
