"""An institution's word that it has seen the text of a law, and that a shipped limit says the same."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from arrears.rules.limit import Limit, PackUnreadable, is_day
from arrears.rules.pack import Pack
from arrears.rules.rule import Rule

TOLD = "verified"  # the table of rules.toml
_WHO = ("by", "on", "source")


@dataclass(frozen=True, slots=True)
class Confirmation:
    """Who saw on which day, in what text, that the limit of a rule from a day on is as it is shipped.

    It changes no verdict: what a limit forbids does not depend on how well its text was seen.
    """

    rule_id: str
    from_date: date
    by: str
    on_date: date
    source: str


def confirmations(told: Mapping[str, object], packs: Iterable[Pack]) -> tuple[Confirmation, ...]:
    """What an institution confirms of the limits of these packs, by rule and day.

    Raises: PackUnreadable, for a limit that is not there, one with other figures, or the house's own.
    """
    rules = {rule.rule_id: rule for pack in packs for rule in pack.rules}
    found = sorted(_read(told, rules), key=lambda one: (one.rule_id, one.from_date))
    for one, other in pairwise(found):
        if (one.rule_id, one.from_date) == (other.rule_id, other.from_date):
            raise _fault(one.rule_id, f"is confirmed twice from {one.from_date} on", "Leave one.")
    return tuple(found)


def _read(told: Mapping[str, object], rules: Mapping[str, Rule]) -> Iterator[Confirmation]:
    for rule_id, entries in told.items():
        if rule_id not in rules:
            raise _fault(
                rule_id, "is in none of the packs", "Confirm rules of the packs in [book]."
            )
        if not isinstance(entries, list) or not all(isinstance(one, Mapping) for one in entries):
            raise _fault(
                rule_id, "has no list of confirmations", f"Write each as [[{TOLD}.{rule_id}]]."
            )
        for entry in entries:
            yield _confirmation(rules[rule_id], dict(entry))


def _confirmation(rule: Rule, entry: dict[str, object]) -> Confirmation:
    """Who confirms a limit of the rule, repeating its figures. Raises: PackUnreadable."""
    by, on, source = (entry.pop(word, None) for word in _WHO)
    if not _words(by) or not _words(source) or not is_day(on):
        raise _fault(
            rule.rule_id,
            "is confirmed without who, when and by what text",
            "Write by, on and source.",
        )
    first = entry.pop("from_date", None)
    limit = next((one for one in rule.limits if one.span.from_date == first), None)
    if limit is None:
        days = ", ".join(str(one.span.from_date) for one in rule.limits)
        raise _fault(rule.rule_id, f"has no limit from {first} on", f"Its limits begin on {days}.")
    if limit.verified == "own":
        raise _fault(
            rule.rule_id, "is the house's own policy from that day on", "There is no text to see."
        )
    if not _same(entry, limit):
        figures = ", ".join(f"{name} = {value}" for name, value in limit.values) or "no figure"
        raise _fault(
            rule.rule_id,
            f"has other figures from {first} on than those confirmed",
            f"In force are: {figures}. Repeat them all, or tell us what the text says.",
        )
    return Confirmation(rule.rule_id, limit.span.from_date, str(by), on, str(source))


def _same(figures: Mapping[str, object], limit: Limit) -> bool:
    """Whether these are the figures of the limit, all of them and no other."""
    theirs = {name: tuple(v) if isinstance(v, list) else v for name, v in figures.items()}
    ours = dict(limit.values)
    return theirs == ours and all(type(theirs[name]) is type(ours[name]) for name in ours)


def _words(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _fault(rule_id: str, wrong: str, hint: str) -> PackUnreadable:
    return PackUnreadable(f"The rule {rule_id}, confirmed in rules.toml, {wrong}", hint=hint)
