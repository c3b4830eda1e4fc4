"""Plain SQL for what the gate asks at every contact: to build such a query costs more than to answer it."""

from datetime import UTC, datetime
from typing import Any

from django.db import connection


def asked(sql: str, *values: Any) -> list[Any]:
    """The rows that the database answers with, each a tuple; `%s` stands for each of the values."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        rows: list[Any] = cursor.fetchall()
    return rows


def moment(told: datetime) -> datetime:
    """A moment as `asked` tells it, aware: SQLite leaves out that it is in UTC."""
    return told if told.tzinfo else told.replace(tzinfo=UTC)


def marks(values: tuple[Any, ...]) -> str:
    """A `%s` for each of the values, for a list in SQL; without any, a list in which nothing is."""
    return ", ".join(["%s"] * len(values)) or "NULL"
