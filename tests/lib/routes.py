"""Every route of the workbench, read from the workbench itself."""

from typing import Any

from django.urls import URLPattern, get_resolver


def routes() -> dict[str, Any]:
    """Every route of the workbench with its view."""
    waiting: list[tuple[str, Any]] = [("", entry) for entry in get_resolver().url_patterns]
    found: dict[str, Any] = {}
    while waiting:
        before, entry = waiting.pop()
        here = before + str(entry.pattern)
        if isinstance(entry, URLPattern):
            found[here] = entry.callback
        else:
            waiting += [(here, below) for below in entry.url_patterns]
    return found
