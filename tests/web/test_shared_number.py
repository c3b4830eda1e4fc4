"""A number that several borrowers have is one number: its unanswered calls are counted together."""

import importlib

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction

from arrears.web.ledger.actions.cases import take_case
from arrears.web.ledger.actions.slots import Use, use_slots
from arrears.web.ledger.models import Case, Slot
from arrears.web.ledger.models.guard import writing
from arrears.web.ledger.numbers import number_mark
from tests.web.conftest import AT, DAY
from tests.web.test_call import one, telephone, the_bank  # noqa: F401
from tests.web.test_dial import by, dial, ended, mine  # noqa: F401

pytestmark = pytest.mark.django_db
NUMBER = number_mark("13800138000")


@pytest.fixture
def neighbour(mine, by):  # noqa: F811
    """Another borrower's case in the same hands, with the same number and one of their own."""
    other = Case.objects.exclude(pk=mine.pk).order_by("pk")[0]
    telephone(other, "q1", value="+86 138 0013 8000")
    telephone(other, "q2", value="13900139000")
    take_case(case_id=other.pk, by=by, at=AT)
    return other


def test_six_unanswered_calls_are_six_whoever_of_those_who_have_it_was_called(mine, neighbour, by):  # noqa: F811
    for _ in range(3):
        for case, point in ((mine, "p1"), (neighbour, "q1")):
            assert dial(case, by, point).call
            ended(case, by, "no_answer", point)
    assert dial(mine, by).verdict.codes == ("unanswered_cap",)
    assert dial(neighbour, by, "q1").verdict.codes == ("unanswered_cap",)
    assert dial(neighbour, by, "q2").call
    places = Slot.objects.filter(number=NUMBER).order_by("n").values_list("n", flat=True)
    assert list(places) == [1, 2, 3, 4, 5, 6]


def test_a_call_that_nobody_claimed_counts_for_the_number_as_well(mine, neighbour, by):  # noqa: F811
    for _ in range(6):
        ended(neighbour, by, "no_answer", "q1")
    assert dial(mine, by).verdict.codes == ("unanswered_cap",)


def test_no_two_calls_of_a_day_have_the_same_place_of_a_number(mine, neighbour):  # noqa: F811
    told = {"local_date": DAY, "kind": "ring", "number": NUMBER, "n": 1}
    with writing("a test"):
        Slot.objects.create(borrower_id=mine.borrower_id, **told)
        with pytest.raises(IntegrityError), transaction.atomic():
            Slot.objects.create(borrower_id=neighbour.borrower_id, **told)
        (made,) = use_slots([Use(("ring",), neighbour.borrower_id, DAY, NUMBER)])
    assert made[0].n == 2


def test_calls_that_were_counted_for_each_borrower_are_carried_over(mine, neighbour):  # noqa: F811
    move = importlib.import_module("arrears.web.ledger.migrations.0013_rings")
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX ring_once")  # it comes back with the end of the test
    with writing("a test"):
        for case, n in ((mine, 1), (mine, 2), (neighbour, 1), (neighbour, 3), (neighbour, 2)):
            Slot.objects.create(
                borrower_id=case.borrower_id, local_date=DAY, kind="ring", number=NUMBER, n=n
            )
        move.count_across_borrowers(apps, None)
    assert sorted(Slot.objects.values_list("n", flat=True)) == [1, 2, 3, 4, 5]
    own = Slot.objects.filter(borrower_id=mine.borrower_id).values_list("n", flat=True)
    assert sorted(own) == [1, 2]  # whoever was first keeps their places
