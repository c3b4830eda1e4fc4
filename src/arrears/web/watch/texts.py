"""The texts of messages: a new version is written, tried on made-up values, approved by someone else."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from arrears.core.errors import UserError
from arrears.rules.speech.template import KINDS, OTHER, VARIABLES, filled, sample
from arrears.rules.speech.told import FILE, TextsWrong, Told, told_in
from arrears.web import words
from arrears.web.forms import acted, new_token, number_of, refusal, status_of
from arrears.web.ledger.actions.reminders import untold_in
from arrears.web.ledger.actions.templates import (
    CHANNELS,
    LANGUAGES,
    approve_template,
    end_template,
    require_sound,
    wording_of,
    write_template,
)
from arrears.web.ledger.models import Person
from arrears.web.ledger.queries.templates import TextGroup, TextRow, text, texts
from arrears.web.needs import frame, needs, signed_in

FIELDS = ("name", "channel", "language", "subject", "text")
BLANK = {"name": "reminder", "channel": "sms", "language": "zh", "subject": "", "text": ""}


@needs("see_outbox")
def texts_page(request: HttpRequest) -> HttpResponse:
    """Every text: what is in use, what waits for approval, and, folded away, what was used before."""
    return _listed(request)


@needs("write_texts")
def new(request: HttpRequest) -> HttpResponse:
    """The form for a new version, begun from the one that was asked for."""
    before = text(signed_in(request), number_of(request.GET.get("from", "")))
    typed = {name: getattr(before, name) for name in FIELDS} if before else BLANK
    return _form(request, typed)


@needs("write_texts", method="POST")
def write(request: HttpRequest) -> HttpResponse:
    """The version waits for approval; or is only shown with made-up values, where that was asked."""
    typed = {name: request.POST.get(name, "").strip() for name in FIELDS}
    typed["text"] = typed["text"].replace("\r\n", "\n")

    def written(by: Person, at: datetime) -> None:
        write_template(**typed, by=by, at=at)

    try:
        if request.POST.get("do") != "save":
            require_sound(**typed)
            return _form(request, typed, sample=_sample(typed), found=_found(typed))
        came, _nothing = acted(request, written)
    except UserError as error:
        return _form(request, typed, wrong=refusal(error), status=status_of(error))
    _say(request, _("新版本已保存，等待另一位同事批准。"), came=came)
    return redirect("templates")


@needs("approve_texts", method="POST")
def approve(request: HttpRequest, template_id: int) -> HttpResponse:
    """The version is in use, in place of the one before it."""
    doubts_seen = request.POST.get("doubts") == "seen"

    def approved(by: Person, at: datetime) -> None:
        approve_template(template_id=template_id, doubts_seen=doubts_seen, by=by, at=at)

    return _done(request, approved, _("已批准，从现在起使用这个版本。"))


@needs("approve_texts", method="POST")
def end(request: HttpRequest, template_id: int) -> HttpResponse:
    """The version is no longer used."""

    def ended(by: Person, at: datetime) -> None:
        end_template(template_id=template_id, by=by, at=at)

    return _done(request, ended, _("这个版本已停用。"))


def _done(request: HttpRequest, act: Callable[[Person, datetime], None], said: str) -> HttpResponse:
    try:
        came, _nothing = acted(request, act)
    except UserError as error:
        return _listed(request, wrong=refusal(error), status=status_of(error))
    _say(request, said, came=came)
    return redirect("templates")


def _say(request: HttpRequest, said: str, *, came: bool) -> None:
    if came:
        messages.success(request, said)
    else:
        messages.info(request, _("这张表单已经提交过，没有重复记录。"))


def _listed(
    request: HttpRequest, *, wrong: dict[str, str] | None = None, status: int = 200
) -> HttpResponse:
    letters: Told = {}
    try:
        home: Path = settings.ARREARS_HOME  # type: ignore[misc]
        letters = told_in(home / FILE)
    except TextsWrong as error:
        wrong = wrong or refusal(error)
    told = {
        "groups": [_group(group, letters) for group in texts(signed_in(request))],
        "once": new_token,
        "wrong": wrong,
        **frame(request, "templates"),
    }
    return render(request, "watch/texts.html", told, status=status)


def _form(
    request: HttpRequest,
    typed: dict[str, str],
    *,
    sample: dict[str, str] | None = None,
    found: dict[str, list[str]] | None = None,
    wrong: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    told = {
        "typed": typed,
        "sample": sample,
        "found": found,
        "wrong": wrong,
        "channels": [(code, words.CHANNEL[code]) for code in CHANNELS],
        "languages": [(code, words.LANGUAGE[code]) for code in LANGUAGES],
        "names": words.TEXT.items(),
        "placeholders": _placeholders(),
        "once": new_token,
        **frame(request, "templates"),
    }
    return render(request, "watch/text.html", told, status=status)


def _group(group: TextGroup, letters: Told) -> dict[str, Any]:
    """All versions of a text, with what its codes are called and how it reads with made-up values."""
    return {
        "title": words.TEXT.get(group.name, group.name),
        "channel": words.CHANNEL.get(group.channel, group.channel),
        "language": words.LANGUAGE.get(group.language, group.language),
        "lang": "en" if group.language == "en" else "zh-CN",
        "untold": _untold(group.in_use, letters) if group.in_use else "",
        "in_use": _version(group.in_use) if group.in_use else None,
        "drafts": [_version(row) for row in group.drafts],
        "ended": [_version(row) for row in group.ended],
    }


def _untold(row: TextRow, letters: Told) -> str:
    """The words that the institution still has to tell for this letter, with their names in its file."""
    which = words.language() == "en"
    named = [f"{(one.zh, one.en)[which]} ({one.name})" for one in untold_in(row, letters)]
    return {False: "、", True: ", "}[which].join(named)


def _version(row: TextRow) -> dict[str, Any]:
    sent = {"language": row.language, "subject": row.subject, "text": row.text}
    found = _found(sent) if row.state == "draft" else None
    return {"row": row, "sample": _sample(sent), "found": found}


def _sample(typed: dict[str, str]) -> dict[str, str]:
    """The text as a borrower would read it, with made-up values in its own language."""
    values = sample("en" if typed["language"] == "en" else "zh")
    return {name: filled(typed[name], values) for name in ("subject", "text")}


def _found(typed: dict[str, str]) -> dict[str, list[str]]:
    """What of the wording is forbidden, and what a person must judge, each as a sentence."""
    hits = wording_of(**{name: typed[name] for name in ("language", "subject", "text")})
    told: dict[str, list[str]] = {"plain": [], "review": []}
    for hit in hits:
        told[hit.certainty].append(hit.text(words.language()))
    return told


def _placeholders() -> list[dict[str, str]]:
    """What can be filled in, what it is, a made-up value, and which uses cannot do without it."""
    which = words.language() == "en"
    return [
        {
            "name": one.name,
            "meaning": (one.zh, one.en)[which],
            "sample": one.sample[which],
            "needed": _joined(one.name),
        }
        for one in VARIABLES.values()
    ]


def _joined(name: str) -> str:
    """The uses whose texts must hold this word."""
    uses = [str(words.TEXT[use]) for use, kind in KINDS.items() if name in kind.needs]
    if name in OTHER.needs:
        return _("所有模板")
    return " · ".join(uses)
