"""A form that could not be taken comes back whole: what was typed is never lost."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest

# The fields that a page shows again; no other, so that none is shown by being forgotten: no password.
SHOWN_AGAIN = frozenset(
    name
    for names in (
        "once csrfmiddlewaretoken case message point promise hold from to payment refused rule_id",
        "companion place recorded id_shown entry_agreed",
        "exam_date background_clear secrecy_signed doubts",
        "channels purposes only_point only_role from_date until_date said_by value_date",
        "about received_date",
        "amount branch channel do due_date evidence kind language name note outcome reason role",
        "shown state subject sure team text then username what",
    )
    for name in names.split()
)
UNTYPED = ("once", "csrfmiddlewaretoken")
KEPT = "kept"  # in the session of whoever signs in next at this browser


def again(request: HttpRequest) -> tuple[list[tuple[str, str]], dict[str, str]]:
    """A form's fields, to be sent again as they are, and what of them a person typed.

    No fields where one of them may not be shown: then the form would not be whole.
    """
    sent = dict(request.POST.lists()) if request.POST.get("once") else {}
    shown = [(name, one) for name in sent if name in SHOWN_AGAIN for one in sent[name]]
    fields = shown if SHOWN_AGAIN.issuperset(sent) else []
    return fields, typed_in(shown)


def typed_in(fields: Iterable[tuple[str, str]]) -> dict[str, str]:
    """What of some fields a person typed or chose."""
    return {name: value for name, value in fields if name not in UNTYPED}


def keep(request: HttpRequest) -> bool:
    """Whether the form of someone whose session has ended waits for them behind the door."""
    fields, typed = again(request)
    if typed:
        told: dict[str, Any] = {"action": request.path, "fields": fields}
        request.session[KEPT] = told
    return bool(typed)
