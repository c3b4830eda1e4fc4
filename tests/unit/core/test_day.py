"""Days are counted as a person with a calendar would count them, one by one."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arrears.core.day import Span, days_between, days_within, local_date

FIRST = date(2024, 2, 20)  # a leap day lies ahead
DAYS = st.integers(0, 60).map(lambda n: FIRST + timedelta(days=n))
SPANS = st.builds(Span, DAYS, st.none() | DAYS)


@pytest.mark.parametrize(
    ("earlier", "later", "days"),
    [
        ("2026-01-15", "2026-01-16", 1),
        ("2024-02-28", "2024-03-01", 2),
        ("2026-02-28", "2026-03-01", 1),
        ("2026-01-16", "2026-01-15", -1),
    ],
)
def test_days_between_two_days(earlier, later, days):
    assert days_between(date.fromisoformat(earlier), date.fromisoformat(later)) == days


def test_a_span_holds_its_first_day_and_not_its_last():
    span = Span(date(2026, 1, 20), date(2026, 1, 30))
    inside = [date(2026, 1, d) for d in (19, 20, 29, 30) if span.holds(date(2026, 1, d))]
    assert inside == [date(2026, 1, 20), date(2026, 1, 29)]
    assert Span(date(2026, 1, 20)).holds(date.max)


@given(st.lists(SPANS, max_size=5), DAYS, DAYS)
def test_days_within_are_the_days_that_lie_in_a_span(spans, after, upto):
    one_by_one = 0
    day = after
    while day < upto:
        day += timedelta(days=1)
        one_by_one += any(span.holds(day) for span in spans)
    assert days_within(spans, after, upto) == one_by_one


@pytest.mark.parametrize(
    ("moment", "zone", "day"),
    [
        ("2026-03-31T15:59:59+00:00", "Asia/Shanghai", "2026-03-31"),
        ("2026-03-31T16:00:00+00:00", "Asia/Shanghai", "2026-04-01"),
        ("2007-03-01T07:59:00+00:00", "America/Los_Angeles", "2007-02-28"),
    ],
)
def test_a_moment_falls_on_the_day_of_the_zone(moment, zone, day):
    assert local_date(datetime.fromisoformat(moment), zone) == date.fromisoformat(day)


def test_a_moment_without_a_zone_is_a_bug():
    naive = datetime.fromisoformat("2026-03-31T16:00:00")
    with pytest.raises(ValueError, match="aware"):
        local_date(naive, "Asia/Shanghai")
