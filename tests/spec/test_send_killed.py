"""A sender killed at any moment sends nothing twice and loses nothing silently: it is sent, or in doubt."""

import os
import random
import time

import pytest

from tests.lib.outbox import PROPOSE, outbox, rest_of

KILLS = int(os.environ.get("ARREARS_KILLS", "10"))


@pytest.mark.kill
def test_a_killed_sender_sends_nothing_twice_and_loses_nothing(tmp_path):
    with outbox(tmp_path) as made:
        assert int(made.run(PROPOSE).split()[-1]) >= 200
        chance = random.Random(1)
        for _ in range(KILLS):
            work = made.sender()
            time.sleep(chance.uniform(0, 0.08))
            work.kill()
            work.communicate()
        assert rest_of(made.sender()) == "done\n"
        sent, states = made.sent(), made.states()
    assert len(sent) == len(set(sent)), "sent twice"
    for key, state in states.items():
        assert state in ("sent", "in_doubt", "refused"), (key, state)
        if state == "sent":
            assert key in sent, "marked as sent, but never sent"
    assert {k for k, s in states.items() if s in ("sent", "in_doubt")} >= set(sent)
    assert list(states.values()).count("in_doubt") <= KILLS
