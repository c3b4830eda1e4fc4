"""Rows that many tests begin with: written once by the actions that write them, then put back."""

from collections.abc import Callable

from django.apps import apps
from django.db import connection, models

APART = 1_000_000  # the rows of each set-up are numbered from a multiple of this, as no others are
KEPT: dict[str, list[str]] = {}


def staged(name: str, write: Callable[[], object]) -> None:
    """What `write` adds to the ledger stands there; it is called once in this process.

    Later the same rows are put back, with the numbers that they had. `write` may only add rows.
    """
    if name not in KEPT:
        _number_from((len(KEPT) + 1) * APART)
        before = _rows()
        write()
        after = _rows()
        assert all(before[model] <= after[model] for model in after), "a set-up changes rows"
        added = {model: rows - before[model] for model, rows in after.items()}
        KEPT[name] = [_statement(model, rows) for model, rows in added.items() if rows]
        return
    with connection.cursor() as cursor:
        for statement in KEPT[name]:
            cursor.execute(statement)


def _statement(model: type[models.Model], rows: set[str]) -> str:
    columns = ", ".join(_columns(model))
    return f"INSERT INTO {model._meta.db_table} ({columns}) VALUES {', '.join(sorted(rows))}"


def _rows() -> dict[type[models.Model], set[str]]:
    """The rows of each table, each as SQL writes it."""
    written = "quote({})" if connection.vendor == "sqlite" else "quote_nullable(CAST({} AS TEXT))"
    found = {}
    with connection.cursor() as cursor:
        for model in apps.get_app_config("ledger").get_models(include_auto_created=True):
            values = " || ', ' || ".join(written.format(name) for name in _columns(model))
            cursor.execute(f"SELECT '(' || {values} || ')' FROM {model._meta.db_table}")
            found[model] = {row for (row,) in cursor.fetchall()}
    return found


def _columns(model: type[models.Model]) -> list[str]:
    fields = model._meta.local_concrete_fields
    return [connection.ops.quote_name(str(field.column)) for field in fields]


def _number_from(first: int) -> None:
    """SQLite numbers rows anew once a test has ended; PostgreSQL never gives a number twice."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("UPDATE sqlite_sequence SET seq = %s", [first])
            cursor.execute(
                "INSERT INTO sqlite_sequence (name, seq) SELECT name, %s FROM sqlite_master"
                " WHERE sql LIKE '%%AUTOINCREMENT%%' AND name NOT IN (SELECT name FROM sqlite_sequence)",
                [first],
            )
