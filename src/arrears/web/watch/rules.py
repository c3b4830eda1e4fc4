"""The rule book: every rule in words, who says so and how far that was seen, since when, with its cases."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from arrears.rules.wording import in_words
from arrears.web import words
from arrears.web.ledger.queries.verdicts import against
from arrears.web.needs import frame, needs, signed_in
from arrears.web.watch import facts, rulebook, terms, topics
from arrears.web.watch.rulebook import Figures, PackRows, RuleRow, Worked
from arrears.web.watch.span import day_of, last_days

STANDS: dict[str, Any] = {
    "now": "",
    "ahead": gettext_lazy("当天尚未生效"),
    "ended": gettext_lazy("当天已失效"),
}

UNSEEN_YET, CONFIRMED = "unseen", "confirmed"
BY_US: dict[str, Any] = {
    UNSEEN_YET: gettext_lazy("待本行核对"),
    CONFIRMED: gettext_lazy("本行已核对"),
}


@needs("see_watch")
def rules_page(request: HttpRequest) -> HttpResponse:
    """The rules of every pack, in use or not, with the figures of a day, as far as they are asked for."""
    asked = request.GET.get("on", "").strip()
    on = day_of(asked) if asked else timezone.localdate()
    typed = {name: request.GET.get(name, "").strip() for name in ("q", "force", "verified")}
    wrong = None
    if on is None:
        wrong = {"text": _("日期无法识别"), "hint": _("请按 2026-11-30 的样式填写。")}
    day = on or timezone.localdate()
    book = rulebook.book(words.language(), on=day)
    found = [_pack(pack, typed) for pack in book]
    shown = {
        "on": day,
        "typed": typed,
        "wrong": wrong,
        "filtered": any(typed.values()),
        "packs": [pack for pack in found if pack["found"]],
        "found": sum(pack["found"] for pack in found),
        "total": sum(len(pack.rows) for pack in book),
        "forces": terms.FORCE.items(),
        "verifications": [*terms.VERIFIED.items(), *BY_US.items()],
        "unseen": _count(book, UNSEEN_YET),
        "confirmed": _count(book, CONFIRMED),
        "meanings": [(code, terms.verified(code)) for code in terms.VERIFIED],
        **frame(request, "watch"),
    }
    return render(request, "watch/rules.html", shown, status=422 if wrong else 200)


@needs("see_watch")
def rule_page(request: HttpRequest, pack: str, rule_id: str) -> HttpResponse:
    """One rule: its figures by their days, its worked cases as the gate decides them now. Raises: Http404."""
    found = rulebook.rule_of(pack, rule_id)
    if found is None:
        raise Http404
    language, days = words.language(), last_days()
    row = rulebook.row(*found, language, on=timezone.localdate())
    cases = [_case(case) for case in rulebook.worked(*found, language)]
    shown = {
        **_row(row),
        "pack": found[0],
        "title": terms.PACK.get(pack, pack),
        "in_use": found[0] in rulebook.packs_in_use(),
        "history": [_figures(one) for one in rulebook.history(found[1], language)],
        "cases": cases,
        "all_right": all(case["right"] for case in cases),
        "against": against(signed_in(request), days.span, rule_id),
        "days": days,
        "listed": f"{reverse('verdicts')}?from={days.first}&to={days.last}&rule={rule_id}#list",
        **frame(request, "watch"),
    }
    return render(request, "watch/rule.html", shown)


def _pack(pack: PackRows, typed: dict[str, str]) -> dict[str, Any]:
    """The rules of a pack that are asked for, in sections by what they are about."""
    sections: dict[str, list[dict[str, Any]]] = {topic: [] for topic in topics.ORDER}
    for row in pack.rows:
        if _wanted(row, typed):
            sections[row.topic].append(_row(row))
    told = {topic: rows for topic, rows in sections.items() if rows}
    return {
        "pack": pack,
        "title": terms.PACK.get(pack.name, pack.name),
        "why": rulebook.left_out().get(pack.name, ""),
        "sections": [(topic, topics.title_of(topic), rows) for topic, rows in told.items()],
        "found": sum(map(len, told.values())),
    }


def _count(book: tuple[PackRows, ...], what: str) -> int:
    """Of how many rules in use the figures of that day are still to be confirmed, or are."""
    rows = [row for pack in book if pack.in_use for row in pack.rows]
    return sum(_by_us(row.figures) == what for row in rows)


def _by_us(figures: Figures) -> str:
    """What the institution has to do, or has done, about the text of a limit; empty: nothing."""
    if figures.confirmed:
        return CONFIRMED
    return UNSEEN_YET if figures.unseen else ""


def _wanted(row: RuleRow, typed: dict[str, str]) -> bool:
    """Whether a rule is asked for: by its force, its verification, and each word that was typed."""
    figures = row.figures
    seen = (figures.verified, _by_us(figures))
    if typed["force"] not in ("", figures.force) or typed["verified"] not in ("", *seen):
        return False
    told = f"{row.rule_id} {row.code} {figures.text} {figures.source} {figures.article}".casefold()
    return all(word in told for word in typed["q"].casefold().split())


def _row(row: RuleRow) -> dict[str, Any]:
    """A rule with what its codes are called."""
    return {
        "row": row,
        "effect": terms.effect(row.effect, row.acts),
        "acts": terms.acts(row.acts),
        "lifted_by": terms.roles(row.lifted_by),
        "instead": in_words(row.instead, words.language()),
        "stands": STANDS[row.stands],
        "now": _figures(row.figures),
    }


def _figures(one: Figures) -> dict[str, Any]:
    return {
        "it": one,
        "force": terms.force(one.force),
        "verified": terms.verified(one.verified),
    }


def _case(case: Worked) -> dict[str, Any]:
    """A worked case with what its codes are called."""
    return {
        "case": case,
        "right": case.right,
        "changed": facts.table(case.changed),
        "expected": terms.outcome(case.outcome, case.act),
        "said": terms.outcome(str(case.verdict.outcome), case.act),
        "because": [one.text(words.language()) for one in case.verdict.because],
        "duties": [one.text(words.language()) for one in case.verdict.duties],
        "instead": in_words(case.verdict.instead, words.language()),
    }
