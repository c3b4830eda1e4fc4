"""Whether this machine's clock can be trusted with the hours and days of a law."""

from datetime import datetime, timedelta

from django.db import connection
from django.utils.translation import gettext as _

from arrears.core.errors import UserError
from arrears.web.ledger.sql import asked, moment

MOST_APART = timedelta(seconds=2)
LAST_VERDICT = "SELECT at FROM ledger_gateverdict ORDER BY id DESC LIMIT 1"


class ClockWrong(UserError):
    """This machine's clock and that of the ledger do not agree: nobody is contacted until they do."""

    exit_code = 108


def require_sound_clock(at: datetime) -> None:
    """Nothing shows that it is another moment than `at`, which this machine's clock tells.

    The database server has a clock of its own, and no verdict was given later than now. It is asked
    before anything is claimed, where the moment comes from the machine. Raises: ClockWrong.
    """
    server = server_now()
    if server is not None and abs(server - at) > MOST_APART:
        raise ClockWrong(
            _("这台机器的时钟与数据库相差 %(seconds)s 秒，暂停联系客户")
            % {"seconds": round(abs(server - at).total_seconds())},
            hint=_("请校准两台机器的时间（如启用 NTP），然后再试。"),
        )
    last = last_verdict_at()
    if last is not None and last - at > MOST_APART:
        raise ClockWrong(
            _("这台机器的时钟早于上一次判断的时间 %(last)s，暂停联系客户")
            % {"last": f"{last:%Y-%m-%d %H:%M:%S} UTC"},
            hint=_("请校准这台机器的时间，然后再试。时钟曾经走快的，过了那个时间即可。"),
        )


def server_now() -> datetime | None:
    """This moment by the database server's clock; None where the database has no clock of its own."""
    if connection.vendor != "postgresql":
        return None
    now: datetime = asked("SELECT clock_timestamp()")[0][0]
    return now


def last_verdict_at() -> datetime | None:
    """When the gate was asked the last time, UTC; None where it never was."""
    found = asked(LAST_VERDICT)
    return moment(found[0][0]) if found else None
