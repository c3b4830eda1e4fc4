"""What far ends tell: each at an address that carries its proof; an answer tells them nothing of anybody."""

from collections.abc import Callable, Sequence
from functools import wraps

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse, RawPostDataException
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from arrears.channels.report import Reply, Report, ReportUnreadable
from arrears.channels.sms import report as kannel
from arrears.channels.sms_aliyun import report as aliyun
from arrears.channels.sms_tencent import report as tencent
from arrears.web.ledger.actions.reports import stop_mail, take_reply, take_reports
from arrears.web.ledger.proof import proves

SMS = "sms"
# What each cloud takes for "understood": anything else and it tells the same again.
UNDERSTOOD = {"aliyun": {"code": 0, "msg": "OK"}, "tencent": {"result": 0, "errmsg": "OK"}}
REPORTS: dict[str, Callable[[bytes], list[Report]]] = {
    "aliyun": aliyun.reports_of,
    "tencent": tencent.reports_of,
}
REPLIES: dict[str, Callable[[bytes], list[Reply]]] = {
    "aliyun": aliyun.replies_of,
    "tencent": tencent.replies_of,
}
View = Callable[..., HttpResponse]


def told_by(method: str) -> Callable[[View], View]:
    """A view that a far end asks for by this method, without a session; what is unreadable is told so."""

    def declared(view: View) -> View:
        @csrf_exempt
        @never_cache
        @wraps(view)
        def answered(request: HttpRequest, **named: str) -> HttpResponse:
            if request.method != method:
                refused = _wrong(405, f"Only {method} is answered here")
                refused["Allow"] = method
                return refused
            try:
                return view(request, **named)
            except ReportUnreadable as error:
                return _wrong(400, error.wrong)
            except RequestDataTooBig:
                return _wrong(413, "The body is too big")
            except RawPostDataException:
                return _wrong(400, "The body is a form and not JSON")

        answered.told_by = method  # type: ignore[attr-defined]
        return answered

    return declared


@told_by("GET")
def kannel_report(request: HttpRequest) -> HttpResponse:
    """Kannel asks for the `report_url` that a message named."""
    query = request.GET.dict()
    if not proves(query.pop("proof", ""), f"message {query.get('key', '')}"):
        return _forged()
    take_reports(channel=SMS, reports=[kannel.report_of(query)], at=timezone.now())
    return HttpResponse(status=204)


@told_by("GET")
def kannel_reply(request: HttpRequest) -> HttpResponse:
    """Kannel asks for the `get-url` of its sms-service."""
    query = request.GET.dict()
    if not proves(query.pop("proof", ""), "kannel"):
        return _forged()
    take_reply(channel=SMS, reply=kannel.reply_of(query), at=timezone.now())
    return HttpResponse(status=204)


@told_by("POST")
def cloud_reports(request: HttpRequest, *, cloud: str, proof: str) -> HttpResponse:
    """A cloud posts its delivery reports."""
    if cloud not in REPORTS or not proves(proof, cloud):
        return _forged()
    take_reports(channel=SMS, reports=REPORTS[cloud](request.body), at=timezone.now())
    return JsonResponse(UNDERSTOOD[cloud])


@told_by("POST")
def cloud_replies(request: HttpRequest, *, cloud: str, proof: str) -> HttpResponse:
    """A cloud posts what was written back."""
    if cloud not in REPLIES or not proves(proof, cloud):
        return _forged()
    replies: Sequence[Reply] = REPLIES[cloud](request.body)
    for reply in replies:
        take_reply(channel=SMS, reply=reply, at=timezone.now())
    return JsonResponse(UNDERSTOOD[cloud])


@csrf_exempt  # a mail reader posts here by itself, without having seen the page
@never_cache
def unsubscribe(request: HttpRequest, key: str, proof: str) -> HttpResponse:
    """Whoever got a mail wants no more: a look changes nothing, pressing the button does (RFC 8058)."""
    if request.method not in ("GET", "POST") or not proves(proof, f"message {key}"):
        return _forged()
    done = request.method == "POST"
    if done:
        stop_mail(key=key, at=timezone.now())
    return render(request, "reports/unsubscribe.html", {"done": done})


def _forged() -> HttpResponse:
    return _wrong(403, "This address is none that was given out")


def _wrong(status: int, wrong: str) -> HttpResponse:
    return JsonResponse({"error": wrong}, status=status)
