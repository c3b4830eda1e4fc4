"""The log in words: who did what, when, to which case, and for which reason personal data was shown."""

from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from arrears.web import event_words, words
from arrears.web.forms import number_of
from arrears.web.ledger.queries.chain import log_state
from arrears.web.ledger.queries.log import SYSTEM, Asked, LogRow, doers, events
from arrears.web.needs import frame, needs, signed_in

YEARS = range(2000, 2200)  # beyond them the clock's zones have no days
ASKED = ("by", "verb", "case", "day")
SHOWN_FAULTS = 5
LATE = timedelta(minutes=10)  # twice as long as an anchor is due after
OVERDUE = timedelta(days=2)  # likewise of the verification of the whole log


@needs("see_log")
def log_page(request: HttpRequest) -> HttpResponse:
    """What was done, newest first; by one person, of one kind, about one case, on one day."""
    typed = {name: request.GET.get(name, "").strip() for name in ASKED}
    asked = _asked(request.GET)
    told: dict[str, Any] = {
        "chain": _chain(timezone.now()),
        "typed": typed,
        "filtered": any(typed.values()),
        "people": [(str(SYSTEM), _("系统")), *((str(pk), name) for pk, name in doers())],
        "verbs": event_words.EVENT.items(),
        "query": urlencode({name: value for name, value in typed.items() if value}),
        **frame(request, "log"),
    }
    if asked is None:
        told["wrong"] = {
            "text": _("筛选条件无法识别"),
            "hint": _("案件请填编号，日期请按 2026-11-30 的样式填写。"),
        }
        return render(request, "watch/log.html", told, status=422)
    before = number_of(request.GET.get("before", "")) or None
    zone = ZoneInfo(settings.TIME_ZONE)
    page = events(signed_in(request), asked, zone=zone, before=before)
    told |= {"rows": [_told(row) for row in page.rows], "older": page.older, "later": before}
    return render(request, "watch/log.html", told)


def _chain(at: datetime) -> dict[str, Any]:
    """How the log stands, and what about it has to be told aloud."""
    state = log_state()
    lang = words.language()
    since = [state.waiting_since, state.tried_at if state.unanchored else None]
    late = any(moment is not None and at - moment > LATE for moment in since)
    unchecked = state.whole_at is not None and at - state.whole_at > OVERDUE
    return {
        "state": state,
        "count": f"{state.count:,}",
        "waiting": f"{state.waiting:,}" if state.waiting else "",
        "anchored": f"{state.anchored_count:,}",
        "behind": f"{state.unanchored:,}" if state.unanchored else "",
        "wrong": [one.text(lang) for one in state.wrong[:SHOWN_FAULTS]],
        "more": max(len(state.wrong) - SHOWN_FAULTS, 0),
        "late": late,
        "unchecked": unchecked,
        "sound": bool(state.checked_at) and not (state.wrong or state.faults or late or unchecked),
    }


def _asked(sent: QueryDict) -> Asked | None:
    """What a query asks for, or None where a part of it can mean nothing."""
    by, verb, case, day = (sent.get(name, "").strip() for name in ASKED)
    try:
        on = date.fromisoformat(day) if day else None
    except ValueError:
        return None
    if on and on.year not in YEARS:
        return None
    if (case and not number_of(case)) or (verb and verb not in event_words.EVENT):
        return None
    if by and by != str(SYSTEM) and not number_of(by):
        return None
    return Asked(
        by=number_of(by) if by else None,
        verb=verb,
        case_id=number_of(case) if case else None,
        day=on,
    )


def _told(row: LogRow) -> dict[str, Any]:
    """An event with what its codes are called."""
    return {
        "row": row,
        "verb": event_words.EVENT.get(row.verb, row.verb),
        "detail": event_words.event_detail(row.detail),
    }
