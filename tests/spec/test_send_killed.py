"""A sender killed at any moment sends nothing twice and loses nothing silently: it is sent, or in doubt."""

import os
import random
import sqlite3
import subprocess
import sys
import time
from contextlib import closing

import pytest

KILLS = int(os.environ.get("ARREARS_KILLS", "10"))
START = """
import sys, os
from datetime import UTC, date, datetime
from pathlib import Path
from arrears.lake.home import Home
from arrears.web.start import start, upgrade
home = Home(Path(sys.argv[1]))
start(home, {})
upgrade()
AT = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
NOW = datetime(2026, 11, 20, 10, 5, tzinfo=UTC)
from arrears.web.ledger.actions.outbox import doubt_claimed, propose_reminders
from arrears.web.sender.drain import drain
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
from arrears.web.ledger.models import Borrower, CaseDay
from arrears.web.ledger.models.guard import writing
day = date(2026, 11, 20)
make_book(home.path / "files", loans=6000, seed=4, last_date=day)
load(home, read_mapping("standard"), home.path / "files", today=day)
publish_run(home=home, run=run(home, as_of=day), at=AT)
approver = admit_person(username="c", name="c", role="compliance", password="plum-orchard-7", by=None, at=AT)
for language in ("zh", "en"):
    made = write_template(
        name="reminder", channel="sms", language=language, subject="", text="{amount}", by=None, at=AT
    )
    approve_template(template_id=made.pk, by=approver, at=AT)
with writing("a test"):
    Borrower.objects.update(zone="Asia/Shanghai")
    CaseDay.objects.update(treatment="remind", flags="")
print(propose_reminders(institution="B", currency="CNY", at=AT))
"""
)
SEND = (
    START
    + """
from arrears.channels.transport import Receipt
journal = os.open(sys.argv[2], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
class Wire:
    channel, idempotent = "sms", False
    def send(self, message, *, key):
        os.write(journal, (key + "\\n").encode())  # the far end has it
        return Receipt("g", 1)
print("ready", flush=True)
doubt_claimed(before=NOW, at=NOW)
drain({"sms": Wire()}, now=lambda: datetime(2026, 11, 20, 10, 4, tzinfo=UTC))
print("done", flush=True)
"""
)


def begin(home, journal):
    work = subprocess.Popen(
        [sys.executable, "-c", SEND, home, journal], stdout=subprocess.PIPE, text=True
    )
    assert work.stdout is not None
    assert work.stdout.readline() == "ready\n"
    return work


def states(home):
    with closing(sqlite3.connect(home / "ledger" / "ledger.sqlite3")) as ledger:
        return dict(ledger.execute("SELECT key, state FROM ledger_message"))


@pytest.mark.kill
def test_a_killed_sender_sends_nothing_twice_and_loses_nothing(tmp_path):
    home, journal = tmp_path / "home", tmp_path / "journal"
    journal.touch()
    made = subprocess.run(
        [sys.executable, "-c", PREPARE, home], check=True, capture_output=True, text=True
    )
    assert int(made.stdout.split()[-1]) >= 200
    chance = random.Random(1)
    doubts = 0
    for _ in range(KILLS):
        work = begin(home, journal)
        time.sleep(chance.uniform(0, 0.08))
        work.kill()
        work.communicate()
    out, _ = begin(home, journal).communicate()
    assert out == "done\n"
    sent = journal.read_text().split()
    assert len(sent) == len(set(sent)), "sent twice"
    for key, state in states(home).items():
        assert state in ("sent", "in_doubt", "refused"), (key, state)
        if state == "sent":
            assert key in sent, "marked as sent, but never sent"
        doubts += state == "in_doubt"
    assert {k for k, s in states(home).items() if s in ("sent", "in_doubt")} >= set(sent)
    assert doubts <= KILLS
