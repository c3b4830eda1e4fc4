"""The log: one row for each thing that was done, written in the same transaction."""

from django.db import models

from arrears.web.ledger.models.guard import Kept
from arrears.web.ledger.models.person import Person


class Event(Kept):
    """Who did what, when, to which case. `verb` is the action's name, `detail` its figures.

    Holds no personal data of a borrower: those live in tables that can be erased.
    """

    at = models.DateTimeField()
    by = models.ForeignKey(Person, models.PROTECT, null=True)  # null: the system itself
    verb = models.CharField(max_length=40)
    borrower_id = models.CharField(max_length=80, blank=True)
    case_id = models.BigIntegerField(null=True)
    detail = models.JSONField(default=dict)

    class Meta:
        indexes = (
            models.Index(fields=("case_id", "at"), name="event_of_case"),
            models.Index(fields=("borrower_id", "at"), name="event_of_borrower"),
            models.Index(fields=("at",), name="event_by_day"),
            models.Index(fields=("verb", "id"), name="event_by_verb"),
        )
