"""The payments of the next runs decide a promise: kept, part kept or broken, and a cent counts once."""

from datetime import date, timedelta

import pytest

from arrears.batch import read
from arrears.core.loan import Payment
from arrears.web.ledger.actions.cases import take_case
from arrears.web.ledger.actions.records import record_promise, withdraw_promise
from arrears.web.ledger.actions.settle import settle_promises
from arrears.web.ledger.models import Case, Event, Promise
from tests.web.conftest import AT, DAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def paid(monkeypatch):
    """Payments that the bank tells of from now on, by borrower."""
    told: dict[str, list[Payment]] = {}
    monkeypatch.setattr(read, "payments_of", lambda _home, ids: {b: told.get(b, []) for b in ids})
    return told


@pytest.fixture
def owner(case, people):
    take_case(case_id=case.pk, by=people["phone_collector"], at=AT)
    return people["phone_collector"]


def word(case, owner, amount_minor=10_000, days=3, tolerance_days=0):
    return record_promise(
        case_id=case.pk,
        amount_minor=amount_minor,
        due_date=DAY + timedelta(days=days),
        made_date=DAY,
        tolerance_days=tolerance_days,
        by=owner,
        at=AT,
    )


def payment(name, day: date, minor, reverses=None):
    return Payment(name, day, day, minor, reverses)


def settled(bank, day):
    settle_promises(home=bank.home, as_of=day, at=AT)
    return list(Promise.objects.order_by("pk").values_list("state", "paid_minor"))


def test_it_is_kept_on_the_day_the_money_is_there(bank, case, owner, paid):
    word(case, owner)
    assert settled(bank, DAY) == [("open", 0)]
    paid[case.borrower_id] = [payment("p1", DAY + timedelta(days=1), 10_000)]
    assert settled(bank, DAY + timedelta(days=1)) == [("kept", 10_000)]
    assert Promise.objects.get().decided_date == DAY + timedelta(days=1)
    assert Event.objects.filter(verb="settle_promise").count() == 1


def test_it_is_broken_when_its_last_day_closes_without_money(bank, case, owner, paid):
    word(case, owner, tolerance_days=1)
    assert settled(bank, DAY + timedelta(days=3)) == [("open", 0)]
    assert settled(bank, DAY + timedelta(days=4)) == [("broken", 0)]


def test_some_of_the_money_keeps_a_part(bank, case, owner, paid):
    word(case, owner)
    paid[case.borrower_id] = [payment("p1", DAY + timedelta(days=2), 4_000)]
    assert settled(bank, DAY + timedelta(days=2)) == [("open", 4_000)]
    assert settled(bank, DAY + timedelta(days=3)) == [("part_kept", 4_000)]


def test_a_cent_keeps_one_promise_only(bank, case, owner, paid):
    word(case, owner, days=2)
    word(case, owner, days=3)
    paid[case.borrower_id] = [payment("p1", DAY + timedelta(days=1), 10_000)]
    assert settled(bank, DAY + timedelta(days=3)) == [("kept", 10_000), ("broken", 0)]


def test_what_has_been_decided_stays_and_what_was_withdrawn_counts_no_money(
    bank, case, owner, paid
):
    gone = word(case, owner, days=2)
    word(case, owner, days=3)
    withdraw_promise(promise_id=gone.pk, case_id=case.pk, by=owner, at=AT)
    paid[case.borrower_id] = [payment("p1", DAY + timedelta(days=1), 10_000)]
    kept = [("withdrawn", 0), ("kept", 10_000)]
    assert settled(bank, DAY + timedelta(days=3)) == kept
    paid[case.borrower_id].append(payment("r1", DAY + timedelta(days=4), -10_000, "p1"))
    assert settled(bank, DAY + timedelta(days=5)) == kept


def test_the_money_is_read_from_the_book(bank, published):
    case = Case.objects.order_by("pk").first()
    loans = {row["loan_id"] for row in read.loans_of(bank.home, bank.run, case.borrower_id)}
    told = read.payments_of(bank.home, [case.borrower_id])
    of_loans = [
        p.payment_id
        for loan in loans
        for p in read.loan_facts(bank.home, loan, known_on=date.max).payments
    ]
    assert sorted(p.payment_id for p in told.get(case.borrower_id, [])) >= sorted(of_loans)
    assert loans
