"""Whom the rules on stored facts were against contacting when the day's run came before people."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet

from arrears.batch.mark import REACHES
from arrears.web.ledger.models import CaseMark, Person, PublishedRun
from arrears.web.ledger.policy import may, within


@dataclass(frozen=True, slots=True)
class Marked:
    """How many cases are marked for a channel by a rule. Grain: one per rule. Units: cases."""

    rule_id: str
    cases: dict[str, int]  # by channel


def standing(run: PublishedRun, today: date) -> QuerySet[CaseMark]:
    """The marks of a run that still stand on a day: none of whose holds has come to its end by itself."""
    found: QuerySet[CaseMark] = CaseMark.objects.filter(_stands(today), run=run)
    return found


def against_call(
    run: PublishedRun, borrowers: Iterable[str], today: date
) -> dict[str, tuple[str, ...]]:
    """By borrower the rules against calling them, of those whom some rule is against calling."""
    theirs = standing(run, today).filter(borrower_id__in=list(borrowers)).exclude(call="")
    return {who: tuple(rules.split()) for who, rules in theirs.values_list("borrower_id", "call")}


def marked(person: Person, today: date) -> tuple[Marked, ...]:
    """How many cases of the run before people each rule stands against, as far as they see any."""
    if not may(person, "see_watch"):
        return ()
    found = CaseMark.objects.filter(_stands(today), within(person), run__pointer__isnull=False)
    told = found.values_list(*REACHES)
    counted: dict[str, Counter[str]] = {}
    for *rules, cases in told.annotate(cases=Count("borrower_id")).order_by():
        for channel, ids in zip(REACHES, rules, strict=True):
            for rule_id in ids.split():
                counted.setdefault(rule_id, Counter())[channel] += cases
    in_order = sorted(counted.items(), key=lambda one: (-max(one[1].values()), one[0]))
    return tuple(Marked(rule_id, {c: cases[c] for c in REACHES}) for rule_id, cases in in_order)


def _stands(today: date) -> Q:
    return Q(until_date=None) | Q(until_date__gt=today)
