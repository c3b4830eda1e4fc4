"""One case on one page: who, what is owed, why, what to write down, what has happened."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext

from arrears.batch.read import FilesGone, NoLoan, explain, loans_of
from arrears.batch.runs import read_run, visible
from arrears.batch.wording import Sheet
from arrears.core.contact import ADDRESSES, HELP, IN_PERSON
from arrears.web import event_words, hold_words, words
from arrears.web.desk.lists import home
from arrears.web.forms import new_token
from arrears.web.ledger.actions.cases import see_case
from arrears.web.ledger.actions.records import PROMISE_DAYS
from arrears.web.ledger.facts import zone_of
from arrears.web.ledger.holds import to_be_helped
from arrears.web.ledger.models import Person, PublishedRun
from arrears.web.ledger.models.case import ENDED
from arrears.web.ledger.policy import may
from arrears.web.ledger.queries.calls import MayCall, may_call, under_way
from arrears.web.ledger.queries.cases import CasePage, Happening, case_page
from arrears.web.ledger.queries.log import detail_of
from arrears.web.ledger.queries.people import companions_for, working_beside
from arrears.web.needs import frame, needs, signed_in

# Whom a collector calls unless they say otherwise.
TELEPHONES = [("debtor", "mobile"), ("debtor", "landline"), ("legal_representative", "mobile")]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the page answers to a form: a value shown once, or a refusal with what was typed."""

    form: str = ""
    wrong: str = ""
    hint: str = ""
    typed: dict[str, Any] = field(default_factory=dict)
    what: str = ""  # which value is shown
    value: str = ""
    status: int = 200


@needs("see_cases")
def case(request: HttpRequest, case_id: int) -> HttpResponse:
    """The page of one case."""
    return shown_case(request, case_id, Answer())


def shown_case(request: HttpRequest, case_id: int, answer: Answer) -> HttpResponse:
    """The page of one case with an answer to a form. Raises: Http404."""
    person = signed_in(request)
    page = case_page(person, case_id)
    if page is None:
        raise Http404
    see_case(case=page.case, by=person, at=timezone.now())
    today = business_date()
    calling, visiting = (_under_way(channel, page, person) for channel in IN_PERSON)
    under = calling or visiting
    channel = answer.typed.get("channel") or (under["made"].channel if under else "call")
    chosen = under["made"].point_id if under else None
    if answer.form == "outcome":
        chosen = answer.typed.get("point", chosen)
    told = {
        "page": page,
        "answer": answer,
        "typed": answer.typed,
        "once": new_token,
        "in_hand": page.case.taken_by_id == person.pk,
        "state": words.STATE[page.case.state],
        "to_help": page.case.state == "held"
        and to_be_helped(
            page.case.borrower_id, at=timezone.now(), zone=zone_of(page.case.borrower_id)
        ),
        "dialling": calling,
        "visiting": visiting,
        "visits": None if visiting else _visits(page, person, answer.typed),
        "points": _points(page, person, chosen),
        "promises": [{"promise": p, "state": words.PROMISE[p.state]} for p in page.promises],
        "holds": [
            hold_words.shown(hold, words.POINT_ROLE, on=today)
            for hold in page.holds
            if hold.until_date is None or hold.until_date > today
        ],
        "held": any(hold.facts.in_force(today, today) for hold in page.holds),
        "outcomes": words.outcomes(channel),
        "channel": channel,
        "channels": words.CHANNEL.items(),
        "kinds": hold_words.kinds(compliance=may(person, "hold_cases")),
        "roles": words.POINT_ROLE.items(),
        "colleagues": working_beside(person),
        **hold_words.choices(),
        "timeline": [_happened(h) for h in page.timeline],
        "today": today,
        "latest": date.fromordinal(today.toordinal() + PROMISE_DAYS),
        **_owed(page),
        **frame(request),
    }
    return render(request, "desk/case.html", told, status=answer.status)


@needs("see_cases")
def why(request: HttpRequest, case_id: int, loan_id: str) -> HttpResponse:
    """Every figure of one of the borrower's loans with what set it, as `arrears explain` says it."""
    person = signed_in(request)
    page = case_page(person, case_id)
    if page is None or page.run is None:
        raise Http404
    see_case(case=page.case, by=person, at=timezone.now())
    run, owner = page.run, page.case.borrower_id
    shown: dict[str, Any] = {"case": page.case, "loan_id": loan_id, **frame(request)}
    loans = _loans(run, owner)
    if loans is None:
        return _no_files(request, shown)
    if loan_id not in {loan["loan_id"] for loan in loans}:
        raise Http404  # someone else's loan, or none
    try:
        told = explain(home(), loan_id, as_of=run.as_of, known_on=run.known_on, borrower_id=owner)
    except NoLoan as error:
        raise Http404 from error
    except FilesGone:
        return _no_files(request, shown)
    head, sheets = told.as_sheets(words.language())
    shown |= {"head": head, "sheets": [_marked(sheet) for sheet in sheets]}
    return render(request, "desk/why.html", shown)


def _no_files(request: HttpRequest, shown: dict[str, Any]) -> HttpResponse:
    """The page without figures: the files that they are worked out from are gone."""
    return render(request, "desk/why.html", {**shown, "gone": True}, status=404)


