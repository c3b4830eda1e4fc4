"""What the gate answers: an outcome and every reason, as frozen values that can be stored.

Whoever has a verdict reads it here; nobody can make one here, as `Verdict` is abstract. `given` makes
them, and the gate alone may import it (see the import contracts in pyproject.toml).
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


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
class Verdict(ABC):
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

    @abstractmethod
    def as_record(self) -> dict[str, object]:
        """The verdict as plain values that JSON can hold; `given.verdict_from` reads them back."""
