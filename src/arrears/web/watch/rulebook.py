"""The packs of rules as rows for a page: each rule in words, its dated figures, its worked cases."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from arrears.rules.cases import Case, cases, decided, in_order
from arrears.rules.facts import NAMES, ContactFacts
from arrears.rules.gate import may_contact
from arrears.rules.limit import Limit
from arrears.rules.pack import Pack, packs
from arrears.rules.rule import Rule
from arrears.rules.verdict import Verdict
from arrears.rules.wording import in_words
from arrears.web.ledger.rulebook import book_in_use

# The codes of the rules that count something of a day, with the kind of slot that each counts.
CAPS = {
    "daily_cap": "contact",
    "message_cap": "message",
    "effective_cap": "talk",
    "connected_cap": "put_through",
    "visit_cap": "visit",
}


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of a rule for a span of days, the rule said with them, and who says so."""

    text: str
    from_date: date
    to_date: date | None
    values: tuple[tuple[str, str], ...]
    unit: str
    source: str
    article: str
    force: str
    verified: str


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule as it stands on a day. `stands` is now, ended or ahead; `figures` are then the nearest ones."""

    pack: str
    rule_id: str
    code: str
    effect: str
    stands: str
    figures: Figures


@dataclass(frozen=True, slots=True)
class PackRows:
    """The rules of one pack. `rules_version` changes with every figure."""

    name: str
    rules_version: str
    zone: str
    rows: tuple[RuleRow, ...]


@dataclass(frozen=True, slots=True)
class Worked:
    """A worked case: what is changed of the lawful contact, what is expected, and what the gate says now."""

    title: str
    changed: Mapping[str, Any]
    outcome: str
    codes: tuple[str, ...]
    earliest_at: datetime | None
    verdict: Verdict
    right: bool  # whether the gate says what is expected


def packs_in_use() -> tuple[Pack, ...]:
    """The packs that the gate asks, the institution's own figures among them."""
    return book_in_use().packs


def judged(facts: ContactFacts) -> Verdict:
    """What the gate says of a contact by the packs in use; nothing is kept."""
    return may_contact(facts, book=book_in_use())


def rule_of(pack_name: str, rule_id: str) -> tuple[Pack, Rule] | None:
    """The rule of that name with its pack; None where no pack in use has it."""
    return next(
        (one for one in _rules() if (one[0].name, one[1].rule_id) == (pack_name, rule_id)), None
    )


def pack_of(rule_id: str) -> str:
    """The name of the pack in use that has the rule; empty where none has."""
    return next((pack.name for pack, rule in _rules() if rule.rule_id == rule_id), "")


def book(language: str, *, on: date) -> tuple[PackRows, ...]:
    """Every rule of every pack in use, as it stands on that day."""
    return tuple(
        PackRows(
            pack.name,
            pack.version,
            pack.zone,
            tuple(row(pack, rule, language, on=on) for rule in pack.rules),
        )
        for pack in packs_in_use()
    )


def row(pack: Pack, rule: Rule, language: str, *, on: date) -> RuleRow:
    """The rule as it stands on that day; one that does not hold then is shown with its nearest figures."""
    limit = rule.in_force(on)
    stands = "now"
    if limit is None:
        ahead = [one for one in rule.limits if one.span.from_date > on]
        stands, limit = ("ahead", ahead[0]) if ahead else ("ended", rule.limits[-1])
    figures = _figures(rule, limit, language)
    return RuleRow(pack.name, rule.rule_id, rule.code, rule.effect, stands, figures)


def history(rule: Rule, language: str) -> tuple[Figures, ...]:
    """All that the rule ever said, the latest first."""
    return tuple(_figures(rule, limit, language) for limit in reversed(rule.limits))


def caps(on: date) -> tuple[tuple[str, str, int], ...]:
    """The rules in force that say how often a day: the rule, the kind of slot, its figure.

    Units: contacts of that kind per local day of the borrower's.
    """
    found = []
    for _pack, rule in _rules():
        limit = rule.in_force(on) if rule.code in CAPS else None
        most = dict(limit.values).get("most") if limit else None
        found += [(rule.rule_id, CAPS[rule.code], most)] if isinstance(most, int) else []
    return tuple(found)


def lawful(pack: Pack) -> ContactFacts | None:
    """The contact that the worked cases of a pack begin with; None for a pack without cases."""
    return in_order(pack.name) if pack.name in packs() else None


def worked(pack: Pack, rule: Rule, language: str) -> tuple[Worked, ...]:
    """The worked cases about a rule, decided now: it is a reason, or its facts are tried and are lawful."""
    base = lawful(pack)
    if base is None:
        return ()
    asks, found = set(rule.asks), []
    for case in cases(pack.name):
        changed = {
            name: getattr(case.facts, name)
            for name in NAMES
            if getattr(case.facts, name) != getattr(base, name)
        }
        verdict = decided(pack.name, case)
        told = {because.rule_id for because in (*verdict.because, *verdict.duties)}
        lawfully = verdict.allowed and case.facts.act in rule.acts and asks & set(changed)
        if rule.rule_id in told or lawfully:
            found.append(_worked(case, changed, verdict, language))
    return tuple(found)


def _worked(case: Case, changed: Mapping[str, Any], verdict: Verdict, language: str) -> Worked:
    return Worked(
        title=case.zh if language == "zh" else case.en,
        changed=changed,
        outcome=case.outcome,
        codes=(*case.codes, *case.duties),
        earliest_at=case.earliest_at,
        verdict=verdict,
        right=case.agrees(verdict),
    )


def _rules() -> Iterator[tuple[Pack, Rule]]:
    return ((pack, rule) for pack in packs_in_use() for rule in pack.rules)


def _figures(rule: Rule, limit: Limit, language: str) -> Figures:
    return Figures(
        text=rule.text(language, on=limit.span.from_date),
        from_date=limit.span.from_date,
        to_date=limit.span.to_date,
        values=tuple((name, in_words(value, language)) for name, value in limit.values),
        unit=limit.unit,
        source=limit.source,
        article=limit.article,
        force=limit.force,
        verified=limit.verified,
    )
