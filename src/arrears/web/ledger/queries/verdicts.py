"""What the gate said of contacts: how many by outcome, day, channel and rule; each with its facts."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q

from arrears.core.day import Span
from arrears.rules.facts import RecordUnreadable
from arrears.rules.gate import verdict_from
from arrears.rules.verdict import Verdict
from arrears.web.ledger.models import Case, GateVerdict, Person, VerdictReason
from arrears.web.ledger.policy import sees

PAGE = 50


@dataclass(frozen=True, slots=True)
class Asked:
    """Which verdicts are asked for; empty asks for all. `span` is of business days."""

    span: Span
    rule_id: str = ""
    outcome: str = ""
    channel: str = ""
    borrower_id: str = ""


@dataclass(frozen=True, slots=True)
class Counted:
    """How many contacts the gate was asked about in a span of business days.

    Grain: by outcome; by day and outcome; by channel and outcome; by the rule that was against it, where
    a contact that several rules forbid counts for each of them. Days and rules: the latest, the most first.
    """

    outcomes: Mapping[str, int]
    days: Mapping[date, Mapping[str, int]]
    channels: Mapping[str, Mapping[str, int]]
    rules: Mapping[str, int]

    @property
    def asked(self) -> int:
        """How many in all."""
        return sum(self.outcomes.values())


@dataclass(frozen=True, slots=True)
class VerdictRow:
    """What the gate said of one contact. `verdict` is None where its record cannot be read."""

    verdict_id: int
    case_id: int
    borrower_id: str
    at: datetime
    channel: str
    outcome: str
    rules_version: str
    verdict: Verdict | None
    record: Mapping[str, Any]

    @property
    def facts(self) -> Mapping[str, Any]:
        """The facts as they were stored; none where the record cannot be read."""
        facts = self.record.get("facts")
        return facts if isinstance(facts, dict) else {}

    @property
    def zone(self) -> str:
        """The borrower's zone, as the gate was told it; empty where it was told none."""
        return str(self.facts.get("zone") or "")


@dataclass(frozen=True, slots=True)
class VerdictPage:
    """Some verdicts, newest first. `older` is where the next page begins, None on the last one."""

    rows: tuple[VerdictRow, ...]
    total: int
    older: int | None


def counted(person: Person, span: Span) -> Counted:
    """The contacts of a span about cases that the person sees, counted. Two questions, by indexes alone."""
    grouped = _of(person, span).values_list("asked_date", "outcome", "channel")
    outcomes: Counter[str] = Counter()
    days: dict[date, Counter[str]] = {}
    channels: dict[str, Counter[str]] = {}
    for day, outcome, channel, n in grouped.annotate(n=Count("pk")).order_by("-asked_date"):
        outcomes[outcome] += n
        days.setdefault(day, Counter())[outcome] += n
        channels.setdefault(channel, Counter())[outcome] += n
    rules = _reasons(person, span).values_list("rule_id")
    ranked = rules.annotate(n=Count("verdict", distinct=True)).order_by("-n", "rule_id")
    return Counted(outcomes, days, channels, dict(ranked))


def against(person: Person, span: Span, rule_id: str) -> int:
    """Of how many contacts a rule was a reason not to make them, as far as the person sees their cases."""
    found = _reasons(person, span).filter(rule_id=rule_id)
    return int(found.aggregate(n=Count("verdict", distinct=True))["n"])


def verdicts(person: Person, asked: Asked, *, before: int | None = None) -> VerdictPage:
    """The verdicts that are asked for, about cases that the person sees, newest first.

    Pages follow each other by the number of their first verdict, so that a late page costs no more.
    """
    found = _of(person, asked.span)
    if asked.rule_id:
        named = VerdictReason.objects.filter(_within(asked.span), rule_id=asked.rule_id)
        found = found.filter(pk__in=named.values("verdict"))
    for name in ("outcome", "channel", "borrower_id"):
        if wanted := getattr(asked, name):
            found = found.filter(**{name: wanted})
    total = found.count()
    if before is not None:
        found = found.filter(_before(before))
    here = list(found.order_by("-asked_date", "-pk")[: PAGE + 1])
    rows = tuple(_row(one) for one in here[:PAGE])
    return VerdictPage(rows, total, rows[-1].verdict_id if len(here) > PAGE else None)


def verdict_of(person: Person, verdict_id: int) -> VerdictRow | None:
    """One verdict; None where there is none, or it is about a case that the person does not see."""
    found = GateVerdict.objects.filter(pk=verdict_id)
    row = found.filter(case__in=Case.objects.filter(sees(person))).first()
    return _row(row) if row else None


def _within(span: Span) -> Q:
    begun = Q(asked_date__gte=span.from_date)
    return begun if span.to_date is None else begun & Q(asked_date__lt=span.to_date)


def _before(verdict_id: int) -> Q:
    """What comes after a verdict in the order of the list; nothing is left out where there is no such one."""
    last = GateVerdict.objects.filter(pk=verdict_id).values_list("asked_date", flat=True).first()
    return Q(asked_date__lt=last) | Q(asked_date=last, pk__lt=verdict_id) if last else Q()


def _of(person: Person, span: Span) -> Any:
    """The verdicts of a span that the person sees: of every case for whoever sees every case."""
    seen = sees(person)
    found = GateVerdict.objects.filter(_within(span))
    # Asked of each verdict of the span, which the index gives: the cases are many more.
    return found.filter(Exists(Case.objects.filter(seen, pk=OuterRef("case")))) if seen else found


def _reasons(person: Person, span: Span) -> Any:
    """The reasons of those verdicts."""
    seen = sees(person)
    found = VerdictReason.objects.filter(_within(span))
    theirs = Case.objects.filter(seen, pk=OuterRef("verdict__case"))
    return found.filter(Exists(theirs)) if seen else found


def _row(kept: GateVerdict) -> VerdictRow:
    record = kept.record if isinstance(kept.record, dict) else {}
    try:
        verdict = verdict_from(record["verdict"])
    except (RecordUnreadable, KeyError):
        verdict = None
    return VerdictRow(
        verdict_id=kept.pk,
        case_id=kept.case_id,
        borrower_id=kept.borrower_id,
        at=kept.at,
        channel=kept.channel,
        outcome=kept.outcome,
        rules_version=kept.rules_version,
        verdict=verdict,
        record=record,
    )
