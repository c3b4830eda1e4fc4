"""Calls to borrowers, and what someone entitled let pass that the rules only advise against."""

from django.db import models

from arrears.core.contact import CALL_MOVES
from arrears.web.ledger.models.case import Case
from arrears.web.ledger.models.guard import Kept, Written
from arrears.web.ledger.models.message import GateVerdict
from arrears.web.ledger.models.party import ContactPoint
from arrears.web.ledger.models.person import Person
from arrears.web.ledger.models.record import Contact


class Call(Written):
    """A call that the gate allowed: claimed before it is dialled, settled once its end is known."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="calls")
    borrower_id = models.CharField(max_length=80, db_index=True)
    point = models.ForeignKey(ContactPoint, models.PROTECT)
    mode = models.CharField(max_length=20)
    state = models.CharField(max_length=12, choices=[(s, s) for s in CALL_MOVES])
    by = models.ForeignKey(Person, models.PROTECT)
    at = models.DateTimeField()
    local_date = models.DateField()  # the borrower's day
    ended_at = models.DateTimeField(null=True)
    verdict = models.ForeignKey(GateVerdict, models.PROTECT)
    contact = models.OneToOneField(Contact, models.PROTECT, null=True, related_name="call")


class Override(Kept):
    """A rule that someone entitled let pass for one number on one day of the borrower's, and why."""

    borrower_id = models.CharField(max_length=80)
    point = models.ForeignKey(ContactPoint, models.PROTECT)
    number = models.CharField(max_length=80)  # as `numbers.number_mark` writes it
    rule_id = models.CharField(max_length=80)
    local_date = models.DateField()
    reason = models.TextField()
    by = models.ForeignKey(Person, models.PROTECT)
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("point", "rule_id", "local_date"), name="override_once"
            ),
        )
        indexes = (models.Index(fields=("borrower_id", "local_date"), name="override_of_day"),)


class RuleBook(Kept):
    """The rules by which verdicts were given, whole, so that they can be given again."""

    version = models.CharField(max_length=200, primary_key=True)
    record = models.JSONField()
    first_at = models.DateTimeField()
