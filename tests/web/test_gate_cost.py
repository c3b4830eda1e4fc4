"""What the gate asks at every contact: few questions, each answered from an index, however large the book."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from arrears.web.ledger.actions.outbox import claim_message, mark_message
from arrears.web.ledger.models import Call, Case, Hold, Message, Visit
from arrears.web.ledger.models.guard import writing
from tests.web.conftest import AT
from tests.web.test_call import one, telephone, the_bank  # noqa: F401
from tests.web.test_dial import by, dial, mine  # noqa: F401
from tests.web.test_outbox import proposed
from tests.web.test_visits import visit

pytestmark = pytest.mark.django_db
# What each asks of the database, the beginning and the end of its transaction not counted.
# two of each for the log, two of a claim for the journal
MOST = {"claim_message": 15, "mark_message": 3, "claim_call": 25, "claim_visit": 26}
SMALL = {"ledger_pointer"}  # one row


def asked_by(act):
    with CaptureQueriesContext(connection) as queries:
        act()
    words = ("SELECT", "INSERT", "UPDATE", "DELETE")
    return [query["sql"] for query in queries if query["sql"].startswith(words)]


def walked(statements):
    """The tables that can be read from end to end only, as no index serves the question."""
    found = set()
    server = connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        if server:
            cursor.execute("SET LOCAL enable_seqscan = off")  # else small tables are read so anyway
        for sql in statements:
            cursor.execute(f"EXPLAIN {'' if server else 'QUERY PLAN '}{sql}")
            steps = "\n".join(row[0 if server else 3] for row in cursor.fetchall())
            short = {
                alias: table for table, alias in re.findall(r"(ledger_\w+) ([a-z]{1,2})\b", sql)
            }
            scan = r"Seq Scan on (\w+)" if server else r"^SCAN ([a-z]\w*)"
            found |= {short.get(name, name) for name in re.findall(scan, steps, re.M)}
    return found - SMALL


@pytest.fixture
def sent(texts):
    """A message that was claimed, and what that asked; then what its mark asked."""
    proposed()
    message = Message.objects.order_by("pk").first()
    claim = asked_by(lambda: claim_message(message_id=message.pk, at=AT.replace(minute=1)))
    mark = asked_by(
        lambda: mark_message(message_id=message.pk, state="sent", at=AT.replace(minute=2))
    )
    assert Message.objects.get(pk=message.pk).state == "sent"
    return {"claim_message": claim, "mark_message": mark}


@pytest.fixture
def called(mine, by):  # noqa: F811
    """What the claim of a call asked."""
    claim = asked_by(lambda: dial(mine, by))
    assert Call.objects.get().state == "dialling"
    return {"claim_call": claim}


@pytest.fixture
def visited(mine, people):  # noqa: F811
    """What the claim of a visit asked, by someone who got the case in hand."""
    telephone(mine, "a1", kind="address", value="某路 1 号")
    lead = people["supervisor"]
    with writing("a test"):
        Case.objects.filter(pk=mine.pk).update(taken_by=lead)
    claim = asked_by(lambda: visit(mine, lead, people["field_collector"]))
    assert Visit.objects.get().state == "on_the_way"
    return {"claim_visit": claim}


def test_no_more_is_asked_than_it_was(called, visited, sent):
    asked = {name: len(statements) for name, statements in {**sent, **called, **visited}.items()}
    assert all(asked[name] <= most for name, most in MOST.items()), asked


def test_no_table_is_read_from_end_to_end(called, visited, sent):
    for name, statements in {**called, **visited, **sent}.items():
        assert walked(statements) == set(), name


def test_a_question_that_reads_a_whole_table_would_be_seen(db):
    found = asked_by(lambda: list(Hold.objects.filter(evidence="x")))
    assert walked(found) == {"ledger_hold"}
