"""The messages to borrowers: what waits, what went, and what a person has to find out."""

from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from arrears.core.errors import UserError
from arrears.web import words
from arrears.web.forms import acted, new_token, page_asked, paged, refusal, status_of
from arrears.web.ledger.actions.act import NoCase
from arrears.web.ledger.actions.journal import reconcile_journal, settle_unknown
from arrears.web.ledger.actions.outbox import let_message_pass, mark_message, withdraw_message
from arrears.web.ledger.journal import Frozen
from arrears.web.ledger.models import Person
from arrears.web.ledger.policy import may
from arrears.web.ledger.queries.journal import frozen, unknown_contacts
from arrears.web.ledger.queries.outbox import Outbox, outbox
from arrears.web.needs import frame, needs, signed_in


@needs("see_outbox")
def outbox_page(request: HttpRequest) -> HttpResponse:
    """The messages about the cases that this person sees, newest first; doubts before all others."""
    return _shown(request, request.GET.get("state", ""))


@needs("reassign", method="POST")
def mark(request: HttpRequest, message_id: int) -> HttpResponse:
    """A message in doubt has gone, or has not, as the channel told the person who asked it."""
    state = "sent" if request.POST.get("state") == "sent" else "failed"

    def settled(by: Person, at: datetime) -> None:
        mark_message(message_id=message_id, state=state, by=by, at=at)

    return _done(request, settled, _("已标记：%(state)s。") % {"state": words.MESSAGE[state]})


@needs("reconcile", method="POST")
def reconcile(request: HttpRequest) -> HttpResponse:
    """What only the journal knew is in doubt or listed; once two have done so, contacting goes on."""

    def reconciled(by: Person, at: datetime) -> None:
        reconcile_journal(by=by, at=at)

    return _done(
        request, reconciled, _("已核对。不确定的消息列在下面；两人都核对过才继续联系客户。")
    )


@needs("reconcile", method="POST")
def settle(request: HttpRequest, n: int) -> HttpResponse:
    """A contact that only the send journal knows has gone, or has not, as a person found out."""
    state = "sent" if request.POST.get("state") == "sent" else "failed"

    def settled(by: Person, at: datetime) -> None:
        settle_unknown(n=n, state=state, by=by, at=at)

    return _done(request, settled, _("已标记：%(state)s。") % {"state": words.MESSAGE[state]})


@needs("work_cases", "hold_cases", method="POST")
def withdraw(request: HttpRequest, message_id: int) -> HttpResponse:
    """A message that waits does not go."""

    def withdrawn(by: Person, at: datetime) -> None:
        withdraw_message(message_id=message_id, by=by, at=at)

    return _done(request, withdrawn, _("消息已撤回，不会发出。"))


@needs("override", method="POST")
def let_pass(request: HttpRequest, message_id: int) -> HttpResponse:
    """A message that a rule only advises against goes."""
    sent = {name: request.POST.get(name, "") for name in ("rule_id", "reason")}

    def passed(by: Person, at: datetime) -> None:
        let_message_pass(message_id=message_id, by=by, at=at, **sent)

    return _done(request, passed, _("已放行，今天对这个号码有效。"))


def _done(request: HttpRequest, act: Callable[[Person, datetime], None], said: str) -> HttpResponse:
    """What was asked is done, once, and the list shows as it did before. Raises: Http404."""
    state = request.POST.get("shown", "")
    try:
        came, _nothing = acted(request, act)
    except NoCase as error:
        raise Http404 from error
    except UserError as error:
        return _shown(request, state, wrong=refusal(error), status=status_of(error))
    if came:
        messages.success(request, said)
    else:
        messages.info(request, _("这张表单已经提交过，没有重复记录。"))
    asked = f"?{urlencode({'state': state})}" if state in words.MESSAGE else ""
    return redirect(reverse("outbox") + asked)


def _shown(
    request: HttpRequest, state: str, *, wrong: dict[str, str] | None = None, status: int = 200
) -> HttpResponse:
    chosen = state if state in words.MESSAGE else ""
    person = signed_in(request)
    page = outbox(person, state=chosen, page=page_asked(request))
    stopped = frozen()
    many, unknown = unknown_contacts() if may(person, "reconcile") else (0, ())
    told = {
        "frozen": stopped,
        "mends": isinstance(stopped, Frozen),
        "unknown": [(one, words.CHANNEL.get(one.channel, one.channel)) for one in unknown],
        "unknown_total": many,
        "state": chosen,
        "filters": _filters(page, chosen),
        "doubts": [] if chosen else [words.message(row) for row in page.doubts],
        "more_doubts": page.states["in_doubt"] > len(page.doubts),
        "rows": [words.message(row) for row in page.rows],
        "total": page.total,
        "page": paged(page.number, page.pages),
        "query": f"state={chosen}&" if chosen else "",
        "once": new_token,
        "wrong": wrong,
        **frame(request, "outbox"),
    }
    return render(request, "watch/outbox.html", told, status=status)


def _filters(page: Outbox, chosen: str) -> list[dict[str, object]]:
    """A link for each state that a message is in, and for the one that is chosen."""
    everything: dict[str, object] = {
        "url": reverse("outbox"),
        "label": _("全部"),
        "count": sum(page.states.values()),
        "here": not chosen,
    }
    return [
        everything,
        *(
            {
                "url": f"{reverse('outbox')}?state={state}",
                "label": label,
                "count": page.states[state],
                "here": state == chosen,
            }
            for state, label in words.MESSAGE.items()
            if page.states[state] or state == chosen
        ),
    ]
