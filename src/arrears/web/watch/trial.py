"""What if: facts are typed, the gate says what it would say, and nothing is kept of it."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from arrears.rules.facts import ContactFacts, RecordUnreadable, facts_from
from arrears.web.forms import number_of
from arrears.web.ledger.queries.verdicts import verdict_of
from arrears.web.needs import frame, needs, signed_in
from arrears.web.watch import facts, rulebook
from arrears.web.watch.refusals import reasons, said


@needs("see_watch")
def trial(request: HttpRequest) -> HttpResponse:
    """The form of facts and what the gate says of them; begun from a verdict where one is named."""
    wrong: dict[str, str] | None = None
    typed: facts.Typed
    begun = request.GET.get("verdict", "")
    if "ask" in request.GET:
        typed = dict(request.GET.lists())
    else:
        try:
            typed = facts.typed_of(_of_verdict(request, begun) if begun else _lawful())
        except RecordUnreadable:
            wrong = {"text": _("记录无法读取。"), "hint": _("请从备份恢复。")}
            typed = facts.typed_of(_lawful())
    asked, faults = facts.read(typed)
    if faults:
        named = [f"{facts.named(name)}：{text}" for name, text in faults.items()]
        wrong = {"text": _("有的事实无法识别，没有判断"), "hint": " ".join(named)}
    shown = {
        "fields": facts.form(typed, faults),
        "wrong": wrong,
        "answer": None if wrong else _answer(asked),
        "begun": number_of(begun),
        **frame(request, "watch"),
    }
    return render(request, "watch/trial.html", shown, status=422 if wrong else 200)


def _of_verdict(request: HttpRequest, number: str) -> ContactFacts:
    """The facts of a verdict that the person sees. Raises: Http404, RecordUnreadable."""
    row = verdict_of(signed_in(request), number_of(number))
    if row is None:
        raise Http404
    return facts_from(row.facts)


def _lawful() -> ContactFacts:
    """A contact that may be made: that of the worked cases, made today where that is as lawful."""
    for pack in rulebook.packs_in_use():
        base = rulebook.lawful(pack)
        if base is None or base.at is None:
            continue
        zone = facts.clock(base.zone)
        local = base.at.astimezone(zone)
        today = datetime.combine(timezone.localdate(timezone=zone), local.time(), zone)
        moved = replace(base, at=today.astimezone(UTC))
        return moved if rulebook.judged(moved).allowed else base
    return ContactFacts()


def _answer(asked: ContactFacts) -> dict[str, Any]:
    """What the gate says of the facts, in words."""
    verdict = rulebook.judged(asked)
    return {
        "outcome": said(verdict, facts.clock(asked.zone).key),
        "reasons": reasons(verdict.because),
        "rules_version": verdict.rules_version,
    }
