"""The packs of rules as rows for a page: each rule in words, its dated figures, its worked cases."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from arrears.core.contact import SLOT_KINDS
from arrears.rules.cases import Case, decided, in_order
from arrears.rules.condition import Below
from arrears.rules.confirmed import Confirmation
from arrears.rules.facts import NAMES, ContactFacts
from arrears.rules.gate import may_contact
from arrears.rules.limit import Limit
from arrears.rules.pack import Pack, load_pack, packs
from arrears.rules.rule import SOFT, Rule
from arrears.rules.verdict import Verdict
from arrears.rules.wording import in_words
from arrears.web.ledger.counts import COUNTS
from arrears.web.ledger.rulebook import book_in_use
from arrears.web.watch import scope, topics

# Which kind of slot each fact counts.
KIND_OF = {fact: kind for kind, fact in COUNTS.items()} | {"unanswered_today": "ring"}

UNSEEN = ("secondary", "memory")  # limits whose own text the house has not seen


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of a rule for a span of days, the rule said with them, and who says so."""

    text: str
    when: str  # what it is asked of; empty: of every such act
    unless: str  # what it makes an exception of; empty: of nothing
    from_date: date
    to_date: date | None
    values: tuple[tuple[str, str], ...]
    unit: str
    source: str
    article: str
    force: str
    verified: str
    confirmed: Confirmation | None  # by the institution

    @property
    def unseen(self) -> bool:
        """Whether its text was seen neither by the house nor by the institution."""
        return self.verified in UNSEEN and self.confirmed is None


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule as it stands on a day. `stands` is now, ended or ahead; `figures` are then the nearest ones."""

    pack: str
    rule_id: str
    code: str
    effect: str
    acts: tuple[str, ...]
    lifted_by: tuple[str, ...]
    instead: str
    topic: str
    stands: str
    figures: Figures


@dataclass(frozen=True, slots=True)
class PackRows:
    """The rules of one pack. `rules_version` changes with every figure. `own`: the institution's figures."""

    name: str
    rules_version: str
    zone: str
    in_use: bool
    own: bool
    rows: tuple[RuleRow, ...]


@dataclass(frozen=True, slots=True)
class Cap:
    """How many of a kind of slot fit in a day of the borrower's, by the strictest rule in force.

    Units: of the kind, per local day; of rings, per number. `soft`: someone entitled may go beyond it.
    """

    pack: str
    rule_id: str
    kind: str
    most: int
    soft: bool


@dataclass(frozen=True, slots=True)
class Worked:
    """A worked case: what is changed of the lawful contact, what is expected, and what the gate says now."""

    title: str
    changed: Mapping[str, Any]
    act: str
    zone: str
    outcome: str
    codes: tuple[str, ...]
    earliest_at: datetime | None
    verdict: Verdict
    right: bool  # whether the gate says what is expected


def packs_in_use() -> tuple[Pack, ...]:
    """The packs that the gate asks, the institution's own figures among them."""
    return book_in_use().packs


def left_out() -> Mapping[str, str]:
    """By law that does not bind the institution, why it says so."""
    return dict(book_in_use().left_out)


def judged(facts: ContactFacts) -> Verdict:
    """What the gate says of a contact by the packs in use; nothing is kept."""
    return may_contact(facts, book=book_in_use())


def every_pack() -> tuple[Pack, ...]:
    """The packs in use, then those that are shipped besides."""
    asked = packs_in_use()
    names = {pack.name for pack in asked}
    return (*asked, *(load_pack(name) for name in packs() if name not in names))


def rule_of(pack_name: str, rule_id: str) -> tuple[Pack, Rule] | None:
    """The rule of that name with its pack, in use or not; None where there is none."""
    return next(
        (one for one in _rules() if (one[0].name, one[1].rule_id) == (pack_name, rule_id)), None
    )


def pack_of(rule_id: str) -> str:
    """The name of the pack that has the rule, one in use before all others; empty where none has."""
    return next((pack.name for pack, rule in _rules() if rule.rule_id == rule_id), "")


def book(language: str, *, on: date) -> tuple[PackRows, ...]:
    """Every rule of every pack, in use or not, as it stands on that day."""
    used = {pack.name for pack in packs_in_use()}
    return tuple(
        PackRows(
            pack.name,
            pack.version,
            pack.zone,
            pack.name in used,
            pack.tightens,
            tuple(row(pack, rule, language, on=on) for rule in pack.rules),
        )
        for pack in every_pack()
    )


