"""The day's run before people, and the cases that they work on."""

from django.db import models

from arrears.core.case import CASE_MOVES
from arrears.web.ledger.models.guard import Kept, Written
from arrears.web.ledger.models.person import Person

ENDED = tuple(state for state, moves in CASE_MOVES.items() if not moves)


class PublishedRun(Kept):
    """A run that was put before people."""

    run_id = models.CharField(max_length=40, primary_key=True)
    as_of = models.DateField()
    known_on = models.DateField(null=True)
    book_version = models.IntegerField()
    cases = models.IntegerField()
    cards = models.JSONField(default=list)  # the products that are cards, as the run knew them
    published_at = models.DateTimeField()


class Pointer(Written):
    """Which run people see; one row. To flip it is to publish."""

    name = models.CharField(max_length=20, primary_key=True, default="run")
    run = models.ForeignKey(PublishedRun, models.PROTECT)
    marked_at = models.DateTimeField(null=True)  # None: its cases wait to be marked


class CaseDay(Kept):
    """What a borrower came to in one run, and what the run proposed. Units: minor units, days.

    Written by bulk copy, never through this class; `Case` rows do not repeat it.
    """

    # No number of its own: every day writes as many rows as there are cases, and each index costs as
    # much as the row. The run is checked by nobody row by row: the same transaction writes it, once.
    pk = models.CompositePrimaryKey("run_id", "rank")
    run = models.ForeignKey(PublishedRun, models.CASCADE, db_index=False, db_constraint=False)
    borrower_id = models.CharField(max_length=80)
    rank = models.BigIntegerField()
    treatment = models.CharField(max_length=20)
    reasons = models.TextField()
    borrower_kind = models.CharField(max_length=10)
    loans = models.IntegerField()
    loans_overdue = models.IntegerField()
    worst_loan_id = models.CharField(max_length=80)
    dpd = models.IntegerField()
    counted_dpd = models.IntegerField()
    bucket = models.CharField(max_length=4)
    class5 = models.CharField(max_length=20)
    overdue_minor = models.BigIntegerField()
    penalty_minor = models.BigIntegerField()
    compound_minor = models.BigIntegerField()
    outstanding_minor = models.BigIntegerField()
    branch = models.CharField(max_length=80, blank=True)
    product = models.CharField(max_length=80, blank=True)
    last_contact_date = models.DateField(null=True)
    promise_broken_today = models.IntegerField()
    flags = models.TextField(blank=True)

    class Meta:
        constraints = (models.UniqueConstraint("run", "borrower_id", name="case_day_of_borrower"),)


class CaseMark(Written):
    """Which rules stand against contact with a case by each channel, on the facts stored when its run came
    before people.

    Grain: one per run and borrower whom some rule stands against. It is a plan and permits nothing: the gate
    decides at each contact. It is taken away when what it rested on has changed.
    """

    pk = models.CompositePrimaryKey("run_id", "borrower_id")
    run = models.ForeignKey(PublishedRun, models.CASCADE, db_index=False, db_constraint=False)
    borrower_id = models.CharField(max_length=80)
    branch = models.CharField(max_length=80, blank=True)
    call = models.TextField(
        blank=True
    )  # ids of rules separated by one space; empty: none is against it
    sms = models.TextField(blank=True)
    push = models.TextField(blank=True)
    email = models.TextField(blank=True)
    letter = models.TextField(blank=True)
    until_date = models.DateField(null=True)  # the day on which one of its holds ends by itself


class Grant(Kept):
    """What a document of the bank's proves for all that a borrower has overdue: who is liable for it, or what
    the borrower agreed to.

    Grain: one per run, borrower, kind, word and contact point of who is liable. Days are half-open and the
    borrower's own.
    """

    pk = models.CompositePrimaryKey("run_id", "borrower_id", "kind", "word", "point_id")
    run = models.ForeignKey(PublishedRun, models.CASCADE, db_index=False, db_constraint=False)
    borrower_id = models.CharField(max_length=80)
    kind = models.CharField(max_length=10)  # liable, agreed
    word = models.CharField(max_length=40)  # the role of who is liable; what was agreed to
    point_id = models.CharField(
        max_length=80, blank=True
    )  # of who is liable; empty: the borrower's
    evidence = models.TextField()
    from_date = models.DateField()
    until_date = models.DateField(null=True)


class RunFigure(Kept):
    """What the cases of one run come to in a branch and a bucket. Units: cases, minor units."""

    run = models.ForeignKey(PublishedRun, models.CASCADE, related_name="figures")
    branch = models.CharField(max_length=80, blank=True)
    bucket = models.CharField(max_length=4)
    cases = models.IntegerField()
    overdue_minor = models.BigIntegerField()


class StatedFact(Kept):
    """What the institution states of all its borrowers, as a run knew it: a zone, where numbers come from."""

    run = models.ForeignKey(PublishedRun, models.CASCADE, related_name="stated")
    fact = models.CharField(max_length=40)
    value = models.CharField(max_length=80)
    evidence = models.TextField(blank=True)
    from_date = models.DateField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("run", "fact"), name="stated_once"),)


class Case(Written):
    """One borrower's overdue loans as one piece of work, from the first overdue day to the last."""

    borrower_id = models.CharField(max_length=80)
    state = models.CharField(max_length=10, choices=[(s, s) for s in CASE_MOVES])
    branch = models.CharField(max_length=80, blank=True)
    opened_date = models.DateField()
    ended_date = models.DateField(null=True)
    taken_by = models.ForeignKey(
        Person, models.PROTECT, null=True, related_name="cases", db_index=False
    )
    taken_at = models.DateTimeField(null=True)
    # The case before a re-default. Checked by nobody row by row: publishing alone writes it, from this table.
    before = models.ForeignKey(
        "self", models.PROTECT, null=True, db_index=False, db_constraint=False
    )

    class Meta:
        constraints = (
            # One index for both: what is empty is never the same twice, and it finds a borrower's cases.
            models.UniqueConstraint(
                "borrower_id",
                models.Case(models.When(~models.Q(state__in=ENDED), then=1)),
                name="one_case_at_a_time",
            ),
            models.CheckConstraint(
                condition=models.Q(state="taken", taken_by__isnull=False)
                | (~models.Q(state="taken") & models.Q(taken_by__isnull=True)),
                name="taken_by_someone",
            ),
        )
        indexes = (
            models.Index(fields=("state", "branch"), name="case_state_branch"),
            # Opening 100,000 cases that nobody has taken does not touch it.
            models.Index(
                fields=("taken_by",),
                condition=models.Q(taken_by__isnull=False),
                name="case_in_hand",
            ),
        )
