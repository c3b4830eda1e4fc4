"""Plain SQL for what the gate asks at every contact: to build such a query costs more than to answer it."""

from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Any

from django.db import connection

Question = tuple[str, tuple[Any, ...]]  # what to ask, and a value for each `%s` in it


def answers(*questions: Question) -> list[list[Any]]:
    """The rows for each of the questions; PostgreSQL is asked all of them in one round trip."""
    with ExitStack() as open_:
        if len(questions) > 1 and connection.vendor == "postgresql":
            connection.ensure_connection()
            open_.enter_context(connection.connection.pipeline())
        cursors = [open_.enter_context(connection.cursor()) for _ in questions]
        for cursor, (sql, values) in zip(cursors, questions, strict=True):
            cursor.execute(sql, values)
        return [cursor.fetchall() for cursor in cursors]


def asked(sql: str, *values: Any) -> list[Any]:
    """The rows that the database answers with, each a tuple; `%s` stands for each of the values."""
    return answers((sql, values))[0]


def moment(told: datetime) -> datetime:
    """A moment as `asked` tells it, aware: SQLite leaves out that it is in UTC."""
    return told if told.tzinfo else told.replace(tzinfo=UTC)


def marks(values: tuple[Any, ...]) -> str:
    """A `%s` for each of the values, for a list in SQL; without any, a list in which nothing is."""
    return ", ".join(["%s"] * len(values)) or "NULL"
