"""What is done on a case: each form is one action, answered on the page that it came from."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from arrears.core.errors import UserError
from arrears.core.money import minor_from_text
from arrears.rules.gate import explain
from arrears.rules.speech.hits import found_in, plain
from arrears.web import words
from arrears.web.desk.case import Answer, business_date, shown_case
from arrears.web.forms import FormUnreadable, acted, number_of, status_of
from arrears.web.ledger.actions.calls import claim_call, drop_call, override_block
from arrears.web.ledger.actions.cases import (
    release_case,
    reveal_value,
    take_case,
    take_next_case,
)
from arrears.web.ledger.actions.complaints import Complaint
from arrears.web.ledger.actions.holds import Scope, end_hold, place_hold
from arrears.web.ledger.actions.in_person import Claimed
from arrears.web.ledger.actions.outbox import withdraw_message
from arrears.web.ledger.actions.payments import dismiss_payment, record_payment
from arrears.web.ledger.actions.records import (
    record_outcome,
    record_promise,
    record_refusal,
    withdraw_promise,
    write_note,
)
from arrears.web.ledger.actions.visits import ASSURED, claim_visit, drop_visit
from arrears.web.ledger.clock import require_sound_clock
from arrears.web.ledger.models import Person
from arrears.web.ledger.queries.cases import case_seen
from arrears.web.needs import View, frame, needs, signed_in

Sent = dict[str, Any]
# Fields in which people write or choose; what stood in them comes back with a refusal.
TYPED = (
    "outcome",
    "channel",
    "point",
    "note",
    "amount",
    "due_date",
    "kind",
    "evidence",
    "said_by",
    "about",
    "received_date",
    "only_point",
    "only_role",
    "from_date",
    "until_date",
    "payment",
    "value_date",
    "text",
    "reason",
    "companion",
    "place",
    *ASSURED,
)


NOBODY = "nobody"  # a complaint is about none of our people
MOST_WARNED = 3  # forbidden wordings that one answer tells; the log has every kind


@dataclass(frozen=True, slots=True)
class Form:
    """One form of the case page: which action it is, who may send it, what it says when done."""

    name: str
    rights: tuple[str, ...]
    act: Callable[..., Any]
    reads: Callable[[QueryDict], Sent]
    done: Any


def _nothing(_sent: QueryDict) -> Sent:
    return {}


def _outcome(sent: QueryDict) -> Sent:
    return {
        "channel": sent.get("channel", ""),
        "outcome": sent.get("outcome", ""),
        "point_id": sent.get("point", ""),
        "note": sent.get("note", "").strip(),
        "refused": sent.get("refused") == "1",
        "contact_date": business_date(),
    }


def _came_of_it(*, outcome: str, refused: bool, **told: Any) -> Any:
    """What came of a contact is recorded; a third person who wants no other one is believed."""
    if refused and outcome == "third_person":
        return record_refusal(**told)
    return record_outcome(outcome=outcome, **told)


def _call(sent: QueryDict) -> Sent:
    return {"point_id": sent.get("point", "")}


def _visit(sent: QueryDict) -> Sent:
    return _call(sent) | {
        "companions": [_id(one) for one in sent.getlist("companion") if one],
        "place": sent.get("place", ""),
        "assured": [fact for fact in ASSURED if sent.get(fact) == "1"],
    }


def _by_clock(act: Callable[..., Claimed]) -> Callable[..., Claimed]:
    """The same action, at a moment that this machine's clock tells. Raises: ClockWrong."""

    def claim(*, at: datetime, **told: Any) -> Claimed:
        require_sound_clock(at)
        return act(at=at, **told)

    return claim


def _override(sent: QueryDict) -> Sent:
    return {name: sent.get(name, "") for name in ("rule_id", "reason")} | _call(sent)


def _promise(sent: QueryDict) -> Sent:
    return {
        "amount_minor": _minor(sent.get("amount", "")),
        "due_date": _day(sent.get("due_date", "")),
        "made_date": business_date(),
    }


def _withdraw(sent: QueryDict) -> Sent:
    return {"promise_id": _id(sent.get("promise", ""))}


def _message(sent: QueryDict) -> Sent:
    return {"message_id": _id(sent.get("message", ""))}


def _hold(sent: QueryDict) -> Sent:
    days = {name: sent.get(name, "").strip() for name in ("from_date", "until_date")}
    about, received = sent.get("about", ""), sent.get("received_date", "").strip()
    return {
        "kind": sent.get("kind", ""),
        "complaint": Complaint(
            person_id=_id(about) if about not in ("", NOBODY) else None,
            nobody=about == NOBODY,
            received_date=_day(received) if received else None,
        ),
        "evidence": sent.get("evidence", ""),
        "said_by": sent.get("said_by", ""),
        "scope": Scope(
            channels=tuple(sent.getlist("channels")),
            purposes=tuple(sent.getlist("purposes")),
            role=sent.get("only_role", ""),
            point_id=sent.get("only_point", ""),
            **{name: _day(text) for name, text in days.items() if text},  # type: ignore[arg-type]
        ),
    }


def _payment(sent: QueryDict) -> Sent:
    return {
        "payment_id": sent.get("payment", ""),
        "amount_minor": _minor(sent.get("amount", "")),
        "value_date": _day(sent.get("value_date", "")),
    }


def _no_payment(sent: QueryDict) -> Sent:
    return {"payment_id": sent.get("payment", ""), "reason": sent.get("reason", "")}


def _end_hold(sent: QueryDict) -> Sent:
    return {"hold_id": _id(sent.get("hold", "")), "reason": sent.get("reason", "")}


def _note(sent: QueryDict) -> Sent:
    return {"text": sent.get("text", "")}


