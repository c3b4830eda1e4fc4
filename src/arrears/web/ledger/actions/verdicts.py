"""What the gate said is kept: the verdict with its facts, and its reasons by their codes."""

from datetime import datetime

from django.utils.timezone import localdate

from arrears.rules.facts import ContactFacts
from arrears.rules.gate import may_contact, record_of
from arrears.rules.verdict import Verdict
from arrears.verify import digest
from arrears.web.ledger.events import VERDICT, verdict_record
from arrears.web.ledger.models import Case, GateVerdict, VerdictReason
from arrears.web.ledger.rulebook import book_in_use, keep_book


def decide(*, case: Case, facts: ContactFacts, at: datetime) -> tuple[Verdict, GateVerdict]:
    """What the gate says by the rules in use, kept: verdict, facts, rules, and each reason to be counted.

    It is called inside an action: what follows from the verdict is written in the same transaction.
    Raises: PackUnreadable, PackLoosens, where the institution's own rules are at fault.
    """
    book = book_in_use()
    verdict = may_contact(facts, book=book)
    keep_book(book, at=at)
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
    return verdict, kept


def sealed(kept: GateVerdict) -> dict[str, str]:
    """The hash of the verdict whole, its facts included, for the event that tells of it."""
    return {"verdict": digest(verdict_record({name: getattr(kept, name) for name in VERDICT}))}
