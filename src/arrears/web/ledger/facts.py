"""What the ledger knows about one intended contact; what it does not know stays unknown."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from arrears.core.contact import DEBTORS
from arrears.core.hold import debtor_state
from arrears.rules.facts import ContactFacts, known_zone
from arrears.web.ledger.complaints import complaints
from arrears.web.ledger.counts import counts_asked, counts_told
from arrears.web.ledger.holds import Stops, stops_asked, stops_told
from arrears.web.ledger.models import (
    Borrower,
    Call,
    Case,
    ContactPoint,
    Person,
    Visit,
)
from arrears.web.ledger.numbers import number_mark
from arrears.web.ledger.reached import inquiries, reached
from arrears.web.ledger.sql import answers, asked

# Which statement about all points of a kind says where the bank has them from.
SOURCE_OF = {
    "mobile": "phone_source",
    "landline": "phone_source",
    "email": "email_source",
    "address": "address_source",
}
# Of the run before people: what a borrower owes and what documents prove, and what is stated of all.
OWED = (
    "SELECT d.overdue_minor, d.penalty_minor, d.compound_minor, d.flags,"
    " g.kind, g.word, g.point_id, g.from_date, g.until_date FROM ledger_caseday d"
    " LEFT JOIN ledger_grant g ON g.run_id = d.run_id AND g.borrower_id = d.borrower_id"
    " WHERE d.run_id = (SELECT run_id FROM ledger_pointer) AND d.borrower_id = %s"
)
Proven = tuple[str, str, str]  # its kind and word, and the contact point of who is liable
STATED = (
    "SELECT fact, value FROM ledger_statedfact WHERE run_id = (SELECT run_id FROM ledger_pointer)"
)


def facts_of(
    *,
    case: Case,
    point: ContactPoint,
    channel: str,
    purpose: str | None,
    borrower: Borrower,
    at: datetime,
    by: Sequence[Person] = (),
    but: Call | Visit | None = None,
    **said: Any,
) -> ContactFacts:
    """What the ledger knows about this contact made now; what it does not know stays unknown.

    Where `purpose` is None it is what a call or visit to that point is made for, which nobody chooses: it
    follows from who is called and from what stops collecting.

    What is known of the borrower or the point goes before what the institution states of all. `by` are
    those who would make it, several on a visit; `said` are facts that only the text or who goes can tell.
    What the call or visit `but` uses of the day is not counted: it is the contact itself.
    """
    return facts_of_points(
        case=case,
        points=(point,),
        channel=channel,
        purpose=purpose,
        borrower=borrower,
        at=at,
        by=by,
        but=but,
        **said,
    )[0]


def facts_of_points(
    *,
    case: Case,
    points: Sequence[ContactPoint],
    channel: str,
    purpose: str | None,
    borrower: Borrower,
    at: datetime,
    by: Sequence[Person] = (),
    but: Call | Visit | None = None,
    **said: Any,
) -> tuple[ContactFacts, ...]:
    """The facts of the same contact by each of the points, in their order, asked for once."""
    told = _stated() if not borrower.zone or not all(p.source for p in points) else {}
    zone_name = borrower.zone or told.get("zone") or None
    zone = known_zone(zone_name)
    day = at.astimezone(zone).date() if zone else None
    numbers = [number_mark(point.value) for point in points]
    questions = [(OWED, (borrower.pk,)), stops_asked(borrower.pk, points)]
    if day is not None:
        questions.append(counts_asked(borrower.pk, day, numbers, but=but))
    due, stopped, *used = answers(*questions)
    owed, flags, proven = _owed(due, day)
    stops = stops_told(stopped, at=at, zone=zone, flags=flags)
    purposes = [
        purpose or stops.purpose_in_person(channel, role=point.role, value=point.value)
        for point in points
    ]
    holds = [
        stops.kinds(channel=channel, purpose=to, role=point.role, value=point.value)
        for point, to in zip(points, purposes, strict=True)
    ]
    further = {
        to: _of_purpose(to, borrower.pk, zone, stops, points=points, by=by, but=but)
        for to in set(purposes)
    }
    counted = counts_told(used[0], on=day, zone=zone) if zone and day else None
    shared: dict[str, Any] = {
        "channel": channel,
        "mode": "interactive" if channel == "call" else None,
        "actor": "own",
        "borrower_kind": borrower.kind or None,
        "at": at,
        "zone": zone_name,
        "case_state": case.state,
        "debtor_state": debtor_state(stops.holds, first=stops.first, last=stops.last),
        "represented": stops.represented,
        **owed,
        **_staff(by, channel),
        **({} if counted is None else {**counted.facts, **counted.called}),
    }
    return tuple(
        ContactFacts(
            **{**shared, **further[to].get(point.pk, {}), **said},
            **_of_point(point, borrower, told, kinds, proven),
            **({} if counted is None else counted.of(number)),
            purpose=to,
        )
        for point, number, to, kinds in zip(points, numbers, purposes, holds, strict=True)
    )


def _of_point(
    point: ContactPoint,
    borrower: Borrower,
    told: dict[str, str],
    kinds: frozenset[str],
    proven: frozenset[Proven],
) -> dict[str, Any]:
    """What is known of who is reached by the point, and of the point, while these kinds of hold stop it."""
    agreed = frozenset(word for kind, word, _ in proven if kind == "agreed")
    return {
        "role": point.role or None,
        # Without a document that names them nobody knows; what the borrower agreed to binds nobody else.
        "liable": ("liable", point.role, point.pk) in proven or None,
        "agreements": agreed if point.role in DEBTORS else frozenset(),
        "refused": "third_person_refusal" in kinds,
        # Whoever says that a time does not suit, or an employer that a place is none to call, is on hold.
        "inconvenient": "sensitive_date" in kinds,
        "employer_forbids": "closed_point" in kinds,
        "point_source": point.source or told.get(SOURCE_OF.get(point.kind, "")) or None,
        "point_valid": point.usable,
        "holds": kinds,
        "stated": _taken_from(told, borrower, point),
    }


def _owed(
    found: list[Any], day: date | None
) -> tuple[dict[str, Any], list[str], frozenset[Proven]]:
    """What the run before people says of the borrower: amounts, the flags of the book, what is proven then.

    Nothing is proven where it is not known which day it is there.
    """
    if not found:
        return {"overdue_minor": None, "demand_minor": None, "owed_minor": None}, [], frozenset()
    overdue, penalty, compound, flags = found[0][:4]
    proven = {
        (kind, word, point_id)
        for kind, word, point_id, first, until in (row[4:] for row in found)
        if kind and day and first <= day and (until is None or day < until)
    }
    amounts = {
        "overdue_minor": overdue,
        "demand_minor": overdue,
        "owed_minor": overdue + penalty + compound,
    }
    return amounts, flags.split(), frozenset(proven)


def _of_purpose(
    purpose: str,
    borrower_id: str,
    zone: ZoneInfo | None,
    stops: Stops,
    *,
    points: Sequence[ContactPoint],
    by: Sequence[Person],
    but: Call | Visit | None,
) -> dict[str, dict[str, Any]]:
    """What only a contact of that purpose asks for, by the id of each of the points."""
    if purpose == "restore_contact":
        return _asking(borrower_id, zone, points, but)
    if purpose == "complaint_reply" and by:
        return _answering(borrower_id, by, stops, points)
    return {}


def _asking(
    borrower_id: str,
    zone: ZoneInfo | None,
    points: Sequence[ContactPoint],
    but: Call | Visit | None,
) -> dict[str, dict[str, Any]]:
    """What is known where somebody is asked by one of the points, by its id, how to reach the debtor.

    It tells nothing of the debt.
    """
    theirs = ContactPoint.objects.filter(borrower_id=borrower_id)
    told = {"discloses_debt": False, **reached(borrower_id, theirs, zone=zone)}
    before = inquiries(borrower_id, but=but).before
    return {point.pk: {**told, "located_before": before(point.value)} for point in points}


def _answering(
    borrower_id: str, by: Sequence[Person], stops: Stops, points: Sequence[ContactPoint]
) -> dict[str, dict[str, Any]]:
    """What is known where these people answer complaints by one of the points, by its id."""
    told = complaints(borrower_id, by, first=stops.first, last=stops.last)
    return {point.pk: told for point in points}


def _staff(people: Sequence[Person], channel: str) -> dict[str, Any]:
    """What is known of all who would call or visit: the worst, and nothing where it is missing of one."""
    if not people:
        return {}
    exams = [person.exam_date for person in people]
    known = [exam for exam in exams if exam is not None]
    return {
        "exam_date": min(known) if len(known) == len(exams) else None,
        "background_clear": _all_so([person.background_clear for person in people]),
        "secrecy_signed": _all_so([person.secrecy_signed for person in people]),
        "collectors": len(people) if channel == "visit" else None,
    }


def _all_so(said: Sequence[bool | None]) -> bool | None:
    """Whether it is so of all: not where it is not so of one, unknown where it is of another."""
    return False if False in said else None if None in said else True


def zone_of(borrower_id: str) -> ZoneInfo | None:
    """The zone where the borrower lives; None where that is not known."""
    own = Borrower.objects.filter(pk=borrower_id).values_list("zone", flat=True).first()
    return zone_named(own)


def zone_named(own: str | None) -> ZoneInfo | None:
    """The zone of that name; without one, that which the institution states of all its borrowers."""
    return known_zone(own or _stated().get("zone"))


def local_date_of(borrower: Borrower, at: datetime) -> date | None:
    """The day that it is at that moment where the borrower lives; None where that is not known."""
    zone = zone_named(borrower.zone)
    return at.astimezone(zone).date() if zone else None


def _stated() -> dict[str, str]:
    """What the institution states of all its borrowers, as the run before people knew it."""
    return dict(asked(STATED))


def _taken_from(told: dict[str, str], borrower: Borrower, point: ContactPoint) -> frozenset[str]:
    """Which facts of this contact are not known of this one but stated of all."""
    names = {
        "zone": not borrower.zone and told.get("zone"),
        "point_source": not point.source and told.get(SOURCE_OF.get(point.kind, "")),
    }
    return frozenset(name for name, value in names.items() if value)
