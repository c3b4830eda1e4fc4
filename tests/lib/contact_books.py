"""What the product makes of one borrower's world: its slots and holds by core, its verdicts by the gate.

It keeps what the ledger keeps (`web/ledger/facts.py`) without a database, so that a test can live through
many thousands of worlds; `tests/web/test_schedules.py` asks the ledger itself.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import count
from typing import Any

from arrears.core.contact import CALL_HOLDS, CALL_KEEPS, DEBTORS
from arrears.core.hold import HoldFacts, kinds_stopping, plain, possible_days
from arrears.rules.facts import NEVER, ContactFacts, known_zone
from arrears.rules.gate import may_contact
from arrears.rules.verdict import Verdict
from tests.lib.contact_reference import IN_PERSON, WRITTEN, Intended, Point, Stop

FACT_OF = {
    "contact": "attempts_today",
    "message": "messages_today",
    "talk": "effective_today",
    "put_through": "connected_today",
    "visit": "visits_today",
}
# The reference's word for each code of the gate's.
WORD = {
    "fact_missing": "unknown",
    "hold": "hold",
    "no_contact": "hold",
    "plan_active": "hold",
    "represented": "attorney",
    "role": "role",
    "not_represented": "not_represented",
    "liability": "liability",
    "third_person": "third_person",
    "not_lost": "not_lost",
    "person_refused": "refused",
    "debt_disclosed": "disclosed",
    "point_source": "source",
    "point_invalid": "wrong",
    "debtor_gone": "gone",
    "case_state": "state",
    "nothing_overdue": "paid",
    "window": "window",
    "effective_cap": "talks",
    "connected_cap": "put_through",
    "unanswered_cap": "unanswered",
    "message_cap": "messages",
    "visit_cap": "visits",
    "daily_cap": "contacts",
    "forbidden_words": "words",
    "template_unapproved": "unapproved",
    "fields_missing": "incomplete",
    "demand_too_high": "demand",
    "one_visitor": "alone",
    **dict.fromkeys(("record", "show_identity", "entry"), "unprepared"),
    "exam": "exam",
    "background": "background",
    "recusal": "recusal",
    "agency_unlisted": "agency_published",
    "agency_contract": "agency_contract",
    "agency_violent": "agency_peaceful",
    "agency_evaluation": "agency_evaluation",
    "agency_inspection": "agency_inspection",
    "handover_notice": "handover",
}
TEXTS: dict[str, dict[str, Any]] = {
    "threat": {"text_classes": frozenset({"threat"})},
    "unapproved": {"template_approved": False},
    "incomplete": {"missing_fields": frozenset({"amount"})},
    "too_much": {"demand_minor": 101},
}
SOUND: dict[str, Any] = {
    "text_classes": frozenset(),
    "template_approved": True,
    "missing_fields": frozenset(),
    "demand_minor": 100,
    "owed_minor": 100,
}


@dataclass(slots=True)
class Dialled:
    """A call: by which point, how, on which day, and what came of it."""

    point: Point
    mode: str
    day: date
    result: str = ""


@dataclass(slots=True)
class Books:
    """What is kept of one borrower. A slot is (day, kind, number), the call that holds it beside it."""

    zone: str | None
    points: tuple[Point, ...]
    gate: Callable[[ContactFacts], Verdict] = may_contact
    case: str = "taken"
    overdue: int | None = 100
    life: str = "alive"
    company: bool = False
    exam: date | None = None
    background: bool | None = True
    complained_of: bool = False
    agency: dict[str, bool] = field(default_factory=dict)
    evaluated: date | None = None
    handover_told: date | None = None
    stops: dict[int, Stop] = field(default_factory=dict)
    agreed: dict[int, tuple[str, date | None]] = field(default_factory=dict)
    coming: set[int] = field(default_factory=set)
    wrong: set[str] = field(default_factory=set)
    offers: set[str] = field(default_factory=set)
    calls: list[Dialled] = field(default_factory=list)
    slots: list[tuple[date, str, str, int | None]] = field(default_factory=list)
    lifted: set[tuple[date, str]] = field(default_factory=set)
    others: "tuple[Books, ...]" = ()  # whose rings of the same numbers count as well

    def contacted(self, it: Intended) -> int:
        """The slots of a contact are used before it is made."""
        day = self.day(it.at)
        call = None
        if it.channel == "call":
            call = len(self.calls)
            self.calls.append(Dialled(it.point, it.mode, day))
        kinds = {"call": CALL_HOLDS[it.mode], "visit": ("contact", "visit")}
        for kind in kinds.get(it.channel, ("contact", "message")):
            self.slots.append((day, kind, it.point.value if kind == "ring" else "", call))
        return len(self.calls) - 1

    def ended(self, call: int, result: str) -> None:
        """A call keeps the slots of what it came to."""
        self.calls[call].result = result
        keeps = CALL_KEEPS[result]
        self.slots = [s for s in self.slots if s[3] != call or s[1] in keeps]

    def crashed(self) -> None:
        """What was under way is in doubt, and its slots stay used."""

    def lift(self, it: Intended) -> None:
        """Someone entitled lets more calls to that number pass today."""
        self.lifted.add((self.day(it.at), it.point.value))

    def day(self, at: datetime) -> date:
        """The borrower's day."""
        zone = known_zone(self.zone)
        return (at.astimezone(zone) if zone else at).date()

    def verdict(self, it: Intended) -> Verdict:
        """What the gate says."""
        return self.gate(self.facts(it))

    def facts(self, it: Intended) -> ContactFacts:
        """What is known of the contact."""
        kinds = self.kinds(it)
        written: dict[str, Any] = {**SOUND, **TEXTS.get(it.text, {})}
        return ContactFacts(
            purpose=it.purpose,
            channel=it.channel,
            mode=it.mode if it.channel == "call" else None,
            actor=it.actor,
            borrower_kind="company" if self.company else "person",
            at=it.at,
            zone=self.zone,
            role=it.point.role,
            liable=it.point.liable,
            refused="third_person_refusal" in kinds,
            offered_to_pay=it.point.value in self.offers,
            point_source=it.point.source,
            point_valid=it.point.value not in self.wrong,
            holds=kinds,
            agreements=self.agreements(it),
            case_state=self.case,
            represented=self.represented(it.at),
            debtor_state=self.life,
            overdue_minor=self.overdue,
            discloses_debt=it.text != "silent",
            **self.counts(it),
            **self.reached(),
            **(written if it.channel in WRITTEN else {}),
            **(self.staff(it) if it.channel in IN_PERSON else {}),
            **(self.agents() if it.actor == "agency" else {}),
            complained_of=self.complained_of,
            team_complained_of=False,
        )

    def kinds(self, it: Intended) -> frozenset[str]:
        """The holds that stop the contact."""
        holds = [
            HoldFacts(
                kind=s.kind,
                channels=s.channels,
                purposes=s.purposes,
                role=s.role,
                value=plain(s.value),
                from_date=s.from_date,
                until_date=s.until_date,
            )
            for s in self.stops.values()
        ]
        holds += [HoldFacts(kind="payment_received")] * bool(self.coming)
        first, last = possible_days(it.at, known_zone(self.zone))
        return kinds_stopping(
            holds,
            first=first,
            last=last,
            channel=it.channel,
            purpose=it.purpose,
            role=it.point.role,
            value=it.point.value,
        )

    def represented(self, at: datetime) -> bool:
        """Whether someone acts for the borrower."""
        first, last = possible_days(at, known_zone(self.zone))
        return any(
            s.kind == "represented"
            and HoldFacts(kind=s.kind, from_date=s.from_date, until_date=s.until_date).in_force(
                first, last
            )
            for s in self.stops.values()
        )

    def agreements(self, it: Intended) -> frozenset[str]:
        """The agreements in force with whoever is reached: only the borrower has any."""
        if it.point.role not in DEBTORS:
            return frozenset()
        day = self.day(it.at)
        return frozenset(k for k, until in self.agreed.values() if until is None or day < until)

    def counts(self, it: Intended) -> dict[str, Any]:
        """What is used of the day, where it is known which day it is."""
        if known_zone(self.zone) is None:
            return {}
        day = self.day(it.at)
        used = dict.fromkeys(FACT_OF.values(), 0) | {"unanswered_today": 0}
        for when, kind, *_ in self.slots:
            if when >= day and kind in FACT_OF:
                used[FACT_OF[kind]] += 1
        for when, kind, value, _call in (s for who in (self, *self.others) for s in who.slots):
            if when >= day and (kind, value) == ("ring", it.point.value):
                used["unanswered_today"] += 1
        lifted = (day, it.point.value) in self.lifted
        return {**used, "overrides": frozenset({"cn_unanswered_cap"} if lifted else ())}

    def reached(self) -> dict[str, Any]:
        """Whether the debtor can be reached, from the calls to them in their order."""
        row, last, run = 0, NEVER, 0
        days: set[int] = set()
        for call in self.calls:
            if call.result == "talked":
                row, last, days = 0, NEVER, set()
            elif call.result == "unanswered" and call.point.role == "debtor":
                row, last = row + 1, call.day
                days.add(call.day.toordinal())
        if row:
            run = next(n for n in count(1) if last.toordinal() - n not in days)
        own = [p for p in self.points if p.role == "debtor" and p.telephone]
        return {
            "failed_in_a_row": row,
            "last_failed_date": last,
            "unreached_days": run,
            "number_invalid": all(p.value in self.wrong for p in own),
        }

    def staff(self, it: Intended) -> dict[str, Any]:
        """Who would do it."""
        return {
            "exam_date": self.exam,
            "background_clear": self.background,
            "secrecy_signed": True,
            "collectors": it.collectors,
        }

    def agents(self) -> dict[str, Any]:
        """What is known of the agency."""
        return {
            "agency_published": self.agency["published"],
            "agency_contract": self.agency["contract"],
            "agency_violent": not self.agency["peaceful"],
            "agency_evaluated_date": self.evaluated,
            "agency_inspected_date": self.evaluated,
            "handover_notice_date": self.handover_told or NEVER,
        }
