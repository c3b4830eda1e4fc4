"""Two people at the same moment: one administrator stays, and one text is in use."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from arrears.core.errors import UserError
from arrears.web.ledger.actions.people import admit_person, dismiss_person
from arrears.web.ledger.actions.templates import approve_template, write_template
from arrears.web.ledger.models import Person, Template
from tests.web.conftest import AT, PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 6


def at_once(*acts):
    """All are begun at the same moment; how many were done."""
    start = Barrier(len(acts))

    def done(act):
        try:
            start.wait(10)
            act()
        except UserError:
            return 0
        else:
            return 1
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return sum(pool.map(done, acts))


def someone(username, role):
    return admit_person(
        username=username, name=username, role=role, password=PASSWORD, by=None, at=AT
    )


def test_of_two_administrators_who_dismiss_each_other_one_stays(transactional_db):
    last = someone("a", "administrator")
    for n in range(ROUNDS):
        other = someone(f"b{n}", "administrator")
        done = at_once(
            lambda other=other: dismiss_person(username=other.username, by=None, at=AT),
            lambda last=last: dismiss_person(username=last.username, by=None, at=AT),
        )
        assert done == 1
        last = Person.objects.get(role="administrator", is_active=True)


def test_of_two_texts_approved_at_once_one_is_in_use(transactional_db):
    writer, approver = someone("w", "compliance"), someone("v", "compliance")
    fields = {
        "name": "reminder",
        "channel": "sms",
        "language": "zh",
        "subject": "",
        "text": "{institution} {amount}",
    }
    for _ in range(ROUNDS):
        first, second = (write_template(**fields, by=writer, at=AT) for _ in range(2))
        done = at_once(
            *(
                lambda one=one: approve_template(template_id=one.pk, by=approver, at=AT)
                for one in (first, second)
            )
        )
        assert done == 2
        assert Template.objects.filter(approved_at__isnull=False, ended_at=None).count() == 1
