"""What every action shares: one transaction, one event in it, the borrower's row as its lock."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.db import transaction
from django.utils.translation import gettext as _

from arrears.core.errors import UserError
from arrears.verify import commitment
from arrears.web.ledger.models import Borrower, Case, Event, EventValue, EventWaiting, Person
from arrears.web.ledger.models.guard import writing
from arrears.web.ledger.policy import sees

SALT_BYTES = 16

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


@dataclass(frozen=True, slots=True)
class Entry:
    """An event that is not in the log yet, with its values. Shapes: (name, salt, value)."""

    event: Event
    values: tuple[tuple[str, str, str], ...]


def entry(
    verb: str,
    *,
    by: Person | None,
    at: datetime,
    case: Case | None = None,
    case_id: int | None = None,
    borrower_id: str = "",
    seals: Mapping[str, str] | None = None,
    values: Mapping[str, str] | None = None,
    **detail: Any,
) -> Entry:
    """An event that `log_all` can write together with others. Shapes: values by name.

    `detail` holds no personal data. `values` does: the event holds of each a hash with a salt, and the
    value is kept beside it, where it can be erased. `seals`: hashes of what else the event vouches for.
    """
    told = tuple(
        (name, secrets.token_hex(SALT_BYTES), value)
        for name, value in (values or {}).items()
        if value
    )
    event = Event(
        at=at,
        by=by,
        verb=verb,
        case_id=case.pk if case else case_id,
        borrower_id=case.borrower_id if case else borrower_id,
        detail=detail,
        seals={**(seals or {}), **{name: commitment(salt, value) for name, salt, value in told}},
    )
    return Entry(event, told)


def log_all(entries: Sequence[Entry]) -> None:
    """These events stand in the log of this transaction, in this order, and wait for their numbers."""
    if not entries:
        return
    Event.objects.bulk_create([one.event for one in entries])
    EventWaiting.objects.bulk_create([EventWaiting(event=one.event) for one in entries])
    values = [
        EventValue(event=one.event, name=name, salt=salt, value=value)
        for one in entries
        for name, salt, value in one.values
    ]
    if values:
        EventValue.objects.bulk_create(values)


def _written(made: Callable[P, Entry]) -> Callable[P, None]:
    """The same, and it stands in the log of this transaction and waits for its number."""

    def write(*words: P.args, **named: P.kwargs) -> None:
        log_all([made(*words, **named)])

    return write


log = _written(entry)


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
