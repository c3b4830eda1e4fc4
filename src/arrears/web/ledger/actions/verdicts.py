"""What the gate said is kept: the verdict with its facts, and its reasons by their codes."""

from datetime import datetime

from django.utils.timezone import localdate

from arrears.rules.facts import ContactFacts
from arrears.rules.gate import record_of
from arrears.rules.verdict import Verdict
from arrears.web.ledger.models import Case, GateVerdict, VerdictReason


def keep_verdict(*, case: Case, facts: ContactFacts, verdict: Verdict, at: datetime) -> GateVerdict:
    """The verdict on a contact about the case stands, and each of its reasons can be counted.

    It is called inside an action: what follows from the verdict is written in the same transaction.
    """
    asked_date = localdate(at)
    kept: GateVerdict = GateVerdict.objects.create(
        case=case,
        borrower_id=case.borrower_id,
        at=at,
        asked_date=asked_date,
        channel=facts.channel or "",
        outcome=str(verdict.outcome),
        rules_version=verdict.rules_version,
        record=record_of(facts, verdict),
    )
    named = dict.fromkeys((because.rule_id, because.code) for because in verdict.because)
    VerdictReason.objects.bulk_create(
        [
            VerdictReason(verdict=kept, asked_date=asked_date, rule_id=rule_id, code=code)
            for rule_id, code in named
        ]
    )
    return kept
