"""What is known about one intended contact; a fact that is None is unknown, and never permits."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from arrears.core.case import CASE_MOVES
from arrears.core.errors import UserError

PURPOSES = ("remind", "collect")
CHANNELS = ("sms", "email", "call", "letter", "visit", "push")
NO_CASE = "none"  # the borrower has no case: nothing is overdue yet
CASE_STATES = (NO_CASE, *CASE_MOVES)


class RecordUnreadable(UserError):
    """A stored record of facts or of a verdict is not one that this house wrote."""

    exit_code = 72


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactFacts:
    """Everything the gate may ask about one intended contact.

    Grain: one contact with one person by one contact point at one moment.
    Units: minor units; `attempts_today` counts the slots already used on the borrower's local date.
    """

    purpose: str | None = None  # one of PURPOSES
    channel: str | None = None  # one of CHANNELS
    at: datetime | None = None  # aware, UTC: when the contact would be made
    zone: str | None = None  # the borrower's, by its IANA name
    role: str | None = None  # of the person reached: one of core.tables.POINT_ROLES
    point_source: str | None = None  # one of core.tables.POINT_SOURCES
    point_valid: bool | None = None  # False: marked wrong, or its owner opted out
    holds: frozenset[str] | None = None  # kinds in force for this channel and purpose
    attempts_today: int | None = None
    overdue_minor: int | None = None
    case_state: str | None = None  # one of CASE_STATES
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
        """Whether the fact can be reasoned with: a zone must also be one that exists."""
        value: object = getattr(self, fact)
        return value is not None and (fact != "zone" or known_zone(self.zone) is not None)

    def as_record(self) -> dict[str, object]:
        """The facts as plain values that JSON can hold; `facts_from` reads them back."""
        record: dict[str, object] = {f.name: getattr(self, f.name) for f in fields(self)}
        if self.at is not None:
            record["at"] = (self.at.astimezone(UTC) if self.at.tzinfo else self.at).isoformat()
        for name in ("holds", "stated"):
            given: frozenset[str] | None = getattr(self, name)
            if given is not None:
                record[name] = sorted(given)
        return record


def facts_from(record: Mapping[str, object]) -> ContactFacts:
    """The facts that `as_record` wrote; what the record does not name is unknown.

    Raises: RecordUnreadable.
    """
    strangers = sorted(set(record) - {f.name for f in fields(ContactFacts)})
    if strangers:
        raise RecordUnreadable(
            f"No fact of a contact is called {', '.join(strangers)}",
            hint="The record was written by another version of Arrears: replay it with that one.",
        )
    values = dict(record)
    try:
        if isinstance(at := values.get("at"), str):
            values["at"] = datetime.fromisoformat(at)
        for name in ("holds", "stated"):
            if isinstance(told := values.get(name), list):
                values[name] = frozenset(told)
    except (TypeError, ValueError) as error:
        raise RecordUnreadable(
            "The moment or the holds of a stored contact cannot be read",
            hint="The record was changed after it was written: restore it from the backup.",
        ) from error
    return ContactFacts(**values)  # type: ignore[arg-type]


def facts_at(facts: ContactFacts, moment: datetime) -> ContactFacts:
    """The same contact made at another moment, nothing else having happened meanwhile.

    On a later local date no slot is used yet; on an earlier one it is not known how many are.
    """
    moved = replace(facts, at=moment)
    now, then = facts.local, moved.local
    if now is None or then is None or then.date() < now.date():
        return replace(moved, attempts_today=None)
    if then.date() > now.date() and facts.attempts_today is not None:
        return replace(moved, attempts_today=0)
    return moved


def known_zone(name: str | None) -> ZoneInfo | None:
    """The zone of that name; None when there is no name, or no such zone."""
    if name is None:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
