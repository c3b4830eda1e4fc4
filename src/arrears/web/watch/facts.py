"""The facts of a contact as a table in words, and as a form: both follow from what the gate may ask."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, get_args, get_origin
from zoneinfo import ZoneInfo

from django.utils.timezone import get_default_timezone_name
from django.utils.translation import gettext as _

from arrears.core.errors import UserError
from arrears.core.money import major_text, minor_from_text
from arrears.core.tables import POINT_SOURCES
from arrears.rules import facts as declared
from arrears.rules.facts import KINDS, NAMES, NEVER, ContactFacts, known_zone
from arrears.rules.wording import FACT_NAMES, VALUE_WORDS, worded
from arrears.web import words
from arrears.web.ledger.templatetags.shown import moment_in, money
from arrears.web.watch import topics

YEARS = range(2000, 2200)  # beyond them the clock's zones have no days
LONGEST = 200  # letters of a fact that is typed
LONGEST_NUMBER = 12
UNKNOWN = "-unknown"  # after the name of a set: nothing is known of it
NOT_ONCE = "-never"  # after the name of a day: it is known that it did not happen
YES, NO = "yes", "no"
SETS = (frozenset, tuple, list, set)
# The words of a fact that are a closed list; any other word is typed.
CHOICES: dict[str, tuple[str, ...]] = {
    "act": declared.ACTS,
    "purpose": declared.PURPOSES,
    "channel": declared.CHANNELS,
    "mode": declared.MODES,
    "actor": declared.ACTORS,
    "product": declared.PRODUCTS,
    "borrower_kind": declared.BORROWER_KINDS,
    "role": declared.ROLES,
    "point_source": POINT_SOURCES,
    "place": declared.PLACES,
    "holds": declared.CASE_HOLDS,
    "agreements": declared.AGREEMENTS,
    "case_state": declared.CASE_STATES,
    "debtor_state": declared.GONE,
    "text_classes": declared.TEXT_CLASSES,
    "extension": declared.EXTENSIONS,
    "record_kind": declared.RECORDS,
    "stated": ("zone", "point_source"),
}
SHAPES = {bool: "choice", int: "number", datetime: "moment", date: "day", str: "word"}

Typed = Mapping[str, list[str]]  # by the name of a field all that was typed or chosen in it
Offered = Mapping[str, Mapping[str, str]]  # by the name of a fact words to choose from, with labels


class Unreadable(ValueError):
    """What was typed can be no such fact; the message says what could."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What a fact holds: one value of a type, or several that `many` makes a set of."""

    of: type
    many: Any = None


@dataclass(frozen=True, slots=True)
class Field:
    """A fact as a field of the form; `shape` says how it is asked for, `wrong` what is the matter.

    Shapes: choice, boxes, moment, day, amount, number, word, words. `choices`: a code, what it is called,
    whether it is chosen.
    """

    name: str
    label: str
    shape: str
    value: str
    choices: tuple[tuple[str, str, bool], ...]
    unknown: bool
    never: bool
    wrong: str


def kind_of(name: str) -> Kind:
    """What the gate's record of facts says that a fact is."""
    made = get_origin(KINDS[name])
    return Kind(get_args(KINDS[name])[0], made) if made in SETS else Kind(KINDS[name])


def named(name: str) -> str:
    """What a fact is called."""
    return worded(FACT_NAMES[name], words.language()) if name in FACT_NAMES else name


