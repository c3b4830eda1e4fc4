"""Calls and visits to borrowers, and what someone entitled let pass that the rules only advise against."""

from django.db import models

from arrears.core.contact import CALL_MOVES, VISIT_MOVES
from arrears.web.ledger.models.case import Case
from arrears.web.ledger.models.guard import Kept, Written
from arrears.web.ledger.models.message import GateVerdict
from arrears.web.ledger.models.party import ContactPoint
from arrears.web.ledger.models.person import Person
from arrears.web.ledger.models.record import Contact


class InPerson(Written):
    """A call or visit that the gate allowed: claimed before it is made, settled once its end is known."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="%(class)ss")
    borrower_id = models.CharField(max_length=80, db_index=True)
    point = models.ForeignKey(ContactPoint, models.PROTECT)
    by = models.ForeignKey(Person, models.PROTECT)
    at = models.DateTimeField()
    local_date = models.DateField()  # the borrower's day
    ended_at = models.DateTimeField(null=True)
    verdict = models.ForeignKey(GateVerdict, models.PROTECT)
    contact = models.OneToOneField(Contact, models.PROTECT, null=True, related_name="%(class)s")

    class Meta:
        abstract = True


class Call(InPerson):
    """A call, by one of the telephones."""

    mode = models.CharField(max_length=20)
    state = models.CharField(max_length=12, choices=[(s, s) for s in CALL_MOVES])


class Visit(InPerson):
    """A visit at one of the addresses, by whoever claimed it and whoever goes along."""

    state = models.CharField(max_length=12, choices=[(s, s) for s in VISIT_MOVES])
    place = models.CharField(max_length=10, blank=True)  # one of the rules' PLACES; empty: not said


class Companion(Kept):
    """Someone who goes along on a visit."""

    visit = models.ForeignKey(Visit, models.PROTECT, related_name="companions")
    person = models.ForeignKey(Person, models.PROTECT)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("visit", "person"), name="companion_once"),)


MODELS: dict[str, type[Call] | type[Visit]] = {"call": Call, "visit": Visit}  # by channel


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
