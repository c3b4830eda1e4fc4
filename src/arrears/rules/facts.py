"""What is known about one intended contact; a fact that is None is unknown, and never permits."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from arrears.core.case import CASE_MOVES
from arrears.core.errors import UserError
from arrears.core.hold import CHANNELS as HOLD_CHANNELS
from arrears.core.hold import KINDS as HOLD_KINDS
from arrears.core.hold import NAMED
from arrears.core.hold import PURPOSES as PURPOSES
from arrears.core.tables import POINT_ROLES, POINT_SOURCES

ACTS = (
    "contact",
    "hand_over",
    "credit_report",
    "sue",
    "plan",
    "answer",  # a complaint
    "keep_open",  # a complaint: it stays unanswered that day
    "erase",
)
CHANNELS = (*HOLD_CHANNELS, "im")
ACTORS = ("own", "agency")
MODES = (
    "interactive",
    "informing",
)  # of a call: people or a machine that talk, or one that only tells
PLACES = ("home", "work", "public")
BORROWER_KINDS = ("person", "company")
PRODUCTS = ("card", "consumer", "business", "mortgage")
ROLES = (*POINT_ROLES, "spouse", "heir")
CASE_HOLDS = (*HOLD_KINDS, NAMED)
GONE = ("alive", "deceased", "incapacitated")
AGREEMENTS = ("hours", "unanswered", "entry", "private_account", "more_calls")
EXTENSIONS = ("none", "complex", "special")
RECORDS = ("card", "contact", "recording", "plan", "assessment", "credit")
TEXT_CLASSES = (
    "impersonate",
    "threat",
    "insult",
    "privacy",
    "false_blacklist",
    "exaggerate",
    "false_promise",
    "extra_fee",
    "new_borrowing",
)
NO_CASE = "none"  # the borrower has no case: nothing is overdue yet
CASE_STATES = (NO_CASE, *CASE_MOVES)
UNSET = ("Factory", "localtime", "posixrules")  # names that are no place's
CALL_DAYS = timedelta(days=31)  # so far back each call is told of, the day itself included
NEVER = date.min  # the day of what is known not to have happened
# What starts again from nothing on the borrower's next day.
DAILY = (
    "attempts_today",
    "messages_today",
    "unanswered_today",
    "effective_today",
    "connected_today",
    "visits_today",
)


class RecordUnreadable(UserError):
    """A stored record of facts or of a verdict is not one that this house wrote."""

    exit_code = 72


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactFacts:
    """Everything the gate may ask about one intended contact, or another act about a borrower.

    Grain: one act concerning one person by one contact point at one moment.
    Units: minor units, basis points, months; counts are of the borrower's local date unless said.
    A day is NEVER where it is known that it did not happen. None is not known.
    """

    act: str | None = "contact"  # one of ACTS
    purpose: str | None = None  # one of PURPOSES
    channel: str | None = None  # one of CHANNELS
    mode: str | None = None  # of a call, one of MODES
    actor: str | None = None  # one of ACTORS
    product: str | None = None  # one of PRODUCTS
    borrower_kind: str | None = None  # one of BORROWER_KINDS
    at: datetime | None = None  # aware, UTC: when it would be done
    zone: str | None = None  # the borrower's, by its IANA name
    # Who is reached, and by what.
    role: str | None = None  # one of ROLES
    liable: bool | None = None  # the person's liability for the debt is proven by a document
    refused: bool | None = None  # the person asked not to be contacted again
    offered_to_pay: bool | None = None  # a third person has offered to pay
    point_source: str | None = None  # one of core.tables.POINT_SOURCES
    point_valid: bool | None = None  # False: marked wrong, or its owner opted out
    registered_line: bool | None = None  # the line or account used is one of the institution's
    place: str | None = None  # of a visit, one of PLACES
    employer_forbids: bool | None = None  # a place of work where the employer forbids it
    inconvenient: bool | None = None  # the person said that this time or place does not suit
    # What stands in the way, and where the case is.
    holds: frozenset[str] | None = None  # kinds in force for this channel and purpose
    agreements: frozenset[str] | None = None  # of AGREEMENTS, in force and with evidence
    overrides: frozenset[str] | None = frozenset()  # rules that someone entitled has overridden
    case_state: str | None = None  # one of CASE_STATES
    debtor_state: str | None = None  # one of GONE
    represented: bool | None = None  # someone acts for the borrower, who said so
    overdue_minor: int | None = None
    demand_minor: int | None = None  # what would be asked for
    owed_minor: int | None = None  # what contract and law allow to be asked for
    all_in_bps: int | None = None  # interest, compound, penalty and fees, a year
    payee_own: bool | None = None  # the account to be paid into is the institution's
    time_barred: bool | None = None
    # How often, and since when.
    attempts_today: int | None = None  # slots used, any channel, answered or not
    messages_today: int | None = None  # texts, mails, letters, notices
    unanswered_today: int | None = None  # calls to this number
    effective_today: int | None = None  # calls with the borrower that were talked, or may yet be
    connected_today: int | None = None  # informing calls put through, or that may yet be
    visits_today: int | None = None
    call_dates: tuple[date, ...] | None = (
        None  # of calls placed about this debt in CALL_DAYS, each one
    )
    last_talk_date: date | None = None  # by telephone, whoever called
    last_failed_date: date | None = None
    failed_in_a_row: int | None = None  # calls to the debtor without an answer since the last one
    unreached_days: int | None = None  # days in a row without an answer
    number_invalid: bool | None = None  # no number of the debtor is in service
    located_before: int | None = None  # times this person was asked where the debtor is
    # What is said.
    discloses_debt: bool | None = None  # it tells of the debt: amount, days, that there is one
    text_classes: frozenset[str] | None = None  # forbidden classes found in the text
    missing_fields: frozenset[str] | None = None  # of those its kind must have
    template_approved: bool | None = None
    # Who does it.
    collectors: int | None = None  # who come together
    exam_date: date | None = None  # of the collector's last exam
    background_clear: bool | None = None
    secrecy_signed: bool | None = None
    complained_of: bool | None = None  # the open complaint is about whoever would do it
    team_complained_of: bool | None = None  # it is about someone of their team
    agency_published: bool | None = None
    agency_evaluated_date: date | None = None
    agency_inspected_date: date | None = None
    agency_contract: bool | None = None  # in force, with its clauses
    agency_violent: bool | None = None  # a record of violent collection
    # What the person was told before.
    handover_notice_date: date | None = None
    negative_notice_date: date | None = None
    credit_consent: bool | None = None  # in writing, to give data to the credit register
    number_checked_date: date | None = None  # found not to have been given to someone else
    # A plan, an answer to a complaint, an erasure.
    term_months: int | None = None
    plan_minor: int | None = None  # what would be paid in instalments
    cash_instalment: bool | None = None  # of a card: a cash advance, paid back in instalments
    instalment_again: bool | None = None  # what would be spread is the rest of a plan already
    hardship: bool | None = None
    willing: bool | None = None
    received_date: date | None = None
    extension: str | None = None  # one of EXTENSIONS
    record_kind: str | None = None  # one of RECORDS
    record_date: date | None = None
    settled_date: date | None = None
    last_activity_date: date | None = None
    legal_hold: bool | None = None
    # What is done during the contact or right after it: not known before.
    recorded: bool | None = None
    identified: bool | None = None  # the institution was named first
    id_shown: bool | None = None
    entry_agreed: bool | None = None  # whoever lives there let them in
    optout_offered: bool | None = None
    told_debt_collector: bool | None = None
    validation_sent: bool | None = None
    stated: frozenset[str] | None = (
        None  # which of these the institution states of all, not of this one
    )

    @property
    def local(self) -> datetime | None:
        """The borrower's wall clock at that moment; None when moment or zone is not known.

        Raises: ValueError for a naive moment.
        """
        zone = known_zone(self.zone)
        if self.at is None or zone is None:
            return None
        if self.at.tzinfo is None:
            raise ValueError("a moment must be aware")
        return self.at.astimezone(zone)

    def known(self, fact: str) -> bool:
        """Whether the fact can be reasoned with: a zone must exist, a number not be below nothing.

        A word that the house does not have is as good as none: whoever is neither this nor that may be
        anyone.
        """
        value: object = getattr(self, fact)
        if value is None or (isinstance(value, int) and value < 0):
            return False
        words = WORDS.get(fact)
        if words is not None:
            return value <= words if isinstance(value, frozenset) else value in words
        return fact != "zone" or known_zone(self.zone) is not None

    def as_record(self) -> dict[str, object]:
        """The facts as plain values that JSON can hold; `facts_from` reads them back."""
        record: dict[str, object] = {}
        for name in NAMES:
            value: object = getattr(self, name)
            if isinstance(value, datetime):
                value = (value.astimezone(UTC) if value.tzinfo else value).isoformat()
            elif isinstance(value, date):
                value = value.isoformat()
            elif isinstance(value, frozenset):
                value = sorted(value)
            elif isinstance(value, tuple):
                value = [day.isoformat() for day in value]
            if value is not None:
                record[name] = value
        return record


# The words that a fact may be, or that may be in it: those of a fact that is not here are open.
WORDS: Mapping[str, frozenset[str]] = {
    fact: frozenset(words)
    for fact, words in (
        ("act", ACTS),
        ("purpose", PURPOSES),
        ("channel", CHANNELS),
        ("mode", MODES),
        ("actor", ACTORS),
        ("product", PRODUCTS),
        ("borrower_kind", BORROWER_KINDS),
        ("role", ROLES),
        ("point_source", POINT_SOURCES),
        ("place", PLACES),
        ("holds", CASE_HOLDS),
        ("agreements", AGREEMENTS),
        ("case_state", CASE_STATES),
        ("debtor_state", GONE),
        ("text_classes", TEXT_CLASSES),
        ("extension", EXTENSIONS),
        ("record_kind", RECORDS),
    )
}
# What each fact is when it is known: int, str, bool, date, datetime, a set of words or a list of days.
KINDS = {f.name: get_args(f.type)[0] for f in fields(ContactFacts)}
NAMES = tuple(KINDS)


def facts_from(record: Mapping[str, object]) -> ContactFacts:
    """The facts that `as_record` wrote; what the record does not name is unknown.

    Raises: RecordUnreadable.
    """
    strangers = sorted(set(record) - set(NAMES))
    if strangers:
        raise RecordUnreadable(
            f"No fact of a contact is called {', '.join(strangers)}",
            hint="The record was written by another version of Arrears: replay it with that one.",
        )
    try:
        values = {name: _read(name, value) for name, value in record.items()}
    except (TypeError, ValueError) as error:
        raise RecordUnreadable(
            "A day, the moment or a list of a stored contact cannot be read",
            hint="The record was changed after it was written: restore it from the backup.",
        ) from error
    return ContactFacts(**({"act": None, "overrides": None} | values))  # type: ignore[arg-type]


def _read(name: str, value: object) -> object:
    """The value of a fact from the plain one of a record. Raises: TypeError, ValueError."""
    if isinstance(value, str) and name == "at":
        return datetime.fromisoformat(value)
    if isinstance(value, str) and KINDS[name] is date:
        return date.fromisoformat(value)
    if isinstance(value, list):
        words = [word for word in value if isinstance(word, str)]
        if len(words) != len(value):
            raise TypeError(name)
        if KINDS[name] == frozenset[str]:
            return frozenset(words)
        return tuple(map(date.fromisoformat, words))
    return value


def facts_at(facts: ContactFacts, moment: datetime) -> ContactFacts:
    """The same contact made at another moment, nothing else having happened meanwhile.

    On a later local date nothing of that day is used yet; on an earlier one it is not known how much is.
    """
    zone, now = known_zone(facts.zone), facts.local
    then = None if zone is None else moment.astimezone(zone)
    daily: dict[str, Any] = {}
    if now is None or then is None or then.date() < now.date():
        daily = dict.fromkeys(DAILY)
    elif then.date() > now.date():
        daily = {name: 0 for name in DAILY if getattr(facts, name) is not None}
    return replace(facts, at=moment, **daily)


@lru_cache(maxsize=1024)
def known_zone(name: str | None) -> ZoneInfo | None:
    """The zone of that name; None when there is no name, or no such zone, or it means that none is set."""
    if name is None:
        return None
    if name in UNSET:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
