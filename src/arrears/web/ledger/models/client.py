"""Systems of the bank that tell the workbench something, and what each was answered."""

from django.db import models

from arrears.web.ledger.models.guard import Kept, Written
from arrears.web.ledger.models.person import Person

API_RIGHTS = ("payments", "holds", "stops")


class ApiClient(Written):
    """A system that may call the API. Of its token only a hash is kept."""

    name = models.CharField(max_length=60, unique=True)
    token_hash = models.CharField(max_length=64, unique=True)
    rights = models.CharField(max_length=80)  # words of API_RIGHTS separated by one space
    made_by = models.ForeignKey(Person, models.PROTECT, null=True)
    at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    def may(self, right: str) -> bool:
        """Whether it may do that, its token not being revoked."""
        return self.revoked_at is None and right in self.rights.split()


class Answer(Kept):
    """What a client was answered to a request of its own; kept as long as what the request did."""

    client = models.ForeignKey(ApiClient, models.PROTECT)
    route = models.CharField(max_length=40)
    key = models.CharField(max_length=80)
    body_hash = models.CharField(max_length=64)
    status = models.IntegerField()
    told = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("client", "route", "key"), name="answered_once"),
        )
