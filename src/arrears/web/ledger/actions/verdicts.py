"""What the gate said is kept: the verdict with its facts, and its reasons by their codes."""

from collections.abc import Sequence
from datetime import date, datetime

from django.utils.timezone import localdate

from arrears.rules.facts import ContactFacts
from arrears.rules.gate import may_contact, record_of
from arrears.rules.verdict import Verdict
from arrears.verify import digest
from arrears.web.ledger.events import VERDICT, verdict_record
from arrears.web.ledger.models import Case, GateVerdict, VerdictReason
from arrears.web.ledger.rulebook import book_in_use, keep_book


def decide(*, case: Case, facts: ContactFacts, at: datetime) -> tuple[Verdict, GateVerdict]:
    """What the gate says of one contact: see `decide_each`."""
    return decide_each([(case, facts)], at=at)[0]


def decide_each(
    contacts: Sequence[tuple[Case, ContactFacts]], *, at: datetime
) -> list[tuple[Verdict, GateVerdict]]:
    """What the gate says by the rules in use, kept: verdict, facts, rules, and each reason to be counted.

    It is called inside an action: what follows from the verdict is written in the same transaction.
    Raises: PackUnreadable, PackLoosens, where the institution's own rules are at fault.
    """
    book = book_in_use()
    verdicts = [may_contact(facts, book=book) for _case, facts in contacts]
    keep_book(book, at=at)
    asked_date = localdate(at)
    kept: list[GateVerdict] = GateVerdict.objects.bulk_create(
        GateVerdict(
            case=case,
            borrower_id=case.borrower_id,
            at=at,
            asked_date=asked_date,
            channel=facts.channel or "",
            outcome=str(verdict.outcome),
            rules_version=verdict.rules_version,
            record=record_of(facts, verdict),
        )
        for (case, facts), verdict in zip(contacts, verdicts, strict=True)
    )
    decided = list(zip(verdicts, kept, strict=True))
    VerdictReason.objects.bulk_create(
        VerdictReason(verdict=one, asked_date=asked_date, rule_id=rule_id, code=code)
        for verdict, one in decided
        for rule_id, code in dict.fromkeys((b.rule_id, b.code) for b in verdict.because)
    )
    return decided


def day_of(facts: ContactFacts) -> date:
    """The borrower's day of a contact that the gate allowed; it allows nothing where that is not known."""
    if facts.local is None:
        raise ValueError("the gate allows nothing without the borrower's day")
    return facts.local.date()


def sealed(kept: GateVerdict) -> dict[str, str]:
    """The hash of the verdict whole, its facts included, for the event that tells of it."""
    return {"verdict": digest(verdict_record({name: getattr(kept, name) for name in VERDICT}))}
