"""What happened on a case: contacts, promises, holds, notes."""

from django.db import models

from arrears.core.case import FLAGS
from arrears.web.ledger.models.case import Case
from arrears.web.ledger.models.guard import Kept, Written
from arrears.web.ledger.models.party import ContactPoint
from arrears.web.ledger.models.person import Person

OUTCOMES = (
    ("promised", "承诺还款"),
    ("paid", "称已还款"),
    ("refused", "拒绝还款"),
    ("difficulty", "还款困难"),
    ("disputed", "对欠款有异议"),
    ("call_back", "约定再联系"),
    ("no_answer", "无人接听"),
    ("wrong_number", "号码不是本人"),
    ("third_person", "他人接听"),
)
PROMISE_STATES = ("open", "kept", "part_kept", "broken", "withdrawn")


class Contact(Kept):
    """A contact that took place, or was tried."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="contacts")
    borrower_id = models.CharField(max_length=80, db_index=True)
    point = models.ForeignKey(ContactPoint, models.PROTECT, null=True)
    channel = models.CharField(max_length=20)
    outcome = models.CharField(max_length=20, choices=OUTCOMES)
    note = models.TextField(blank=True)
    by = models.ForeignKey(Person, models.PROTECT, null=True)
    at = models.DateTimeField()
    contact_date = models.DateField()  # the business day in the institution's zone


class Promise(Written):
    """A borrower's word: an amount by a day. Decided by the payments of the next runs only."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="promises")
    borrower_id = models.CharField(max_length=80, db_index=True)
    made_date = models.DateField()
    due_date = models.DateField()
    amount_minor = models.BigIntegerField()
    tolerance_days = models.IntegerField(default=0)
    state = models.CharField(max_length=10, choices=[(s, s) for s in PROMISE_STATES])
    paid_minor = models.BigIntegerField(default=0)
    decided_date = models.DateField(null=True)
    by = models.ForeignKey(Person, models.PROTECT, null=True)
    at = models.DateTimeField()


class Hold(Written):
    """A reason not to contact a borrower, from a day until it is ended."""

    borrower_id = models.CharField(max_length=80, db_index=True)
    kind = models.CharField(max_length=20, choices=[(f, f) for f in FLAGS])
    evidence = models.TextField()
    by = models.ForeignKey(Person, models.PROTECT, null=True)
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)


class Note(Kept):
    """Something worth remembering about a case."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="notes")
    text = models.TextField()
    by = models.ForeignKey(Person, models.PROTECT, null=True)
    at = models.DateTimeField()
