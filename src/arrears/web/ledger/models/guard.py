"""Rows that are written inside an action, and nowhere else."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, ClassVar

from django.db import models

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
