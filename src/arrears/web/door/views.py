"""Signing in and out."""

from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from arrears.web.door.knocks import closed, count, forget


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """The person is signed in and back where they came from, or reads why not."""
    onward = _onward(request)
    if request.method == "GET":
        if request.user.is_authenticated:
            return redirect(onward)
        return _whole_page(request) or _form(request, onward)
    username = request.POST.get("username", "").strip()
    address = request.META.get("REMOTE_ADDR", "")
    if closed(username, address):
        return _refused(
            request,
            onward,
            error=_("登录失败次数过多，暂停登录 15 分钟"),
            hint=_("请稍后再试；忘记密码时，请联系系统管理员。"),
            status=429,
        )
    person: Any = authenticate(
        request, username=username, password=request.POST.get("password", "")
    )
    if person is None:
        count(username, address)
        return _refused(
            request,
            onward,
            error=_("登录名或密码不正确"),
            hint=_("请检查大小写和输入法；忘记密码时，请联系系统管理员。"),
            status=422,
        )
    forget(username, address)
    login(request, person)
    answer = redirect(onward)
    if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
        _speak(answer, person.language)
    return answer


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Nobody is signed in; the next person at this machine gets their own language."""
    logout(request)
    answer = redirect("sign_in")
    answer.delete_cookie(settings.LANGUAGE_COOKIE_NAME, path=settings.LANGUAGE_COOKIE_PATH)
    return answer


def _onward(request: HttpRequest) -> str:
    """The page of this site that was asked for; the first page when none was, or another site's."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if safe else str(settings.LOGIN_REDIRECT_URL)


def _whole_page(request: HttpRequest) -> HttpResponse | None:
    """For a part of a page that outlived its session: the browser opens the door as a page of its own."""
    if request.headers.get("HX-Request") != "true":
        return None
    shown = urlsplit(request.headers.get("HX-Current-URL", ""))
    back = urlencode({"next": shown._replace(scheme="", netloc="", fragment="").geturl() or "/"})
    return HttpResponse(headers={"HX-Redirect": f"{reverse('sign_in')}?{back}"})


def _form(request: HttpRequest, onward: str, status: int = 200, **said: str) -> HttpResponse:
    returning = onward != settings.LOGIN_REDIRECT_URL
    seen = {"next": onward, "returning": returning, **said}
    return render(request, "door/sign_in.html", seen, status=status)


def _refused(
    request: HttpRequest, onward: str, *, error: str, hint: str, status: int
) -> HttpResponse:
    username = request.POST.get("username", "")
    return _form(request, onward, status, error=error, hint=hint, username=username)


def _speak(answer: HttpResponseRedirect, language: str) -> None:
    """The cookie says this language, as Django's own switch would."""
    if language in dict(settings.LANGUAGES):
        answer.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            path=settings.LANGUAGE_COOKIE_PATH,
            secure=bool(settings.SESSION_COOKIE_SECURE),
            samesite="Lax",
        )
