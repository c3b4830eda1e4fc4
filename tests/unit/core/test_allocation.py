"""Each order of allocation is what a clerk would come to, working through the days one by one."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arrears.core.allocation import Applied, account, past_due
from arrears.core.delinquency import charges
from arrears.core.loan import Instalment, Payment, Rate, Terms
from arrears.core.tables import ORDERS
from tests.lib import naive
from tests.lib.loans import a_loan, day, due, paid, undone

FIRST = date(2026, 1, 15)
AS_OF = FIRST + timedelta(days=130)
CENTS = st.integers(0, 400)


@st.composite
def conventions(draw):
    rates = [
        Rate(kind, FIRST + timedelta(days=offset), draw(st.integers(0, 9_999)))
        for kind in ("penalty", "compound")
        for offset in draw(st.lists(st.integers(-20, 120), max_size=2, unique=True))
    ]
    return Terms(
        order=draw(st.sampled_from(ORDERS)),
        tolerance_minor=draw(st.sampled_from((0, 0, 3))),
        tolerance_per=draw(st.sampled_from(("loan", "instalment"))),
        dpd_start=draw(st.sampled_from(("day_after", "due_day"))),
        day_count=draw(st.sampled_from(("act_360", "act_365"))),
        cap_bps=draw(st.sampled_from((None, 2_400))),
        rates=tuple(rates),
    )


@st.composite
def accounts(draw):
    """Few instalments, few payments, many of them on the same day."""
    terms = draw(conventions())
    due_on = st.lists(st.sampled_from((0, 7, 30, 60)), min_size=1, max_size=4)
    offsets = sorted(draw(due_on))
    instalments = [
        Instalment(n + 1, FIRST + timedelta(days=o), draw(CENTS), draw(CENTS), draw(CENTS))
        for n, o in enumerate(offsets)
    ]
    payments = []
    for n in range(draw(st.integers(0, 4))):
        value = FIRST + timedelta(days=draw(st.sampled_from((-5, 0, 7, 8, 60, 90, 91, 98, 110))))
        minor = draw(st.integers(1, 1_500))
        fee, interest = (draw(st.none() | st.integers(0, minor)) for _ in range(2))
        payments.append(
            Payment(f"P{n}", value, value, minor, None, draw(st.none() | CENTS), interest, fee)
        )
        if draw(st.integers(0, 2)) == 0:
            later = value + timedelta(days=draw(st.sampled_from((0, 1, 20))))
            back = draw(st.integers(1, minor) | st.just(minor))
            payments.append(Payment(f"R{n}", later, later, -back, f"P{n}"))
    loan = a_loan(instalments, payments, terms=terms)
    return loan.known(as_of=AS_OF, known_on=AS_OF)


def came_to(loan, upto):
    state = account(loan.terms, loan.instalments, loan.payments, at=upto)
    oldest = state.oldest_uncovered()
    return state.totals(), (oldest.due_date, oldest.seq) if oldest else None


def clerk(loan, upto):
    debts = naive.debts_at_close(loan, upto)
    parts = tuple(sum(d.minor for d in debts if d.part == part) for part in naive.RANK)
    return parts, naive.uncovered(loan.terms, debts)


@given(accounts(), st.sampled_from((7, 60, 100, 130)))
def test_the_account_is_what_a_clerk_comes_to(loan, days):
    upto = FIRST + timedelta(days=days)
    assert came_to(loan, upto) == clerk(loan, upto)


@given(accounts())
def test_the_charges_are_what_a_clerk_comes_to(loan):
    state = account(loan.terms, loan.instalments, loan.payments, at=AS_OF)
    assert charges(loan, state, AS_OF) == naive.charges(loan, AS_OF)


@given(accounts())
def test_every_cent_of_a_payment_pays_something_or_waits(loan):
    state = account(loan.terms, loan.instalments, loan.payments, at=AS_OF)
    came = sum(p.amount_minor for p in loan.payments)
    assert sum(a.minor for a in state.applied) + sum(m for _, m in state.credit) == came
    assert all(a.minor > 0 for a in state.applied)
    assert all(left >= 0 for row in state.unpaid for left in row)
    owed = sum(i.total_minor for i in state.due)
    assert sum(state.totals()) == owed - sum(a.minor for a in state.applied)


@pytest.mark.parametrize(
    "order",
    ORDERS,
)
def test_money_that_waits_meets_everything_that_falls_due_on_a_day(order):
    """Of two instalments due on one day the order sees both, as for a payment of the day."""
    loan = a_loan(
        [due(1, "01-15", 100, 20, 10), due(2, "01-15", 100, 15, 10)], terms=Terms(order=order)
    )
    early = account(loan.terms, loan.instalments, [paid("01-10", 60)], at=day("01-15"))
    on_the_day = account(loan.terms, loan.instalments, [paid("01-15", 60)], at=day("01-15"))
    assert early.totals() == on_the_day.totals()


@pytest.mark.parametrize(("start", "days"), [("day_after", 0), ("due_day", 1)])
def test_the_due_day_is_day_0_or_day_1(start, days):
    assert past_due(FIRST, FIRST, start) == days


def test_what_was_paid_says_which_payment_paid_which_part_on_which_day():
    payments = [paid("01-10", 5, name="early"), paid("01-16", 120, name="late")]
    state = account(
        Terms(), [due(1, "01-15", 100, 20, 10), due(2, "02-15", 100)], payments, at=day("02-15")
    )
    assert [(a.payment_id, a.applied_date, a.seq, a.part, a.minor) for a in state.applied] == [
        ("early", day("01-15"), 1, "fee", 5),
        ("late", day("01-16"), 1, "fee", 5),
        ("late", day("01-16"), 1, "interest", 20),
        ("late", day("01-16"), 1, "principal", 95),
    ]


def spans(state):
    return [(a.from_date, a.to_date, a.principal_minor) for a in state.accruals]


def test_a_payment_taken_back_leaves_the_days_before_as_they_were():
    payment = paid("01-15", 100)
    payments = [payment, undone(payment, "01-25")]
    state = account(Terms(), [due(1, "01-15", 100)], payments, at=day("02-04"))
    assert spans(state) == [(day("01-25"), day("02-04"), 100)]
    more = account(Terms(), [due(1, "01-15", 100)], [*payments, paid("01-25", 40)], at=day("02-04"))
    assert spans(more) == [(day("01-25"), day("02-04"), 60)]  # and none without days


def test_a_payment_that_is_taken_back_later_still_stands():
    payment = paid("01-15", 40)
    payments = [payment, undone(payment, "02-20")]
    state = account(Terms(), [due(1, "01-15", 100)], payments, at=day("02-04"))
    assert spans(state) == [(day("01-15"), day("02-04"), 60)]


def test_what_is_paid_on_one_day_ends_one_span_of_days():
    payments = [paid("01-25", 10), paid("01-25", 20)]
    state = account(Terms(), [due(1, "01-15", 100)], payments, at=day("02-04"))
    assert spans(state) == [
        (day("01-15"), day("01-25"), 100),
        (day("01-25"), day("02-04"), 70),
    ]


def test_money_from_before_pays_what_falls_due_and_names_no_payment():
    payment = paid("01-20", 10)
    payments = [payment, undone(payment, "01-25")]
    state = account(Terms(), [due(1, "01-15", 100)], payments, at=day("02-04"), credit_minor=30)
    assert state.applied == [Applied("", day("01-15"), 1, "principal", 30)]
    assert spans(state) == [
        (day("01-15"), day("01-20"), 70),
        (day("01-20"), day("01-25"), 60),
        (day("01-25"), day("02-04"), 70),
    ]
    early = account(Terms(), [], [], at=FIRST, credit_minor=30), account(Terms(), [], [], at=FIRST)
    assert [one.credit for one in early] == [[("", 30)], []]


def test_a_split_that_is_larger_than_the_payment_pays_no_more_than_the_payment():
    greedy = paid("01-15", 50)._replace(fee_minor=40, interest_minor=40, principal_minor=40)
    state = account(Terms(order="as_booked"), [due(1, "01-15", 100, 40, 40)], [greedy], at=FIRST)
    assert state.totals() == (0, 30, 100)
    assert state.applied == [
        Applied(greedy.payment_id, day("01-15"), 1, "fee", 40),
        Applied(greedy.payment_id, day("01-15"), 1, "interest", 10),
    ]


def test_what_is_missing_of_several_instalments_adds_up_against_the_tolerance():
    instalments = [due(1, "01-15", 2), due(2, "02-15", 2, fee=100)]
    payments = [paid("02-15", 100)]
    state = account(Terms(order="fees_first", tolerance_minor=3), instalments, payments, at=AS_OF)
    assert state.unpaid == [[0, 0, 2], [0, 0, 2]]
    assert state.oldest_uncovered().seq == 2
    enough = account(Terms(order="fees_first", tolerance_minor=4), instalments, payments, at=AS_OF)
    assert enough.oldest_uncovered() is None
