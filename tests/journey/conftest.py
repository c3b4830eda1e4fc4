"""A real browser, shared by all stories; each has a window of its own."""

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, sync_playwright

from tests.lib.peers import program

QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
SIZES: dict[str, ViewportSize] = {
    "desk": {"width": 1366, "height": 768},
    "phone": {"width": 390, "height": 844},
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every story needs the browser's sockets."""
    for item in items:
        if "journey" in item.path.parts:
            item.add_marker("journey")
            item.add_marker("enable_socket")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, without a screen."""
    chromium = program("chromium", "chromium")
    with sync_playwright() as tools:
        opened = tools.chromium.launch(executable_path=chromium, args=list(QUIET))
        yield opened
        opened.close()


@pytest.fixture
def window(browser: Browser) -> Iterator[BrowserContext]:
    """A window at a desk, in the language of the system: Chinese."""
    opened = browser.new_context(viewport=SIZES["desk"], locale="zh-CN")
    opened.set_default_timeout(30_000 if os.environ.get("CI") else 15_000)
    yield opened
    opened.close()


@pytest.fixture
def page(window: BrowserContext) -> Page:
    """A page that fails the test when its console complains."""
    made = window.new_page()
    made.on("pageerror", lambda error: pytest.fail(f"the page's script failed: {error}"))
    return made
