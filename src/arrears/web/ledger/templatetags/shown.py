"""How facts are shown on a page: amounts, days, moments, roles, and personal data behind a mask."""

import re
from datetime import date, datetime
from typing import Any

from django import template
from django.conf import settings
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from arrears.core.money import MINOR_DIGITS
from arrears.rules.facts import known_zone
from arrears.web.ledger.models.person import ROLES

NOTHING = "—"
SIGNS = {"CNY": "¥", "USD": "$", "EUR": "€", "GBP": "£", "HKD": "HK$"}
WEEKDAYS = "一二三四五六日"
NUMBER = re.compile(r"[+\dXx][\d\sXx()-]{5,}")

register = template.Library()


@register.filter
def money(minor: int | str | None) -> str:
    """The amount with its currency's sign, thousands apart; a dash for none. Units: minor units."""
    if minor is None or minor == "":
        return NOTHING
    currency: str = settings.ARREARS_CURRENCY  # type: ignore[misc]
    sign = SIGNS.get(currency, f"{currency} ")
    major, rest = divmod(abs(int(minor)), 10**MINOR_DIGITS)
    return f"{'-' if int(minor) < 0 else ''}{sign}{major:,}.{rest:0{MINOR_DIGITS}d}"


@register.filter
def day(value: date | None) -> str:
    """The day with its weekday, as the reader's language writes it; a dash for none."""
    if not value:
        return NOTHING
    if _chinese():
        return f"{value.year}年{value.month}月{value.day}日 (周{WEEKDAYS[value.weekday()]})"
    return date_format(value, "D j M Y", use_l10n=False)


@register.filter
def moment(value: datetime | None) -> str:
    """Day and minute where the institution is; a dash for none."""
    return _minute(localtime(value)) if value else NOTHING


@register.filter
def moment_in(value: datetime | None, zone: str) -> str:
    """Day and minute on the wall clock of that zone, the institution's where there is none."""
    return _minute(localtime(value, known_zone(zone or None))) if value else NOTHING


def _minute(here: datetime) -> str:
    if _chinese():
        return f"{here.year}年{here.month}月{here.day}日 {here:%H:%M}"
    return date_format(here, "j M Y, H:i", use_l10n=False)


@register.filter
def masked(value: str | None) -> str:
    """Enough of a name, number or e-mail address to know it again, too little to use it."""
    text = (value or "").strip()
    if not text:
        return NOTHING
    if "@" in text:
        local, _at, domain = text.rpartition("@")
        return f"{local[:1]}***@{domain}"
    if NUMBER.fullmatch(text):
        bare = re.sub(r"[\s()-]", "", text)
        return "*" * (len(bare) - 4) + bare[-4:]
    return f"{text[0]}**"


@register.filter
def role(person: Any) -> str:
    """What the person is here, in the reader's language."""
    return _(dict(ROLES)[person.role])


def _chinese() -> bool:
    return (get_language() or settings.LANGUAGE_CODE).startswith("zh")
