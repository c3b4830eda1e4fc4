"""An event and a verdict as the log's hashes are worked out over them: docs/reference/log.md."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from arrears.web.ledger.sql import moment

# What of a row is hashed.
RECORDED = ("id", "at", "by_id", "verb", "borrower_id", "case_id", "detail", "seals")
VERDICT = (
    "id",
    "case_id",
    "borrower_id",
    "at",
    "asked_date",
    "channel",
    "outcome",
    "rules_version",
    "record",
)


def event_record(row: Mapping[str, Any]) -> dict[str, Any]:
    """The event's columns RECORDED as JSON holds them. Units: UTC, microseconds."""
    return {**row, "at": instant(row["at"])}


def verdict_record(row: Mapping[str, Any]) -> dict[str, Any]:
    """The verdict's columns VERDICT, its facts among them, as JSON holds them."""
    return {**row, "at": instant(row["at"]), "asked_date": row["asked_date"].isoformat()}


def instant(at: datetime) -> str:
    """The moment in UTC to the microsecond, in one spelling only."""
    return f"{moment(at).astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}Z"
