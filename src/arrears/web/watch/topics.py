"""What facts and rules are about: the headings of the form of facts, and the sections of the rule book."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from arrears.rules.facts import ACTS, NAMES
from arrears.rules.rule import DUTY, Rule
from arrears.rules.wording import in_words
from arrears.web import words

CONTACT = "contact"
# The fact with which each topic begins, as they are declared one after the other, and its heading.
TITLES: dict[str, Any] = {
    "act": _("什么事、怎么做"),
    "role": _("联系谁、用什么"),
    "holds": _("有什么妨碍"),
    "attempts_today": _("何时、多少次"),
    "discloses_debt": _("说什么"),
    "collectors": _("由谁来做"),
    "handover_notice_date": _("事先告知过什么"),
    "term_months": _("计划、投诉、记录"),
    "recorded": _("联系当中要做到的"),
}
CLOCK = ("at", "zone")
# The clock is asked for with the counts of its day, what is stated of all with whom it is stated of.
ELSEWHERE = dict.fromkeys(CLOCK, "attempts_today") | {"stated": "role"}


def _topics() -> Iterator[tuple[str, str]]:
    topic = ""
    for name in NAMES:
        topic = name if name in TITLES else topic
        yield name, ELSEWHERE.get(name, topic)


TOPIC: Mapping[str, str] = dict(_topics())
ORDER = (*TITLES, *(act for act in ACTS if act != CONTACT))


def by_topic(names: Iterable[str]) -> list[tuple[Any, list[str]]]:
    """The facts under their headings, both in the order in which they are declared."""
    found: dict[str, list[str]] = {topic: [] for topic in TITLES}
    for name in names:
        found[TOPIC[name]].append(name)
    return [(TITLES[topic], facts) for topic, facts in found.items() if facts]


def topic_of(rule: Rule) -> str:
    """What a rule is about: of a contact the topic of what it asks first, else its act."""
    if CONTACT not in rule.acts:
        return rule.acts[0]
    if rule.effect == DUTY:
        return "recorded"
    asks = rule.requires.asks
    return TOPIC[next((name for name in asks if name not in CLOCK), asks[0])]


def title_of(topic: str) -> Any:
    """The heading of a topic."""
    return TITLES.get(topic) or act_word(topic)


def act_word(act: str) -> str:
    """What an act is called."""
    return gettext("与人联系") if act == CONTACT else in_words(act, words.language())
