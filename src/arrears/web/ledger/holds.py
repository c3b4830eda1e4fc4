"""What stops a contact at a moment: holds, refusals of a number by whoever it is, payments on their way."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Any

from django.db.models import Q

from arrears.core.contact import HELP, TELEPHONES, purpose_of
from arrears.core.hold import KINDS, HoldFacts, kinds_stopping, plain, possible_days
from arrears.web.ledger.models import CaseDay, ContactPoint, Hold
from arrears.web.ledger.models.record import hold_facts
from arrears.web.ledger.sql import Question, answers, marks

OF_ANYONE = tuple(kind.kind for kind in KINDS.values() if kind.of_anyone)
# An index of its own serves each of the two ways; that of the second knows filled values only.
OPEN = (
    "FROM ledger_hold WHERE ended_at IS NULL AND (borrower_id = %s"
    " OR (NOT (value = '') AND value IN ({values}) AND kind IN ({kinds})))"
)
# A payment on its way stops what its kind says, from the moment that it was told of.
ON_ITS_WAY = HoldFacts(kind="payment_received")
STOPS = (
    f"SELECT kind, channels, purposes, role, value, from_date, until_date {OPEN} UNION ALL"
    f" SELECT '{ON_ITS_WAY.kind}', '', '', '', '', NULL, NULL WHERE EXISTS"
    " (SELECT 1 FROM ledger_receivedpayment WHERE borrower_id = %s AND settled_at IS NULL)"
)


@dataclass(frozen=True, slots=True)
class Stops:
    """What may stop contacts with a borrower, and the days that it may be where they are."""

    holds: tuple[HoldFacts, ...]
    first: date
    last: date

    def kinds(self, *, channel: str, purpose: str, role: str, value: str) -> frozenset[str]:
        """The kinds of hold that stop such a contact with a person in that role, by that point."""
        return kinds_stopping(
            self.holds,
            first=self.first,
            last=self.last,
            channel=channel,
            purpose=purpose,
            role=role,
            value=value,
        )

    @property
    def represented(self) -> bool:
        """Whether someone acts for the borrower on any of those days."""
        return any(
            h.kind == "represented" and h.in_force(self.first, self.last) for h in self.holds
        )

    def purpose_in_person(self, channel: str, *, role: str, value: str) -> str:
        """What a call to, or visit of, a person in that role is for, by what stops collecting there."""
        stopping = self.kinds(channel=channel, purpose="collect", role=role, value=value)
        return purpose_of(role, stopping)


def stops_asked(borrower_id: str, points: Sequence[ContactPoint]) -> Question:
    """The question whose rows are what may stop contacts with a borrower by any of these points."""
    sql, told = _filled(STOPS, borrower_id, points)
    return sql, (*told, borrower_id)


def stops_told(
    rows: Iterable[Any], *, at: datetime, zone: tzinfo | None, flags: Iterable[str] = ()
) -> Stops:
    """What the rows of `stops_asked` stop at that moment.

    Days are the borrower's own; where their zone is not known, a hold counts on any day that it may be
    there. `flags` are the kinds that the day's run found in the book: each stops what its kind does.
    """
    holds = [HoldFacts(kind=flag) for flag in flags]
    holds += [hold_facts(*row) for row in rows]
    return Stops(tuple(holds), *possible_days(at, zone))


def to_be_helped(borrower_id: str, *, at: datetime, zone: tzinfo | None) -> bool:
    """Whether one may call the debtor to offer help at that moment, though nobody is to collect."""
    points = ContactPoint.objects.filter(
        borrower_id=borrower_id, role="debtor", kind__in=TELEPHONES
    )
    usable = [point for point in points if point.usable]
    days = CaseDay.objects.filter(run__pointer__isnull=False, borrower_id=borrower_id)
    flags = (days.values_list("flags", flat=True).first() or "").split()
    (rows,) = answers(stops_asked(borrower_id, usable))
    stops = stops_told(rows, at=at, zone=zone, flags=flags)
    purposes = {
        stops.purpose_in_person("call", role="debtor", value=point.value) for point in usable
    }
    return HELP in purposes


def open_holds(borrower_id: str, points: Iterable[ContactPoint]) -> list[Hold]:
    """The holds that nobody has ended: the borrower's, and those that close a point for everyone."""
    sql, told = _filled(f"SELECT * {OPEN} ORDER BY at, id", borrower_id, points)
    return list(Hold.objects.raw(sql, told))


def _filled(
    sql: str, borrower_id: str, points: Iterable[ContactPoint]
) -> tuple[str, tuple[str, ...]]:
    """The question about these, and its values."""
    values = tuple({plain(point.value) for point in points})
    made = sql.format(kinds=marks(OF_ANYONE), values=marks(values))
    return made, (borrower_id, *values, *OF_ANYONE)


def whole_on(day: date) -> Q:
    """The holds, as a filter, that keep a whole case on hold on a day of the institution's.

    It says the same as `HoldFacts.whole` and `HoldFacts.in_force`, for a book of holds at once.
    """
    wide = Q(channels="", role="", value="")
    collects = Q(purposes="") | Q(purposes__contains="collect")
    goes_on = [kind.kind for kind in KINDS.values() if kind.debtor_state or kind.spares_point]
    return on_day(day) & wide & collects & ~Q(kind__in=goes_on)


def on_day(day: date) -> Q:
    """The holds, as a filter, that are in force on a day of the institution's and nobody has ended."""
    return not_over(day) & (Q(from_date=None) | Q(from_date__lte=day))


def not_over(day: date) -> Q:
    """The holds, as a filter, that are in force on a day of the institution's, or will be after it."""
    return Q(ended_at=None) & (Q(until_date=None) | Q(until_date__gt=day))
