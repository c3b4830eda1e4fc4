"""What the gate refused and why: counted by rule, day and channel; each verdict with its facts."""

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from arrears.rules.facts import RecordUnreadable
from arrears.rules.gate import OtherRules, explain, replay
from arrears.rules.verdict import Because, Verdict
from arrears.web import words
from arrears.web.forms import number_of
from arrears.web.ledger.queries.verdicts import (
    Asked,
    Counted,
    VerdictRow,
    counted,
    verdict_of,
    verdicts,
)
from arrears.web.ledger.rulebook import RulesNotKept, book_of
from arrears.web.needs import frame, needs, signed_in
from arrears.web.watch import facts, rulebook, terms, topics
from arrears.web.watch.span import Days, days_asked

FILTERS = ("rule", "outcome", "channel", "borrower")
LONGEST = 80  # letters of a borrower's number


@needs("see_watch")
def verdicts_page(request: HttpRequest) -> HttpResponse:
    """The verdicts of a span of days, counted, and those that are asked for, newest first."""
    person, days = signed_in(request), days_asked(request.GET)
    typed = {name: request.GET.get(name, "").strip()[:LONGEST] for name in FILTERS}
    asked = Asked(days.span, *typed.values())
    before = number_of(request.GET.get("before", "")) or None
    told, page = counted(person, days.span), verdicts(person, asked, before=before)
    outcomes = [code for code in terms.OUTCOME if code in told.outcomes]
    by_rule = rules_counted(told, days)
    shown = {
        "days": days,
        "typed": typed,
        "wrong": days.wrong,
        "filtered": any(typed.values()),
        "query": urlencode(_address(days) | {k: v for k, v in typed.items() if v}),
        "total": told.asked,
        "found": page.total,
        "outcomes": [terms.outcome(code) for code in outcomes],
        "by_rule": by_rule,
        "by_day": _table(told.days, outcomes),
        "by_channel": _table(
            {_channel(code): told.channels[code] for code in sorted(told.channels)}, outcomes
        ),
        "rule_ids": _rules_to_choose(by_rule, typed["rule"]),
        "channels": [(code, _channel(code)) for code in sorted(told.channels) if code],
        "rows": [_told(row) | {"outcome": terms.outcome(row.outcome)} for row in page.rows],
        "older": page.older,
        "later": before,
        **frame(request, "watch"),
    }
    return render(request, "watch/verdicts.html", shown, status=422 if days.wrong else 200)


@needs("see_watch")
def verdict_page(request: HttpRequest, verdict_id: int) -> HttpResponse:
    """One verdict: the facts, every reason, and whether the gate would say it again. Raises: Http404."""
    row = verdict_of(signed_in(request), verdict_id)
    if row is None:
        raise Http404
    shown = {
        "row": row,
        "told": _told(row),
        "tables": facts.tables(row.facts),
        "again": _again(row),
        **frame(request, "watch"),
    }
    return render(request, "watch/verdict.html", shown)


def rules_counted(told: Counted, days: Days) -> list[dict[str, Any]]:
    """The rules that were against contacts, the most first: in words, how many, and where they are listed."""
    language, most = words.language(), max(told.rules.values(), default=0)
    said = rulebook.rows_by_rule(language, on=days.last)
    return [
        {
            "rule_id": rule_id,
            "row": said.get(rule_id),
            "count": count,
            "most": most,
            "url": f"{reverse('verdicts')}?{urlencode(_address(days) | {'rule': rule_id})}#list",
        }
        for rule_id, count in told.rules.items()
    ]


def told_of(verdict: Verdict, *, zone: str, act: str | None) -> dict[str, Any]:
    """A verdict in words: outcome, reasons, duties, and who may override it."""
    return {
        "outcome": said(verdict, zone, act or topics.CONTACT),
        "reasons": reasons(verdict.because),
        "duties": reasons(verdict.duties),
        "lifted_by": terms.roles(verdict.lifted_by),
    }


def said(verdict: Verdict, zone: str, act: str) -> dict[str, Any]:
    """The outcome as the gate puts it, with its earliest moment on that zone's clock, and its light."""
    called = terms.outcome(str(verdict.outcome), act)
    if act != topics.CONTACT and verdict.earliest_at is None:
        return called  # the gate's own sentences speak of contacts
    return {**called, "word": explain(verdict, words.language(), zone=zone or "UTC")[0]}


def reasons(because: tuple[Because, ...]) -> list[dict[str, str]]:
    """Each reason in words, with its source, and its rule where a pack at hand has it."""
    return [
        {
            "text": one.text(words.language()),
            "source": " ".join(part for part in (one.source, one.article) if part),
            "rule_id": one.rule_id,
            "pack": rulebook.pack_of(one.rule_id),
        }
        for one in because
    ]


def _rules_to_choose(by_rule: list[dict[str, Any]], chosen: str) -> list[tuple[str, str]]:
    """The rules that were against contacts, by which the list can be filtered, and the one that is chosen."""
    rules = {
        one["rule_id"]: one["row"].figures.text if one["row"] else one["rule_id"] for one in by_rule
    }
    return list(({chosen: chosen} | rules).items()) if chosen else list(rules.items())


def _address(days: Days) -> dict[str, str]:
    return {"from": days.first.isoformat(), "to": days.last.isoformat()}


def _table(counts: Any, outcomes: list[str]) -> list[dict[str, Any]]:
    """Lines of counts with a cell for each outcome, and their sum."""
    return [
        {
            "name": name,
            "cells": [by_outcome.get(code, 0) for code in outcomes],
            "sum": sum(by_outcome.values()),
        }
        for name, by_outcome in counts.items()
    ]


def _channel(code: str) -> str:
    return str(words.CHANNEL.get(code, code)) if code else _("不明")


def _told(row: VerdictRow) -> dict[str, Any]:
    """A verdict with what its codes are called."""
    unread = {"outcome": terms.outcome(row.outcome), "reasons": [], "duties": [], "lifted_by": ""}
    verdict, act = row.verdict, row.facts.get("act")
    return {
        "row": row,
        "channel": _channel(row.channel),
        **(told_of(verdict, zone=row.zone, act=act) if verdict else unread),
    }


def _again(row: VerdictRow) -> dict[str, Any]:
    """Whether the stored facts give the stored verdict again, and if not, why that is so."""
    unreadable = {
        "state": "unreadable",
        "text": _("记录无法读取，不能重算。"),
        "hint": _("请从备份恢复。"),
    }
    if row.verdict is None:
        return unreadable
    try:
        now = replay(row.record, book=book_of(row.rules_version))
    except RulesNotKept:
        text = _("当时的规则没有保存在这里，不能重算。")
        hint = _("判断早于规则存档，或出自另一套系统。现在的规则版本：%(now)s")
        at_hand = " + ".join(pack.version for pack in rulebook.packs_in_use())
        return {"state": "other_rules", "text": text, "hint": hint % {"now": at_hand}}
    except RecordUnreadable:
        return unreadable
    except OtherRules:
        text = _("记录里的规则版本与登记的不同，请立即查明原因。")
        return {"state": "differs", "text": text, "hint": ""}
    if now == row.verdict:
        return {"state": "same", "text": _("已按存下的事实重算：结果和理由完全相同。"), "hint": ""}
    text = _("重算的结果与存下的不同，请立即查明原因。")
    told = explain(now, words.language(), zone=row.zone or "UTC")
    return {"state": "differs", "text": text, "hint": " · ".join(told)}
