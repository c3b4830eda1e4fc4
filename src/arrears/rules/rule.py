"""A rule is data: what it asks of which acts, on which days with which figures, and who says so."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date

from arrears.rules.condition import Condition, Lacks, Only
from arrears.rules.facts import WORDS, ContactFacts
from arrears.rules.limit import Limit, in_force
from arrears.rules.logic import All, AnyOf, Not
from arrears.rules.verdict import Because
from arrears.rules.wording import FACT_NAMES, Figures, Words, filled, in_words, worded

# What a rule does when it is not fulfilled.
REFUSE = "refuse"
DEFER = "defer"  # only the moment is against it
SOFT = "soft"  # someone of the rule's `lifted_by` may override it with a reason
REDIRECT = "redirect"  # someone else is to be contacted instead
DUTY = "duty"  # fulfilled during the contact or right after: while not known it is a duty
EFFECTS = (REFUSE, DEFER, SOFT, REDIRECT, DUTY)


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule with its limits; `needed` means that a day without it has no law to go by."""

    rule_id: str
    code: str  # of the reason when it is not fulfilled
    requires: Condition
    says: Words  # the rule itself, for the rule book
    against: Words  # the reason when it is not fulfilled; of a duty, what is to be done
    when: Condition | None = None  # it asks nothing where this does not hold
    unless: Condition | None = None  # an exception, which needs evidence of its own
    effect: str = REFUSE  # one of EFFECTS
    acts: tuple[str, ...] = ("contact",)
    lifted_by: tuple[str, ...] = ()  # roles that may override it, where its effect is SOFT
    instead: str = ""  # the role of the person to go to, where its effect is REDIRECT
    needed: bool = True
    limits: tuple[Limit, ...] = field(default=())

    def in_force(self, on: date) -> Limit | None:
        """The limit that holds on the day, if there is one."""
        return in_force(self.limits, on)

    @property
    def whole(self) -> Condition:
        """Where `when` holds, the rule's demand or its exception does too."""
        asked = self.requires if self.unless is None else AnyOf((self.requires, self.unless))
        return asked if self.when is None else AnyOf((Not(self.when), asked))

    def holds(self, facts: ContactFacts, *, on: date) -> bool | None:
        """Whether the contact fulfils the rule; None when a fact, or a rule for the day, is missing.

        Raises: ValueError for a naive moment.
        """
        return self.answer(facts, self.in_force(on))

    def answer(self, facts: ContactFacts, limit: Limit | None) -> bool | None:
        """What `holds` says on a day that has this limit. Raises: ValueError for a naive moment."""
        if limit is None:
            return None if self.needed else True
        when = None if self.when is None else self.when.holds(facts, limit)
        if when is False:
            return True
        holds = self.requires.holds(facts, limit)
        if holds is not True and self.unless is not None:
            other = self.unless.holds(facts, limit)
            holds = other if other is True or holds is False else None
        if self.when is None or when is True or holds is True:
            return holds
        return None

    def sql(self, *, on: date) -> str:
        """The same answer as an expression over columns named as the facts, local_date and local_time."""
        limit = self.in_force(on)
        if limit is None:
            return "NULL" if self.needed else "true"
        return self.whole.sql(limit)

    @property
    def asks(self) -> tuple[str, ...]:
        """The facts that it turns on, those of its scope and its exception among them."""
        return self.whole.asks

    def text(self, language: str, *, on: date | None = None) -> str:
        """The rule in `zh` or `en` with the figures of that day, or with the latest ones.

        Raises: ValueError when there are none.
        """
        limit = self.in_force(on) if on else (self.limits or (None,))[-1]
        if limit is None:
            raise ValueError(f"rule {self.rule_id} has no figures for {on}")
        return filled(self.says, language, Figures(limit, language))

    def reasons(self, facts: ContactFacts, *, on: date) -> tuple[Because, ...]:
        """Why the contact does not fulfil the rule; empty when it does.

        Grain: one for the rule, or one for each fact that is missing; of a duty, always one.
        Raises: ValueError for a naive moment, or a fact that is not asked.
        """
        holds = self.holds(facts, on=on)
        if holds is True:
            return ()
        limit = self.in_force(on)
        if limit is None:
            return (no_rule(self.rule_id, on),)
        if holds is None and self.effect != DUTY:
            unknown = list(self._unknown(facts, limit))
            if not unknown:  # an answer without a reason must not pass for none against
                raise ValueError(f"rule {self.rule_id} turns on a fact that it does not ask")
            return tuple(self._missing(facts, name, limit) for name in dict.fromkeys(unknown))
        return (self._because(limit, self.code, lambda lang: self._sentence(facts, limit, lang)),)

    def _unknown(self, facts: ContactFacts, limit: Limit) -> Iterator[str]:
        """The facts that are not known of those parts of the rule that could not be answered."""
        for part in (self.when, self.requires, self.unless):
            if part is not None and part.holds(facts, limit) is None:
                yield from (name for name in part.asks if not facts.known(name))

    def _sentence(self, facts: ContactFacts, limit: Limit, language: str) -> str:
        found = in_words(minded(self.requires, facts, limit), language)
        return filled(self.against, language, Figures(limit, language, facts, found=found))

    def _missing(self, facts: ContactFacts, name: str, limit: Limit) -> Because:
        given: object = getattr(facts, name)
        what, was = FACT_NAMES[name], given
        if isinstance(given, frozenset):
            was = ", ".join(sorted(given - WORDS.get(name, frozenset())))
        zh = f"{what[0]}不明" + (f"（所给为“{was}”）" if given is not None else "")
        en = f"Not known: {what[1]}" + (f" (given as {was!r})" if given is not None else "")
        return self._because(
            limit,
            "fact_missing",
            lambda lang: worded((f"{zh}，不得继续", f"{en}; not allowed without it"), lang),
        )

    def _because(self, limit: Limit, code: str, said: Callable[[str], str]) -> Because:
        return Because(code, self.rule_id, limit.source, limit.article, said("zh"), said("en"))


def minded(asked: Condition, facts: ContactFacts, limit: Limit) -> tuple[str, ...]:
    """The words of a set of facts that a condition minds, in order."""
    if isinstance(asked, All | AnyOf):
        found = (word for term in asked.terms for word in minded(term, facts, limit))
        return tuple(dict.fromkeys(found))
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
