"""Core = DuckDB = Spark, exactly, on every column, for random loans under every convention."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings

from arrears.core.delinquency import arrears
from arrears.core.loan import LoanFacts
from tests.lib.engines import disagreements, many_loans, meant, run_steps
from tests.lib.loans import AS_OF, books, known_in_time

LOANS = settings().max_examples  # 50 in dev, 500 in CI, 10,000 by night
LATE = AS_OF + timedelta(days=400)  # by then everything is known


@pytest.fixture(scope="module")
def book() -> list[LoanFacts]:
    return many_loans(LOANS)


@pytest.mark.parametrize("known_on", [AS_OF, AS_OF - timedelta(days=9), LATE])
@pytest.mark.parametrize("pick_latest", [False, True])
def test_duckdb_says_what_core_means(
    book: list[LoanFacts], known_on: date, pick_latest: bool
) -> None:
    figures = run_steps(book, as_of=AS_OF, known_on=known_on, pick_latest=pick_latest)
    assert not disagreements(meant(book, as_of=AS_OF, known_on=known_on), figures)


@settings(max_examples=10, suppress_health_check=list(HealthCheck))
@given(books(3))
def test_duckdb_says_what_core_means_of_a_few(book: list[LoanFacts]) -> None:
    """Few enough for Hypothesis to find the smallest loan that shows a fault."""
    figures = run_steps(book, as_of=AS_OF, known_on=AS_OF)
    assert not disagreements(meant(book, as_of=AS_OF, known_on=AS_OF), figures)


def test_backdated_is_as_if_known_in_time(book: list[LoanFacts]) -> None:
    in_time = [known_in_time(loan) for loan in book]
    told_late = run_steps(book, as_of=AS_OF, known_on=LATE)
    told_in_time = run_steps(in_time, as_of=AS_OF, known_on=AS_OF)
    assert told_late == told_in_time
    for loan, prompt in zip(book, in_time, strict=True):
        assert arrears(loan, as_of=AS_OF, known_on=LATE) == arrears(
            prompt, as_of=AS_OF, known_on=AS_OF
        )


@pytest.mark.spark
def test_spark_says_what_core_means(book: list[LoanFacts]) -> None:
    known_on = AS_OF - timedelta(days=3)
    figures = run_steps(book, as_of=AS_OF, known_on=known_on, engine="spark", pick_latest=True)
    assert not disagreements(meant(book, as_of=AS_OF, known_on=known_on), figures)
    assert figures == run_steps(book, as_of=AS_OF, known_on=known_on, pick_latest=True)
