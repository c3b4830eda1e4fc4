"""A second reading of the rules on contact: one borrower's world, and what is against a contact in it.

Written from the catalogue of rules alone, for tests to compare the gate with. It shares nothing with
arrears: no module, no zone, no counter, no table of holds. It keeps what happened, in order, and looks
through all of it at each question. A day here is the borrower's own, by the clock where they lived when
it happened. It knows mainland China since 2026-01-30.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from tests.lib.contact_zones import ZONES, offset

TALKS, PUT_THROUGH, UNANSWERED, MESSAGES, VISITS, CONTACTS = 3, 3, 6, 3, 1, 10  # a day's most
WRITTEN = ("sms", "email", "letter", "push", "im")
IN_PERSON = ("call", "visit")
COLLECTING = ("collect", "remind")
SERVICE = ("plan_service", "complaint_reply")
GONE = ("deceased", "incapacitated")
THIRD = ("contact", "spouse", "heir")
LIABLE = ("guarantor", "co_debtor")
BORROWER = ("debtor", "legal_representative")
LAWFUL_SOURCES = ("contract", "borrower", "update", "public", "consent")
YEAR = timedelta(days=365)
# What a hold of each kind lets through where it does not name purposes itself.
LETS_THROUGH: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("pause", "complaint", "dispute", "hardship", "vulnerable"), SERVICE),
    **dict.fromkeys(("bereavement", "represented", "no_contact_order", "opt_out"), ()),
    **dict.fromkeys(("sensitive_date", "third_person_refusal"), ()),
    **dict.fromkeys(GONE, ("restore_contact", "complaint_reply", "legal_notice")),
    **dict.fromkeys(("no_contact", "legal"), ("complaint_reply", "legal_notice")),
    "bankruptcy": ("legal_notice",),
    "plan": ("remind", *SERVICE),
}
ON_ITS_WAY = (*SERVICE, "legal_notice")  # what a payment lets through until it is booked
# Kinds of reason, by what follows: all others refuse for good.
CLOCK = {"window", "talks", "put_through", "messages", "visits", "contacts"}
ADVICE = {"unanswered"}


@dataclass(frozen=True, slots=True)
class Point:
    """A number or address of someone who has to do with the borrower."""

    name: str
    role: str
    value: str
    source: str | None = "contract"
    liable: bool | None = True
    telephone: bool = True


@dataclass(frozen=True, slots=True)
class Intended:
    """One contact that somebody means to make at a moment, UTC."""

    at: datetime
    channel: str
    purpose: str
    point: Point
    mode: str = "interactive"
    actor: str = "own"
    # sound, silent (nothing of the debt), threat, unapproved, incomplete, too_much
    text: str = "sound"
    collectors: int = 2
    prepared: bool = True  # of a visit: those who go say that they will do what is asked of them


@dataclass(frozen=True, slots=True)
class Stop:
    """A hold as it was told; what is empty does not narrow it."""

    kind: str
    channels: frozenset[str] = frozenset()
    purposes: frozenset[str] = frozenset()
    role: str = ""
    value: str = ""
    from_date: date | None = None
    until_date: date | None = None


@dataclass(slots=True)
class _Call:
    point: Point
    mode: str
    day: date
    result: str = ""  # empty: not known yet
    claimed: bool = True  # before it was dialled, so that it is known to have been


@dataclass(slots=True)
class Reference:
    """What happened to one borrower so far."""

    zone: str | None
    points: tuple[Point, ...]
    case: str = "taken"
    overdue: int | None = 100
    life: str = "alive"
    company: bool = False
    exam: date | None = None
    background: bool | None = True
    complained_of: bool | None = False
    agency: dict[str, bool] = field(default_factory=dict)
    evaluated: date | None = None
    handover_told: date | None = None  # None: never
    stops: dict[int, Stop] = field(default_factory=dict)
    agreed: dict[int, tuple[str, date | None]] = field(default_factory=dict)
    coming: set[int] = field(default_factory=set)
    wrong: set[str] = field(default_factory=set)
    offers: set[str] | None = field(default_factory=set)  # of numbers; None: nobody asked
    calls: list[_Call] = field(default_factory=list)
    made: list[tuple[date, str]] = field(default_factory=list)  # day and channel, calls as well
    lifted: set[tuple[date, str]] = field(default_factory=set)  # day and the number
    others: tuple["Reference", ...] = ()  # borrowers who may have the same number
    spoken: int = 0  # so many calls were made when the debtor was last met, or called themselves

    # ---- what happens -------------------------------------------------------------------------------

    def contacted(self, it: Intended, *, claimed: bool = True) -> int:
        """The contact is under way, and counts whatever becomes of it; the number of a call."""
        day = self.day(it.at)
        self.made.append((day, it.channel))
        if it.channel == "call":
            self.calls.append(_Call(it.point, it.mode, day, claimed=claimed))
        return len(self.calls) - 1

    def ended(self, call: int, result: str) -> None:
        """What came of a call is known: talked, connected or unanswered."""
        self.calls[call].result = result

    def dropped(self, call: int) -> None:
        """The call was not placed after all: it did not happen."""
        self.calls[call].result = "not placed"
        self.made.remove((self.calls[call].day, "call"))

    def stayed(self, day: date) -> None:
        """Nobody went on a visit of that day after all: it did not happen."""
        self.made.remove((day, "visit"))

    def spoke(self) -> None:
        """The debtor was met, or called."""
        self.spoken = len(self.calls)

    def lift(self, it: Intended) -> None:
        """Someone entitled lets more calls to that number pass today."""
        self.lifted.add((self.day(it.at), it.point.value))

    # ---- what is against it -------------------------------------------------------------------------

    def against(self, it: Intended, *, known_at: datetime | None = None) -> frozenset[str]:
        """The kinds of reason against the contact; none: it may go.

        `known_at`: what is in force by days is taken as at that earlier moment.
        """
        held = known_at or it.at
        found = self._whom(it, held) | self._stopped(it, held) | self._owed(it) | self._who_does(it)
        found |= self._lost(it) if it.purpose == "restore_contact" else set()
        found |= self._text(it) if it.channel in WRITTEN else set()
        return frozenset(found | self._moment(it, held))

    def _whom(self, it: Intended, held: datetime) -> set[str]:
        """The person, and the number or address."""
        found = set()
        point = it.point
        organ = self.company and point.role == "legal_representative"
        own = ("debtor", *LIABLE, "attorney")
        if it.purpose != "restore_contact" and point.role not in own and not organ:
            found.add("role")
        acted = (s.kind == "represented" and self._in_force(s, held) for s in self.stops.values())
        if point.role == "attorney" and not any(acted):
            found.add("not_represented")
        answers = it.purpose in (*COLLECTING, "plan_service", "legal_notice")
        if answers and point.role in LIABLE and point.liable is not True:
            found.add("unknown" if point.liable is None else "liability")
        found |= self._third(it) if point.role in THIRD else set()
        if point.source not in LAWFUL_SOURCES:
            found.add("unknown" if point.source is None else "source")
        if point.value in self.wrong:
            found.add("wrong")
        return found

    def _third(self, it: Intended) -> set[str]:
        """A person who has nothing to do with the debt."""
        found = set()
        if it.purpose != "restore_contact":
            found.add("third_person")
        if it.text != "silent" and self.offers is None:
            found.add("unknown")
        elif it.text != "silent" and it.point.value not in (self.offers or ()):
            found.add("disclosed")
        if self._refused(it):
            found.add("refused")
        return found

    def _refused(self, it: Intended) -> bool:
        return any(
            stop.kind == "third_person_refusal" and stop.value == it.point.value
            for stop in self.stops.values()
        )

    def _stopped(self, it: Intended, held: datetime) -> set[str]:
        """Holds in force, and payments on their way."""
        found = set()
        for stop in self.stops.values():
            if self.stops_now(stop, it, held):
                if stop.kind != "represented":
                    found.add("hold")
                elif it.point.role != "attorney":
                    found.add("attorney")
        if self.coming and it.purpose not in ON_ITS_WAY:
            found.add("hold")
        return found

    def stops_now(self, stop: Stop, it: Intended, held: datetime | None = None) -> bool:
        """Whether a hold stands in the way of the contact."""
        return self._in_force(stop, held or it.at) and self._means(stop, it)

    def _in_force(self, stop: Stop, at: datetime) -> bool:
        days = (
            [self.day(at)]
            if self.located
            else [(at + timedelta(hours=h)).date() for h in (-12, 14)]
        )
        begun = stop.from_date is None or stop.from_date <= days[-1]
        return begun and (stop.until_date is None or days[0] < stop.until_date)

    def _means(self, stop: Stop, it: Intended) -> bool:
        if stop.channels and it.channel not in stop.channels:
            return False
        if stop.role and it.point.role != stop.role:
            return False
        if stop.value:
            named = it.point.value == stop.value
            if named if stop.kind == "represented" else not named:
                return False
        if stop.purposes:
            return it.purpose in stop.purposes
        return it.purpose not in LETS_THROUGH[stop.kind]

    def _owed(self, it: Intended) -> set[str]:
        """The debt and the case."""
        found = set()
        if self.gone and (it.purpose in COLLECTING or it.point.role == "debtor"):
            found.add("gone")
        states = {
            "collect": ("open", "taken"),
            "remind": ("none", "open", "taken", "in_plan", "cured"),
        }
        if it.purpose in states and self.case not in states[it.purpose]:
            found.add("state")
        if it.purpose == "collect" and (self.overdue is None or self.overdue < 1):
            found.add("unknown" if self.overdue is None else "paid")
        return found

    def _lost(self, it: Intended) -> set[str]:
        """Others may be asked only while the debtor cannot be reached."""
        theirs = [p for p in self.points if p.role == "debtor" and p.telephone]
        if self.gone or all(p.value in self.wrong for p in theirs):
            return set()
        failed: list[date] = []  # days of calls without an answer since the debtor was last reached
        for call in reversed(self.calls[self.spoken :]):
            if call.result == "talked":  # by whatever telephone: it was the debtor
                break
            own = call.claimed and call.point.role == "debtor"
            if own and call.result == "unanswered":
                failed.append(call.day)
        row = 0
        while failed and failed[0] - timedelta(days=row) in failed:
            row += 1
        if row >= 3:
            return set()
        if len(failed) >= 3:
            if not self.located:
                return {"unknown"}
            if self.day(it.at) > failed[0]:
                return set()
        return {"not_lost"}

    def _moment(self, it: Intended, held: datetime) -> set[str]:
        """The hour, and how often already today."""
        if not self.located:
            return {"unknown"}
        clock = it.at + offset(self.zone or "", it.at)
        day, seconds = clock.date(), clock.hour * 3600 + clock.minute * 60 + clock.second
        found = set()
        agreed = self._agreed(held) if it.point.role in BORROWER else set()
        if not 8 * 3600 <= seconds < 22 * 3600 and "hours" not in agreed:
            found.add("window")
        # A day lived before, further east, is no new one.
        today = [channel for when, channel in self.made if when >= day]
        if len(today) >= CONTACTS:
            found.add("contacts")
        if it.channel in WRITTEN and sum(channel in WRITTEN for channel in today) >= MESSAGES:
            found.add("messages")
        if it.channel == "visit" and today.count("visit") >= VISITS:
            found.add("visits")
        if it.channel == "call":
            found |= self._calls(it, day, agreed)
        return found

    def _calls(self, it: Intended, day: date, agreed: set[str]) -> set[str]:
        """What is not known yet of a call under way is taken as the worst."""
        found = set()
        today = [call for call in self.calls if call.day >= day]
        mine = [call for call in today if call.mode == it.mode]
        if it.mode == "interactive" and sum(c.result in ("", "talked") for c in mine) >= TALKS:
            found.add("talks")
        through = ("", "talked", "connected")
        if it.mode == "informing" and sum(c.result in through for c in mine) >= PUT_THROUGH:
            found.add("put_through")
        known = [call for who in (self, *self.others) for call in who.calls]
        number = [c for c in known if c.point.value == it.point.value and c.day >= day]
        rings = sum(call.result in ("", "unanswered") for call in number)
        lifted = "unanswered" in agreed or (day, it.point.value) in self.lifted
        if rings >= UNANSWERED and not lifted:
            found.add("unanswered")
        return found

    def _agreed(self, at: datetime) -> set[str]:
        """What the borrower agreed to in writing, has not taken back and is not over."""
        today = self.day(at)
        return {kind for kind, until in self.agreed.values() if until is None or today < until}

    def _text(self, it: Intended) -> set[str]:
        """What a text says."""
        wrong = {"threat": "words", "unapproved": "unapproved", "incomplete": "incomplete"}
        found = {wrong[it.text]} if it.text in wrong else set()
        if it.text == "too_much" and it.purpose == "collect":
            found.add("demand")
        return found

    def _who_does(self, it: Intended) -> set[str]:
        """Collectors and agencies."""
        found = set()
        if it.channel in IN_PERSON:
            if self.background is not True:
                found.add("unknown" if self.background is None else "background")
            if self.exam is None or not self.located:
                found.add("unknown")
            elif self.day(it.at) - self.exam > YEAR:
                found.add("exam")
        if it.channel == "visit" and it.collectors < 2:
            found.add("alone")
        if it.channel == "visit" and not it.prepared:
            found.add("unprepared")
        if it.purpose == "complaint_reply" and self.complained_of is not False:
            found.add("recusal" if self.complained_of else "unknown")
        if it.actor == "agency":
            found |= {f"agency_{what}" for what, good in self.agency.items() if not good}
            found |= self._agency_days(it)
        return found

    def _agency_days(self, it: Intended) -> set[str]:
        if not self.located:
            return {"unknown"}
        found = set()
        today = self.day(it.at)
        if self.evaluated is None or today - self.evaluated > YEAR:
            found |= {"agency_evaluation", "agency_inspection"}  # both happened on that day
        if self.handover_told is None or self.handover_told > today:
            found.add("handover")
        return found

    @property
    def gone(self) -> bool:
        """Whether the debtor has died, or can no longer act for themselves."""
        return self.life != "alive" or any(stop.kind in GONE for stop in self.stops.values())

    # ---- its own clock ------------------------------------------------------------------------------

    @property
    def located(self) -> bool:
        """Whether it is known where the borrower lives."""
        return self.zone in ZONES

    def day(self, at: datetime) -> date:
        """The borrower's day."""
        return (at + offset(self.zone or "", at)).date() if self.located else at.date()
