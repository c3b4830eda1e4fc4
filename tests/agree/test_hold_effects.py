"""A hold says what it stops; the gate, asked with the kinds that stop a contact, stops that and no more."""

from dataclasses import replace
from datetime import date

import pytest

from arrears.core.hold import KINDS, PURPOSES, HoldFacts, kinds_stopping
from arrears.rules.cases import in_order
from arrears.rules.gate import may_contact

DAY = date(2026, 3, 10)
NARROWED = [frozenset[str](), *(frozenset({one}) for one in PURPOSES), frozenset(PURPOSES)]


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_the_gate_stops_what_a_hold_stops(kind):
    lawful, stopped = 0, 0
    for purpose in PURPOSES:
        for role in ("debtor", "contact"):
            facts = replace(
                in_order("cn"),
                purpose=purpose,
                role=role,
                case_state="taken",
                discloses_debt=role == "debtor",
                number_invalid=True,
            )
            if not may_contact(facts).allowed:
                continue  # no hold is needed to stop it
            for purposes in NARROWED:
                kinds = kinds_stopping(
                    [HoldFacts(kind=kind, purposes=purposes)],
                    first=DAY,
                    last=DAY,
                    channel="sms",
                    purpose=purpose,
                    role=role,
                    value="138",
                )
                told = replace(facts, holds=kinds, refused="third_person_refusal" in kinds)
                assert may_contact(told).allowed is not bool(kinds), (purpose, role, purposes)
                lawful, stopped = lawful + 1, stopped + bool(kinds)
    assert 0 < stopped < lawful
