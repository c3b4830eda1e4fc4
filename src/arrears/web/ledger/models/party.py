"""Personal data of borrowers who have a case: erasable, shown masked."""

from typing import Any

from django.db import models

from arrears.core.hold import plain
from arrears.core.tables import MADE_UP
from arrears.web.ledger.models.guard import Written


class Borrower(Written):
    """Who owes. The row is also the lock of everything that can forbid a contact."""

    borrower_id = models.CharField(max_length=80, primary_key=True)
    kind = models.CharField(max_length=10)
    name = models.CharField(max_length=200, blank=True)
    id_number = models.CharField(max_length=40, blank=True)
    zone = models.CharField(max_length=60, blank=True)
    language = models.CharField(max_length=20, blank=True)
    region_code = models.CharField(max_length=20, blank=True)
    address = models.TextField(blank=True)


class ContactPoint(Written):
    """A way to reach someone about a borrower, with where the bank has it from."""

    point_id = models.CharField(max_length=80, primary_key=True)
    borrower_id = models.CharField(max_length=80)
    role = models.CharField(max_length=30)
    kind = models.CharField(max_length=20)
    value = models.CharField(max_length=200)  # as it is dialled or written to
    # As `core.hold.plain` writes it: by this alone is it asked who else has it.
    plain = models.CharField(max_length=200, blank=True, editable=False)
    source = models.CharField(max_length=20, blank=True)
    valid_from = models.DateField(null=True)
    wrong_since = models.DateTimeField(null=True)  # someone else answered: never used again
    gone_since = models.DateField(
        null=True
    )  # the business day on which the bank named it no longer

    def save(self, *words: Any, **options: Any) -> None:
        self.plain = plain(self.value)
        super().save(*words, **options)

    @property
    def usable(self) -> bool:
        """Whether it may be used at all: nobody else answered, and the bank still names it."""
        return self.wrong_since is None and self.gone_since is None

    @property
    def made_up(self) -> bool:
        """Whether it was made up for a book that has none: nobody is reached by it."""
        return str(self.pk).startswith(MADE_UP)

    class Meta:
        indexes = (
            models.Index(fields=("borrower_id",), name="point_of_borrower"),
            models.Index(fields=("plain",), name="point_by_plain"),
        )
