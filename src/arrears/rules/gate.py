"""The gate: one function that says whether a contact may be made; what it cannot know it refuses."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from arrears.core.day import local_date
from arrears.core.errors import UserError
from arrears.rules.facts import ContactFacts, RecordUnreadable, facts_at, facts_from, known_zone
from arrears.rules.pack import Pack, load_pack
from arrears.rules.rule import DEFER, no_rule
from arrears.rules.turns import turning_points
from arrears.rules.verdict import Because, Outcome, Verdict
from arrears.rules.wording import FACT_NAMES, Words, worded

SHIPPED = "cn_first"

_SAID: dict[Outcome, Words] = {
    Outcome.ALLOW: ("可以联系：各项规则均已满足", "Contact is allowed: every rule is fulfilled"),
    Outcome.REFUSE: ("不得联系", "Contact is refused"),
    Outcome.DEFER: (
        "现在不得联系，最早可于 {earliest} 联系",
        "Not now; contact is allowed from {earliest}",
    ),
}


class OtherRules(UserError):
    """The verdict was given by rules that are not the ones at hand."""

    exit_code = 70


def may_contact(facts: ContactFacts, *, pack: Pack | None = None) -> Verdict:
    """Whether the contact may be made, with every reason against it.

    Deferred is what only the hour or the day is against; `earliest_at` is then the next lawful
    moment if nothing else happens until then. A missing fact, a day without rules and a fault
    inside a rule all refuse.
    """
    asked = load_pack(SHIPPED) if pack is None else pack
    reasons, waiting = _reasons(facts, asked)
    if not reasons:
        return Verdict(Outcome.ALLOW, (), None, asked.version)
    earliest = None
    if waiting:
        try:
            earliest = _earliest(facts, asked)
        except Exception as error:  # whatever it is, it must not let a contact through
            reasons = (*reasons, _fault(asked.name, error))
    outcome = Outcome.REFUSE if earliest is None else Outcome.DEFER
    return Verdict(outcome, reasons, earliest, asked.version)


def explain(verdict: Verdict, language: str, *, zone: str = "UTC") -> tuple[str, ...]:
    """The verdict in sentences, `zh` or `en`: the outcome, then each reason with its source.

    The earliest moment is shown on the wall clock of `zone`.
    """
    first = worded(_SAID[verdict.outcome], language)
    if verdict.earliest_at is not None:
        local = verdict.earliest_at.astimezone(known_zone(zone) or UTC)
        first = first.format(earliest=f"{local:%Y-%m-%d %H:%M} ({local.tzname()})")
    return (first, *(_with_source(b, language) for b in verdict.because))


def record_of(facts: ContactFacts, verdict: Verdict) -> dict[str, object]:
    """What is stored of a verdict, so that `replay` can give it again."""
    return {"facts": facts.as_record(), "verdict": verdict.as_record()}


def replay(record: Mapping[str, object], *, pack: Pack | None = None) -> Verdict:
    """The verdict that the stored facts give by the rules that gave it the first time.

    Raises: RecordUnreadable; OtherRules when those rules are not at hand.
    """
    facts, stored = record.get("facts"), record.get("verdict")
    if not isinstance(facts, Mapping) or not isinstance(stored, Mapping):
        raise RecordUnreadable(
            "A stored record holds no facts or no verdict",
            hint="The record was changed after it was written: restore it from the backup.",
        )
    asked = load_pack(SHIPPED) if pack is None else pack
    given = stored.get("rules_version")
    if given != asked.version:
        raise OtherRules(
            f"The verdict was given by the rules {given}; at hand are {asked.version}",
            hint="Replay it with the version of Arrears that shipped those rules.",
        )
    return may_contact(facts_from(facts), pack=asked)


def _reasons(facts: ContactFacts, pack: Pack) -> tuple[tuple[Because, ...], bool]:
    """Every reason against the contact, and whether waiting would lift them all."""
    if facts.at is None:
        zh, en = FACT_NAMES["at"]
        missing = f"{zh}不明，不得联系", f"Not known: {en}; no contact without it"
        return (Because("fact_missing", pack.name, "", "", *missing),), False
    try:
        day = local_date(facts.at, pack.zone)
    except Exception as error:  # a moment that no rule can be chosen by
        return (_fault(pack.name, error),), False
    found: dict[tuple[str, str], Because] = {}
    waiting = True
    for rule in pack.rules:
        try:
            reasons = rule.reasons(facts, on=day)
        except Exception as error:  # never fail open
            reasons = (_fault(rule.rule_id, error),)
        if reasons and (rule.effect != DEFER or reasons[0].code != rule.code):
            waiting = False
        for because in reasons:  # a fact that several rules miss is said once
            found.setdefault((because.code, because.en), because)
    if not found and not any(rule.in_force(day) for rule in pack.rules):
        return (no_rule(pack.name, day),), False
    return tuple(found.values()), waiting


def _earliest(facts: ContactFacts, pack: Pack) -> datetime | None:
    """The first later moment at which nothing is against the contact, UTC; None when not soon."""
    zone = known_zone(facts.zone)
    if facts.at is None or zone is None:
        return None
    for moment in turning_points(facts.at, zone, ZoneInfo(pack.zone), pack.walls):
        if _fulfils(facts_at(facts, moment), local_date(moment, pack.zone), pack):
            return moment
    return None


def _fulfils(facts: ContactFacts, day: date, pack: Pack) -> bool:
    """Whether `_reasons` would find none; a fault inside a rule is raised."""
    return all(rule.holds(facts, on=day) is True for rule in pack.rules) and any(
        rule.in_force(day) for rule in pack.rules
    )


def _with_source(because: Because, language: str) -> str:
    source = " ".join(part for part in (because.source, because.article) if part)
    if not source:
        return because.text(language)
    opening, closing = {"zh": ("（", "）"), "en": (" (", ")")}[language]
    return f"{because.text(language)}{opening}{source}{closing}"


def _fault(rule_id: str, error: Exception) -> Because:
    """The reason when a rule could not be asked; it names no value, which may be personal."""
    what = type(error).__name__
    return Because(
        "gate_error",
        rule_id,
        "",
        "",
        f"规则 {rule_id} 无法判断（{what}），不得联系",
        f"Rule {rule_id} could not be asked ({what}); no contact",
    )
