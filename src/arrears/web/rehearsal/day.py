"""A day of the demonstration: reminders go, collectors call, borrowers answer, the bank closes."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from arrears.batch import read
from arrears.batch.run import run
from arrears.batch.runs import Run
from arrears.feeds.load import load
from arrears.feeds.mapping import read_mapping
from arrears.lake.home import Home
from arrears.synth.daily import DailyFiles, Extra
from arrears.synth.replies import (
    ADVICE,
    ANSWERED,
    PERCENT,
    Reply,
    chance_of,
    pays_after_message,
    reply,
    temper_of,
)
from arrears.web.ledger.actions.calls import claim_call
from arrears.web.ledger.actions.cases import release_case, take_next_case
from arrears.web.ledger.actions.holds import end_hold, place_hold
from arrears.web.ledger.actions.marks import mark_cases
from arrears.web.ledger.actions.publish import publish_run
from arrears.web.ledger.actions.records import record_outcome, record_promise, write_note
from arrears.web.ledger.actions.reminders import propose_reminders
from arrears.web.ledger.models import Case, ContactPoint, Hold, Message, Person
from arrears.web.ledger.queries.work import write_work
from arrears.web.sender.drain import drain
from arrears.web.sender.ways import local_ways

CASES_A_DAY = 7  # that one made-up collector works on
HELD_DAYS = 12  # after which a dispute is answered and the hold ended
TRANSPORTS = local_ways("sms", "email")


@dataclass(slots=True)
class Rehearsal:
    """The demonstration's bank: its home, who works there, and what borrowers mean to pay when."""

    home: Home
    zone: ZoneInfo
    people: Mapping[str, Person]
    files: DailyFiles
    seed: int
    _meant: dict[date, list[Extra]] = field(default_factory=lambda: defaultdict(list))
    _overdue: dict[str, int] = field(default_factory=dict)  # by loan, minor units
    _worst: dict[str, str] = field(default_factory=dict)  # by borrower
    _told: date | None = None  # from which day on people's work has not gone back to the book

    def work(self, day: date) -> None:
        """People work on what was published the evening before, from nine to six."""
        self.remind(self._at(day, 9))
        for n, username in enumerate(self._collectors()):
            self._shift(self.people[username], day, n)
        self._lead(day)

    def remind(self, at: datetime) -> None:
        """Reminders are proposed and go as far as this machine."""
        house = self.home.institution()
        propose_reminders(institution=house.name, currency=house.currency, at=at)
        sent_at = at + timedelta(minutes=1)
        drain(TRANSPORTS, now=lambda: sent_at)
        for message in Message.objects.filter(state="sent", claimed_at=sent_at).order_by("pk"):
            chance = chance_of(self.seed, message.borrower_id, at.date(), "message")
            days = pays_after_message(temper_of(message.borrower_id, seed=self.seed), chance)
            if days > 0:
                self._mean(message.borrower_id, at.date() + timedelta(days=days), PERCENT)

    def close(self, day: date, at: datetime) -> Run:
        """The bank's files and what people did are in the book; the day is run and before people."""
        folder = self.home.path / "files" / day.isoformat()
        write_work(folder, zone=self.zone, until=day, since=self._told)
        self._told = day + timedelta(days=1)
        self.files.of(day, folder, [*self._due(day)])
        load(self.home, read_mapping("standard"), folder, today=day)
        return self.publish(day, at)

    def publish(self, day: date, at: datetime) -> Run:
        """The day is run and before people."""
        done = run(self.home, as_of=day)
        publish_run(home=self.home, run=done, at=at)
        mark_cases(at=at)
        arrears = read.rows(done, "arrears", where="overdue_minor > 0")
        self._overdue = dict(
            zip(arrears["loan_id"].to_pylist(), arrears["overdue_minor"].to_pylist(), strict=True)
        )
        cases = read.rows(done, "case_day")
        self._worst = dict(
            zip(cases["borrower_id"].to_pylist(), cases["worst_loan_id"].to_pylist(), strict=True)
        )
        return done

    def _due(self, day: date) -> Iterator[Extra]:
        """What borrowers pay on a day because they were called or reminded, if they still owe it."""
        days = sorted(meant for meant in self._meant if meant <= day)
        for payment in [payment for meant in days for payment in self._meant.pop(meant)]:
            owed = self._overdue.get(payment.loan_id, 0)
            if owed > 0:
                self._overdue[payment.loan_id] = max(owed - payment.amount_minor, 0)
                yield replace(payment, amount_minor=min(payment.amount_minor, owed))

    def _shift(self, person: Person, day: date, n: int) -> None:
        """One collector works down the queue; the last case of the day stays in their hands."""
        for nth in range(CASES_A_DAY):
            at = self._at(day, 9, minutes=15 + n + nth * 480 // CASES_A_DAY)
            case_id = take_next_case(by=person, at=at)
            if case_id is None:
                return
            self._call(Case.objects.get(pk=case_id), person, day, at + timedelta(minutes=4))
            still = Case.objects.get(pk=case_id)
            if still.taken_by_id == person.pk and nth < CASES_A_DAY - 1:
                release_case(case_id=case_id, by=person, at=at + timedelta(minutes=6))
        held = Case.objects.filter(taken_by=person, taken_at__lt=self._at(day, 0)).order_by("pk")
        for case in held:
            release_case(case_id=case.pk, by=person, at=self._at(day, 17, minutes=40))

    def _call(self, case: Case, person: Person, day: date, at: datetime) -> None:
        """The borrower is called, if the rules allow it, and what they say is written down."""
        chance = chance_of(self.seed, case.borrower_id, day, "call")
        said = reply(temper_of(case.borrower_id, seed=self.seed), chance)
        point = (
            ContactPoint.objects.filter(borrower_id=case.borrower_id, kind="mobile")
            .filter(wrong_since__isnull=True, role__in=("debtor", "legal_representative"))
            .order_by("pk")
            .first()
        )
        if point is None:
            return
        dialled = claim_call(case_id=case.pk, point_id=point.pk, by=person, at=at)
        if dialled.call is None:
            return
        record_outcome(
            case_id=case.pk,
            channel="call",
            outcome=said.outcome,
            note=said.note,
            point_id=point.pk,
            contact_date=day,
            by=person,
            at=at,
        )
        self._promise(case, said, person, day, at)
        if said.pays_days > 0:
            self._mean(case.borrower_id, day + timedelta(days=said.pays_days), said.pays_percent)
        if said.outcome == "difficulty":
            write_note(case_id=case.pk, text=ADVICE, by=person, at=at)
        if said.outcome == "disputed":
            place_hold(case_id=case.pk, kind="dispute", evidence=said.note, by=person, at=at)

    def _promise(self, case: Case, said: Reply, person: Person, day: date, at: datetime) -> None:
        owed = self._overdue.get(self._worst_loan(case.borrower_id), 0)
        amount = owed * said.promised_percent // PERCENT
        if amount > 0:
            record_promise(
                case_id=case.pk,
                amount_minor=amount,
                due_date=day + timedelta(days=said.promised_days),
                made_date=day,
                by=person,
                at=at,
            )

    def _lead(self, day: date) -> None:
        """Disputes that were answered end."""
        leader, at = self.people["lead1"], self._at(day, 17, minutes=30)
        for hold in Hold.objects.filter(
            kind="dispute", ended_at__isnull=True, at__lt=at - timedelta(days=HELD_DAYS)
        ).order_by("pk"):
            case = Case.objects.filter(borrower_id=hold.borrower_id, state="held").first()
            if case:
                end_hold(hold_id=hold.pk, case_id=case.pk, reason=ANSWERED, by=leader, at=at)

    def _mean(self, borrower_id: str, day: date, percent: int) -> None:
        """The borrower means to pay so much of what the worst loan owes on that day."""
        loan_id = self._worst_loan(borrower_id)
        amount = self._overdue.get(loan_id, 0) * percent // PERCENT
        if amount > 0:
            self._meant[day].append(Extra(loan_id, amount, day))

    def _worst_loan(self, borrower_id: str) -> str:
        return self._worst.get(borrower_id, "")

    def _collectors(self) -> list[str]:
        return [name for name, p in self.people.items() if p.role == "phone_collector"]

    def _at(self, day: date, hour: int, *, minutes: int = 0) -> datetime:
        """A moment of the institution's day, in UTC."""
        here = datetime.combine(day, time(hour), self.zone) + timedelta(minutes=minutes)
        return here.astimezone(UTC)
