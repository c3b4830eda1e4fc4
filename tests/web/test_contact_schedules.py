"""The ledger claims and refuses what the reference says, event by event, and keeps what it must."""

import os
from collections import Counter

import pytest
from django.db import transaction

from arrears.web.ledger.models import Case, Template
from tests.lib.contact_ledger import LedgerLife

LIVES = int(os.environ.get("ARREARS_LIVES", "16"))
EVENTS = 25

pytestmark = pytest.mark.django_db


def test_the_ledger_and_the_reference_say_the_same(texts, people):
    template = Template.objects.get(name="reminder", channel="sms", language="zh")
    cases = list(Case.objects.filter(state="open").order_by("pk"))
    said: Counter[str] = Counter()
    for seed in range(LIVES):
        with transaction.atomic():
            life = LedgerLife(seed, cases[seed % len(cases)], people, template)
            life.run(EVENTS)
            said += life.verdicts
            transaction.set_rollback(True)  # the next life of the same borrower begins anew
    assert said.keys() >= {"allow", "refuse", "defer"}, said