def rows_by_rule(language: str, *, on: date) -> Mapping[str, RuleRow]:
    """Each rule by its number as it stands on that day, as its law says it and not the institution."""
    return {row.rule_id: row for pack in reversed(book(language, on=on)) for row in pack.rows}


def row(pack: Pack, rule: Rule, language: str, *, on: date) -> RuleRow:
    """The rule as it stands on that day; one that does not hold then is shown with its nearest figures."""
    limit = rule.in_force(on)
    stands = "now"
    if limit is None:
        ahead = [one for one in rule.limits if one.span.from_date > on]
        stands, limit = ("ahead", ahead[0]) if ahead else ("ended", rule.limits[-1])
    figures = _figures(rule, limit, language)
    return RuleRow(
        pack.name,
        rule.rule_id,
        rule.code,
        rule.effect,
        rule.acts,
        rule.lifted_by,
        rule.instead,
        topics.topic_of(rule),
        stands,
        figures,
    )


def history(rule: Rule, language: str) -> tuple[Figures, ...]:
    """All that the rule ever said, the latest first."""
    return tuple(_figures(rule, limit, language) for limit in reversed(rule.limits))


def caps(on: date) -> tuple[Cap, ...]:
    """How often a day by the rules in use, one cap for each kind of slot that a rule counts."""
    found: dict[str, Cap] = {}
    for pack in packs_in_use():
        for rule, limit in pack.asked_on(topics.CONTACT, on):
            asked = rule.requires
            if limit is None or not isinstance(asked, Below) or asked.fact not in KIND_OF:
                continue
            kind, most = KIND_OF[asked.fact], limit.value(asked.most, int)
            if kind not in found or most < found[kind].most:
                found[kind] = Cap(pack.name, rule.rule_id, kind, most, rule.effect == SOFT)
    return tuple(found[kind] for kind in SLOT_KINDS if kind in found)


def lawful(pack: Pack) -> ContactFacts | None:
    """The contact that the worked cases of a pack begin with; None for a pack without cases."""
    return in_order(pack.name) if pack.name in packs() else None


def worked(pack: Pack, rule: Rule, language: str) -> tuple[Worked, ...]:
    """The worked cases about a rule: it is a reason, or its facts are tried and are lawful."""
    base = lawful(pack)
    if base is None:
        return ()
    asks, found = set(rule.asks), []
    for case, verdict in decided(pack.name):
        changed = {
            name: getattr(case.facts, name)
            for name in NAMES
            if getattr(case.facts, name) != getattr(base, name)
        }
        told = {because.rule_id for because in (*verdict.because, *verdict.duties)}
        tried = asks & set(changed) or case.facts.act != base.act
        if rule.rule_id in told or (verdict.allowed and case.facts.act in rule.acts and tried):
            found.append(_worked(case, changed, verdict, language))
    return tuple(found)


def _worked(case: Case, changed: Mapping[str, Any], verdict: Verdict, language: str) -> Worked:
    return Worked(
        title=case.zh if language == "zh" else case.en,
        changed=changed,
        act=case.facts.act or "",
        zone=case.facts.zone or "",
        outcome=case.outcome,
        codes=(*case.codes, *case.duties),
        earliest_at=case.earliest_at,
        verdict=verdict,
        right=case.agrees(verdict),
    )


def _rules() -> Iterator[tuple[Pack, Rule]]:
    return ((pack, rule) for pack in every_pack() for rule in pack.rules)


def _figures(rule: Rule, limit: Limit, language: str) -> Figures:
    return Figures(
        text=rule.text(language, on=limit.span.from_date),
        when=scope.told(rule.when, limit),
        unless=scope.told(rule.unless, limit),
        from_date=limit.span.from_date,
        to_date=limit.span.to_date,
        values=tuple((name, in_words(value, language)) for name, value in limit.values),
        unit=limit.unit,
        source=limit.source,
        article=limit.article,
        force=limit.force,
        verified=limit.verified,
        confirmed=_confirmed(rule, limit),
    )


def _confirmed(rule: Rule, limit: Limit) -> Confirmation | None:
    """What the institution says of the text of a limit; of its own policy, nothing."""
    if limit.verified == "own":
        return None
    which = (rule.rule_id, limit.span.from_date)
    told = book_in_use().confirmed
    return next((one for one in told if (one.rule_id, one.from_date) == which), None)
