"""The packs of rules as rows for a page: each rule in words, its dated figures, its worked cases."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import Any

from arrears.rules.facts import ContactFacts, facts_from
from arrears.rules.gate import SHIPPED, may_contact
from arrears.rules.limit import Limit
from arrears.rules.pack import Pack, load_pack
from arrears.rules.rule import Rule
from arrears.rules.verdict import Verdict
from arrears.rules.wording import in_words

DAILY_CAP = "daily_cap"  # the code of the rules that count the contacts of a day


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

    @property
    def right(self) -> bool:
        """Whether the gate says what is expected."""
        now = self.verdict
        said = (str(now.outcome), now.codes, now.earliest_at)
        return said == (self.outcome, self.codes, self.earliest_at)


def packs_in_use() -> tuple[Pack, ...]:
    """The packs that the gate asks."""
    return (load_pack(SHIPPED),)


def judged(facts: ContactFacts) -> Verdict:
    """What the gate says of a contact by the packs in use; nothing is kept."""
    return may_contact(facts)


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


def caps(on: date) -> tuple[tuple[str, int], ...]:
    """The rules in force that say how often a day, each with its figure. Units: contacts per local day."""
    found = []
    for _pack, rule in _rules():
        limit = rule.in_force(on) if rule.code == DAILY_CAP else None
        most = dict(limit.values).get("most") if limit else None
        found += [(rule.rule_id, most)] if isinstance(most, int) else []
    return tuple(found)


def lawful(pack: Pack) -> ContactFacts | None:
    """The contact that the worked cases of a pack begin with; None for a pack without cases."""
    written = _cases(pack.name)
    return facts_from(written["base"]) if written else None


def examples(fact: str) -> tuple[str, ...]:
    """The words that worked cases of the packs in use have for a fact, in order of appearance."""
    seen: dict[str, None] = {}
    for pack in packs_in_use():
        written = _cases(pack.name)
        for told in (
            written.get("base", {}),
            *(c.get("facts", {}) for c in written.get("case", ())),
        ):
            given = told.get(fact, ())
            words = given if isinstance(given, list) else [given]
            seen |= {word: None for word in words if isinstance(word, str)}
    return tuple(seen)


def worked(pack: Pack, rule: Rule, language: str) -> tuple[Worked, ...]:
    """The worked cases about a rule, decided now: it is a reason, or its facts are tried and are lawful."""
    written = _cases(pack.name)
    tried = set(rule.requires.asks)
    found = []
    for told in written.get("case", ()):
        changed = told.get("facts", {}) | dict.fromkeys(told.get("unknown", ()))
        codes = tuple(told.get("codes", ()))
        verdict = may_contact(facts_from(written["base"] | changed), pack=pack)
        named = {because.rule_id for because in verdict.because}
        of_all = not codes or pack.name in named  # no one rule is the reason
        if rule.rule_id in named or rule.code in codes or (of_all and tried & set(changed)):
            expected = told["outcome"], codes, told.get("earliest_at")
            found.append(Worked(told.get(language, told["en"]), changed, *expected, verdict))
    return tuple(found)


@cache
def _cases(pack_name: str) -> dict[str, Any]:
    """The worked cases beside a pack, as they are written; empty where there are none."""
    file = files("arrears.rules.packs").joinpath(pack_name, "cases.toml")
    return tomllib.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}


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
