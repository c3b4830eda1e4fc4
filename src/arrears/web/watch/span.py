"""The span of business days that a page is about, as its address asks for it."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from arrears.core.day import Span

DAYS = 30  # that a page is about unless it is asked for others
LONGEST = 366
YEARS = range(2000, 2200)  # beyond them the clock's zones have no days
NEXT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Days:
    """The days that are asked for, first and last, and what is wrong with the wish where something is."""

    first: date
    last: date
    wrong: dict[str, str] | None = None

    @property
    def span(self) -> Span:
        """The days, half-open."""
        return Span(self.first, self.last + NEXT)

    @property
    def moments(self) -> tuple[datetime, datetime]:
        """When they begin, and when they are over, where the institution is."""
        zone = ZoneInfo(settings.TIME_ZONE)
        return (
            datetime.combine(self.first, time.min, zone),
            datetime.combine(self.last + NEXT, time.min, zone),
        )


def last_days() -> Days:
    """The last thirty days, today included."""
    today = timezone.localdate()
    return Days(today - timedelta(days=DAYS - 1), today)


def days_asked(sent: QueryDict) -> Days:
    """The days from `from` to `to`; the last thirty, with what is wrong, where they cannot be meant."""
    usual = last_days()
    first, last = sent.get("from", "").strip(), sent.get("to", "").strip()
    begin = day_of(first) if first else usual.first
    end = day_of(last) if last else usual.last
    if begin is None or end is None:
        wrong = {"text": _("日期无法识别"), "hint": _("请按 2026-11-30 的样式填写。")}
    elif not begin <= end <= begin + timedelta(days=LONGEST):
        hint = _("开始日期不晚于结束日期，最多 %(days)s 天。") % {"days": LONGEST}
        wrong = {"text": _("这段日期无法查询"), "hint": hint}
    else:
        return Days(begin, end)
    return Days(usual.first, usual.last, wrong)


def day_of(text: str) -> date | None:
    """The day that a text names; None where it names none that a clock could show."""
    try:
        found = date.fromisoformat(text.strip())
    except ValueError:
        return None
    return found if found.year in YEARS else None
