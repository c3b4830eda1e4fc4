"""The queue, the search, and one case with all that happened on it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, prefetch_related_objects
from django.utils.timezone import localdate

from arrears.core.hold import plain
from arrears.web.ledger.holds import open_holds
from arrears.web.ledger.models import (
    Borrower,
    Case,
    CaseDay,
    Contact,
    ContactPoint,
    Event,
    Hold,
    Note,
    Person,
    Pointer,
    Promise,
    PublishedRun,
    ReceivedPayment,
)
from arrears.web.ledger.models.case import ENDED
from arrears.web.ledger.policy import reach, sees
from arrears.web.ledger.queries.log import with_reasons
from arrears.web.ledger.queries.marks import against_call
from arrears.web.ledger.queries.outbox import messages_of
from arrears.web.ledger.queries.paging import page_count, page_number

PAGE = 50
CLOSING = ("opt_out", "closed_point", "third_person_refusal")  # the holds that close one point
FEW = 500  # cases that are asked for by name


@dataclass(frozen=True, slots=True)
class Line:
    """A case as a line of a list. Units: minor units, days."""

    case_id: int
    borrower_id: str
    name: str
    kind: str
    state: str
    taken_by: str
    branch: str
    rank: int
    treatment: str
    reasons: str
    bucket: str
    dpd: int
    overdue_minor: int
    loans_overdue: int
    against_call: tuple[str, ...]  # rules on stored facts, as of publishing; empty: none


@dataclass(frozen=True, slots=True)
class Page:
    """Some lines of a list, which page of it they are, and how many lines there are in all."""

    lines: tuple[Line, ...]
    number: int
    total: int

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return page_count(self.total, PAGE)


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that happened on a case, for its timeline."""

    at: datetime
    kind: str  # contact, promise, hold, note, event, message
    by: str
    what: Any


@dataclass(frozen=True, slots=True)
class CasePage:
    """One case: who, what is owed as the run says, and everything that happened, newest first."""

    case: Case
    borrower: Borrower | None
    run: PublishedRun | None  # of which `day` is
    day: CaseDay | None
    points: tuple[ContactPoint, ...]
    promises: tuple[Promise, ...]
    holds: tuple[Hold, ...]
    closed: frozenset[str]  # points by which the borrower is not contacted, whoever said so
    payments: tuple[ReceivedPayment, ...]  # told of during the day, not booked yet
    timeline: tuple[Happening, ...]


def front() -> PublishedRun | None:
    """The run that is before people, or None before the first was published."""
    pointer = Pointer.objects.select_related("run").first()
    return pointer.run if pointer else None


def queue(person: Person, *, page: int = 1, mine: bool = False) -> Page:
    """The person's queue, best first: what is open to them, or only what is in their hands."""
    in_hand = Q(taken_by=person)
    total = Case.objects.filter(sees(person), in_hand).exclude(state__in=ENDED).count()
    if mine:
        return _page(person, in_hand, page, total)
    # Nobody has an open case in hand, so its branch alone says who sees it: an index counts them.
    total += Case.objects.filter(reach(person), state="open").count()
    return _page(person, Q(state="open") | in_hand, page, total)


def search(person: Person, words: str, *, page: int = 1) -> Page:
    """Cases whose borrower has just that number, name, telephone, address of mail, or worst loan.

    Only what is whole is found: by beginnings one could guess a masked name letter by letter.
    """
    words = words.strip()
    if not words:
        return Page((), 1, 0)
    named = Borrower.objects.filter(Q(pk=words) | Q(name=words)).values("pk")
    known = ContactPoint.objects.filter(plain=plain(words)).exclude(plain="")
    reached = known.values("borrower_id")
    wanted = Q(borrower_id__in=named) | Q(borrower_id__in=reached)
    if run := front():
        loans = CaseDay.objects.filter(run=run, worst_loan_id=words).values("borrower_id")
        wanted |= Q(borrower_id__in=loans)
    return _page(person, wanted, page)


def case_seen(person: Person, case_id: int) -> bool:
    """Whether the person sees the case."""
    return Case.objects.filter(sees(person), pk=case_id).exists()


