"""The clocks of the reference of contacts: a few zones, written from the law of each place."""

from datetime import date, datetime, timedelta

# By zone: minutes ahead of Greenwich, and in summer.
ZONES = {
    "Asia/Shanghai": (480, 480),
    "Asia/Kathmandu": (345, 345),
    "Pacific/Kiritimati": (840, 840),
    "Pacific/Pago_Pago": (-660, -660),
    "America/New_York": (-300, -240),
    "Australia/Lord_Howe": (630, 660),
}


def offset(zone: str, at: datetime) -> timedelta:
    """How far a clock there is ahead of Greenwich at that moment."""
    winter, summer = ZONES[zone]
    return timedelta(minutes=summer if _summer(zone, at) else winter)


def _summer(zone: str, at: datetime) -> bool:
    """Whether the clocks are put forward there; the moments are those of 2026 and the years around."""
    naive = at.replace(tzinfo=None)
    if zone == "America/New_York":  # 2:00 on the second Sunday of March, and the first of November
        begins = datetime.combine(_sunday(at.year, 3, 2), datetime.min.time()) + timedelta(hours=7)
        ends = datetime.combine(_sunday(at.year, 11, 1), datetime.min.time()) + timedelta(hours=6)
        return begins <= naive < ends
    ends = datetime.combine(_sunday(at.year, 4, 1), datetime.min.time()) - timedelta(hours=9)
    begins = datetime.combine(_sunday(at.year, 10, 1), datetime.min.time()) - timedelta(hours=8.5)
    return naive < ends or naive >= begins


def _sunday(year: int, month: int, which: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(6 - first.weekday()) % 7 + 7 * (which - 1))
