"""A promise is kept by money alone, in time, and a cent keeps one promise only."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arrears.core.promise import PromiseFacts, promise_states
from tests.lib.loans import day, paid, undone

SOON = st.integers(0, 20).map(lambda n: day("03-01") + timedelta(days=n))
AS_OF = day("03-31")


def promised(name="W1", amount=50_000, made="03-01", due="03-10", tolerance=0):
    return PromiseFacts(name, day(made), day(due), amount, tolerance)


def state(promise, payments, on):
    (found,) = promise_states([promise], payments, as_of=day(on))
    return found.state, found.paid_minor, found.decided_date


@pytest.mark.parametrize(
    ("payments", "on", "expected"),
    [
        ([], "03-09", ("open", 0, None)),
        ([], "03-10", ("broken", 0, day("03-10"))),
        ([paid("03-01", 50_000)], "03-10", ("broken", 0, day("03-10"))),
        ([paid("03-02", 50_000)], "03-01", ("open", 0, None)),
        ([paid("03-02", 50_000)], "03-02", ("kept", 50_000, day("03-02"))),
        ([paid("03-02", 49_999)], "03-09", ("open", 49_999, None)),
        ([paid("03-02", 49_999)], "03-10", ("part_kept", 49_999, day("03-10"))),
        ([paid("03-02", 1), paid("03-10", 49_999)], "03-10", ("kept", 50_000, day("03-10"))),
        ([paid("03-11", 50_000)], "03-11", ("broken", 0, day("03-10"))),
        ([paid("03-02", 60_000)], "03-20", ("kept", 50_000, day("03-02"))),
    ],
)
def test_a_promise_is_what_the_payments_make_it(payments, on, expected):
    assert state(promised(), payments, on) == expected


def test_tolerance_days_move_the_last_day():
    late = [paid("03-12", 50_000)]
    assert state(promised(tolerance=1), late, "03-12") == ("broken", 0, day("03-11"))
    assert state(promised(tolerance=2), late, "03-12") == ("kept", 50_000, day("03-12"))


def test_a_payment_that_is_taken_back_keeps_nothing():
    payment = paid("03-05", 50_000)
    both = [payment, undone(payment, "03-08")]
    assert state(promised(), both, "03-07") == ("kept", 50_000, day("03-05"))
    assert state(promised(), both, "03-08") == ("open", 0, None)
    assert state(promised(), both, "03-10") == ("broken", 0, day("03-10"))


def test_a_cent_counts_for_the_promise_that_ends_first():
    promises = [promised("later", 50_000, due="03-20"), promised("sooner", 30_000, due="03-10")]
    states = promise_states(promises, [paid("03-05", 40_000)], as_of=day("03-20"))
    found = {s.promise_id: (s.state, s.paid_minor) for s in states}
    assert found == {"sooner": ("kept", 30_000), "later": ("part_kept", 10_000)}


@given(
    st.lists(st.tuples(SOON, SOON, st.integers(1, 900), st.integers(0, 3)), max_size=4),
    st.lists(st.tuples(SOON, st.integers(1, 900), st.none() | st.integers(0, 9)), max_size=5),
)
def test_no_more_is_kept_than_was_paid(words, money):
    promises = [
        PromiseFacts(f"W{n}", min(made, due), max(made, due), amount, tolerance)
        for n, (made, due, amount, tolerance) in enumerate(words)
    ]
    payments = []
    for n, (value, minor, taken_back) in enumerate(money):
        payment = paid(value.isoformat(), minor, name=f"P{n}")
        payments.append(payment)
        if taken_back is not None:
            later = value + timedelta(days=taken_back)
            payments.append(undone(payment, later.isoformat()))
    states = promise_states(promises, payments, as_of=AS_OF)
    assert len(states) == len(promises)
    assert sum(s.paid_minor for s in states) <= sum(p.amount_minor for p in payments)
    for promise in promises:
        (found,) = (s for s in states if s.promise_id == promise.promise_id)
        assert (found.state == "kept") == (found.paid_minor == promise.amount_minor)
        assert (found.state == "broken") == (found.paid_minor == 0)
        assert found.decided_date is not None
        assert promise.made_date < found.decided_date <= promise.last_date or found.state != "kept"
