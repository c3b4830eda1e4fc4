"""A rule is data: what it asks, on which days with which figures, and who says so."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from arrears.rules.condition import Condition, Lacks, Only, Where
from arrears.rules.facts import ContactFacts
from arrears.rules.limit import Limit, in_force
from arrears.rules.verdict import Because
from arrears.rules.wording import (
    FACT_NAMES,
    Words,
    fact_figures,
    filled,
    in_words,
    limit_figures,
    worded,
)

REFUSE, DEFER = "refuse", "defer"  # what a rule does when it is not fulfilled


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule with its limits; `needed` means that a day without it has no law to go by."""

    rule_id: str
    code: str  # of the reason when it is not fulfilled
    requires: Condition
    says: Words  # the rule itself, for the rule book
    against: Words  # the reason when it is not fulfilled
    effect: str = REFUSE  # or DEFER, when only the moment is against it
    needed: bool = True
    limits: tuple[Limit, ...] = field(default=())

    def in_force(self, on: date) -> Limit | None:
        """The limit that holds on the day, if there is one."""
        return in_force(self.limits, on)

    def holds(self, facts: ContactFacts, *, on: date) -> bool | None:
        """Whether the contact fulfils the rule; None when a fact, or a rule for the day, is missing.

        Raises: ValueError for a fact that can be no such thing.
        """
        limit = self.in_force(on)
        if limit is None:
            return None if self.needed else True
        return self.requires.holds(facts, limit)

    def text(self, language: str, *, on: date | None = None) -> str:
        """The rule in `zh` or `en` with the figures of that day, or with the latest ones.

        Raises: ValueError when there are none.
        """
        limit = self.in_force(on) if on else (self.limits or (None,))[-1]
        if limit is None:
            raise ValueError(f"rule {self.rule_id} has no figures for {on}")
        return filled(self.says, language, limit_figures(limit, language))

    def reasons(self, facts: ContactFacts, *, on: date) -> tuple[Because, ...]:
        """Why the contact does not fulfil the rule; empty when it does.

        Grain: one for the rule, or one for each fact that is missing.
        Raises: ValueError for a fact that can be no such thing, or one that is not asked.
        """
        limit = self.in_force(on)
        holds = self.holds(facts, on=on)
        if holds is True:
            return ()
        if limit is None:
            return (no_rule(self.rule_id, on),)
        if holds is None:
            unknown = [name for name in self.requires.asks if not facts.known(name)]
            if not unknown:  # an answer without a reason must not pass for none against
                raise ValueError(f"rule {self.rule_id} turns on a fact that it does not ask")
            return tuple(self._missing(facts, name, limit) for name in unknown)
        return (self._because(limit, self.code, lambda lang: self._sentence(facts, limit, lang)),)

    def _sentence(self, facts: ContactFacts, limit: Limit, language: str) -> str:
        figures = limit_figures(limit, language) | fact_figures(facts, language)
        held = holds_against(self.requires, facts, limit)
        return filled(self.against, language, figures | {"holds": in_words(held, language)})

    def _missing(self, facts: ContactFacts, name: str, limit: Limit) -> Because:
        given: object = getattr(facts, name)
        what = FACT_NAMES[name]
        zh = f"{what[0]}不明" + (f"（所给为“{given}”）" if given is not None else "")
        en = f"Not known: {what[1]}" + (f" (given as {given!r})" if given is not None else "")
        return self._because(
            limit,
            "fact_missing",
            lambda lang: worded((f"{zh}，不得联系", f"{en}; no contact without it"), lang),
        )

    def _because(self, limit: Limit, code: str, said: Callable[[str], str]) -> Because:
        return Because(code, self.rule_id, limit.source, limit.article, said("zh"), said("en"))


def holds_against(asked: Condition, facts: ContactFacts, limit: Limit) -> tuple[str, ...]:
    """The holds in force that a condition minds, in order."""
    if isinstance(asked, Where):
        return holds_against(asked.then, facts, limit)
    return asked.minded(facts, limit) if isinstance(asked, Only | Lacks) else ()


def no_rule(rule_id: str, on: date) -> Because:
    """The reason when nothing is in force that could allow a contact on the day."""
    return Because(
        "no_rule_in_force",
        rule_id,
        "",
        "",
        f"{on} 没有生效的规则可依，不得联系",
        f"No rule is in force on {on} by which contact could be allowed",
    )
