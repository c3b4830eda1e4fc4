"""Eight processes that contact the same few borrowers at once, as a dialler, a sender and people do.

`Crowd` starts them; `made`, `work` and `counted` run in processes of their own, on one ledger.
"""

import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from django.db import OperationalError, transaction
from django.utils.timezone import localdate

from arrears.core.errors import UserError
from arrears.web.ledger.actions.calls import claim_call
from arrears.web.ledger.actions.cases import reassign_cases
from arrears.web.ledger.actions.outbox import claim_message
from arrears.web.ledger.actions.people import admit_person, certify_person
from arrears.web.ledger.actions.records import record_outcome
from arrears.web.ledger.models import (
    Borrower,
    Call,
    Case,
    CaseDay,
    Contact,
    ContactPoint,
    GateVerdict,
    Message,
    Person,
    Pointer,
    PublishedRun,
    Slot,
    Template,
)
from arrears.web.ledger.models.guard import writing
from tests.lib.careless import asked_without_lock
from tests.lib.outbox import own_database
from tests.lib.tree import ROOT

CROWD, BORROWERS = 8, 6
BEGIN = datetime(2026, 2, 2, 2, tzinfo=UTC)  # ten in the morning in Shanghai
DAY = timedelta(days=1)
A_DAY = 30  # attempts of each process on one day, so that everybody's day is used up
TEXT = "{institution}：请还款 {amount}"
OUTCOMES = ("no_answer", "no_answer", "no_answer", "third_person", "refused")
ENTER = """
import os, sys
from pathlib import Path
from arrears.lake.home import Home
from arrears.web.start import start, upgrade
start(Home(Path(sys.argv[1])), os.environ)
from tests.lib import crowd
if sys.argv[2] == "made":
    upgrade()
getattr(crowd, sys.argv[2])(*map(int, sys.argv[3:]))
"""


