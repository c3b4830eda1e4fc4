"""Whoever numbers the log is killed at random moments: the chain is whole, and the next one goes on."""

import json
import os
import random
import signal
import subprocess
import sys
import time

import pytest

from tests.lib.outbox import START, Outbox, own_database

KILLS = int(os.environ.get("ARREARS_KILLS", "10"))
EVENTS = 1_500
pytestmark = pytest.mark.kill

WRITE = (
    START
    + """
from arrears.web.ledger.actions.act import action, log
@action
def append(n):
    for _ in range(50):
        log("write_note", by=None, at=AT, values={"note": str(n)}, note=n)
for n in range(int(sys.argv[2]) // 50):
    append(n)
"""
)
NUMBER = (
    START
    + """
from arrears.web.ledger.actions.chain import number_events
from arrears.web.ledger.keep import keep_log
print("ready", flush=True)
while number_events(most=3):
    keep_log(home.path, at=AT, at_once=True)
print("done", flush=True)
"""
)
CHECK = (
    START
    + """
from arrears.web.ledger.keep import check_log
from arrears.web.ledger.models import EventLink, EventWaiting
found = check_log(home.path, at=AT)
seqs = list(EventLink.objects.order_by("seq").values_list("seq", flat=True))
print(json.dumps([len(found.wrong), found.count, seqs == list(range(1, found.count + 1)),
                  EventWaiting.objects.count()]))
"""
)


@pytest.fixture
def ledger(tmp_path):
    with own_database(os.environ.get("ARREARS_DATABASE", "")) as own:
        made = Outbox(tmp_path / "home", {"ARREARS_DATABASE": own})
        made.home.mkdir()
        made.run(WRITE, EVENTS)
        yield made


def test_a_killed_sequencer_leaves_a_whole_chain_and_loses_nothing(ledger):
    chance = random.Random(11)
    counts = []
    for _ in range(KILLS):
        work = ledger.begin(NUMBER)
        time.sleep(chance.uniform(0.0, 0.15))
        work.send_signal(signal.SIGKILL)
        work.communicate()
        wrong, count, gapless, _waits = json.loads(ledger.run(CHECK))
        assert (wrong, gapless) == (0, True)
        counts.append(count)
    assert len(set(counts)) > KILLS // 2  # they ended at different places
    command = [sys.executable, "-c", NUMBER, str(ledger.home)]
    told = {**os.environ, **ledger.environ}
    subprocess.run(command, check=True, env=told, capture_output=True, timeout=300)
    wrong, count, gapless, waits = json.loads(ledger.run(CHECK))
    assert (wrong, gapless, waits) == (0, True, 0)
    assert count >= EVENTS
