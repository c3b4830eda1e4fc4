"""A far end is given no more a second than it takes, one message first, and several at once after that."""

from collections import Counter
from math import inf
from threading import Barrier, Lock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arrears.channels.transport import Doubtful, NotSent, Pace, Reason, Receipt
from arrears.web.ledger.models import Message
from arrears.web.sender.drain import drain
from arrears.web.sender.steps import Steps
from tests.web.test_outbox import Wire, later, proposed

UNREACHABLE = NotSent(Reason.UNREACHABLE, "nobody there", permanent=False)


class Time:
    """A clock that goes on by sleeping, and by what a test says."""

    def __init__(self):
        self.now = 0.0

    def sleep(self, seconds):
        assert seconds > 0
        self.now += seconds


def steps(pace):
    time = Time()
    return Steps(pace, clock=lambda: time.now, sleep=time.sleep), time


@given(
    per_second=st.integers(1, 500),
    at_once=st.integers(1, 32),
    asked=st.lists(st.tuples(st.integers(1, 40), st.floats(0, 2)), min_size=1, max_size=60),
)
def test_never_more_in_any_second_than_the_pace_and_what_was_saved_up(per_second, at_once, asked):
    ready, time = steps(Pace(float(per_second), at_once))
    went = []
    for wanted, idle in asked:
        some = ready.ready(wanted)
        assert 1 <= some <= max(1, min(wanted, at_once))
        went.append((time.now, some))
        time.now += idle
    saved = max(1, min(per_second, at_once))
    for moment, _ in went:
        within = sum(n for when, n in went if moment <= when < moment + 1)
        assert within <= per_second + saved


def test_a_long_row_goes_at_the_pace():
    ready, time = steps(Pace(50.0, 8))
    gone = sum(ready.ready(8) for _ in range(100))
    assert gone == 800
    assert time.now == pytest.approx((800 - 8) / 50)


def test_without_a_pace_nobody_waits():
    ready, time = steps(Pace(inf, 4))
    assert [ready.ready(9) for _ in range(5)] == [4] * 5
    assert time.now == 0


class Counted(Wire):
    """A wire that knows how many it had at the same time."""

    pace = Pace(at_once=4)

    def __init__(self, ends=()):
        super().__init__()
        self.lock, self.now, self.most = Lock(), 0, 0
        self.ends = dict(enumerate(ends))
        self.together = Barrier(2, timeout=10)

    def send(self, message, *, key):
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)
            n = len(self.keys)
            self.keys.append((key, message.to))
        if 0 < n <= 2:  # the second and the third are there together, or nobody goes on
            self.together.wait()
        with self.lock:
            self.now -= 1
        if n in self.ends:
            raise self.ends[n]
        return Receipt(f"g-{n}", 1)


@pytest.mark.django_db
def test_one_goes_first_and_then_several_at_once(texts):
    count, wire = proposed(), Counted()
    assert drain({"sms": wire}, now=later()) == Counter({"sent": len(wire.keys)})
    assert 2 <= wire.most <= 4
    assert len({key for key, _ in wire.keys}) == len(wire.keys) > 10
    assert count >= len(wire.keys)
    assert set(Message.objects.filter(channel="sms").values_list("parts", flat=True)) == {1}


@pytest.mark.django_db
def test_a_far_end_that_is_away_costs_one_message_and_its_break_those_that_went_with_it(texts):
    proposed()
    wire = Counted(ends=[UNREACHABLE])
    assert drain({"sms": wire}, now=later()) == Counter({"failed": 1, "stopped sms": 1})
    wire = Counted(ends=[*[None] * 3, UNREACHABLE, Doubtful(Reason.SILENT, "?")])
    wire.ends = {n: end for n, end in wire.ends.items() if end}
    ended = drain({"sms": wire}, now=later(120))
    assert ended == Counter({"sent": 5, "failed": 1, "in_doubt": 1, "stopped sms": 1})


@pytest.mark.django_db
def test_a_fault_leaves_its_own_message_in_doubt_and_the_others_as_they_ended(texts):
    proposed()
    wire = Counted(ends=[None, None, RuntimeError("ours")])
    wire.ends = {2: wire.ends[2]}
    with pytest.raises(RuntimeError, match="ours"):
        drain({"sms": wire}, now=later())
    states = Counter(Message.objects.filter(channel="sms").values_list("state", flat=True))
    assert (states["sent"], states["in_doubt"], states["claimed"]) == (2, 1, 0)