def _marked(sheet: Sheet) -> dict[str, Any]:
    """A table of an explanation, each cell with whether it is a figure, each row whether it is a sum."""
    figures = [side == "r" for side in sheet.sides]
    first_sum = len(sheet.rows) - sheet.sums
    return {
        "name": sheet.name,
        "title": sheet.title,
        "heads": list(zip(sheet.heads, figures, strict=False)),
        "rows": [
            {"cells": list(zip(row, figures, strict=True)), "sum": n >= first_sum}
            for n, row in enumerate(sheet.rows)
        ],
        "notes": sheet.notes,
    }


def business_date() -> date:
    """The day that it is now in the institution's zone."""
    return timezone.localdate(timezone=ZoneInfo(home().institution().zone))


def _owed(page: CasePage) -> dict[str, Any]:
    """What the run says is owed, why, and each loan; `loans` is None where the run's files are gone."""
    run, day = page.run, page.day
    if run is None or day is None:
        return {"day": None, "loans": (), "why": "", "treatment": ""}
    currency = home().institution().currency
    return {
        "day": day,
        "why": words.why(day.reasons, day.treatment, currency),
        "treatment": words.treatment(day.treatment),
        "flags": [dict(words.flags()).get(f, f) for f in day.flags.split()],
        "loans": _loans(run, page.case.borrower_id),
    }


def _loans(published: PublishedRun, borrower_id: str) -> list[dict[str, Any]] | None:
    """The borrower's loans in the run that is before people, or None where its files are gone."""
    day = published.as_of.isoformat()
    folder = home().runs / day / published.run_id.removeprefix(f"{day}-")
    try:
        return _loans_in(folder, borrower_id) if visible(folder) else None
    except FilesGone:
        return None


@lru_cache(maxsize=4_096)
def _loans_in(run: Path, borrower_id: str) -> list[dict[str, Any]]:
    """A borrower's loans in the run of a folder, kept in memory: a run never changes, a case is opened often.

    Who may see them is asked before, each time.
    """
    return loans_of(home(), read_run(run), borrower_id)


def _under_way(channel: str, page: CasePage, person: Person) -> dict[str, Any] | None:
    """The call or visit under way, if there is one: what is to be done, or why it may not be made."""
    made = under_way(channel, page.case, page.borrower, person, at=timezone.now())
    if made is None:
        return None
    return {
        "made": made,
        "along": gettext("、").join(made.along),
        "asks": made.purpose == "restore_contact",
        "helps": made.purpose == HELP,
        "duties": [duty.text(words.language()) for duty in made.verdict.duties]
        if made.verdict and made.to
        else [],
        "because": () if made.to else words.not_to_make(made),
    }


def _visits(page: CasePage, person: Person, typed: Mapping[str, Any]) -> dict[str, Any] | None:
    """What there is to choose from for a visit; None for whoever makes none of this case now."""
    if page.case.taken_by_id != person.pk or not may(person, "make_visits"):
        return None
    return {
        "addresses": [
            {"point": point, "role": words.POINT_ROLE.get(point.role, point.role)}
            for point in page.points
            if point.kind in ADDRESSES and point.usable and point.pk not in page.closed
        ],
        "companions": companions_for(page.case, person),
        "places": words.PLACE.items(),
        "assured": [(fact, name, typed.get(fact) == "1") for fact, name in words.ASSURE.items()],
    }


def _points(page: CasePage, by: Person, typed: str | None) -> list[dict[str, Any]]:
    """Each way to reach someone, a telephone with whether it may be called now.

    Chosen is what was typed, else the first telephone.
    """
    calls: Mapping[str, MayCall] = {}
    if page.borrower is not None and page.case.state not in ENDED:
        calls = may_call(
            page.case, page.borrower, page.points, by=page.case.taken_by or by, at=timezone.now()
        )
    usable = [p for p in page.points if p.usable and (p.role, p.kind) in TELEPHONES]
    chosen = (usable[0].pk if usable else "") if typed is None else typed
    return [
        {
            "call": words.call(calls[point.pk]) if point.pk in calls else None,
            "point": point,
            "kind": words.POINT_KIND.get(point.kind, point.kind),
            "role": words.POINT_ROLE.get(point.role, point.role),
            "chosen": point.pk == chosen,
            "closed": point.pk in page.closed,
        }
        for point in page.points
    ]


def _happened(happening: Happening) -> dict[str, Any]:
    """A line of the timeline with what its codes are called."""
    row, kind = happening.what, happening.kind
    told: dict[str, Any] = {"at": happening.at, "by": happening.by, "kind": kind, "row": row}
    if kind == "contact":
        told["channel"] = words.CHANNEL.get(row.channel, row.channel)
        told["outcome"] = words.outcome(row.channel, row.outcome)
    elif kind == "promise":
        told["state"] = words.PROMISE[row.state]
    elif kind == "hold":
        told["hold"] = hold_words.kind_word(row.kind)
    elif kind == "message":
        told |= words.message(row)
    elif kind == "event":
        told["verb"] = event_words.EVENT.get(row.verb, row.verb)
        detail = detail_of(row)
        told["state"] = words.PROMISE.get(detail.get("state", ""), "")
        found = words.wordings(detail.get("wording", ""), detail.get("review", ""))
        told["more"] = words.reason(detail.get("reason", "")) or detail.get("to") or found
    return told
