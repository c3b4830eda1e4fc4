"""A far end that exists in memory only: the fakes of all channels meet it.

The same cases run against these fakes and against the true transports with a server on this
machine (tests/unit/channels/test_contract.py): that is why a fake can be believed.
"""

from collections.abc import Callable
from enum import StrEnum

from arrears.channels.transport import Doubtful, NotSent, Reason


class FarEnd(StrEnum):
    """How the other side behaves."""

    ACCEPTS = "accepts"
    ANSWERS_LATE = "answers_late"  # but in time
    REFUSES = "refuses"
    REFUSES_FOR_NOW = "refuses_for_now"
    IS_AWAY = "is_away"  # nobody listens there
    KEEPS_SILENT = "keeps_silent"  # connects and says nothing
    HANGS_UP = "hangs_up"  # connects and breaks off before anything is handed over
    TAKES_AND_HANGS_UP = "takes_and_hangs_up"
    TAKES_AND_KEEPS_SILENT = "takes_and_keeps_silent"
    TAKES_AND_MUMBLES = "takes_and_mumbles"  # answers neither yes nor no


TAKES = {FarEnd.ACCEPTS, FarEnd.ANSWERS_LATE}
REFUSALS = {
    FarEnd.REFUSES: (Reason.REFUSED, True),
    FarEnd.REFUSES_FOR_NOW: (Reason.BUSY, False),
    FarEnd.IS_AWAY: (Reason.UNREACHABLE, False),
}
BEFORE = {FarEnd.KEEPS_SILENT: Reason.SILENT, FarEnd.HANGS_UP: Reason.CUT_OFF}
AFTER = {
    FarEnd.TAKES_AND_HANGS_UP: Reason.CUT_OFF,
    FarEnd.TAKES_AND_KEEPS_SILENT: Reason.SILENT,
    FarEnd.TAKES_AND_MUMBLES: Reason.UNCLEAR,
}


def meet(far_end: FarEnd, take: Callable[[], None], *, in_one_step: bool) -> None:
    """The far end has taken the message, by calling `take`.

    When the channel hands everything over with its first word (`in_one_step`, as HTTP does),
    silence never proves that nothing arrived.
    Raises: NotSent, Doubtful.
    """
    if far_end in REFUSALS:
        reason, permanent = REFUSALS[far_end]
        raise NotSent(reason, f"The far end {far_end}", permanent=permanent)
    if far_end in BEFORE and not in_one_step:
        raise NotSent(BEFORE[far_end], f"The far end {far_end}", permanent=False)
    if far_end in BEFORE:
        raise Doubtful(BEFORE[far_end], f"The far end {far_end}")
    take()
    if far_end in AFTER:
        raise Doubtful(AFTER[far_end], f"The far end {far_end}")
