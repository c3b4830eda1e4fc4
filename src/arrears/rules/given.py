"""Verdicts as they are made: by the gate, or again from what was stored of one."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from arrears.rules.facts import RecordUnreadable
from arrears.rules.verdict import Because, Outcome, Verdict


@dataclass(frozen=True, slots=True)
class Given(Verdict):
    """A verdict that was given."""

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
    """The verdict that `Given.as_record` wrote. Raises: RecordUnreadable."""
    try:
        earliest = record["earliest_at"]
        return Given(
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
