"""What holds for every test: its lane, how many examples are invented, no silent skip in CI."""

import os
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings

from arrears.cli import screen
from tests.lib.terminal import Terminal

LANES = ("unit", "spec", "agree", "house", "web")
HERE = Path(__file__).parent
CI = bool(os.environ.get("CI"))
BOOKS = os.environ.get("ARREARS_BOOKS")

# A mutant has to fail, not to fail simply: no example is made smaller.
BRIEFLY = [Phase.explicit, Phase.generate]
for profile, examples, phases in (
    ("dev", 50, list(Phase)),
    ("ci", 500, list(Phase)),
    ("night", 10_000, list(Phase)),
    ("mutants", 50, BRIEFLY),
):
    settings.register_profile(
        profile,
        max_examples=examples,
        phases=phases,
        deadline=None,  # a busy machine is no fault of the code
        print_blob=True,  # a failure can be run again as it was
        suppress_health_check=[HealthCheck.too_slow],
    )
settings.load_profile(os.environ.get("ARREARS_EXAMPLES", "dev"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test belongs to the lane of its folder; Spark speaks to its Java process over a socket."""
    for item in items:
        lane = item.path.relative_to(HERE).parts[0]
        if lane in LANES:
            item.add_marker(lane)
        if item.get_closest_marker("spark"):
            item.add_marker("enable_socket")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """In CI a skipped test is a failed one, unless it waits for real books that are not here."""
    report = yield
    left_out = item.get_closest_marker("real") and BOOKS is None
    if CI and report.skipped and not hasattr(report, "wasxfail") and not left_out:
        report.outcome = "failed"
        report.longrepr = f"Skipped, and CI skips nothing: {report.longrepr}"
    return report


@pytest.fixture(scope="session")
def books() -> Path:
    """The folder of the real books."""
    if BOOKS is None:
        pytest.skip("ARREARS_BOOKS does not say where the real books are")
    return Path(BOOKS)


@pytest.fixture
def terminal(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """The command line, without a home of its own."""
    for console in (screen.out, screen.errors):
        monkeypatch.setattr(console, "width", 200)
    monkeypatch.delenv("ARREARS_HOME", raising=False)
    return Terminal(capsys)
