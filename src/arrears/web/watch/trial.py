"""What if: facts are typed, the gate says what it would say, and nothing is kept of it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from arrears.rules.facts import KINDS, NAMES, NEVER, ContactFacts, RecordUnreadable, facts_from
from arrears.rules.rule import SOFT
from arrears.web import words
from arrears.web.forms import number_of
from arrears.web.ledger.queries.verdicts import verdict_of
from arrears.web.ledger.rulebook import book_in_use
from arrears.web.needs import frame, needs, signed_in
from arrears.web.watch import facts, rulebook, topics
from arrears.web.watch.asked import first_asked, still_asked
from arrears.web.watch.refusals import told_of


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
        named = [facts.named(name) + _("：") + text for name, text in faults.items()]
        wrong = {"text": _("有的事实无法识别，没有判断"), "hint": " ".join(named)}
    shown = {
        **_form(asked, typed, faults),
        "wrong": wrong,
        "answer": None if wrong else _answer(asked),
        "begun": number_of(begun),
        **frame(request, "watch"),
    }
    return render(request, "watch/trial.html", shown, status=422 if wrong else 200)


def _form(asked: ContactFacts, typed: facts.Typed, faults: Mapping[str, str]) -> dict[str, Any]:
    """What is asked first, then what the rules turn on under headings; all else is carried along."""
    first = first_asked(asked.act)
    open_facts = still_asked(asked, book=book_in_use(), today=timezone.localdate())
    names = [n for n in NAMES if n in first or n in open_facts or n in faults]
    fields = facts.form(typed, faults, names=names, offered=_offered(asked.act))
    rest = topics.by_topic(name for name in names if name not in first)
    return {
        "first": [fields[name] for name in first],
        "groups": [(title, [fields[name] for name in inside]) for title, inside in rest],
        "kept": facts.kept(typed, (name for name in NAMES if name not in fields)),
    }


def _offered(act: str | None) -> facts.Offered:
    """The rules about such an act that someone entitled may override, by their numbers, in words."""
    asked = (rule for pack in rulebook.packs_in_use() for rule in pack.asked_of(act))
    soft = {rule.rule_id: rule.text(words.language()) for rule in asked if rule.effect == SOFT}
    return {"overrides": soft}


def _of_verdict(request: HttpRequest, number: str) -> ContactFacts:
    """The facts of a verdict that the person sees. Raises: Http404, RecordUnreadable."""
    row = verdict_of(signed_in(request), number_of(number))
    if row is None:
        raise Http404
    return facts_from(row.facts)


def _lawful() -> ContactFacts:
    """A contact that may be made: that of the worked cases, moved to today where that is as lawful."""
    for pack in rulebook.packs_in_use():
        base = rulebook.lawful(pack)
        if base is None or base.at is None:
            continue
        moved = _moved(base, base.at)
        return moved if rulebook.judged(moved).allowed else base
    return ContactFacts()


def _moved(base: ContactFacts, at: datetime) -> ContactFacts:
    """The same contact at the same hour today, everything that happened before it as long ago as then."""
    zone = facts.clock(base.zone)
    local, today = at.astimezone(zone), timezone.localdate(timezone=zone)
    later = today - local.date()
    days = {name: getattr(base, name) for name, kind in KINDS.items() if kind is date}
    moved = {name: day + later for name, day in days.items() if day not in (None, NEVER)}
    return replace(base, at=datetime.combine(today, local.time(), zone).astimezone(UTC), **moved)


def _answer(asked: ContactFacts) -> dict[str, Any]:
    """What the gate says of the facts, in words."""
    verdict = rulebook.judged(asked)
    told = told_of(verdict, zone=facts.clock(asked.zone).key, act=asked.act)
    return {**told, "rules_version": verdict.rules_version}
