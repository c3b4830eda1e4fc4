"""What the gate answers: an outcome and every reason, as frozen values that can be stored."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum

from arrears.rules.facts import RecordUnreadable


class Outcome(StrEnum):
    """What may be done, in the order in which they go: the first that applies is said."""

    REFUSE = "refuse"
    REDIRECT = "redirect"  # someone else is to be contacted instead
    DEFER = "defer"  # only the hour or the day is against it
    SOFT_BLOCK = "soft_block"  # someone entitled may override it, with a reason
    ALLOW_WITH_DUTIES = "allow_with_duties"
    ALLOW = "allow"


@dataclass(frozen=True, slots=True)
class Because:
    """One reason against a contact, in both languages, with its figures filled in.

    Grain: one per rule that is not fulfilled, and one per missing fact.
    """

    code: str  # snake_case, stable: programs compare it
    rule_id: str
    source: str
    article: str
    zh: str
    en: str

    def text(self, language: str) -> str:
        """The reason in `zh` or `en`."""
        return {"zh": self.zh, "en": self.en}[language]


@dataclass(frozen=True, slots=True)
class Verdict:
    """May this contact be made, and if not, why not, and when at the earliest; if so, with what duties."""

    outcome: Outcome
    because: tuple[Because, ...]  # in the order of the rules; empty when allowed
    earliest_at: datetime | None  # UTC; only when deferred
    rules_version: str
    duties: tuple[Because, ...] = ()  # what is to be done during the contact, or right after it
    instead: str = ""  # whom to contact instead; only when redirected
    lifted_by: tuple[str, ...] = ()  # roles that may override it; only when softly blocked

    @property
    def allowed(self) -> bool:
        """Whether the contact may be made at that moment."""
        return self.outcome in (Outcome.ALLOW, Outcome.ALLOW_WITH_DUTIES)

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of the reasons, in their order."""
        return tuple(b.code for b in self.because)

    def as_record(self) -> dict[str, object]:
        """The verdict as plain values that JSON can hold; `verdict_from` reads them back."""
        return {
            "outcome": self.outcome.value,
            "because": [asdict(b) for b in self.because],
            "earliest_at": None if self.earliest_at is None else self.earliest_at.isoformat(),
            "rules_version": self.rules_version,
            "duties": [asdict(b) for b in self.duties],
            "instead": self.instead,
            "lifted_by": list(self.lifted_by),
        }


def verdict_from(record: Mapping[str, object]) -> Verdict:
    """The verdict that `as_record` wrote. Raises: RecordUnreadable."""
    try:
        earliest = record["earliest_at"]
        return Verdict(
            Outcome(str(record["outcome"])),
            _reasons(record["because"]),
            None if earliest is None else datetime.fromisoformat(str(earliest)),
            str(record["rules_version"]),
            _reasons(record.get("duties", ())),
            str(record.get("instead", "")),
            tuple(record.get("lifted_by", ())),  # type: ignore[arg-type]
        )
    except (KeyError, TypeError, ValueError) as error:
        raise RecordUnreadable(
            "A stored verdict cannot be read",
            hint="The record was changed after it was written: restore it from the backup.",
        ) from error


def _reasons(told: object) -> tuple[Because, ...]:
    return tuple(Because(**b) for b in told)  # type: ignore[attr-defined]
