"""The program as a person runs it: words in, an exit code and what stands on the terminal out."""

from dataclasses import dataclass

import pytest

from arrears.cli import main


@dataclass(frozen=True)
class Answer:
    """What a command left behind."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Terminal:
    """A terminal that is wide enough for any line."""

    capture: pytest.CaptureFixture[str]

    def run(self, *words: object) -> Answer:
        """The answer of `arrears` to these words."""
        code = 0
        try:
            main([str(word) for word in words])
        except SystemExit as left:
            code = int(left.code or 0)
        said = self.capture.readouterr()
        return Answer(code, said.out, said.err)
