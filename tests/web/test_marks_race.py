"""A hold that ends while the cases are being marked takes with it the mark that rested on it."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from django.db import connection

from arrears.web.ledger.actions import marks
from arrears.web.ledger.actions.holds import end_hold, place_hold
from arrears.web.ledger.actions.marks import mark_cases
from arrears.web.ledger.actions.people import admit_person
from arrears.web.ledger.actions.publish import publish_run
from arrears.web.ledger.models import Case, CaseMark
from tests.web.conftest import AT, PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)
A_WHILE = 0.5  # seconds, in which whoever did not wait would have been through


def in_a_thread(act):
    try:
        return act()
    finally:
        connection.close()


def test_who_ends_a_hold_waits_for_the_marking_and_takes_the_mark_away(
    bank, transactional_db, monkeypatch
):
    publish_run(home=bank.home, run=bank.run, at=AT)
    by = admit_person(username="c", name="c", role="compliance", password=PASSWORD, by=None, at=AT)
    case = Case.objects.order_by("pk")[0]
    said = {"case_id": case.pk, "by": by, "at": AT}
    hold = place_hold(kind="no_contact", evidence="来电", **said)
    known, go_on, ended = Event(), Event(), Event()
    write = marks.copy_rows

    def slow(*rows):
        known.set()
        assert go_on.wait(10)
        write(*rows)

    def end():
        end_hold(hold_id=hold.pk, reason="已核实", **said)
        ended.set()

    monkeypatch.setattr(marks, "copy_rows", slow)
    with ThreadPoolExecutor(2) as pool:
        marking = pool.submit(in_a_thread, lambda: mark_cases(at=AT))
        assert known.wait(10)
        ending = pool.submit(in_a_thread, end)
        assert not ended.wait(A_WHILE)
        go_on.set()
        assert marking.result() > 0
        ending.result()
    assert not CaseMark.objects.filter(borrower_id=case.borrower_id).exists()
