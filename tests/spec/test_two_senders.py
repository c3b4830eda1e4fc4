"""Two senders at once: each message goes once, and nobody doubts what a living sender has in hand."""

import pytest

from tests.lib.outbox import PROPOSE, outbox, rest_of

pytestmark = pytest.mark.kill  # it starts many processes, as the kills do


@pytest.fixture
def made(tmp_path):
    with outbox(tmp_path, loans=800) as found:
        yield found


def begin(made, *, alone):
    """A sender that has a message in hand."""
    before = len(made.sent())
    work = made.sender(pause_s=0.4, alone=alone)  # so that the other begins meanwhile
    while len(made.sent()) == before:
        assert work.poll() is None
    return work


@pytest.mark.parametrize(("alone", "doubted"), [(True, False), (False, True)])
def test_each_goes_once_and_the_lock_alone_keeps_the_living_from_being_doubted(
    made, alone, doubted
):
    proposed = int(made.run(PROPOSE))
    first = begin(made, alone=True)
    others = [made.sender(alone=alone) for _ in range(3)]  # one may begin between two messages
    assert {rest_of(one) for one in (*others, first)} == {"done\n"}
    sent = made.sent()
    assert len(sent) == len(set(sent)) == proposed > 10
    assert (made.doubts() > 0) is doubted


def test_two_that_propose_at_once_write_each_reminder_once(made):
    both = [made.begin(PROPOSE, "wait") for _ in range(2)]
    for one in both:
        one.stdin.write("go\n")
        one.stdin.flush()
    counts = sorted(int(one.communicate()[0]) for one in both)
    assert counts[0] == 0
    assert counts[1] == len(made.states()) > 10
