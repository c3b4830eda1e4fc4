"""Which facts the rules can still turn on, once it is known what would be done, how, and with whom."""

from datetime import date

from arrears.core.day import local_date
from arrears.rules.book import Book
from arrears.rules.facts import ContactFacts
from arrears.rules.rule import SOFT
from arrears.web.watch.topics import CONTACT

ACT = ("act",)
OF_CONTACT = (*ACT, "purpose", "channel", "role")
ALWAYS = ("at",)  # without the moment no rule can be chosen


def first_asked(act: str | None) -> tuple[str, ...]:
    """The facts that are asked before all others."""
    return OF_CONTACT if act in (CONTACT, None) else ACT


def still_asked(facts: ContactFacts, *, book: Book, today: date) -> frozenset[str]:
    """The facts that some rule of the day turns on, whatever the first ones leave open.

    A rule that the first facts decide alone asks nothing more; one that does not apply by what else is
    known asks only what could make it apply.
    """
    first = ContactFacts(**{name: getattr(facts, name) for name in first_asked(facts.act)})
    found = set(ALWAYS)
    for pack in book.packs:
        day = local_date(facts.at, pack.zone) if facts.at else today
        for rule, limit in pack.asked_on(facts.act, day):
            if limit is None or rule.answer(first, limit) is not None:
                continue
            apart = rule.when is not None and rule.when.holds(facts, limit) is False
            found.update(rule.when.asks if rule.when is not None and apart else rule.asks)
            if rule.effect == SOFT and not apart:
                found.add("overrides")
    return frozenset(found - set(first_asked(facts.act)))
