"""The two kinds of trouble a caller can act on: a finding is a value, a user error is raised.

    Exception
    └── UserError          the caller can mend it; no traceback; its own exit code
        ├── MoneyMixed     (core.money)
        └── …              each subclass stands beside the function that raises it

Anything else that is raised is our bug and is not caught on the way.
"""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Finding:
    """An expected outcome that someone should see: a rejected row, a refused contact.

    Grain: one finding per subject and reason.
    """

    code: str  # snake_case, stable: programs compare it
    subject: str  # what it is about: a row, a loan, a line of a mapping
    because: str  # a sentence a person can act on
    source: str = ""  # file, rule or article that says so


class UserError(Exception):
    """Something the caller can mend; the message says what is wrong, the hint says what to do."""

    exit_code: ClassVar[int] = 2

    def __init__(self, wrong: str, *, hint: str = "", findings: tuple[Finding, ...] = ()) -> None:
        super().__init__(wrong)
        self.wrong = wrong
        self.hint = hint
        self.findings = findings

    def __str__(self) -> str:
        return f"{self.wrong}\n{self.hint}" if self.hint else self.wrong