def table(facts: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Each fact by its name and in words, and whether it is known, out of a record or a worked case."""
    zone = str(facts.get("zone") or "")
    return [
        {"name": named(name), "value": _shown(name, given, zone), "known": given is not None}
        for name, given in facts.items()
    ]


def tables(facts: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The facts of a record under their headings; what no version of ours declares comes last."""
    told = [
        {"title": title, "facts": table({name: facts.get(name) for name in names})}
        for title, names in topics.by_topic(name for name in NAMES if name in facts)
    ]
    strange = {name: given for name, given in facts.items() if name not in NAMES}
    return [*told, {"title": _("其他"), "facts": table(strange)}] if strange else told


def typed_of(facts: ContactFacts) -> Typed:
    """The facts as they would be typed into the form."""
    typed: dict[str, list[str]] = {}
    for name in NAMES:
        given, many = getattr(facts, name), kind_of(name).many
        if given is None:
            typed |= {f"{name}{UNKNOWN}": ["1"]} if many else {}
        elif given == NEVER:
            typed[f"{name}{NOT_ONCE}"] = ["1"]
        else:
            values = [given] if not many else sorted(given) if many is frozenset else given
            typed[name] = [_written(name, value, clock(facts.zone)) for value in values]
    return typed


def form(
    typed: Typed, wrong: Mapping[str, str], *, names: Iterable[str], offered: Offered
) -> dict[str, Field]:
    """The named fields of the form with what was typed and what is wrong with it."""
    return {name: _field(name, typed, wrong.get(name, ""), offered.get(name, {})) for name in names}


def kept(typed: Typed, names: Iterable[str]) -> list[tuple[str, str]]:
    """What was typed in these fields, each with the name of its field, so that a form can carry it along."""
    fields = (f"{name}{mark}" for name in names for mark in ("", UNKNOWN, NOT_ONCE))
    return [(field, value) for field in fields for value in typed.get(field, ()) if value]


def read(typed: Typed) -> tuple[ContactFacts, dict[str, str]]:
    """The facts that were typed, and by its name what is wrong with each that cannot be read.

    A moment is read on the borrower's clock, or on the institution's where no zone is given that exists.
    """
    zone = clock(next(iter(typed.get("zone", ())), "").strip())
    values: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for name in NAMES:
        try:
            values[name] = _read(name, typed, zone)
        except Unreadable as error:
            wrong[name] = str(error)
    return ContactFacts(**values), wrong


def clock(zone: str | None) -> ZoneInfo:
    """The zone on whose clock moments are typed and shown."""
    return known_zone(zone or None) or ZoneInfo(get_default_timezone_name())


def _field(name: str, typed: Typed, wrong: str, offered: Mapping[str, str]) -> Field:
    kind, given = kind_of(name), typed.get(name, [])
    shape = "amount" if name.endswith("_minor") else SHAPES[kind.of]
    labels = {YES: _("是"), NO: _("否")} if kind.of is bool else offered
    codes = tuple(labels) or CHOICES.get(name, ())
    if kind.many or codes:
        shape = "words" if not codes else "boxes" if kind.many else "choice"
    if codes:
        codes += tuple(one for one in given if one and one not in codes)
    return Field(
        name=name,
        label=named(name),
        shape=shape,
        value=", ".join(given),
        choices=tuple((c, labels.get(c) or _word(name, c), c in given) for c in codes),
        unknown=f"{name}{UNKNOWN}" in typed if kind.many else not any(given),
        never=f"{name}{NOT_ONCE}" in typed,
        wrong=wrong,
    )


def _read(name: str, typed: Typed, zone: ZoneInfo) -> Any:
    """The fact that was typed; None where nothing is known of it. Raises: Unreadable."""
    kind = kind_of(name)
    given = [one.strip() for one in typed.get(name, ()) if one.strip()]
    if any(len(one) > LONGEST for one in given):
        raise Unreadable(_("太长。"))
    if kind.many:
        if f"{name}{UNKNOWN}" in typed:
            return None
        parts = given if name in CHOICES else re.split(r"[,，、;；\s]+", " ".join(given))
        return kind.many(_value(name, kind.of, part, zone) for part in parts if part)
    if f"{name}{NOT_ONCE}" in typed and kind.of is date:
        return NEVER
    return _value(name, kind.of, given[0], zone) if given else None


def _value(name: str, of: type, text: str, zone: ZoneInfo) -> Any:
    """One value of a fact. Raises: Unreadable."""
    readers: dict[type, Callable[[], Any]] = {
        bool: lambda: _claim(text),
        int: lambda: _amount(text) if name.endswith("_minor") else _number(text),
        datetime: lambda: _moment(text, zone),
        date: lambda: _day(text),
        str: lambda: text,
    }
    return readers[of]()


def _claim(text: str) -> bool:
    if text not in (YES, NO):
        raise Unreadable(_("请选择是、否或不明。"))
    return text == YES


def _number(text: str) -> int:
    if not text.isdecimal() or len(text) > LONGEST_NUMBER:
        raise Unreadable(_("请填写从 0 起的整数。"))
    return int(text)


def _amount(text: str) -> int:
    try:
        minor = minor_from_text(text.removeprefix("¥").replace(",", "").replace("，", ""))
    except UserError:
        minor = -1
    if minor < 0:
        raise Unreadable(_("请填写数字，最多两位小数，例如 1500.00。"))
    return minor


def _moment(text: str, zone: ZoneInfo) -> datetime:
    try:
        local = datetime.fromisoformat(text)
    except ValueError:
        local = None
    if local is None or local.tzinfo or local.year not in YEARS:
        raise Unreadable(_("请按 2026-11-30T10:00 的样式填写日期和时间。"))
    first, second = (local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if first > second:
        raise Unreadable(_("当地时钟拨快，没有这个时刻。请改为之前或之后的时刻。"))
    if first < second:
        raise Unreadable(_("当地时钟拨慢，这个时刻有两次。请改为之前或之后的时刻。"))
    return first


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Unreadable(_("请按 2026-11-30 的样式填写。")) from error


def _written(name: str, value: Any, zone: ZoneInfo) -> str:
    """A value as it would be typed."""
    if isinstance(value, bool):
        return YES if value else NO
    if isinstance(value, datetime):
        local = value.astimezone(zone) if value.tzinfo else value
        return local.replace(tzinfo=None).isoformat(timespec="seconds")
    if isinstance(value, int) and name.endswith("_minor"):
        return major_text(value).replace(",", "")
    return str(value)


def _shown(name: str, given: Any, zone: str) -> str:
    """A fact in words."""
    if given is None:
        return _("不明")
    if isinstance(given, bool):
        return _("是") if given else _("否")
    if isinstance(given, list | tuple | frozenset | set):
        told = [_shown(name, one, zone) for one in given]
        return ("、" if words.language() == "zh" else ", ").join(told) or _("无")
    if isinstance(given, int) and name.endswith("_minor"):
        return money(given)
    if str(given) == NEVER.isoformat():
        return _("从未")
    moment = _as_moment(name, given)
    return moment_in(moment, str(clock(zone))) if moment else _word(name, str(given))


def _as_moment(name: str, given: Any) -> datetime | None:
    """The aware moment that a value is, or that a record has written; None for anything else."""
    if isinstance(given, str) and name in NAMES and kind_of(name).of is datetime:
        try:
            given = datetime.fromisoformat(given)
        except ValueError:
            return None
    return given if isinstance(given, datetime) and given.tzinfo else None


def _word(name: str, code: str) -> str:
    """A word of a fact as people read it."""
    if name == "stated":
        return named(code)
    if name == "act":
        return topics.act_word(code)
    return worded(VALUE_WORDS[code], words.language()) if code in VALUE_WORDS else code
