"""The index of a rate is the exact sum of its days, rounded once to ten decimals."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arrears.core.interest import NO_CHARGE, charge_minor, rate_index
from arrears.core.loan import Rate, Terms
from tests.lib.loans import day

FIRST = date(2024, 1, 1)
UPTO = FIRST + timedelta(days=90)
RATES = st.lists(
    st.builds(
        Rate,
        st.sampled_from(("penalty", "compound", "contract")),
        st.integers(0, 100).map(lambda n: FIRST + timedelta(days=n)),
        st.integers(0, 9_999),
    ),
    max_size=5,
    unique_by=lambda rate: (rate.kind, rate.from_date),
)


@given(RATES, st.sampled_from(("act_360", "act_365")), st.none() | st.integers(0, 9_999))
def test_the_index_of_a_day_is_the_sum_of_its_days(rates, day_count, cap):
    terms = Terms(rates=tuple(rates), day_count=day_count, cap_bps=cap)
    index = rate_index(terms, "penalty", upto=UPTO)
    exact = Fraction(0)
    for n in range(91):
        now = FIRST + timedelta(days=n)
        held = [r for r in rates if r.kind == "penalty" and r.from_date <= now]
        if held:
            bps = max(held, key=lambda r: r.from_date).rate_bps
            year = 360 if day_count == "act_360" else 365
            exact += Fraction(bps if cap is None else min(bps, cap), 10_000 * year)
        off = Fraction(index.decimal(now)) - exact
        assert -Fraction(1, 2 * 10**10) < off <= Fraction(1, 2 * 10**10), now  # a half goes up


def test_an_index_has_ten_decimals_and_does_not_add_up_its_roundings():
    terms = Terms(rates=(Rate("penalty", day("01-16"), 1),))
    index = rate_index(terms, "penalty", upto=day("01-18"))
    written = [str(index.decimal(day(d))) for d in ("01-15", "01-16", "01-17", "01-18")]
    # 1/3,650,000 is 0.000000273972…, so three days are 0.000000821917…
    assert [Decimal(w) for w in written] == [
        Decimal(0),
        Decimal("0.0000002740"),
        Decimal("0.0000005479"),
        Decimal("0.0000008219"),
    ]


def test_before_the_first_rate_and_without_one_nothing_is_charged():
    terms = Terms(rates=(Rate("penalty", day("01-16"), 365),))
    assert rate_index(terms, "penalty", upto=day("01-16")).at(day("01-01")) == 0
    assert rate_index(terms, "penalty", upto=day("01-15")) is NO_CHARGE
    assert rate_index(terms, "compound", upto=day("01-31")) is NO_CHARGE
    assert NO_CHARGE.at(day("01-31")) == 0


def test_a_day_past_the_end_of_an_index_is_a_bug():
    terms = Terms(rates=(Rate("penalty", day("01-16"), 365),))
    with pytest.raises(IndexError):
        rate_index(terms, "penalty", upto=day("01-20")).at(day("01-21"))


@pytest.mark.parametrize(
    ("scaled", "minor"),
    [(0, 0), (4_999_999_999, 0), (5_000_000_000, 1), (14_999_999_999, 1), (15_000_000_000, 2)],
)
def test_a_charge_is_rounded_half_up(scaled, minor):
    assert charge_minor(scaled) == minor
