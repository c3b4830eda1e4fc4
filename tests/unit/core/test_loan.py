"""What stands of a loan's payments on a day, and what was known of it."""

import pytest

from arrears.core.loan import Terms, effective
from tests.lib.loans import a_loan, day, due, known_in_time, paid, undone

P = paid("03-01", 1_000, name="P")
SPLIT = P._replace(fee_minor=100, interest_minor=200, principal_minor=700)
HALF = undone(P, "03-10")._replace(amount_minor=-400)


def amounts(payments, on):
    return [(p.payment_id, p.amount_minor) for p in effective(payments, day(on))]


@pytest.mark.parametrize(
    ("payments", "on", "standing"),
    [
        ([P], "02-28", []),
        ([P], "03-01", [("P", 1_000)]),
        ([P, undone(P, "03-10")], "03-09", [("P", 1_000)]),
        ([P, undone(P, "03-10")], "03-10", []),
        ([P, undone(P, "03-01")], "03-01", []),
        ([P, HALF], "03-10", [("P", 600)]),
        ([P, HALF, HALF._replace(payment_id="R2")], "03-10", [("P", 200)]),
        ([undone(P, "03-10")], "03-10", []),
    ],
    ids=["not yet", "stands", "not yet undone", "undone", "same day", "part", "two parts", "alone"],
)
def test_what_stands_is_each_payment_less_what_was_taken_back(payments, on, standing):
    assert amounts(payments, on) == standing


def test_the_banks_split_holds_for_the_whole_payment_only():
    (whole,) = effective([SPLIT], day("03-10"))
    (part,) = effective([SPLIT, HALF], day("03-10"))
    assert whole is SPLIT
    assert (part.fee_minor, part.interest_minor, part.principal_minor) == (None, None, None)


@pytest.mark.parametrize(
    ("as_of", "known_on", "seen"),
    [
        ("03-05", "03-31", ["A", "B"]),
        ("03-04", "03-31", ["A"]),
        ("03-05", "03-08", ["A"]),
        ("03-05", "03-09", ["A", "B"]),
        ("03-05", "02-28", []),
    ],
)
def test_a_payment_is_seen_when_it_counts_and_was_known(as_of, known_on, seen):
    payments = [paid("03-05", 1, name="B", known="03-09"), paid("03-01", 1, name="A")]
    loan = a_loan(payments=payments).known(as_of=day(as_of), known_on=day(known_on))
    assert [p.payment_id for p in loan.payments] == seen


def test_instalments_are_seen_in_order_of_due_date_then_number():
    loan = a_loan([due(2, "03-01"), due(3, "02-01"), due(1, "03-01")])
    seen = loan.known(as_of=day("01-01"), known_on=day("01-01"))
    assert [i.seq for i in seen.instalments] == [3, 1, 2]


def test_a_backdated_payment_is_as_if_known_in_time_once_it_is_known():
    loan = a_loan([due(1, "03-01")], [paid("03-01", 500, known="03-20")])
    later = loan.known(as_of=day("03-10"), known_on=day("03-20"))
    in_time = known_in_time(loan).known(as_of=day("03-10"), known_on=day("03-10"))
    assert later.payments[0].amount_minor == in_time.payments[0].amount_minor == 500


@pytest.mark.parametrize(("per", "third"), [("loan", 50), ("instalment", 150)])
def test_the_tolerance_is_fixed_or_grows_with_the_instalment(per, third):
    assert Terms(tolerance_minor=50, tolerance_per=per).tolerance(3) == third
