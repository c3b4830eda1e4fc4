"""One's own password: changed by whoever knows the old one, and with it every other session ends."""

from datetime import datetime

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from arrears.core.errors import UserError
from arrears.web.door.knocks import closed, count, forget
from arrears.web.forms import FormUnreadable, acted, new_token, refusal, status_of
from arrears.web.ledger.actions.people import WrongPassword, change_password
from arrears.web.ledger.models import Person
from arrears.web.needs import frame, needs, signed_in


@needs()
def password(request: HttpRequest) -> HttpResponse:
    """The form for a new password."""
    return _form(request)


@sensitive_post_parameters("old", "new", "again")
@needs(method="POST")
def change(request: HttpRequest) -> HttpResponse:
    """The new password holds, and of all sessions only this one goes on."""
    person = signed_in(request)
    knock = person.username, request.META.get("REMOTE_ADDR", "")
    if closed(*knock):
        wrong = {
            "text": _("原密码输错次数过多，请 15 分钟后再试"),
            "hint": _("忘记密码时，请联系系统管理员。"),
        }
        return _form(request, wrong=wrong, status=429)
    sent = request.POST

    def changed(by: Person, at: datetime) -> Person:
        if sent.get("new", "") != sent.get("again", ""):
            raise FormUnreadable(_("两次输入的新密码不一样"), hint=_("请重新输入新密码。"))
        return change_password(old=sent.get("old", ""), new=sent.get("new", ""), by=by, at=at)

    try:
        came, renewed = acted(request, changed)
    except UserError as error:
        if isinstance(error, WrongPassword):
            count(*knock)
        return _form(request, wrong=refusal(error), status=status_of(error))
    if came and renewed is not None:
        forget(*knock)
        update_session_auth_hash(request, renewed)
        messages.success(request, _("密码已修改；您在其他电脑上的登录已全部结束。"))
    else:
        messages.info(request, _("这张表单已经提交过，没有重复记录。"))
    return redirect("password")


def _form(
    request: HttpRequest, *, wrong: dict[str, str] | None = None, status: int = 200
) -> HttpResponse:
    told = {"wrong": wrong, "once": new_token, **frame(request)}
    return render(request, "door/password.html", told, status=status)
