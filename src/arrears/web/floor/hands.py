"""Whose hands hold which cases, and passing them on: the effect is shown before it is done."""

from collections.abc import Sequence

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from arrears.core.errors import UserError
from arrears.web.forms import acted, new_token, number_of, refusal
from arrears.web.ledger.actions.act import NoCase
from arrears.web.ledger.actions.cases import reassign_cases
from arrears.web.ledger.models import Person
from arrears.web.ledger.queries.floor import MOST, HandPage, all_seen, hand_of
from arrears.web.needs import frame, needs, signed_in


@needs("reassign")
def hand(request: HttpRequest, person_id: int) -> HttpResponse:
    """The cases in one person's hands, to be passed on."""
    return _shown(request, _hand(request, person_id))


@needs("reassign", method="POST")
def reassign(request: HttpRequest) -> HttpResponse:
    """First what would change, then, told so, the change itself."""
    page = _hand(request, number_of(request.POST.get("from", "")))
    asked = number_of(request.POST.get("to", ""))
    to = next((one for one in page.colleagues if one.pk == asked), None)
    case_ids = sorted({number_of(sent) for sent in request.POST.getlist("case")[:MOST]})
    if to is None or not case_ids:
        wrong = {"text": _("请选择案件和接手的人"), "hint": _("勾选至少一件案件，再选择同事。")}
        return _shown(request, page, wrong=wrong, status=422)
    if not all_seen(signed_in(request), case_ids):
        raise Http404
    if request.POST.get("sure") != "1":
        told = {"to": to, "holder": page.holder, "case_ids": case_ids, "once": new_token}
        return render(request, "floor/effect.html", {**told, **frame(request, "team")})
    return _done(request, case_ids, to, page)


def _done(
    request: HttpRequest, case_ids: Sequence[int], to: Person, page: HandPage
) -> HttpResponse:
    """The cases are passed on, once, and the page says how many were. Raises: Http404."""
    try:
        came, moved = acted(
            request, lambda by, at: reassign_cases(case_ids=case_ids, to=to, by=by, at=at)
        )
    except NoCase as error:
        raise Http404 from error
    except UserError as error:
        return _shown(request, page, wrong=refusal(error), status=422)
    if not came or moved is None:
        messages.info(request, _("这张表单已经提交过，没有重复改派。"))
        return redirect("team")
    messages.success(request, _("已改派 %(moved)s 件给%(to)s。") % {"moved": moved, "to": to.name})
    if moved < len(case_ids):
        left = len(case_ids) - moved
        messages.warning(
            request, _("%(left)s 件没有改派：不在其范围内，或已结束。") % {"left": left}
        )
    return redirect("team")


def _hand(request: HttpRequest, person_id: int) -> HandPage:
    """What lies in one person's hands, as far as the one who asks sees it. Raises: Http404."""
    page = hand_of(signed_in(request), person_id)
    if page is None:
        raise Http404
    return page


def _shown(
    request: HttpRequest, page: HandPage, *, wrong: dict[str, str] | None = None, status: int = 200
) -> HttpResponse:
    chosen = {number_of(sent) for sent in request.POST.getlist("case")}
    told = {"page": page, "chosen": chosen, "wrong": wrong, **frame(request, "team")}
    return render(request, "floor/hand.html", told, status=status)
