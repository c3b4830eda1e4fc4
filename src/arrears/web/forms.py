"""What every form of the workbench shares: it counts once, and a refusal loses nothing that was typed."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

from arrears.core.errors import UserError
from arrears.web.ledger.actions.act import NoCase, NotNow
from arrears.web.ledger.actions.cases import CaseTaken
from arrears.web.ledger.actions.once import first_time
from arrears.web.ledger.models import Person
from arrears.web.ledger.policy import NotAllowed
from arrears.web.needs import signed_in

R = TypeVar("R")
LONGEST_TOKEN = 40


class FormUnreadable(UserError):
    """A field of a form holds nothing that it could mean, or the form is not whole."""

    exit_code = 115


def new_token() -> str:
    """A token for one form, drawn when the form is shown."""
    return get_random_string(32)


def acted(request: HttpRequest, act: Callable[[Person, datetime], R]) -> tuple[bool, R | None]:
    """Whether the form came for the first time, and what `act` gave; both whole or not at all.

    Raises: FormUnreadable, and whatever `act` raises: then the form may be sent again.
    """
    person, at = signed_in(request), timezone.now()
    token = request.POST.get("once", "")
    if not 0 < len(token) <= LONGEST_TOKEN:
        raise FormUnreadable(_("表单不完整"), hint=_("请刷新页面后重新填写。"))
    with transaction.atomic():
        if not first_time(token=token, by=person, at=at):
            return False, None
        return True, act(person, at)


def status_of(error: UserError) -> int:
    """The status with which a page answers a refusal."""
    if isinstance(error, NoCase):
        return 404
    if isinstance(error, NotAllowed):
        return 403
    return 409 if isinstance(error, NotNow | CaseTaken) else 422


def refusal(error: UserError) -> dict[str, str]:
    """The refusal as a page shows it: what is wrong, and what to do."""
    return {"text": error.wrong, "hint": error.hint}


def number_of(text: str) -> int:
    """A row's number as a form sends it; 0, which no row has, for anything else."""
    return int(text) if text.isdecimal() and len(text) <= 18 else 0


def page_asked(request: HttpRequest) -> int:
    """The page of a list that was asked for; the first where that is no number."""
    asked = request.GET.get("page", "1")
    return int(asked) if asked.isdecimal() and len(asked) < 8 else 1


def paged(number: int, pages: int) -> dict[str, Any]:
    """Which page of a list it is, by the names under which the pager looks for it."""
    return {
        "number": number,
        "has_other_pages": pages > 1,
        "has_previous": number > 1,
        "previous_page_number": number - 1,
        "has_next": number < pages,
        "next_page_number": number + 1,
        "paginator": {"num_pages": pages},
    }
