"""The rule book of an institution: packs that are all asked, and its own figures, which only tighten."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, time
from functools import cache, lru_cache
from pathlib import Path

from arrears.core.day import Span
from arrears.core.errors import UserError
from arrears.rules.condition import LOOSER
from arrears.rules.confirmed import TOLD, Confirmation, confirmations
from arrears.rules.limit import Limit, PackUnreadable, Value, limits_from, table_of
from arrears.rules.pack import Pack, load_pack, versioned, written_limits
from arrears.rules.rule import Rule

SHIPPED = ("cn",)
OWN_FILE = "rules.toml"  # in the institution's home
OWN = "own"  # the name of an institution's pack
_QUOTED = {"force": "POLICY", "verified": "own"}


class PackLoosens(UserError):
    """A figure of the institution's own would allow what the law forbids."""

    exit_code = 74


@dataclass(frozen=True, slots=True)
class Book:
    """The packs that are asked of every act, the laws first; all must agree.

    `left_out`: which shipped law the institution says does not bind it, and why. `confirmed`: of which
    limits it says that it has seen the text; no verdict depends on that.
    """

    packs: tuple[Pack, ...]
    left_out: tuple[tuple[str, str], ...] = ()
    confirmed: tuple[Confirmation, ...] = ()

    @property
    def name(self) -> str:
        """The names of its packs."""
        return "+".join(pack.name for pack in self.packs)

    @property
    def version(self) -> str:
        """The versions of its packs."""
        return " + ".join(pack.version for pack in self.packs)

    @property
    def walls(self) -> tuple[time, ...]:
        """Every time of day that a limit names."""
        return tuple(sorted({wall for pack in self.packs for wall in pack.walls}))


@cache
def shipped(names: tuple[str, ...] = SHIPPED) -> Book:
    """The shipped packs of these names. Raises: PackUnreadable."""
    if not names:
        raise PackUnreadable("A rule book needs at least one law", hint=f"Name {SHIPPED[0]}.")
    return Book(tuple(load_pack(name) for name in dict.fromkeys(names)))


def book_in(file: Path) -> Book:
    """The book that an institution's own file asks for; without such a file, the shipped one.

    Raises: PackUnreadable, PackLoosens.
    """
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return shipped()
    except (OSError, UnicodeDecodeError) as error:
        raise PackUnreadable(
            f"{file} cannot be read", hint="Nothing is allowed until it can be: mend the file."
        ) from error
    return _asked_for(text)


@lru_cache(maxsize=8)
def _asked_for(text: str) -> Book:
    """The book that an institution's own rules.toml asks for: its laws, and its own figures if it has any.

    Raises: PackUnreadable, PackLoosens.
    """
    try:
        written = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PackUnreadable(f"{OWN_FILE} is no TOML: {error}", hint="Mend the file.") from error
    if strangers := sorted(set(written) - {"book", "pack", "rule", TOLD}):
        raise PackUnreadable(
            f"{OWN_FILE} speaks of {', '.join(strangers)}",
            hint="It holds [book], [pack], rules, and what was verified.",
        )
    for name in written:
        table_of(written, name, OWN_FILE)
    told = table_of(written, "book", OWN_FILE)
    if strangers := sorted(set(told) - {"packs", "leaves_out"}):
        raise PackUnreadable(
            f"{OWN_FILE}: [book] speaks of {', '.join(strangers)}",
            hint="It holds packs, and leaves_out where a shipped law does not bind the institution.",
        )
    names = told.get("packs", list(SHIPPED))
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise PackUnreadable(f"{OWN_FILE} names no list of packs", hint='Write packs = ["cn"].')
    left_out = _left_out(told, names)
    laws = shipped(tuple(names))
    confirmed = confirmations(table_of(written, TOLD, OWN_FILE), laws.packs)
    book = replace(laws, left_out=left_out, confirmed=confirmed)
    return tightened(book, text) if "rule" in written else book


