"""The gate: one function that says whether an act may be done; what it cannot know it refuses."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from arrears.core.day import local_date
from arrears.core.errors import UserError
from arrears.rules.book import Book, shipped
from arrears.rules.facts import ContactFacts, RecordUnreadable, facts_at, facts_from, known_zone
from arrears.rules.given import Given
from arrears.rules.given import verdict_from as verdict_from  # others read kept verdicts by it
from arrears.rules.pack import Pack
from arrears.rules.rule import DEFER, DUTY, REDIRECT, REFUSE, SOFT, Rule, no_rule
from arrears.rules.turns import turning_points
from arrears.rules.verdict import Because, Outcome, Verdict
from arrears.rules.wording import FACT_NAMES, Words, in_words, worded

_SAID: dict[Outcome, Words] = {
    Outcome.ALLOW: ("可以联系：各项规则均已满足", "Contact is allowed: every rule is fulfilled"),
    Outcome.ALLOW_WITH_DUTIES: (
        "可以联系，并须做到以下各项",
        "Contact is allowed, and the following must be done",
    ),
    Outcome.REFUSE: ("不得联系", "Contact is refused"),
    Outcome.REDIRECT: (
        "不得联系此人，应联系：{instead}",
        "Not this person; contact instead: {instead}",
    ),
    Outcome.SOFT_BLOCK: (
        "不宜联系，如确有需要，须由有权人员说明理由后放行",
        "Contact should not be made; someone entitled may override this with a reason",
    ),
    Outcome.DEFER: (
        "现在不得联系，最早可于 {earliest} 联系",
        "Not now; contact is allowed from {earliest}",
    ),
}


class OtherRules(UserError):
    """The verdict was given by rules that are not the ones at hand."""

    exit_code = 70


class _Found:
    """What is against an act, by the effect of the rules that are not fulfilled."""

    def __init__(self) -> None:
        self.against: dict[tuple[str, str], Because] = {}
        self.duties: list[Because] = []
        self.effects: set[str] = set()
        self.instead = ""
        self.lifted_by: set[str] | None = None

    def add(self, effect: str, *because: Because) -> None:
        """Reasons against it; a fact that several rules miss is said once."""
        self.effects.add(effect)
        for one in because:
            self.against.setdefault((one.code, one.en), one)


def may_contact(facts: ContactFacts, *, book: Book | None = None) -> Verdict:
    """Whether the act may be done, with every reason against it or every duty that goes with it.

    Every pack of the book is asked and all must agree, so the stricter wins. Deferred is what only the
    hour or the day is against; `earliest_at` is then the next lawful moment if nothing else happens until
    then. A missing fact, a day without rules and a fault inside a rule all refuse.
    """
    asked = shipped() if book is None else book
    found = _Found()
    if facts.at is None:
        zh, en = FACT_NAMES["at"]
        missing = f"{zh}不明，不得继续", f"Not known: {en}; not allowed without it"
        found.add(REFUSE, Because("fact_missing", asked.name, "", "", *missing))
    else:
        for pack in asked.packs:
            _ask(pack, facts, found)
        if not found.effects and not _has_law(facts, asked):
            found.add(REFUSE, no_rule(asked.name, local_date(facts.at, asked.packs[0].zone)))
    earliest = None
    if DEFER in found.effects and found.effects <= {DEFER, SOFT}:
        try:
            earliest = _earliest(facts, asked)
        except Exception as error:  # whatever it is, it must not let a contact through
            found.add(REFUSE, _fault(asked.name, error))
    outcome = _outcome(found, earliest)
    lifted_by = tuple(sorted(found.lifted_by or ())) if outcome is Outcome.SOFT_BLOCK else ()
    return Given(
        outcome,
        tuple(found.against.values()),
        earliest if outcome is Outcome.DEFER else None,
        asked.version,
        tuple(found.duties) if outcome is Outcome.ALLOW_WITH_DUTIES else (),
        found.instead if outcome is Outcome.REDIRECT else "",
        lifted_by,
    )


def _outcome(found: _Found, earliest: datetime | None) -> Outcome:
    if REFUSE in found.effects:
        return Outcome.REFUSE
    if REDIRECT in found.effects:
        return Outcome.REDIRECT
    if DEFER in found.effects:
        return Outcome.REFUSE if earliest is None else Outcome.DEFER
    if SOFT in found.effects:
        return Outcome.SOFT_BLOCK
    return Outcome.ALLOW_WITH_DUTIES if found.duties else Outcome.ALLOW


def _ask(pack: Pack, facts: ContactFacts, found: _Found) -> None:
    """What one pack has against the act, or wants done with it."""
    try:
        day = local_date(facts.at, pack.zone) if facts.at else date.min
    except Exception as error:  # a moment that no rule can be chosen by
        found.add(REFUSE, _fault(pack.name, error))
        return
    for rule, limit in pack.asked_on(facts.act, day):
        try:
            if (holds := rule.answer(facts, limit)) is not True:
                _unfulfilled(rule, facts, day, found, holds=holds)
        except Exception as error:  # never fail open
            found.add(REFUSE, _fault(rule.rule_id, error))


def _unfulfilled(
    rule: Rule, facts: ContactFacts, day: date, found: _Found, *, holds: bool | None
) -> None:
    """What a rule that is not fulfilled, or not known to be, has against the act or wants done."""
    because = rule.reasons(facts, on=day)
    if rule.effect == DUTY and holds is None and rule.in_force(day):
        found.duties.extend(because)
    elif holds is None or rule.effect == DUTY:  # not known, or known that it will not be done
        found.add(REFUSE, *because)
    elif rule.effect == SOFT:
        if rule.rule_id not in (facts.overrides or ()):
            found.add(SOFT, *because)
            lifted = set(rule.lifted_by)
            found.lifted_by = lifted if found.lifted_by is None else found.lifted_by & lifted
    else:
        found.add(rule.effect, *because)
        found.instead = found.instead or rule.instead


def explain(verdict: Verdict, language: str, *, zone: str = "UTC") -> tuple[str, ...]:
    """The verdict in sentences, `zh` or `en`: the outcome, then each reason or duty with its source.

    The earliest moment is shown on the wall clock of `zone`.
    """
    first = worded(_SAID[verdict.outcome], language)
    if verdict.earliest_at is not None:
        local = verdict.earliest_at.astimezone(known_zone(zone) or UTC)
        first = first.format(earliest=f"{local:%Y-%m-%d %H:%M} ({local.tzname()})")
    if verdict.instead:
        first = first.format(instead=in_words(verdict.instead, language))
    told = verdict.because or verdict.duties
    return (first, *(_with_source(b, language) for b in told))


def record_of(facts: ContactFacts, verdict: Verdict) -> dict[str, object]:
    """What is stored of a verdict, so that `replay` can give it again."""
    return {"facts": facts.as_record(), "verdict": verdict.as_record()}


def replay(record: Mapping[str, object], *, book: Book | None = None) -> Verdict:
    """The verdict that the stored facts give by the rules that gave it the first time.

    Raises: RecordUnreadable; OtherRules when `book` is not those rules.
    """
    facts, stored = record.get("facts"), record.get("verdict")
    if not isinstance(facts, Mapping) or not isinstance(stored, Mapping):
        raise RecordUnreadable(
            "A stored record holds no facts or no verdict",
            hint="The record was changed after it was written: restore it from the backup.",
        )
    asked = shipped() if book is None else book
    given = stored.get("rules_version")
    if given != asked.version:
        raise OtherRules(
            f"The verdict was given by the rules {given}; at hand are {asked.version}",
            hint="Replay it with those rules, which are kept with the verdict.",
        )
    return may_contact(facts_from(facts), book=asked)


def _earliest(facts: ContactFacts, book: Book) -> datetime | None:
    """The first later moment at which nothing but what can be overridden is against it, UTC."""
    zone = known_zone(facts.zone)
    if facts.at is None or zone is None:
        return None
    laws = {ZoneInfo(pack.zone) for pack in book.packs}
    for moment in turning_points(facts.at, zone, laws, book.walls):
        if _fulfils(facts_at(facts, moment), moment, book):
            return moment
    return None


def _fulfils(facts: ContactFacts, moment: datetime, book: Book) -> bool:
    """Whether every rule that is no duty and cannot be overridden holds; a fault is raised."""
    for pack in book.packs:
        day = local_date(moment, pack.zone)
        asked = pack.asked_on(facts.act, day)
        for rule, limit in sorted(asked, key=lambda one: one[0].effect != DEFER):
            holds = rule.answer(facts, limit)
            if holds is not True and not (
                (rule.effect == DUTY and holds is None) or (rule.effect == SOFT and holds is False)
            ):
                return False
    return _has_law(facts, book)


def _has_law(facts: ContactFacts, book: Book) -> bool:
    """Whether some law speaks of the act on that day: what no rule speaks of is not allowed."""
    return facts.at is not None and any(
        limit is not None
        for pack in book.packs
        if not pack.tightens
        for _, limit in pack.asked_on(facts.act, local_date(facts.at, pack.zone))
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
