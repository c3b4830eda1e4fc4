"""Rows that are written inside an action, and nowhere else."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, ClassVar

from django.db import connection, models

_writing: ContextVar[str] = ContextVar("writing", default="")


class WrittenElsewhere(TypeError):
    """A row of the ledger may be written only by an action (`web/ledger/actions`)."""


@contextmanager
def writing(action: str) -> Iterator[None]:
    """Rows may be written while this holds; `action` is the name of what is being done."""
    token = _writing.set(action)
    try:
        yield
    finally:
        _writing.reset(token)


def require_action(what: str) -> None:
    """An action is under way. Raises: WrittenElsewhere."""
    if not _writing.get():
        raise WrittenElsewhere(f"{what} is written by an action, not here")


class WrittenRows(models.QuerySet[Any]):
    """Rows that refuse to be changed in bulk outside an action."""

    def update(self, **values: Any) -> int:
        require_action(self.model.__name__)
        return super().update(**values)

    def delete(self) -> tuple[int, dict[str, int]]:
        require_action(self.model.__name__)
        return super().delete()

    def bulk_create(self, *rows: Any, **options: Any) -> list[Any]:
        require_action(self.model.__name__)
        return super().bulk_create(*rows, **options)

    def save_each(
        self,
        rows: Mapping[int, Sequence[Any]],
        names: Sequence[str],
        *,
        where: str = "",
        told: Any = (),
    ) -> set[int]:
        """The rows of these keys have these values of the named fields, by one statement; the keys changed.

        `where` is a condition in SQL on the rows as they stand, with a `%s` for each of `told`.
        """
        require_action(self.model.__name__)
        if not rows:
            return set()
        fields = [self.model._meta.get_field(name) for name in ("id", *names)]
        holes = ", ".join(_hole(field) for field in fields)
        kept = [field.column for field in fields[1:]]
        sql = (
            f"WITH told (of_row, {', '.join(kept)}) AS (VALUES {', '.join([f'({holes})'] * len(rows))})"
            f" UPDATE {self.model._meta.db_table} SET {', '.join(f'{c} = told.{c}' for c in kept)}"
            f" FROM told WHERE id = told.of_row{f' AND ({where})' if where else ''} RETURNING id"
        )
        values = [
            field.get_db_prep_save(value, connection)
            for pk, row in rows.items()
            for field, value in zip(fields, (pk, *row), strict=True)
        ]
        with connection.cursor() as cursor:
            cursor.execute(sql, (*values, *told))
            return {pk for (pk,) in cursor.fetchall()}


def _hole(field: Any) -> str:
    """Where a value of that field stands in SQL; PostgreSQL has to be told of what type it is."""
    return f"%s::{field.cast_db_type(connection)}" if connection.vendor == "postgresql" else "%s"


class Written(models.Model):
    """A row that refuses to be saved or deleted outside an action."""

    objects: ClassVar[Any] = WrittenRows.as_manager()

    class Meta:
        abstract = True

    def save(self, *words: Any, **options: Any) -> None:
        require_action(type(self).__name__)
        super().save(*words, **options)

    def delete(self, *words: Any, **options: Any) -> tuple[int, dict[str, int]]:
        require_action(type(self).__name__)
        return super().delete(*words, **options)


class Kept(Written):
    """A row that, once written, is never changed nor deleted."""

    class Meta:
        abstract = True

    def save(self, *words: Any, **options: Any) -> None:
        if not self._state.adding:
            raise WrittenElsewhere(f"{type(self).__name__} is never changed")
        super().save(*words, **options)

    def delete(self, *_words: Any, **_options: Any) -> tuple[int, dict[str, int]]:
        raise WrittenElsewhere(f"{type(self).__name__} is never deleted")
