"""A payment that the bank told of stops contacts until a published run has it, and enters no arithmetic."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from arrears.batch import read
from arrears.web.ledger.actions.act import NoCase, NotNow
from arrears.web.ledger.actions.outbox import claim_message
from arrears.web.ledger.actions.payments import (
    PaymentDiffers,
    PaymentUnsound,
    dismiss_payment,
    receive_payment,
)
from arrears.web.ledger.actions.publish import publish_run
from arrears.web.ledger.models import (
    Case,
    CaseDay,
    Event,
    Message,
    ReceivedPayment,
)
from arrears.web.ledger.policy import NotAllowed
from tests.web.conftest import AT, DAY
from tests.web.test_holds import held
from tests.web.test_outbox import later, one, proposed

pytestmark = pytest.mark.django_db


def pay(case, by, payment_id="P1", amount_minor=500, **told):
    return receive_payment(
        payment_id=payment_id,
        borrower_id=case.borrower_id,
        amount_minor=amount_minor,
        value_date=DAY,
        by=by,
        at=AT,
        **told,
    )


def test_a_payment_on_its_way_stops_contacts_at_once_and_is_told_once(texts, compliance):
    proposed()
    message = one()
    owed = CaseDay.objects.get(borrower_id=message.borrower_id).overdue_minor
    pay(message.case, compliance)
    assert claim_message(message_id=message.pk, at=later()()) is None
    assert Message.objects.get(pk=message.pk).because == "hold:payment_received"
    pay(message.case, compliance)
    assert ReceivedPayment.objects.count() == 1
    assert Event.objects.filter(verb="receive_payment").count() == 1
    assert CaseDay.objects.get(borrower_id=message.borrower_id).overdue_minor == owed
    with pytest.raises(PaymentDiffers):
        pay(message.case, compliance, amount_minor=501)
    with pytest.raises(PaymentDiffers):
        pay(Case.objects.exclude(pk=message.case_id)[0], compliance)


@pytest.mark.parametrize(
    "told",
    [{"payment_id": " "}, {"payment_id": "x" * 81}, {"amount_minor": 0}, {"amount_minor": -1}],
)
def test_a_payment_that_cannot_be_meant_is_not_kept(shanghai, compliance, told):
    with pytest.raises(PaymentUnsound):
        pay(shanghai, compliance, **told)
    assert not ReceivedPayment.objects.exists()


def test_a_payment_that_never_came_stops_nothing_more(shanghai, people, compliance):
    pay(shanghai, compliance)
    assert held(shanghai) == {"payment_received"}
    assert held(shanghai, purpose="plan_service") == frozenset()
    told = {"payment_id": "P1", "case_id": shanghai.pk, "reason": "银行已冲正", "at": AT}
    with pytest.raises(NotAllowed):
        dismiss_payment(**told, by=people["phone_collector"])
    dismiss_payment(**told, by=people["supervisor"])
    assert held(shanghai) == frozenset()
    with pytest.raises(NotNow):
        dismiss_payment(**told, by=people["supervisor"])


def test_a_payment_of_a_case_that_one_does_not_see_is_not_dismissed(shanghai, compliance, people):
    pay(shanghai, compliance)
    other = Case.objects.exclude(pk=shanghai.pk)[0]
    with pytest.raises(NotNow):
        dismiss_payment(payment_id="P1", case_id=other.pk, reason="x", by=compliance, at=AT)
    with pytest.raises(NoCase):
        dismiss_payment(payment_id="P1", case_id=0, reason="x", by=compliance, at=AT)


@pytest.fixture
def booked(bank):
    """A payment that the book of the run has, and its borrower."""
    some = read.ranked_cases(bank.run)["borrower_id"].to_pylist()
    paid = read.payments_of(bank.home, some)
    return next((b, p) for b in sorted(paid) for p in paid[b] if p.value_date < DAY)


def test_the_run_whose_book_has_the_payment_settles_it(bank, booked, db, people):
    borrower_id, payment = booked
    told = {"borrower_id": borrower_id, "amount_minor": 7, "value_date": DAY, "at": AT}
    for payment_id in (payment.payment_id, "on its way"):
        receive_payment(payment_id=payment_id, by=people["compliance"], **told)
    publish_run(home=bank.home, run=bank.run, at=AT)
    settled = ReceivedPayment.objects.get(pk=payment.payment_id)
    assert settled.settled_at == AT
    assert settled.settled_by.startswith(DAY.isoformat())
    assert ReceivedPayment.objects.get(settled_at=None).pk == "on its way"
    assert Event.objects.get(verb="publish_run").detail["booked"] == 1


def test_a_run_settles_only_what_it_could_know(bank, booked):
    borrower_id, payment = booked
    wanted = {borrower_id: {payment.payment_id}}

    def found(**of_run):
        return read.payments_booked(bank.home, replace(bank.run, **of_run), wanted)

    assert found() == [payment.payment_id]
    assert found(as_of=payment.value_date - timedelta(days=1)) == []  # it counts from a later day
    assert found(book_version=bank.run.book_version - 1) == []  # it was loaded after the run
    assert found(known_on=date(2000, 1, 1)) == []
