"""How many messages may go at this moment, so that a far end is given no more a second than it takes."""

import time
from collections.abc import Callable

from arrears.channels.transport import Pace


class Steps:
    """Leave to go, saved up for a second at most; whoever wants more than there is waits for it.

    Durations are those of a clock that only goes forward: no law reads them.
    """

    def __init__(
        self,
        pace: Pace,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self._pace, self._clock, self._sleep = pace, clock, sleep
        self._most = max(1.0, min(pace.per_second, float(pace.at_once)))
        self._left, self._last = self._most, clock()

    def ready(self, wanted: int) -> int:
        """So many may go now, of those wanted at least one; Units: messages."""
        some = max(1, min(wanted, int(self._most)))
        self._save()
        if self._left < some:
            self._sleep((some - self._left) / self._pace.per_second)
            self._save()
        self._left -= some
        return some

    def _save(self) -> None:
        moment = self._clock()
        if self._pace.per_second < float("inf"):
            saved = (moment - self._last) * self._pace.per_second
            self._left = min(self._most, self._left + saved)
        else:
            self._left = self._most
        self._last = moment
