"""A home with reminders to send, and senders as processes of their own that may be killed.

On SQLite, or, where ARREARS_DATABASE names a server, in a database of their own on that server.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

START = """
import json, os, sys, time
from datetime import UTC, date, datetime
from pathlib import Path
from arrears.lake.home import Home
from arrears.web.start import start, upgrade
home = Home(Path(sys.argv[1]))
start(home, os.environ)
upgrade()
AT = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
NOW = datetime(2026, 11, 20, 10, 5, tzinfo=UTC)
"""
PREPARE = (
    START
    + """
from arrears.batch.run import run
from arrears.feeds.load import load
from arrears.feeds.mapping import read_mapping
from arrears.synth.book import make_book
from arrears.web.ledger.actions.people import admit_person
from arrears.web.ledger.actions.publish import publish_run
from arrears.web.ledger.actions.templates import approve_template, write_template
from arrears.web.ledger.models import Borrower, CaseDay, ContactPoint
from arrears.web.ledger.models.guard import writing
day = date(2026, 11, 20)
loans, zone, points = int(sys.argv[2]), sys.argv[3], json.loads(sys.argv[4])
make_book(home.path / "files", loans=loans, seed=4, last_date=day)
load(home, read_mapping("standard"), home.path / "files", today=day)
publish_run(home=home, run=run(home, as_of=day), at=AT)
approver = admit_person(username="c", name="c", role="compliance", password="plum-orchard-7", by=None, at=AT)
admit_person(username="s", name="s", role="phone_collector", password="plum-orchard-7", by=None, at=AT)
for channel in ("sms", "email"):
    for language in ("zh", "en"):
        made = write_template(
            name="reminder", channel=channel, language=language,
            subject="还款提醒" if channel == "email" else "",
            text="{institution}：请还款 {amount}", by=None, at=AT
        )
        approve_template(template_id=made.pk, by=approver, at=AT)
with writing("a test"):
    Borrower.objects.update(zone=zone)
    CaseDay.objects.update(treatment="remind", flags="")
    if points:  # only these are reached, each by the one point that is given for it
        kept = list(Borrower.objects.order_by("pk").values_list("pk", flat=True)[:len(points)])
        CaseDay.objects.exclude(borrower_id__in=kept).update(treatment="call")
        ContactPoint.objects.all().delete()
        for n, (borrower, (kind, value)) in enumerate(zip(kept, points)):
            ContactPoint.objects.create(
                point_id=f"p{n}", borrower_id=borrower, role="debtor", kind=kind, value=value,
                source="contract")
"""
)
PROPOSE = (
    START
    + """
from arrears.web.ledger.actions.reminders import propose_reminders
if len(sys.argv) > 2:
    print("ready", flush=True)
    sys.stdin.readline()
print(propose_reminders(institution="B", currency="CNY", at=AT), flush=True)
"""
)
SEND = (
    START
    + """
from contextlib import nullcontext
from arrears.channels.transport import Pace, Receipt
from arrears.web.sender import drain
from arrears.web.sender.turn import SenderAtWork
far_end = os.open(sys.argv[2], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
pause, alone = float(sys.argv[3]), sys.argv[4] == "alone"
class Wire:
    channel, idempotent, pace = "sms", False, Pace()
    def send(self, message, *, key):
        os.write(far_end, (key + "\\n").encode())  # the far end has it
        time.sleep(pause)
        return Receipt("g", 1)
if not alone:
    drain.only_sender = lambda folder: nullcontext()  # what would happen without the lock
print("ready", flush=True)
for _ in range(600):
    try:
        drain.send_waiting({"sms": Wire(), "email": Wire()}, folder=home.path / "ledger", now=lambda: NOW)
        break
    except SenderAtWork:
        time.sleep(0.05)
print("done", flush=True)
"""
)
STATES = (
    START
    + """
from arrears.web.ledger.models import Message
print(json.dumps(dict(Message.objects.values_list("key", "state"))))
"""
)
DOUBTS = (
    START
    + """
from arrears.web.ledger.models import Event
print(Event.objects.filter(verb="message_in_doubt").count())
"""
)


@dataclass(frozen=True)
class Outbox:
    """A home, the environment of its ledger, and what its far end has got."""

    home: Path
    environ: Mapping[str, str] = field(repr=False)

    @property
    def far_end(self) -> Path:
        """Where the far end of the senders writes each key that it gets."""
        return self.home / "far-end"

    def run(self, script: str, *words: object) -> str:
        """What a process said that ran to its end."""
        command = [sys.executable, "-c", script, str(self.home), *map(str, words)]
        told = {**os.environ, **self.environ}
        done = subprocess.run(command, capture_output=True, text=True, env=told, timeout=300)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def begin(self, script: str, *words: object) -> subprocess.Popen[str]:
        """A process that is ready to begin."""
        command = [sys.executable, "-c", script, str(self.home), *map(str, words)]
        work = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, **self.environ},
        )
        assert work.stdout is not None
        assert work.stdout.readline() == "ready\n"
        return work

    def sender(self, *, pause_s: float = 0, alone: bool = True) -> subprocess.Popen[str]:
        """A sender that is about to begin; not `alone`, it does not ask for the lock."""
        return self.begin(SEND, self.far_end, pause_s, "alone" if alone else "beside others")

    def sent(self) -> list[str]:
        """Every key that the far end got, as often as it got it."""
        return self.far_end.read_text().split() if self.far_end.exists() else []

    def states(self) -> dict[str, str]:
        """The state of each message by its key."""
        told: dict[str, str] = json.loads(self.run(STATES).splitlines()[-1])
        return told

    def doubts(self) -> int:
        """How often a sender has put a message in doubt."""
        return int(self.run(DOUBTS))


def rest_of(work: subprocess.Popen[str]) -> str:
    """What a process said after it was ready, and it has ended well.

    `communicate` would skip what had been read ahead: all of it, where the process was fast.
    """
    assert work.stdout is not None
    with work:
        told = work.stdout.read()
    assert work.returncode == 0
    return told


@contextmanager
def outbox(
    folder: Path,
    *,
    loans: int = 6000,
    zone: str = "Asia/Shanghai",
    points: list[tuple[str, str]] | None = None,
    server: str = "",
) -> Iterator[Outbox]:
    """A home whose run wants everyone reminded, or one borrower for each of `points`."""
    address = server or os.environ.get("ARREARS_DATABASE", "")
    with own_database(address) as own:
        made = Outbox(folder / "home", {"ARREARS_DATABASE": own})
        made.run(PREPARE, loans, zone, json.dumps(points or []))
        yield made


@contextmanager
def own_database(address: str) -> Iterator[str]:
    """The address of a new database on the same server; "" for SQLite."""
    if not address:
        yield ""
        return
    import psycopg

    name = f"outbox_{uuid4().hex}"
    with psycopg.connect(address, autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}"'.encode())
    try:
        yield f"{address.rpartition('/')[0]}/{name}"
    finally:
        with psycopg.connect(address, autocommit=True) as server:
            server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())
