"""A pack of rules: the rules of one law with their dated limits, read once."""

import tomllib
from dataclasses import dataclass, field, replace
from datetime import date, time
from functools import cache
from hashlib import sha256
from importlib import import_module
from importlib.resources import files
from itertools import chain

from arrears.rules.facts import known_zone
from arrears.rules.limit import Limit, PackUnreadable, limits_from, table_of
from arrears.rules.rule import Rule

HOME = "arrears.rules.packs"
DAYS_KEPT = 1000  # of acts and days whose rules are remembered
Asked = tuple[tuple[Rule, Limit | None], ...]


@dataclass(frozen=True, slots=True)
class Pack:
    """Rules that are asked together; `zone` is the law's own, in which its days begin."""

    name: str
    version: str
    zone: str
    rules: tuple[Rule, ...]
    tightens: bool = False  # an institution's own: stricter figures for rules of other packs
    walls: tuple[time, ...] = field(init=False, repr=False, compare=False)  # that a limit names
    _asked: dict[tuple[str | None, date], Asked] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        limits = chain.from_iterable(rule.limits for rule in self.rules)
        named = {value for limit in limits for _, value in limit.values if isinstance(value, time)}
        object.__setattr__(self, "walls", tuple(sorted(named)))
        object.__setattr__(self, "_asked", {})

    def asked_of(self, act: str | None) -> tuple[Rule, ...]:
        """The rules that speak of such an act, in order; none of an act that nobody declared."""
        return tuple(rule for rule in self.rules if act in rule.acts)

    def asked_on(self, act: str | None, day: date) -> Asked:
        """The same rules with the limit that each has on a day, if any."""
        asked = self._asked.get((act, day))
        if asked is None:
            if len(self._asked) >= DAYS_KEPT:
                self._asked.clear()
            asked = tuple((rule, rule.in_force(day)) for rule in self.asked_of(act))
            self._asked[act, day] = asked
        return asked


def packs() -> tuple[str, ...]:
    """The names of the packs that are shipped, in order."""
    return tuple(
        sorted(
            entry.name
            for entry in files(HOME).iterdir()
            if entry.is_dir() and entry.joinpath("limits.toml").is_file()
        )
    )


@cache
def load_pack(name: str) -> Pack:
    """The shipped pack of that name. Raises: PackUnreadable."""
    if name not in packs():
        raise PackUnreadable(
            f"There is no pack of rules called {name}", hint=f"Shipped are: {', '.join(packs())}"
        )
    text = files(HOME).joinpath(name, "limits.toml").read_text(encoding="utf-8")
    return pack_from(name, import_module(f"{HOME}.{name}.rules").RULES, text)


def pack_from(name: str, rules: tuple[Rule, ...], text: str) -> Pack:
    """The rules with the limits that the TOML text gives them.

    The version ends with a hash of the rules and limits: a figure cannot change unnoticed.
    Raises: PackUnreadable.
    """
    head, limits = written_limits(name, text, rules)
    dated = tuple(
        replace(rule, limits=limits_from(rule.rule_id, limits.get(rule.rule_id))) for rule in rules
    )
    return versioned(Pack(name, str(head["version"]), str(head["zone"]), dated))


def written_limits(
    name: str, text: str, rules: tuple[Rule, ...]
) -> tuple[dict[str, object], dict[str, object]]:
    """The head and the limits by rule of a TOML text, which speaks of these rules only.

    Raises: PackUnreadable.
    """
    try:
        written = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PackUnreadable(f"The limits of {name} are no TOML: {error}") from error
    head, limits = (dict(table_of(written, part, name)) for part in ("pack", "rule"))
    zone = head.get("zone")
    if not head.get("version") or not isinstance(zone, str) or known_zone(zone) is None:
        raise PackUnreadable(
            f"The limits of {name} do not say their version and the zone of the law",
            hint="Begin limits.toml with [pack], version and zone.",
        )
    known = {rule.rule_id for rule in rules}
    if strangers := sorted(set(limits) - known):
        raise PackUnreadable(
            f"The limits of {name} speak of rules it does not have: {', '.join(strangers)}",
            hint=f"Its rules are: {', '.join(sorted(known))}",
        )
    return head, limits


def versioned(pack: Pack) -> Pack:
    """The pack whose version ends with a hash of all that it says."""
    return replace(pack, version=f"{pack.name} {pack.version} {version_of(pack)}")


def version_of(pack: Pack) -> str:
    """A hash of all that the pack says."""
    return sha256(repr((pack.zone, pack.rules)).encode()).hexdigest()[:12]
