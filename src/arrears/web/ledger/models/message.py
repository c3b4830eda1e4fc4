"""Messages to borrowers: approved templates, the outbox, the gate's verdicts, the day's slots."""

from django.db import models

from arrears.core.contact import OUTBOX_MOVES, SLOT_KINDS
from arrears.web.ledger.models.case import Case
from arrears.web.ledger.models.guard import Kept, Written
from arrears.web.ledger.models.party import ContactPoint
from arrears.web.ledger.models.person import Person


class Template(Written):
    """The text of a message in one language, used only once a second person has approved it."""

    name = models.CharField(max_length=40)
    channel = models.CharField(max_length=20)
    language = models.CharField(max_length=10)  # zh, en
    subject = models.CharField(max_length=200, blank=True)
    text = models.TextField()
    written_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    approved_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)


class Slot(Written):
    """One of what is counted of a borrower's day; its key is the cap.

    A message's stays used whatever becomes of it. A call or visit holds several until it is known what came
    of it, and then keeps those of its kind.
    """

    borrower_id = models.CharField(max_length=80)
    local_date = models.DateField()
    kind = models.CharField(max_length=20, choices=[(k, k) for k in SLOT_KINDS])
    # Only where the kind is counted by it, as `numbers.number_mark` writes it.
    number = models.CharField(max_length=80, blank=True)
    n = models.IntegerField()
    call = models.ForeignKey("Call", models.PROTECT, null=True, related_name="slots")
    visit = models.ForeignKey("Visit", models.PROTECT, null=True, related_name="slots")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("borrower_id", "local_date", "kind", "number", "n"), name="slot_once"
            ),
            # A number rings as often as it rings, for whichever of the borrowers who have it.
            models.UniqueConstraint(
                fields=("number", "local_date", "n"),
                condition=models.Q(kind="ring"),
                name="ring_once",
            ),
        )
        indexes = (models.Index(fields=("local_date", "kind"), name="slot_by_day"),)


class GateVerdict(Kept):
    """What the gate said of one intended contact, with the facts that it asked: enough to replay it."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="verdicts")
    borrower_id = models.CharField(max_length=80, db_index=True)
    at = models.DateTimeField()
    asked_date = models.DateField()  # the business day of `at` where the institution is
    channel = models.CharField(max_length=20, blank=True)  # empty where the gate was told none
    outcome = models.CharField(max_length=20)
    rules_version = models.CharField(max_length=200)
    record = models.JSONField()

    class Meta:
        # Holds all that is counted of a period, so that the rows themselves are not read.
        indexes = (
            models.Index(
                fields=("asked_date", "outcome", "channel", "case"), name="verdict_by_day"
            ),
        )


class VerdictReason(Kept):
    """A reason of a verdict by its codes: written with it, so that reasons are counted without reading it."""

    verdict = models.ForeignKey(GateVerdict, models.PROTECT, related_name="reasons", db_index=False)
    asked_date = models.DateField()  # that of the verdict
    rule_id = models.CharField(max_length=80)
    code = models.CharField(max_length=40)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("verdict", "rule_id", "code"), name="reason_once"),
        )
        indexes = (
            models.Index(fields=("asked_date", "rule_id", "verdict"), name="reason_by_day"),
            models.Index(fields=("rule_id", "asked_date", "verdict"), name="reason_by_rule"),
        )


class Message(Written):
    """A message in the outbox. The outbox is the truth; whatever wakes the sender only wakes it."""

    key = models.CharField(max_length=48, unique=True)  # as the channel knows it
    case = models.ForeignKey(Case, models.PROTECT, related_name="messages")
    borrower_id = models.CharField(max_length=80, db_index=True)
    point = models.ForeignKey(ContactPoint, models.PROTECT)
    channel = models.CharField(max_length=20)
    purpose = models.CharField(max_length=20)
    template = models.ForeignKey(Template, models.PROTECT)
    language = models.CharField(max_length=10)
    subject = models.CharField(max_length=200, blank=True)
    text = models.TextField()
    state = models.CharField(max_length=10, choices=[(s, s) for s in OUTBOX_MOVES])
    proposed_at = models.DateTimeField()
    not_before = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    verdict = models.ForeignKey(GateVerdict, models.PROTECT, null=True)
    slot = models.ForeignKey(Slot, models.PROTECT, null=True)
    gateway_id = models.CharField(max_length=200, blank=True)
    parts = models.IntegerField(default=0)
    because = models.CharField(max_length=200, blank=True)
    addressee = ""  # whose address it goes to, where the claim has read it; it is not kept

    class Meta:
        indexes = (
            models.Index(fields=("state", "not_before"), name="message_waiting"),
            models.Index(
                fields=("gateway_id",),
                condition=~models.Q(gateway_id=""),
                name="message_by_gateway",
            ),
        )


class Report(Kept):
    """What a far end told of a message, or that somebody wrote back: each once, however often it comes.

    Holds no personal data: what somebody wrote is a note of their case.
    """

    channel = models.CharField(max_length=20)
    event = models.CharField(max_length=420)  # as the far end knows it
    message = models.ForeignKey(Message, models.PROTECT, null=True, related_name="reports")
    state = models.CharField(max_length=10)
    because = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("channel", "event"), name="report_once"),)
