"""A number or an address is one however it is written: to holds, to a search, to the systems of the bank."""

import importlib

import pytest
from django.apps import apps

from arrears.core.hold import plain
from arrears.web.ledger.actions.holds import end_hold
from arrears.web.ledger.models import Case, ContactPoint, Hold, Message
from arrears.web.ledger.models.guard import writing
from arrears.web.ledger.queries.cases import search
from tests.web.conftest import AT, point
from tests.web.test_api import post, the_bank, token  # noqa: F401
from tests.web.test_holds import held
from tests.web.test_outbox import proposed

pytestmark = pytest.mark.django_db
STOP = {"evidence": "来信"}


@pytest.mark.parametrize(
    "told", ["li-SI@example.com", "ｌｉ-si@Example.com", " LI-SI@EXAMPLE.COM "]
)
def test_an_address_of_mail_is_one_in_another_case(post, texts, shanghai, compliance, told):  # noqa: F811
    proposed()
    waiting = Message.objects.exclude(case=shanghai).select_related("case")[0]
    other = waiting.case
    with writing("a test"):
        point(shanghai, "mail", value="Li-Si@Example.COM")
        theirs = point(other, "theirs", value="LI-Si@example.com")
        Message.objects.filter(pk=waiting.pk).update(point=theirs)
    answer = post("stops", {"value": told, **STOP})
    assert (answer.status_code, answer.json()["state"]) == (201, "placed")
    assert held(shanghai, by="mail") == held(other, by="theirs") == {"closed_point"}
    waiting.refresh_from_db()
    assert (waiting.state, waiting.because) == ("refused", "hold:closed_point")
    named = {"borrower_id": other.borrower_id, "value": told, **STOP}
    assert post("stops", named).json()["state"] == "placed"
    found = {line.case_id for line in search(compliance, told).lines}
    assert found == {shanghai.pk, other.pk}
    hold = Hold.objects.get(kind="closed_point")
    end_hold(hold_id=hold.pk, case_id=shanghai.pk, reason="已核实", by=compliance, at=AT)
    assert held(shanghai, by="mail") == frozenset()


def test_an_address_that_nobody_has_is_kept(post, shanghai):  # noqa: F811
    assert post("stops", {"value": "li-si@example.org", **STOP}).json()["state"] == "kept"
    assert not Case.objects.filter(state="held").exists()


def test_every_point_that_was_there_gets_its_plain_value(shanghai):
    with writing("a test"):
        mail = point(shanghai, "mail", value="Li-Si@Example.COM")
        ContactPoint.objects.update(plain="")  # as they stood before
        move = importlib.import_module("arrears.web.ledger.migrations.0022_who")
        move.spell(apps, None)
    assert ContactPoint.objects.get(pk=mail.pk).plain == "lisi@example.com"
    there = ContactPoint.objects.values_list("value", "plain")
    assert [one for one in there if one[1] != plain(one[0])] == []
