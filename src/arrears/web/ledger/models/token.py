"""Forms that have been sent."""

from django.db import models

from arrears.web.ledger.models.guard import Kept
from arrears.web.ledger.models.person import Person


class Token(Kept):
    """A form that a person has sent; its token was drawn when the form was shown."""

    person = models.ForeignKey(Person, models.CASCADE)
    token = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("person", "token"), name="sent_once"),)