def case_page(person: Person, case_id: int) -> CasePage | None:
    """One case with its history, or None where the person sees no such case.

    Whoever has a call or visit under way sees its case until they have recorded what came of it.
    """
    seen = sees(person)  # empty for whoever sees every case
    if seen:
        seen |= Q(calls__by=person, calls__state="dialling")
        seen |= Q(visits__by=person, visits__state="on_the_way")
    case = Case.objects.select_related("taken_by").filter(seen, pk=case_id).first()
    if case is None:
        return None
    run = front()
    points = tuple(ContactPoint.objects.filter(borrower_id=case.borrower_id).order_by("pk"))
    holds = open_holds(case.borrower_id, points)
    prefetch_related_objects(holds, "by", "about")
    closing = {hold.value for hold in holds if hold.kind in CLOSING}
    return CasePage(
        case=case,
        borrower=Borrower.objects.filter(pk=case.borrower_id).first(),
        run=run,
        day=CaseDay.objects.filter(run=run, borrower_id=case.borrower_id).first() if run else None,
        points=points,
        promises=tuple(case.promises.order_by("-due_date", "-pk")),
        holds=tuple(hold for hold in holds if hold.borrower_id == case.borrower_id),
        closed=frozenset(point.pk for point in points if plain(point.value) in closing),
        payments=tuple(
            ReceivedPayment.objects.filter(borrower_id=case.borrower_id, settled_at=None).order_by(
                "at"
            )
        ),
        timeline=timeline(case),
    )


def timeline(case: Case, *, most: int = 200) -> tuple[Happening, ...]:
    """What happened on a case and the borrower's holds, newest first."""
    told: list[Happening] = []
    by_case: tuple[tuple[str, QuerySet[Any]], ...] = (
        ("contact", Contact.objects.filter(case=case)),
        ("promise", Promise.objects.filter(case=case)),
        ("note", Note.objects.filter(case=case)),
        ("hold", Hold.objects.filter(borrower_id=case.borrower_id)),
        ("event", with_reasons(Event.objects.filter(case_id=case.pk, verb__in=TOLD_EVENTS))),
    )
    for kind, found in by_case:
        newest = found.select_related("by").order_by("-at", "-pk")[:most]
        told += [Happening(row.at, kind, row.by.name if row.by else "", row) for row in newest]
    told += [Happening(m.at, "message", "", m) for m in messages_of(case, most=most)]
    told.sort(key=lambda h: h.at, reverse=True)
    return tuple(told[:most])


# Events that no other row of the timeline tells.
TOLD_EVENTS = (
    "take_case",
    "release_case",
    "reassign_case",
    "settle_promise",
    "end_hold",
    "receive_payment",
    "dismiss_payment",
    "find_wording",
    "refuse_call",
    "drop_call",
    "refuse_visit",
    "drop_visit",
    "override_block",
)


def _page(person: Person, wanted: Q, page: int, total: int | None = None) -> Page:
    """One page of the cases a person sees, in the order of the run that is before people.

    Few are looked up one by one; of many the run is followed in its order until the page is full.
    """
    run = front()
    if run is None:
        return Page((), 1, 0)
    found = Case.objects.filter(sees(person), wanted).exclude(state__in=ENDED)
    if total is None:
        total = found.count()
    number = page_number(page, total, PAGE)
    days = CaseDay.objects.filter(run=run)
    if total <= FEW:
        theirs = list(found.values_list("borrower_id", flat=True))
        days = days.filter(borrower_id__in=theirs)
    else:
        days = days.filter(Exists(found.filter(borrower_id=OuterRef("borrower_id"))))
    here = days.order_by("rank").values("borrower_kind", *OF_THE_DAY)
    return Page(_lines(run, here[(number - 1) * PAGE : number * PAGE]), number, total)


# What a line takes from the day's row under the same name.
OF_THE_DAY = (
    "borrower_id",
    "rank",
    "treatment",
    "reasons",
    "bucket",
    "dpd",
    "overdue_minor",
    "loans_overdue",
)


def _lines(run: PublishedRun, found: Iterable[dict[str, Any]]) -> tuple[Line, ...]:
    """The lines of some days' rows, with their cases and the borrowers' names."""
    days = list(found)
    ids = [day["borrower_id"] for day in days]
    running = Case.objects.filter(borrower_id__in=ids).exclude(state__in=ENDED)
    cases = {
        case["borrower_id"]: case
        for case in running.values("borrower_id", "pk", "state", "branch", "taken_by__name")
    }
    against = against_call(run, ids, localdate())
    names = dict(Borrower.objects.filter(pk__in=ids).values_list("pk", "name"))
    return tuple(
        Line(
            case_id=case["pk"],
            name=names.get(day["borrower_id"], ""),
            kind=day["borrower_kind"],
            state=case["state"],
            taken_by=case["taken_by__name"] or "",
            branch=case["branch"],
            against_call=against.get(day["borrower_id"], ()),
            **{name: day[name] for name in OF_THE_DAY},
        )
        for day in days
        if (case := cases.get(day["borrower_id"]))
    )
