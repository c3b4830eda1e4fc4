"""How far the send journal goes by the ledger's knowledge, and what only the journal knows."""

from django.db import models

from arrears.web.ledger.models.guard import Written
from arrears.web.ledger.models.person import Person


class JournalHead(Written):
    """The last number that a claim was given; one row. `written`: how far the journal was seen to go."""

    name = models.CharField(max_length=10, primary_key=True, default="journal")
    count = models.BigIntegerField(default=0)
    written = models.BigIntegerField(default=0)
    # Reconciled, and nobody is contacted until another than who did so has looked; None: at the console.
    waits = models.BooleanField(default=False)
    reconciled_by = models.ForeignKey(
        Person, models.PROTECT, null=True, related_name="+", db_index=False
    )


class Unaccounted(Written):
    """A contact that the journal names and the ledger does not know: it may have gone out."""

    n = models.BigIntegerField(primary_key=True)  # its number in the journal
    key = models.CharField(max_length=48, db_index=True)
    borrower_id = models.CharField(max_length=80, blank=True, db_index=True)
    channel = models.CharField(max_length=20, blank=True)
    local_date = models.DateField(null=True)
    claimed_at = models.DateTimeField(null=True)
    found_at = models.DateTimeField()
    state = models.CharField(max_length=20, blank=True)  # what a person found out: sent, failed
    settled_at = models.DateTimeField(null=True)
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