def _reveal(sent: QueryDict) -> Sent:
    return {name: sent.get(name, "") for name in ("what", "reason")} | {
        "point_id": sent.get("point", "")
    }


FORMS = (
    Form("take", ("work_cases",), take_case, _nothing, _("已领取。")),
    Form("release", ("work_cases",), release_case, _nothing, _("已放回队列。")),
    Form("call", ("work_cases",), _by_clock(claim_call), _call, ""),
    Form("drop-call", ("work_cases",), drop_call, _nothing, _("已记下没有拨打。")),
    Form("visit", ("make_visits",), _by_clock(claim_visit), _visit, ""),
    Form("drop-visit", ("make_visits",), drop_visit, _nothing, _("已记下没有去成。")),
    Form("override", ("override",), override_block, _override, _("已放行，今天对这个号码有效。")),
    Form("outcome", ("work_cases",), _came_of_it, _outcome, _("联系结果已记录。")),
    Form("promise", ("work_cases",), record_promise, _promise, _("还款承诺已记录。")),
    Form("withdraw", ("work_cases",), withdraw_promise, _withdraw, _("承诺已撤回。")),
    Form(
        "recall",
        ("work_cases", "hold_cases"),
        withdraw_message,
        _message,
        _("消息已撤回，不会发出。"),
    ),
    Form("hold", ("work_cases", "hold_cases"), place_hold, _hold, _("已暂停催收。")),
    Form("end-hold", ("reassign", "hold_cases"), end_hold, _end_hold, _("暂停已解除。")),
    Form(
        "payment",
        ("work_cases", "hold_cases"),
        record_payment,
        _payment,
        _("已记下这笔还款，入账之前不再联系客户。"),
    ),
    Form(
        "end-payment",
        ("reassign", "hold_cases"),
        dismiss_payment,
        _no_payment,
        _("这笔还款已处理，不再阻止联系。"),
    ),
    Form("note", ("work_cases",), write_note, _note, _("备注已保存。")),
    Form("reveal", ("reveal",), reveal_value, _reveal, ""),
)


def view_of(form: Form) -> View:
    """The view that does what a form says and answers: done, not now, not allowed, or try again."""

    @needs(*form.rights, method="POST")
    def act(request: HttpRequest, case_id: int) -> HttpResponse:
        def sent(person: Person, at: datetime) -> Any:
            return form.act(case_id=case_id, by=person, at=at, **form.reads(request.POST))

        try:
            came, result = acted(request, sent)
        except UserError as error:
            return _refused(form, request, case_id, error)
        if not came:
            messages.info(request, gettext("这张表单已经提交过，没有重复记录。"))
            return redirect("case", case_id)
        if isinstance(result, Claimed):
            return shown_case(request, case_id, _answer_to_claim(form, request, result))
        if form.name == "reveal":
            what = request.POST.get("point") or request.POST.get("what", "")
            return shown_case(request, case_id, Answer(form.name, what=what, value=result or ""))
        messages.success(request, str(form.done))
        _warn(request, form.reads(request.POST))
        return _onward(request, case_id)

    return act


def _answer_to_claim(form: Form, request: HttpRequest, claimed: Claimed) -> Answer:
    """The page with the number or address, or with every reason why nobody calls or goes there now."""
    if claimed.made is not None:
        return Answer(form.name)
    first, *because = explain(claimed.verdict, words.language(), zone=claimed.zone or "UTC")
    return Answer(form.name, first, "\n".join(because), _typed(request), status=409)


def _refused(form: Form, request: HttpRequest, case_id: int, error: UserError) -> HttpResponse:
    """The page again with what was wrong and what was typed; a page of its own where the case is gone."""
    status = status_of(error)
    typed = _typed(request)
    if status == 404:
        told = {"error": error, "typed": typed, **frame(request)}
        return render(request, "desk/gone.html", told, status=404)
    answer = Answer(form.name, error.wrong, error.hint, typed, status=status)
    return shown_case(request, case_id, answer)


def _typed(request: HttpRequest) -> dict[str, str]:
    """What was typed or chosen, to be shown again."""
    return {k: v for k, v in request.POST.dict().items() if k in TYPED}


def _warn(request: HttpRequest, sent: Sent) -> None:
    """Whoever typed forbidden wording is told what it is and who forbids it; what is doubtful comes last."""
    hits = found_in(sent.get("note") or sent.get("text") or "")
    sure = plain(hits)
    for hit in (*sure, *(hit for hit in hits if hit not in sure))[:MOST_WARNED]:
        told = hit.text(words.language())
        if hit in sure:
            messages.warning(request, told)
        else:
            messages.info(request, gettext("请核对，合规会复核：%(what)s") % {"what": told})


def _onward(request: HttpRequest, case_id: int) -> HttpResponse:
    """Back to the case, or on: to the next one where the button said so, to the queue where it is gone."""
    if request.POST.get("then") == "next":
        following = take_next_case(by=signed_in(request), at=timezone.now())
        if following is not None:
            return redirect("case", following)
        messages.info(request, gettext("队列中没有今天需要联系的案件。"))
        return redirect("work")
    return redirect("case", case_id) if case_seen(signed_in(request), case_id) else redirect("work")


def _minor(text: str) -> int:
    plain = text.strip().removeprefix("¥").replace(",", "").replace("，", "")
    try:
        return minor_from_text(plain)
    except UserError as error:
        raise FormUnreadable(
            gettext("金额无法识别"), hint=gettext("请填写数字，最多两位小数，例如 1500.00。")
        ) from error


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise FormUnreadable(
            gettext("日期无法识别"), hint=gettext("请按 2026-11-30 的样式填写。")
        ) from error


def _id(text: str) -> int:
    number = number_of(text)
    if not number:
        raise FormUnreadable(gettext("表单不完整"), hint=gettext("请刷新页面后重新填写。"))
    return number
