"""What happened on a case: contacts, promises, holds, payments on their way, notes."""

from datetime import date

from django.db import models

from arrears.core.hold import KINDS, HoldFacts
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


def hold_facts(
    kind: str,
    channels: str,
    purposes: str,
    role: str,
    value: str,
    from_date: date | None,
    until_date: date | None,
) -> HoldFacts:
    """A hold as core reasons with it, from what its columns hold: lists are words with spaces between."""
    return HoldFacts(
        kind=kind,
        channels=frozenset(channels.split()),
        purposes=frozenset(purposes.split()),
        role=role,
        value=value,
        from_date=from_date,
        until_date=until_date,
    )


class Hold(Written):
    """A reason not to contact a borrower: what it stops, on which days, what it rests on, who said so.

    Without a borrower it is of whoever has that number or address, today or later. What is empty does not
    narrow it (`core.hold`). `value` is personal: a page shows it masked.
    """

    borrower_id = models.CharField(max_length=80, blank=True, db_index=True)
    kind = models.CharField(max_length=20, choices=[(k, k) for k in KINDS])
    channels = models.CharField(max_length=80, blank=True)  # words separated by one space
    purposes = models.CharField(max_length=120, blank=True)  # likewise
    role = models.CharField(max_length=30, blank=True)
    point = models.ForeignKey(ContactPoint, models.PROTECT, null=True, db_index=False)
    # The number or address itself, as `core.hold.plain` writes it: the bank may give the point another.
    value = models.CharField(max_length=200, blank=True)
    from_date = models.DateField(null=True)
    until_date = models.DateField(null=True)
    evidence = models.TextField()
    said_by = models.CharField(max_length=80, blank=True)
    # Of a complaint: whom of our people it is about; None where that is not known, or nobody where so said.
    about = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    about_nobody = models.BooleanField(default=False)
    received_date = models.DateField(null=True)  # None: not known
    by = models.ForeignKey(Person, models.PROTECT, null=True)
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(
                fields=("value",), condition=~models.Q(value=""), name="hold_of_one_point"
            ),
        )

    @property
    def facts(self) -> HoldFacts:
        """The hold as core reasons with it."""
        return hold_facts(
            self.kind,
            self.channels,
            self.purposes,
            self.role,
            self.value,
            self.from_date,
            self.until_date,
        )


class ReceivedPayment(Written):
    """A payment that the bank told of during the day. Units: minor units. It enters no arithmetic.

    Until the book of a published run has it, or a person says that it never came, nobody is contacted.
    """

    payment_id = models.CharField(max_length=80, primary_key=True)  # the bank's own
    borrower_id = models.CharField(max_length=80)
    loan_id = models.CharField(max_length=80, blank=True)
    amount_minor = models.BigIntegerField()
    value_date = models.DateField()
    by = models.ForeignKey(Person, models.PROTECT, null=True)
    at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    settled_by = models.CharField(max_length=40, blank=True)  # the run; empty: a person

    class Meta:
        indexes = (
            models.Index(
                fields=("borrower_id",),
                condition=models.Q(settled_at__isnull=True),
                name="payment_on_its_way",
            ),
        )


class Note(Kept):
    """Something worth remembering about a case."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="notes")
    text = models.TextField()
    by = models.ForeignKey(Person, models.PROTECT, null=True)
    at = models.DateTimeField()
