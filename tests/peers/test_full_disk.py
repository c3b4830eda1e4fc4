"""A disk that is really full: nothing is sent without a claim that is kept, and forms can be sent again."""

import os
import re
import shutil
import subprocess
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from tests.lib.outbox import PROPOSE, START, outbox
from tests.lib.program import Browser, arrears, serving

pytestmark = [
    pytest.mark.peers,
    pytest.mark.enable_socket,
    pytest.mark.allow_hosts(["127.0.0.1"]),
]

PASSWORD = "plum-orchard-7"
NOTES = START + "from arrears.web.ledger.models import Note; print(Note.objects.count())"
SEND_ONCE = (
    START
    + """
from contextlib import suppress
from django.db import OperationalError
from arrears.channels.transport import Pace, Receipt
from arrears.web.ledger.journal import JournalAway
from arrears.web.sender.drain import send_waiting
class Wire:
    channel, idempotent, pace = "sms", False, Pace()
    sent = 0
    def send(self, message, *, key):
        with open(sys.argv[2], "a") as far_end:
            far_end.write(key + "\\n")
        self.sent += 1
        if self.sent == int(sys.argv[3]):
            with suppress(OSError), open(sys.argv[4], "wb", buffering=0) as ballast:
                while True:
                    ballast.write(bytes(4096))
        return Receipt("g", 1)
from arrears.web.ledger.models import Message
Message.objects.count()
print("ready", flush=True)  # its ledger is open, as that of a program that runs
sys.stdin.readline()
try:
    send_waiting({"sms": Wire(), "email": Wire()}, folder=home.path / "ledger", now=lambda: NOW)
    print("all")
except (OperationalError, JournalAway) as error:
    print(error)
"""
)


@pytest.fixture
def disk(tmp_path):
    """A disk of its own, which is small."""
    if os.geteuid() != 0:
        pytest.skip("Only root may mount a small disk")
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(disk)]
    done = subprocess.run(mount, capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"No small disk can be mounted here: {done.stderr.strip()}")
    try:
        yield disk
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)


@pytest.fixture
def made(disk):
    """A home on the small disk."""
    with outbox(disk, loans=400, server="") as found:
        yield found


@contextmanager
def full(home: Path):
    """Not a byte is left on the home's disk meanwhile."""
    ballast = home / "ballast"
    with ballast.open("wb", buffering=0) as out:
        try:
            while True:
                out.write(bytes(4096))
        except OSError:
            pass
    assert shutil.disk_usage(home).free == 0
    try:
        yield
    finally:
        ballast.unlink()


def test_nothing_is_sent_while_no_claim_can_be_kept_and_all_once_there_is_room(made, tmp_path):
    proposed = int(made.run(PROPOSE))
    far_end = tmp_path / "far-end"
    work = made.begin(SEND_ONCE, far_end, 0, "")
    with full(made.home):
        said, _ = work.communicate("go\n")
    sent = far_end.read_text().split() if far_end.exists() else []
    states = made.states()
    assert re.search("full|disk I/O error|No space left", said), said
    assert {key for key, state in states.items() if state != "proposed"} >= set(sent)
    assert len(sent) < proposed
    again = made.begin(SEND_ONCE, far_end, 0, "")
    assert again.communicate("go\n")[0] == "all\n"
    sent = far_end.read_text().split()
    assert len(sent) == len(set(sent)) == proposed
    assert set(made.states().values()) <= {"sent", "in_doubt"}


def test_a_journal_whose_disk_fills_up_in_the_middle_stops_the_sender_and_loses_nothing(
    disk, tmp_path
):
    ballast, far_end = disk / "ballast", tmp_path / "far-end"
    with outbox(tmp_path, loans=400) as elsewhere:
        made = replace(
            elsewhere, environ={**elsewhere.environ, "ARREARS_JOURNAL": str(disk / "journal")}
        )
        proposed = int(made.run(PROPOSE))
        work = made.begin(SEND_ONCE, far_end, 5, ballast)
        said, _ = work.communicate("go\n")
        assert "No space left" in said
        states = made.states()
        sent = set(far_end.read_text().split())
        assert len(sent) == 5
        assert {key for key, state in states.items() if state == "sent"} == sent
        assert list(states.values()).count("proposed") == proposed - 5  # nothing else was claimed
        ballast.unlink()
        again = made.begin(SEND_ONCE, far_end, 0, "")
        assert again.communicate("go\n")[0] == "all\n"
        keys = far_end.read_text().split()
        assert len(keys) == len(set(keys)) == proposed
        assert set(made.states().values()) == {"sent"}


def test_the_page_says_so_keeps_what_was_typed_and_records_it_once_there_is_room(made):
    with serving(made.home, environ=made.environ) as served:
        browser = Browser(served.port)
        browser.sign_in("s", PASSWORD)
        case = re.search(r"/case/(\d+)/", browser.get("/work/").text)
        assert case
        form = f"/case/{case[1]}/note/"
        with full(made.home):
            answers = [
                browser.post(form, text="客户来电" + "很长" * 9000, once=f"t-{n}")
                for n in range(40)
            ]
            refused = [n for n, answer in enumerate(answers) if answer.status == 503]
            assert refused, "there was room for all of it"
            assert 'name="text" value="客户来电' in answers[refused[0]].text
            assert browser.health() == (503, {"status": "broken", "disk": "full"})
            told = arrears("send", "--home", made.home, environ=made.environ)
            assert told.returncode in (0, 77, 107), told.stderr
        saved = int(made.run(NOTES))
        assert saved == len(answers) - len(refused)
        assert browser.post(form, text="客户来电", once=f"t-{refused[0]}").status == 200
        again = browser.post(form, text="客户来电", once=f"t-{refused[0]}")
        assert "没有重复记录" in again.text
        assert browser.health()[0] == 200
    assert int(made.run(NOTES)) == saved + 1