def _left_out(told: Mapping[str, object], names: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Which shipped laws are left out, and why: a law is never dropped without a word.

    Raises: PackUnreadable.
    """
    why = table_of(told, "leaves_out", f"[book] of {OWN_FILE}")
    lacking = [law for law in SHIPPED if law not in names]
    if sorted(why) != lacking or not all(isinstance(w, str) and w.strip() for w in why.values()):
        raise PackUnreadable(
            f"{OWN_FILE} does not say why it leaves out {', '.join(lacking) or 'what it names'}",
            hint="Where a shipped law does not bind the institution, write [book.leaves_out] "
            f'and {SHIPPED[0]} = "why"; else name it among the packs.',
        )
    return tuple((law, str(why[law])) for law in lacking)


def tightened(book: Book, text: str) -> Book:
    """The book with the institution's own figures, from TOML in the form of a pack's limits.

    They are asked beside the law, not instead of it, so that they could not loosen it; and each that
    would is refused all the same, because whoever wrote it believes otherwise.

    Raises: PackUnreadable, PackLoosens.
    """
    rules = tuple(rule for pack in book.packs for rule in pack.rules)
    head, limits = written_limits(OWN, text, rules)
    own = []
    for rule in rules:
        entries = limits.get(rule.rule_id)
        if entries is None:
            continue
        told = _entries(rule, entries)
        quoted = _QUOTED | {"unit": rule.limits[-1].unit}
        stricter = limits_from(rule.rule_id, [quoted | dict(e) for e in told])
        for limit in stricter:
            _prove(rule, limit)
        own.append(replace(rule, needed=False, limits=stricter))
    pack = Pack(OWN, str(head["version"]), str(head["zone"]), tuple(own), tightens=True)
    return replace(book, packs=(*book.packs, versioned(pack)))


def _entries(rule: Rule, entries: object) -> Iterable[Mapping[str, object]]:
    if not isinstance(entries, list) or not all(isinstance(e, Mapping) for e in entries):
        raise PackUnreadable(
            f"Rule {rule.rule_id} has no list of figures",
            hint=f"Write each as [[rule.{rule.rule_id}]].",
        )
    return entries


def _prove(rule: Rule, own: Limit) -> None:
    """The institution's limit allows nothing that the law forbids on any day. Raises: PackLoosens."""
    if own.force != _QUOTED["force"] or own.verified != _QUOTED["verified"]:
        raise PackUnreadable(
            f"The own figures of {rule.rule_id} claim the force {own.force}, verified {own.verified}",
            hint="An institution's own figures are its policy: leave force and verified out.",
        )
    _same_figures(rule, own)
    directions = rule.whole.loosens
    for law in rule.limits:
        if not _meet(law.span, own.span):
            continue
        theirs = dict(own.values)
        for name, figure in law.values:
            if name not in directions:
                continue
            if name not in theirs:
                raise PackUnreadable(
                    f"The own figures of {rule.rule_id} do not say {name}",
                    hint=f"Repeat every figure of the rule; {name} is {_shown(figure)} by law.",
                )
            for way in directions[name]:
                if not _no_looser(theirs[name], figure, way):
                    raise PackLoosens(
                        f"{rule.rule_id}: {name} = {_shown(theirs[name])} is looser than the law, "
                        f"which says {_shown(figure)} from {law.span.from_date} on ({law.source})",
                        hint="An institution may only be stricter. Mend its own figures.",
                    )


def _same_figures(rule: Rule, own: Limit) -> None:
    """The own limit has the figures of the law, in the law's unit. Raises: PackUnreadable."""
    known = {name for law in rule.limits for name, _ in law.values}
    if surplus := sorted({name for name, _ in own.values} - known):
        raise PackUnreadable(
            f"The own figures of {rule.rule_id} speak of {', '.join(surplus)}",
            hint=f"Its figures are: {', '.join(sorted(known))}.",
        )
    units = {law.unit for law in rule.limits}
    if own.unit not in units:
        raise PackUnreadable(
            f"The own figures of {rule.rule_id} are in another unit than the law's: {own.unit}",
            hint=f"Leave unit out: the law counts in {' or '.join(sorted(units))}.",
        )


def _meet(one: Span, other: Span) -> bool:
    """Whether two spans have a day in common."""
    latest = max(one.from_date, other.from_date)
    ends = [span.to_date or date.max for span in (one, other)]
    return latest < min(ends)


def _no_looser(own: Value, law: Value, way: int) -> bool:
    """Whether the own figure is the same or on the strict side; figures of two kinds never are."""
    if way == LOOSER:
        own, law = law, own
    if isinstance(own, tuple) and isinstance(law, tuple):
        return set(law) <= set(own)
    if isinstance(own, time) and isinstance(law, time):
        return law <= own
    return type(own) is int and type(law) is int and law <= own


def _shown(value: Value) -> str:
    return value.isoformat() if isinstance(value, time) else str(value)
