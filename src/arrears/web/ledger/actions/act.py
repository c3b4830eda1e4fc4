"""What every action shares: one transaction, one event in it, the borrower's row as its lock."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.db import transaction
from django.utils.translation import gettext as _

from arrears.core.errors import UserError
from arrears.web.ledger.models import Borrower, Case, Event, Person
from arrears.web.ledger.models.guard import writing
from arrears.web.ledger.policy import sees

P = ParamSpec("P")
R = TypeVar("R")


class NoCase(UserError):
    """There is no such case, or not for this person."""

    exit_code = 91


class NotNow(UserError):
    """What was asked for does not fit the state that the case is in by now."""

    exit_code = 92


def action(act: Callable[P, R]) -> Callable[P, R]:
    """The function runs in a transaction of its own, and alone may write rows of the ledger."""

    @wraps(act)
    def whole(*words: P.args, **named: P.kwargs) -> R:
        with transaction.atomic(), writing(act.__name__):
            return act(*words, **named)

    return whole


def log(
    verb: str,
    *,
    by: Person | None,
    at: datetime,
    case: Case | None = None,
    case_id: int | None = None,
    borrower_id: str = "",
    **detail: Any,
) -> None:
    """The event stands in the log of this transaction; `detail` holds no personal data."""
    made = event(verb, by=by, at=at, case=case, case_id=case_id, borrower_id=borrower_id, **detail)
    log_all([made])


def event(
    verb: str,
    *,
    by: Person | None,
    at: datetime,
    case: Case | None = None,
    case_id: int | None = None,
    borrower_id: str = "",
    **detail: Any,
) -> Event:
    """An event that is not in the log yet: `log_all` writes several at once."""
    return Event(
        at=at,
        by=by,
        verb=verb,
        case_id=case.pk if case else case_id,
        borrower_id=case.borrower_id if case else borrower_id,
        detail=detail,
    )


def log_all(events: Sequence[Event]) -> None:
    """These events stand in the log of this transaction, in this order."""
    Event.objects.bulk_create(events)


def locked(case_id: int, *, by: Person) -> Case:
    """The case, with its borrower's row locked until the transaction ends.

    The borrower's row is taken first, here as everywhere else, so that nobody waits in a circle.
    Raises: NoCase, for a case that this person may not see as well: the answer tells them apart to nobody.
    """
    seen = Case.objects.filter(sees(by), pk=case_id).values_list("borrower_id", flat=True).first()
    if seen is None:
        raise NoCase(
            _("没有编号为 %(number)s 的案件") % {"number": case_id},
            hint=_("请从队列或搜索中重新打开。"),
        )
    lock_borrower(seen)
    case: Case = Case.objects.select_for_update().get(pk=case_id)
    return case


def lock_borrower(borrower_id: str) -> Borrower | None:
    """Nobody else changes what may be done about this borrower until the transaction ends."""
    held: Borrower | None = Borrower.objects.select_for_update().filter(pk=borrower_id).first()
    return held
