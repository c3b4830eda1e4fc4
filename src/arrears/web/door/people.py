"""Who works here: admitted, moved, dismissed, given a new password, by an administrator."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters

from arrears.core.errors import UserError
from arrears.web.forms import (
    FormUnreadable,
    acted,
    new_token,
    number_of,
    page_asked,
    paged,
    refusal,
    status_of,
)
from arrears.web.ledger.actions.people import (
    admit_person,
    certify_person,
    dismiss_person,
    found_team,
    move_person,
    readmit_person,
    set_password,
)
from arrears.web.ledger.models import Person, Team
from arrears.web.ledger.models.person import ROLES
from arrears.web.ledger.queries.people import (
    branches,
    cases_in_hand,
    colleague,
    everyone,
    team,
    teams,
)
from arrears.web.needs import frame, needs, signed_in

PLAIN = "abcdefghjkmnpqrstuvwxyz23456789"  # no signs that look alike when read out
CLAIMS = {"yes": True, "no": False}
Act = Callable[[Person, datetime], Any]


@needs("manage_people")
def people(request: HttpRequest) -> HttpResponse:
    """Everyone who was ever admitted, and the forms to admit one more and to found a team."""
    return _list(request)


@sensitive_post_parameters("password")
@needs("manage_people", method="POST")
def admit(request: HttpRequest) -> HttpResponse:
    """The person can sign in; a password that was drawn is shown this once."""
    sent, (password, drawn) = request.POST, _password(request)

    def admitted(by: Person, at: datetime) -> Person:
        return admit_person(
            username=sent.get("username", ""),
            name=sent.get("name", ""),
            role=sent.get("role", ""),
            team=_team(request),
            branch=sent.get("branch", ""),
            password=password,
            by=by,
            at=at,
        )

    try:
        came, new = acted(request, admitted)
    except UserError as error:
        return _list(request, form="admit", wrong=refusal(error), status=status_of(error))
    if not came or new is None:
        return _again(request)
    messages.success(request, _("已登记%(name)s。") % {"name": new.name})
    if drawn:
        return _page(request, new.pk, drawn=password)
    return redirect("people")


@needs("manage_people", method="POST")
def found(request: HttpRequest) -> HttpResponse:
    """The team exists."""
    name, branch = request.POST.get("name", ""), request.POST.get("branch", "")

    def founded(by: Person, at: datetime) -> Team:
        if name.strip() in {one.name for one in teams()}:
            raise FormUnreadable(_("已有这个名称的团队"), hint=_("请换一个名称。"))
        return found_team(name=name, branch=branch, by=by, at=at)

    try:
        came, new = acted(request, founded)
    except UserError as error:
        return _list(request, form="team", wrong=refusal(error), status=status_of(error))
    if not came or new is None:
        return _again(request)
    messages.success(request, _("已建立团队%(name)s。") % {"name": new.name})
    return redirect("people")


@needs("manage_people")
def person(request: HttpRequest, person_id: int) -> HttpResponse:
    """One person, and what can be done about them."""
    return _page(request, person_id)


@needs("manage_people", method="POST")
def move(request: HttpRequest, person_id: int) -> HttpResponse:
    """The person works in another role, team or branch."""
    sent, username = request.POST, _username(person_id)

    def moved(by: Person, at: datetime) -> int:
        return move_person(
            username=username,
            role=sent.get("role", ""),
            team=_team(request),
            branch=sent.get("branch", ""),
            by=by,
            at=at,
        )

    return _done(request, person_id, moved, _("已保存；下一次打开页面时生效。"))


@needs("manage_people", method="POST")
def certify(request: HttpRequest, person_id: int) -> HttpResponse:
    """What the rules ask of whoever calls or visits is known of the person."""
    username = _username(person_id)

    def certified(by: Person, at: datetime) -> None:
        certify_person(
            username=username,
            exam_date=_exam(request),
            background_clear=CLAIMS.get(request.POST.get("background_clear", "")),
            secrecy_signed=CLAIMS.get(request.POST.get("secrecy_signed", "")),
            by=by,
            at=at,
        )

    return _done(request, person_id, certified, _("已保存；下一次拨打时生效。"))


@sensitive_post_parameters("password")
@needs("manage_people", method="POST")
def renew(request: HttpRequest, person_id: int) -> HttpResponse:
    """The person signs in with a new password only."""
    username, (password, drawn) = _username(person_id), _password(request)

    def renewed(by: Person, at: datetime) -> None:
        set_password(username=username, password=password, by=by, at=at)

    said = _("新密码已生效；此人原来的登录已全部结束。")
    return _done(request, person_id, renewed, said, drawn=password if drawn else "")


@needs("manage_people", method="POST")
def dismiss(request: HttpRequest, person_id: int) -> HttpResponse:
    """The person can no longer sign in; the page says how many cases went back to the queue."""
    username = _username(person_id)

    def dismissed(by: Person, at: datetime) -> int:
        return dismiss_person(username=username, by=by, at=at)

    return _done(request, person_id, dismissed, _("已停用，此人不能再登录。"))


@sensitive_post_parameters("password")
@needs("manage_people", method="POST")
def readmit(request: HttpRequest, person_id: int) -> HttpResponse:
    """The person can sign in again, with a new password."""
    username, (password, drawn) = _username(person_id), _password(request)

    def readmitted(by: Person, at: datetime) -> None:
        readmit_person(username=username, password=password, by=by, at=at)

    said = _("已恢复，此人可以用新密码登录。")
    return _done(request, person_id, readmitted, said, drawn=password if drawn else "")


def _done(
    request: HttpRequest, person_id: int, act: Act, said: str, *, drawn: str = ""
) -> HttpResponse:
    """What was asked is done, once; a password that was drawn for it is shown this once."""
    try:
        came, released = acted(request, act)
    except UserError as error:
        return _page(request, person_id, wrong=refusal(error), status=status_of(error))
    if not came:
        return _again(request)
    messages.success(request, said)
    if released:
        back = ngettext(
            "其手中 %(count)s 件案件已放回队列。", "其手中 %(count)s 件案件已放回队列。", released
        )
        messages.info(request, back % {"count": released})
    if drawn:
        return _page(request, person_id, drawn=drawn)
    if person_id == signed_in(request).pk:  # who may not see this page any more
        return redirect("start")
    return redirect("person", person_id)


def _again(request: HttpRequest) -> HttpResponse:
    messages.info(request, _("这张表单已经提交过，没有重复记录。"))
    return redirect("people")


def _list(
    request: HttpRequest, *, form: str = "", wrong: dict[str, str] | None = None, status: int = 200
) -> HttpResponse:
    words = request.GET.get("who", "")[:80].strip()
    page = everyone(words, page=page_asked(request))
    told = {
        "people": [{"person": one, "role": _(dict(ROLES)[one.role])} for one in page.rows],
        "who": words,
        "page": paged(page.number, page.pages),
        "query": f"{urlencode({'who': words})}&" if words else "",
        "form": form,
        "wrong": wrong,
        "typed": _typed(request) if wrong else {},
        **_choices(),
        **frame(request, "people"),
    }
    return render(request, "door/people.html", told, status=status)


def _page(
    request: HttpRequest,
    person_id: int,
    *,
    drawn: str = "",
    wrong: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    one = colleague(person_id)
    if one is None:
        raise Http404
    stands = {"role": one.role, "team": one.team_id, "branch": one.branch}
    told = {
        "person": one,
        "role": _(dict(ROLES)[one.role]),
        "cases": cases_in_hand(person_id),
        "typed": {**stands, **_typed(request)} if wrong else stands,
        "claims": [
            ("background_clear", _("背景核查合格"), one.background_clear),
            ("secrecy_signed", _("已签保密承诺"), one.secrecy_signed),
        ],
        "drawn": drawn,
        "wrong": wrong,
        **_choices(),
        **frame(request, "people"),
    }
    return render(request, "door/person.html", told, status=status)


def _choices() -> dict[str, Any]:
    return {
        "roles": [(code, _(label)) for code, label in ROLES],
        "teams": teams(),
        "branches": branches(),
        "once": new_token,
    }


def _typed(request: HttpRequest) -> dict[str, Any]:
    """What stood in the form, never the password."""
    kept = {name: request.POST.get(name, "") for name in ("username", "name", "role", "branch")}
    sent = {name: value for name, value in kept.items() if name in request.POST}
    return (
        {**sent, "team": number_of(request.POST.get("team", ""))}
        if "team" in request.POST
        else sent
    )


def _password(request: HttpRequest) -> tuple[str, bool]:
    """The password of the form, or one drawn now; and whether it was drawn."""
    typed = request.POST.get("password", "")
    return (typed, False) if typed else (get_random_string(14, PLAIN), True)


def _team(request: HttpRequest) -> Team | None:
    """The team that was chosen, or none. Raises: FormUnreadable."""
    asked = request.POST.get("team", "")
    chosen = team(number_of(asked))
    if asked and chosen is None:
        raise FormUnreadable(_("没有这个团队"), hint=_("请从列表中选择。"))
    return chosen


def _exam(request: HttpRequest) -> date | None:
    """The day of the exam that was typed, or none. Raises: FormUnreadable."""
    typed = request.POST.get("exam_date", "").strip()
    try:
        return date.fromisoformat(typed) if typed else None
    except ValueError as error:
        raise FormUnreadable(_("日期无法识别"), hint=_("请按 2026-11-30 的样式填写。")) from error


def _username(person_id: int) -> str:
    """The name that a person signs in with. Raises: Http404."""
    one = colleague(person_id)
    if one is None:
        raise Http404
    return one.username
