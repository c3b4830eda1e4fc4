"""The log: one row for each thing that was done, written in the same transaction."""

from django.db import models

from arrears.web.ledger.models.guard import Kept, Written
from arrears.web.ledger.models.person import Person


class Event(Kept):
    """Who did what, when, to which case. `verb` is the action's name, `detail` its figures.

    Holds no personal data of a borrower: those live in tables that can be erased. `seals` has by name a
    hash of what it vouches for: of a personal value with its salt, and of the verdict whole.
    """

    at = models.DateTimeField()
    by = models.ForeignKey(Person, models.PROTECT, null=True)  # null: the system itself
    verb = models.CharField(max_length=40)
    borrower_id = models.CharField(max_length=80, blank=True)
    case_id = models.BigIntegerField(null=True)
    detail = models.JSONField(default=dict)
    seals = models.JSONField(default=dict)

    class Meta:
        indexes = (
            models.Index(fields=("case_id", "at"), name="event_of_case"),
            models.Index(fields=("borrower_id", "at"), name="event_of_borrower"),
            models.Index(fields=("at",), name="event_by_day"),
            models.Index(fields=("verb", "id"), name="event_by_verb"),
        )


class EventValue(Written):
    """A personal value that an event vouches for by a hash; erased, the event still stands as it was."""

    event = models.ForeignKey(Event, models.PROTECT, related_name="kept")
    name = models.CharField(max_length=20)
    salt = models.CharField(max_length=32)
    value = models.TextField()


class EventWaiting(Written):
    """An event that has no number yet: written with it, gone once it has one.

    So the sequencer looks for no event by its id, which says nothing of when its transaction ended.
    """

    event = models.OneToOneField(Event, models.PROTECT, primary_key=True, related_name="waiting")


class EventLink(Kept):
    """The number of an event, without gaps, and the hash over the one before it and the event."""

    seq = models.BigIntegerField(primary_key=True)
    event = models.OneToOneField(Event, models.PROTECT, related_name="link")
    hash = models.CharField(max_length=64)


class LogHead(Written):
    """The last number that was given and its hash; one row, whose lock lets one give numbers at a time."""

    name = models.CharField(max_length=10, primary_key=True, default="log")
    count = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64)


class LogCheck(Written):
    """What the last verification of the log found, and where it is anchored; one row.

    `count` and `hash`: how far it is checked. `wrong`: the faults, as `verify.Wrong` holds them.
    """

    name = models.CharField(max_length=10, primary_key=True, default="log")
    count = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64)
    checked_at = models.DateTimeField(null=True)
    whole_at = models.DateTimeField(null=True)  # when it was last checked from the first event on
    wrong = models.JSONField(default=list)
    anchored_count = models.BigIntegerField(default=0)
    anchored_at = models.DateTimeField(null=True)
    tried_at = models.DateTimeField(null=True)
    faults = models.JSONField(default=list)  # the places that could not be written, each with why