@dataclass(frozen=True)
class Crowd:
    """A home, and the environment of its ledger."""

    home: Path
    environ: Mapping[str, str]

    def begin(self, what: str, *numbers: int) -> "subprocess.Popen[str]":
        """A process that does it once it reads a line."""
        path = f"{ROOT / 'src'}{os.pathsep}{ROOT}"
        return subprocess.Popen(
            [sys.executable, "-c", ENTER, str(self.home), what, *map(str, numbers)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": path, **self.environ},
        )

    def run(self, what: str, *numbers: int) -> Any:
        """What a process said."""
        out, _ = self.begin(what, *numbers).communicate("go\n")
        return json.loads(out.splitlines()[-1])

    def race(self, what: str, *numbers: int) -> int:
        """All of them at once, each with its number; how many attempts they made."""
        racing = [self.begin(what, n, *numbers) for n in range(CROWD)]
        for one in racing:
            assert one.stdout is not None
            assert one.stdout.readline() == "ready\n"
        for one in racing:
            assert one.stdin is not None
            one.stdin.write("go\n")
            one.stdin.flush()
        ends = [one.communicate()[0] for one in racing]
        codes = [one.returncode for one in racing]
        assert codes == [0] * CROWD, codes
        return sum(json.loads(end.splitlines()[-1]) for end in ends)


@contextmanager
def crowd(folder: Path, *, messages: int) -> Iterator[Crowd]:
    """A ledger with few borrowers, each with so many messages that wait."""
    with own_database(os.environ.get("ARREARS_DATABASE", "")) as own:
        ready = Crowd(folder / "home", {"ARREARS_DATABASE": own})
        ready.run("made", messages)
        yield ready


# ---- in processes of their own ---------------------------------------------------------------------
def made(messages: int) -> None:
    """Borrowers with two telephones each, the second of every two the same; eight people who call them."""
    numbers = [f"B{n}" for n in range(BORROWERS)]
    with transaction.atomic(), writing("a test"):
        run = PublishedRun.objects.create(
            run_id="r", as_of=BEGIN.date(), book_version=1, cases=BORROWERS, published_at=BEGIN
        )
        Pointer.objects.create(run=run)
        template = Template.objects.create(
            name="reminder", channel="sms", language="zh", text="{institution}：请还款 {amount}"
        )
        for n, borrower in enumerate(numbers):
            Borrower.objects.create(borrower_id=borrower, kind="person", zone="Asia/Shanghai")
            points = [
                ContactPoint.objects.create(
                    point_id=f"{borrower}-{which}",
                    borrower_id=borrower,
                    role="debtor",
                    kind="mobile",
                    value=f"13{(n, n // 2)[which]:08}{which}",
                    source="contract",
                )
                for which in range(2)
            ]
            CaseDay.objects.create(**_owing(borrower, n))
            case = Case.objects.create(borrower_id=borrower, state="open", opened_date=BEGIN)
            Message.objects.bulk_create(
                _waiting(case, points[0], template, which) for which in range(messages)
            )
    names = {"lead": "supervisor", **{f"p{n}": "phone_collector" for n in range(CROWD)}}
    approver = None
    for name, role in names.items():
        approver = admit_person(
            username=name, name=name, role=role, password="plum-orchard-7", by=None, at=BEGIN
        )
        certify_person(
            username=name,
            exam_date=localdate(BEGIN),
            background_clear=True,
            secrecy_signed=True,
            by=None,
            at=BEGIN,
        )
    with writing("a test"):
        Template.objects.update(approved_by=approver, approved_at=BEGIN)
    _tell(len(names))


def work(number: int, attempts: int, seed: int) -> None:
    """So many attempts by one process: messages and calls, whose end is told late; tells how many."""
    chance = Random(f"{seed} {number}")
    me = Person.objects.get(username=f"p{number}")
    lead = Person.objects.get(username="lead")
    cases = list(Case.objects.order_by("borrower_id"))
    _ready()
    for n in range(attempts):
        at = BEGIN + DAY * (n // A_DAY) + timedelta(minutes=n % A_DAY)
        case = chance.choice(cases)
        try:
            if chance.random() < 0.45:
                message = _one_of(_messages(case, at), chance)
                if message is not None:
                    claim_message(message_id=message, at=at)
            else:
                reassign_cases(case_ids=[case.pk], to=me, by=lead, at=at)
                _ended(case, me, at, chance)
                point = f"{case.borrower_id}-{chance.choice((0, 1, 1))}"
                claim_call(case_id=case.pk, point_id=point, by=me, at=at)
        except (UserError, OperationalError):
            continue  # another was faster, the call before has no end yet, or the lock was not got
    _tell(attempts)


def _ended(case: Case, me: Person, at: datetime, chance: Random) -> None:
    """What came of one's call about the case is told, more often than not."""
    dialling = Call.objects.filter(case=case, by=me, state="dialling").first()
    if dialling and chance.random() < 0.8:
        record_outcome(
            case_id=case.pk,
            channel="call",
            outcome=chance.choice(OUTCOMES),
            point_id=dialling.point_id,
            contact_date=localdate(at),
            by=me,
            at=at,
        )


def careless(number: int, seconds: int) -> None:
    """Messages to one borrower by an action that counts and then inserts; tells how many it tried.

    Twice a second a new day begins for all processes alike.
    """
    chance = Random(number)
    case = Case.objects.order_by("borrower_id")[0]
    _ready()
    tried, end = 0, time.monotonic() + seconds
    while time.monotonic() < end:
        at = BEGIN + DAY * (int(time.monotonic() * 2) % 300)
        message = _one_of(_messages(case, at), chance)
        if message is not None:
            with suppress(OperationalError):
                _counts_then_inserts(message, at, chance.getrandbits(30))
        tried += 1
    _tell(tried)


def _counts_then_inserts(message_id: int, at: datetime, n: int) -> None:
    message = asked_without_lock(message_id, at)
    if message is None:
        return
    with transaction.atomic(), writing("careless"):
        day = {"borrower_id": message.borrower_id, "local_date": at.date()}
        if Message.objects.filter(pk=message_id, state="proposed").update(
            state="claimed", claimed_at=at
        ):
            for kind in ("contact", "message"):
                Slot.objects.create(**day, kind=kind, n=n)


def counted() -> None:
    """What stands in the ledger: the most of each kind on anybody's day, and what does not fit together."""
    messages = [
        (m.borrower_id, m.claimed_at.date(), m.verdict_id)
        for m in Message.objects.exclude(claimed_at=None)
    ]
    calls = list(Call.objects.select_related("point"))
    slots = Counter(
        ("" if kind == "ring" else who, day, kind, number)
        for who, day, kind, number in Slot.objects.values_list(
            "borrower_id", "local_date", "kind", "number"
        )
    )
    by_kind: dict[str, Counter[Any]] = {
        "message": Counter((who, day) for who, day, _ in messages),
        "contact": Counter((who, day) for who, day, _ in messages)
        + Counter((c.borrower_id, c.local_date) for c in calls),
        "talk": _calls(calls, ("dialling", "talked")),
        "ring": Counter(
            (c.point.value, c.local_date) for c in calls if c.state in ("dialling", "unanswered")
        ),
    }
    slot_kinds = {
        kind: Counter({key: n for key, n in slots.items() if key[2] == kind}) for kind in by_kind
    }
    verdicts = [verdict for *_, verdict in messages] + [c.verdict_id for c in calls]
    allowed = GateVerdict.objects.filter(outcome__startswith="allow").values_list("pk", flat=True)
    _tell(
        {
            "most": {kind: max(n.values(), default=0) for kind, n in by_kind.items()},
            "slots": {kind: max(n.values(), default=0) for kind, n in slot_kinds.items()},
            "used": {kind: sum(n.values()) for kind, n in by_kind.items()},
            "slots_used": {kind: sum(n.values()) for kind, n in slot_kinds.items()},
            "full_days": {kind: _full(n) for kind, n in by_kind.items()},
            "decided": GateVerdict.objects.count(),
            "without_verdict": len(set(verdicts) - set(allowed)),
            "verdicts_used_twice": len(verdicts) - len(set(verdicts)),
            "settled": Contact.objects.count(),
            "dialling": sum(c.state == "dialling" for c in calls),
        }
    )


def _full(used: Counter[Any]) -> int:
    """How many days have the most that any has."""
    return sum(n == max(used.values()) for n in used.values())


def _calls(calls: list[Call], states: tuple[str, ...]) -> Counter[Any]:
    return Counter((c.borrower_id, c.local_date) for c in calls if c.state in states)


def _messages(case: Case, at: datetime) -> list[int]:
    """Those of a case that may be tried now."""
    waiting = Message.objects.filter(case=case, state="proposed", not_before__lte=at)
    return list(waiting.order_by("pk").values_list("pk", flat=True)[:CROWD])


def _one_of(ids: list[int], chance: Random) -> int | None:
    return chance.choice(ids) if ids else None


def _ready() -> None:
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()


def _tell(what: Any) -> None:
    sys.stdout.write(json.dumps(what) + "\n")


def _owing(borrower: str, rank: int) -> dict[str, Any]:
    whole = dict.fromkeys(("penalty_minor", "compound_minor", "promise_broken_today"), 0)
    return whole | {
        "run_id": "r",
        "borrower_id": borrower,
        "rank": rank,
        "treatment": "call",
        "reasons": "",
        "borrower_kind": "person",
        "loans": 1,
        "loans_overdue": 1,
        "worst_loan_id": "L",
        "dpd": 5,
        "counted_dpd": 5,
        "bucket": "M1",
        "class5": "normal",
        "overdue_minor": 100,
        "outstanding_minor": 100,
    }


def _waiting(case: Case, point: ContactPoint, template: Template, which: int) -> Message:
    return Message(
        key=f"{case.borrower_id}-{which}",
        case=case,
        borrower_id=case.borrower_id,
        point=point,
        channel="sms",
        purpose="collect",
        template=template,
        language="zh",
        text="x",
        state="proposed",
        proposed_at=BEGIN,
        not_before=BEGIN,
    )
