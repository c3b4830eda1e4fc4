"""Who works here: admitted, moved, dismissed and admitted again, each with a password of their own."""

from datetime import date, datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from arrears.core.errors import UserError
from arrears.web.ledger.actions.act import NotNow, action, lock_borrower, log
from arrears.web.ledger.actions.cases import give_back
from arrears.web.ledger.models import Case, Person, Team
from arrears.web.ledger.policy import RIGHTS, may, reach, require

LONGEST = {"username": 60, "name": 80, "branch": 80, "team": 80}


class NoSuchRole(UserError):
    """The ledger knows no such role."""

    exit_code = 94


class NameTaken(UserError):
    """Someone signs in with that name already."""

    exit_code = 95


class WeakPassword(UserError):
    """The password is too short or too common."""

    exit_code = 96


class NameUnsound(UserError):
    """A name of a person, team or branch is missing or too long."""

    exit_code = 120


class LastAdministrator(UserError):
    """Nobody would be left who can admit people."""

    exit_code = 121


class WrongPassword(UserError):
    """The password is not the one that this person signs in with."""

    exit_code = 122


class ExamAhead(UserError):
    """An exam cannot have been passed on a day that is still to come."""

    exit_code = 113


@action
def found_team(*, name: str, branch: str = "", by: Person | None, at: datetime) -> Team:
    """The team exists; asked again it is the same team. Raises: NotAllowed, NameUnsound."""
    if by is not None:
        require(by, "manage_people")
    name, branch = _sound("team", name), _sound("branch", branch)
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

    Raises: NotAllowed, NoSuchRole, NameUnsound, NameTaken, WeakPassword.
    """
    if by is not None:
        require(by, "manage_people")
    if role not in RIGHTS:
        raise NoSuchRole(
            _("没有这个角色"), hint=_("可选：%(roles)s。") % {"roles": ", ".join(RIGHTS)}
        )
    username, name, branch = (
        _sound("username", username),
        _sound("name", name),
        _sound("branch", branch),
    )
    if Person.objects.filter(username=username).exists():
        raise _taken()
    person = Person(username=username, name=name, role=role, team=team, branch=branch)
    _give_password(person, password)
    try:
        with transaction.atomic():
            person.save()
    except IntegrityError as error:  # someone else was admitted under that name at this moment
        raise _taken() from error
    log("admit_person", by=by, at=at, username=username, role=role, branch=branch)
    return person


@action
def dismiss_person(*, username: str, by: Person | None, at: datetime) -> int:
    """The person can no longer sign in; what they did stays theirs, what they held is in the queue.

    How many cases went back there.

    Raises: NotAllowed, LastAdministrator, DoesNotExist.
    """
    if by is not None:
        require(by, "manage_people")
    person, last = _locked_among_administrators(username)
    if last:
        raise _last()
    person.is_active = False
    person.save()
    log("dismiss_person", by=by, at=at, username=username)
    return _release(person, by=by, at=at)


@action
def readmit_person(*, username: str, password: str, by: Person, at: datetime) -> None:
    """The person can sign in again, with a new password: no session of before comes back to life.

    Raises: NotAllowed, NotNow, WeakPassword, DoesNotExist.
    """
    require(by, "manage_people")
    person = _locked(username)
    if person.is_active:
        raise NotNow(_("这个人没有停用"), hint=_("请刷新页面。"))
    _give_password(person, password)
    person.is_active = True
    person.save()
    log("readmit_person", by=by, at=at, username=username)


@action
def move_person(
    *, username: str, role: str, team: Team | None, branch: str, by: Person, at: datetime
) -> int:
    """The person works in another role, team or branch, from the next page they open.

    What they hold and may no longer work on is back in the queue; how many cases that were.

    Raises: NotAllowed, NoSuchRole, NameUnsound, LastAdministrator, DoesNotExist.
    """
    require(by, "manage_people")
    if role not in RIGHTS:
        raise NoSuchRole(_("没有这个角色"), hint=_("请从列表中选择。"))
    branch = _sound("branch", branch)
    person, last = _locked_among_administrators(username)
    if last and role != person.role:
        raise _last()
    before = {
        "role": person.role,
        "team": person.team.name if person.team else "",
        "branch": person.branch,
    }
    person.role, person.team, person.branch = role, team, branch
    person.save()
    after = {"role": role, "team": team.name if team else "", "branch": branch}
    log("move_person", by=by, at=at, username=username, before=before, after=after)
    return _release(person, by=by, at=at)


@action
def certify_person(
    *,
    username: str,
    exam_date: date | None,
    background_clear: bool | None,
    secrecy_signed: bool | None,
    by: Person | None,
    at: datetime,
) -> None:
    """It is known of the person what the rules ask of whoever calls or visits; None: nobody has said.

    Raises: NotAllowed, ExamAhead, DoesNotExist.
    """
    if by is not None:
        require(by, "manage_people")
    if exam_date is not None and exam_date > localdate(at):
        raise ExamAhead(_("考试日期在今天之后"), hint=_("请填写已经通过的考试的日期。"))
    person = _locked(username)
    person.exam_date = exam_date
    person.background_clear, person.secrecy_signed = background_clear, secrecy_signed
    person.save()
    log(
        "certify_person",
        by=by,
        at=at,
        username=username,
        exam_date=exam_date.isoformat() if exam_date else "",
        background_clear=background_clear,
        secrecy_signed=secrecy_signed,
    )


@action
def set_password(*, username: str, password: str, by: Person, at: datetime) -> None:
    """The person signs in with this password; whoever was signed in as them is so no longer.

    Raises: NotAllowed, WeakPassword, DoesNotExist.
    """
    require(by, "manage_people")
    person = _locked(username)
    _give_password(person, password)
    person.save()
    log("set_password", by=by, at=at, username=username)


@action
def change_password(*, old: str, new: str, by: Person, at: datetime) -> Person:
    """The person signs in with the new password, here as everywhere: other sessions have ended.

    Raises: WrongPassword, WeakPassword.
    """
    person = _locked(by.username)
    if not person.check_password(old):
        raise WrongPassword(
            _("原密码不正确"), hint=_("请检查大小写和输入法；忘记密码时，请联系系统管理员。")
        )
    if old == new:
        raise WeakPassword(_("新密码与原密码相同"), hint=_("请换一个新密码。"))
    _give_password(person, new)
    person.save()
    log("change_password", by=person, at=at, username=person.username)
    return person


def _release(person: Person, *, by: Person | None, at: datetime) -> int:
    """What the person holds and may not work on is back in the queue; how many cases that were.

    Borrower before case, case by case in one order, as everywhere.
    """
    held = Case.objects.filter(taken_by=person)
    if may(person, "work_cases"):
        held = held.exclude(pk__in=Case.objects.filter(reach(person)))
    released = 0
    for case_id, borrower_id in held.order_by("pk").values_list("pk", "borrower_id"):
        lock_borrower(borrower_id)
        case = Case.objects.select_for_update().get(pk=case_id)
        if case.taken_by_id != person.pk:  # given back or passed on meanwhile
            continue
        give_back(case, at=at)
        log("release_case", by=by, at=at, case=case, of=person.username)
        released += 1
    return released


def _give_password(person: Person, password: str) -> None:
    """The person has this password, not yet saved. Raises: WeakPassword."""
    try:
        validate_password(password)
    except ValidationError as error:
        raise WeakPassword(_("密码不够安全"), hint=" ".join(error.messages)) from error
    person.set_password(password)


def _locked(username: str) -> Person:
    """The person, whose row nobody else changes until the transaction ends. Raises: DoesNotExist."""
    person: Person = Person.objects.select_for_update().get(username=username)
    return person


def _locked_among_administrators(username: str) -> tuple[Person, bool]:
    """The person, locked, and whether they are the last who can admit people. Raises: DoesNotExist.

    All administrators are locked, in one order: of two who dismiss each other, one stays. The lock
    lets rows be written that only name the person: those hold a borrower for whom we wait.
    """
    wanted = Q(username=username) | Q(role="administrator", is_active=True)
    found = list(Person.objects.select_for_update(no_key=True).filter(wanted).order_by("pk"))
    person = next((one for one in found if one.username == username), None)
    if person is None:
        raise Person.DoesNotExist
    administrators = [one for one in found if one.role == "administrator" and one.is_active]
    return person, administrators == [person]


def _taken() -> NameTaken:
    return NameTaken(_("这个登录名已有人使用"), hint=_("请换一个登录名。"))


def _last() -> LastAdministrator:
    return LastAdministrator(
        _("这是最后一位在岗的系统管理员"), hint=_("请先登记或调整另一位系统管理员。")
    )


def _sound(what: str, text: str) -> str:
    """The name without space around it; only a branch may be empty. Raises: NameUnsound."""
    bare = text.strip()
    if (not bare and what != "branch") or len(bare) > LONGEST[what] or not bare.isprintable():
        raise NameUnsound(
            _("名称为空、太长或含有不能显示的字符"),
            hint=_("登录名最多 60 个字符，姓名、团队和机构最多 80 个字符。"),
        )
    return bare
