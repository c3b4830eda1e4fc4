"""A condition in words: when a rule is asked at all, and what it makes an exception of."""

from django.utils.translation import gettext as _

from arrears.rules.condition import Condition, IsSo, Lacks, OneOf, Only
from arrears.rules.limit import Limit
from arrears.rules.logic import All, AnyOf, Not
from arrears.rules.wording import in_words
from arrears.web import words
from arrears.web.watch.facts import named


def told(asked: Condition | None, limit: Limit) -> str:
    """The condition with the words of that limit; empty where there is none."""
    if asked is None:
        return ""
    if isinstance(asked, All | AnyOf):
        joined = _("；并且") if isinstance(asked, All) else _("；或者")
        return joined.join(told(term, limit) for term in asked.terms)
    turned = isinstance(asked, Not)
    one = asked.term if isinstance(asked, Not) else asked
    if isinstance(one, OneOf | Only):
        return _but(one, limit) if turned else _with(one, limit)
    if isinstance(one, Lacks):
        return _with(one, limit) if turned else _but(one, limit)
    if isinstance(one, IsSo):
        said = in_words(not turned, words.language())
        return _("%(fact)s：%(words)s") % {"fact": named(one.fact), "words": said}
    return _("看%(facts)s") % {"facts": _("、").join(map(named, one.asks))}


def _with(one: OneOf | Only | Lacks, limit: Limit) -> str:
    return _("%(fact)s：%(words)s") % _filled(one, limit)


def _but(one: OneOf | Only | Lacks, limit: Limit) -> str:
    return _("%(fact)s：%(words)s以外") % _filled(one, limit)


def _filled(one: OneOf | Only | Lacks, limit: Limit) -> dict[str, str]:
    listed = in_words(limit.value(one.words, tuple), words.language())
    return {"fact": named(one.fact), "words": listed}
