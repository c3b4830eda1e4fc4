"""Channels that are left alone for a while, as their far end takes nothing, and longer each time."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from arrears.channels.transport import Transport

SHORTEST = timedelta(minutes=1)
LONGEST = timedelta(minutes=15)


class Pauses:
    """Until when each channel is left alone; what the far end takes makes the next pause short again."""

    def __init__(self) -> None:
        self._until: dict[str, datetime] = {}
        self._last: dict[str, timedelta] = {}

    def over(self, ways: Mapping[str, Transport], at: datetime) -> dict[str, Transport]:
        """The ways whose pause is over."""
        return {c: way for c, way in ways.items() if c not in self._until or self._until[c] <= at}

    def begin(self, channel: str, at: datetime) -> None:
        """The channel is left alone, twice as long as the last time that it was in a row."""
        last = self._last.get(channel)
        length = min(last * 2, LONGEST) if last else SHORTEST
        self._last[channel] = length
        self._until[channel] = at + length

    def end(self, channel: str) -> None:
        """The channel's far end has taken something."""
        self._last.pop(channel, None)
        self._until.pop(channel, None)
