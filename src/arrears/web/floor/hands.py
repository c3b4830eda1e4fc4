"""Whose hands hold which cases, and passing them on: the effect is shown before it is done."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

from arrears.core.errors import UserError
from arrears.web.ledger.actions.act import NoCase
from arrears.web.ledger.actions.cases import reassign_cases
from arrears.web.ledger.actions.once import first_time
from arrears.web.ledger.models import Borrower, Case, CaseDay, Person
from arrears.web.ledger.policy import RIGHTS, sees
from arrears.web.ledger.queries.cases import front
from arrears.web.needs import frame, needs, signed_in

MOST = 200  # cases that one page lists, and that are passed on at once
TOKEN = 40


@needs("reassign")
def hand(request: HttpRequest, person_id: int) -> HttpResponse:
    """The cases in one person's hands, to be passed on."""
    return _shown(request, get_object_or_404(Person, pk=person_id))


@needs("reassign", method="POST")
def reassign(request: HttpRequest) -> HttpResponse:
    """First what would change, then, told so, the change itself."""
    person = signed_in(request)
    holder = get_object_or_404(Person, pk=_number(request.POST.get("from", "")))
    to = colleagues(person).filter(pk=_number(request.POST.get("to", ""))).first()
    case_ids = [_number(sent) for sent in request.POST.getlist("case")[:MOST]]
    if to is None or not case_ids:
        wrong = {"text": _("请选择案件和接手的人"), "hint": _("勾选至少一件案件，再选择同事。")}
        return _shown(request, holder, wrong=wrong, status=422)
    chosen = set(case_ids)
    known = set(Case.objects.filter(sees(person), pk__in=chosen).values_list("pk", flat=True))
    if chosen - known:
        raise Http404
    if request.POST.get("sure") != "1":
        told = {"to": to, "holder": holder, "case_ids": sorted(chosen), "once": _token()}
        return render(request, "floor/effect.html", {**told, **frame(request, "team")})
    return _done(request, sorted(chosen), to, holder)


def colleagues(person: Person) -> Any:
    """Who may be given cases by this person: those who work on cases, of the same team if there is one."""
    working = [role for role, rights in RIGHTS.items() if "work_cases" in rights]
    found = Person.objects.filter(is_active=True, role__in=working)
    if person.team_id:
        found = found.filter(team=person.team_id)
    return found.order_by("name", "pk")


def _done(
    request: HttpRequest, case_ids: Sequence[int], to: Person, holder: Person
) -> HttpResponse:
    """The cases are passed on, once, and the page says how many were. Raises: Http404."""
    person, at = signed_in(request), timezone.now()
    token = request.POST.get("once", "")
    try:
        with transaction.atomic():
            if not 0 < len(token) <= TOKEN or not first_time(token=token, by=person, at=at):
                messages.info(request, _("这张表单已经提交过，没有重复改派。"))
                return redirect("team")
            moved = reassign_cases(case_ids=case_ids, to=to, by=person, at=at)
    except NoCase as error:
        raise Http404 from error
    except UserError as error:
        return _shown(request, holder, wrong={"text": error.wrong, "hint": error.hint}, status=422)
    messages.success(request, _("已改派 %(moved)s 件给%(to)s。") % {"moved": moved, "to": to.name})
    if moved < len(case_ids):
        left = len(case_ids) - moved
        messages.warning(
            request, _("%(left)s 件没有改派：不在其范围内，或已结束。") % {"left": left}
        )
    return redirect("team")


def _shown(
    request: HttpRequest, holder: Person, *, wrong: dict[str, str] | None = None, status: int = 200
) -> HttpResponse:
    """The cases of a person that the one who asks sees, in the order of the day's run."""
    person = signed_in(request)
    cases = dict(
        Case.objects.filter(sees(person), taken_by=holder).values_list("borrower_id", "pk")
    )
    days = CaseDay.objects.filter(run=front(), borrower_id__in=list(cases)).order_by("rank")[:MOST]
    names = dict(Borrower.objects.filter(pk__in=list(cases)).values_list("pk", "name"))
    chosen = set(request.POST.getlist("case"))
    told = {
        "holder": holder,
        "lines": [
            {
                "case_id": cases[day.borrower_id],
                "name": names.get(day.borrower_id, ""),
                "day": day,
                "chosen": str(cases[day.borrower_id]) in chosen,
            }
            for day in days
        ],
        "colleagues": colleagues(person).exclude(pk=holder.pk),
        "wrong": wrong,
        **frame(request, "team"),
    }
    return render(request, "floor/hand.html", told, status=status)


def _token() -> str:
    return get_random_string(32)


def _number(text: str) -> int:
    """A row's number as a form sends it; 0, which no row has, for anything else."""
    return int(text) if text.isdecimal() and len(text) <= 18 else 0
