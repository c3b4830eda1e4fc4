"""Claim, act, mark: nothing goes out without a claim that is committed, nothing goes out twice."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db import Error

from arrears.channels.transport import Doubtful, NotSent, Reason, Transport
from arrears.channels.transport import Message as Text
from arrears.web.ledger.actions.outbox import (
    Mark,
    claim_messages,
    doubt_claimed,
    mark_messages,
)
from arrears.web.ledger.journal import Frozen, JournalAway, JournalGone
from arrears.web.ledger.models import Message
from arrears.web.ledger.proof import proof_of
from arrears.web.ledger.whole import require_whole_journal
from arrears.web.sender.pauses import Pauses
from arrears.web.sender.steps import Steps
from arrears.web.sender.turn import only_sender

Clock = Callable[[], datetime]

SETTLED = "settled by another"  # put in doubt while it was in hand, and settled by a person
# Reasons that are about the way out and not about a message: the next one would end the same.
NO_WAY = {
    Reason.UNREACHABLE,
    Reason.NO_TLS,
    Reason.LOGIN,
    Reason.BUSY,
    Reason.SILENT,
    Reason.CUT_OFF,
    Reason.UNCLEAR,
}


def send_waiting(
    transports: Mapping[str, Transport],
    *,
    folder: Path,
    now: Clock,
    go_on: Callable[[], bool] = lambda: True,
    pauses: Pauses | None = None,
) -> Counter[str]:
    """What a sender that is gone had claimed is in doubt, and what waits has gone; how each ended.

    A channel whose far end takes nothing is left alone for the rest of it, and for as long as `pauses`
    says, which whoever sends again and again keeps.
    Raises: SenderAtWork, Frozen, JournalGone, JournalAway.
    """
    pauses = pauses or Pauses()
    transports = pauses.over(transports, now())
    with only_sender(folder):
        require_whole_journal()
        left = doubt_claimed(at=now())
        ended = Counter({"left in doubt": left}) if left else Counter()
        while True:
            some = drain(transports, now=now, go_on=go_on, pauses=pauses)
            ended += some
            transports = {c: t for c, t in transports.items() if f"stopped {c}" not in some}
            if not some or not go_on():
                return ended


def drain(
    transports: Mapping[str, Transport],
    *,
    now: Clock,
    most: int = 1000,
    go_on: Callable[[], bool] = lambda: True,
    pauses: Pauses | None = None,
) -> Counter[str]:
    """What waited and may go has gone, each message to the transport of its channel; how each ended.

    A message of a channel without a transport goes on waiting; so do the others of a channel whose
    far end cannot be reached or takes nothing for now: `pauses` is told of it. A fault that nobody
    foresaw leaves its message in doubt and is raised again: a person has to look. A message that
    cannot even be claimed holds up no other.
    """
    waiting = Message.objects.filter(
        state="proposed", not_before__lte=now(), channel__in=list(transports)
    )
    found = waiting.order_by("not_before", "pk").values_list("channel", "pk")[:most]
    queues: dict[str, list[int]] = {}
    for channel, message_id in list(found):
        queues.setdefault(channel, []).append(message_id)
    round_ = _Round(now, pauses or Pauses())
    for channel, message_ids in queues.items():
        round_.send(channel, message_ids, transports[channel], go_on)
    if round_.faults:
        raise round_.faults[0]
    return +round_.ended


class _Round:
    """One pass over what waits."""

    def __init__(self, now: Clock, pauses: Pauses) -> None:
        self.now, self.pauses = now, pauses
        self.ended: Counter[str] = Counter()
        self.faults: list[Exception] = []

    def send(
        self, channel: str, message_ids: Sequence[int], way: Transport, go_on: Callable[[], bool]
    ) -> None:
        """The messages of a channel, some at once: one at first, and more as long as they are taken.

        So a far end that takes nothing costs one message, and a sender that ends at any moment leaves
        no more in doubt than went at once.
        """
        place, some = 0, 1
        steps = Steps(way.pace)
        with ThreadPoolExecutor(way.pace.at_once) as hands:
            while place < len(message_ids) and go_on():
                some = steps.ready(some)
                batch = message_ids[place : place + some]
                place += some
                claimed = self._claimed(batch)
                self.ended["held back"] += len(batch) - len(claimed)
                ends = list(hands.map(lambda one: _handed(one, way, self.now), claimed))
                if not self._marked(channel, ends):
                    return
                some = min(some * 2, way.pace.at_once)

    def _claimed(self, message_ids: Sequence[int]) -> list[Message]:
        """Those that were claimed; where one of several cannot even be asked about, each by itself."""
        try:
            return claim_messages(message_ids=message_ids, at=self.now())
        except (Error, Frozen, JournalGone, JournalAway):
            raise  # the ledger itself, or its journal
        except Exception as fault:
            if len(message_ids) > 1:
                return [one for pk in message_ids for one in self._claimed([pk])]
            self.faults.append(fault)
            self.ended["held back"] -= 1
            return []

    def _marked(self, channel: str, ends: Sequence["_End"]) -> bool:
        """What became of them is written; whether the channel may be given more."""
        late = mark_messages(marks=[end.mark for end in ends], at=self.now())
        self.ended.update(end.mark.state for end in ends if end.mark not in late)
        self.ended[SETTLED] += len(late)
        self.faults += [end.fault for end in ends if end.fault]
        if any(end.fault for end in ends):
            raise self.faults[0]
        if any(end.reason in NO_WAY for end in ends):
            self.pauses.begin(channel, self.now())
            self.ended[f"stopped {channel}"] += 1
            return False
        if ends:
            self.pauses.end(channel)
        return True


@dataclass(frozen=True, slots=True)
class _End:
    """How handing over a claimed message ended, and why; a fault is one that nobody foresaw."""

    mark: Mark
    reason: Reason | None = None
    fault: Exception | None = None


def _handed(message: Message, transport: Transport, now: Clock) -> _End:
    """What became of a claimed message, once its transport has been asked."""
    text = Text(
        to=message.point.value,
        subject=message.subject,
        text=message.text,
        language="zh-CN" if message.language == "zh" else message.language,
        at=now(),
        name=message.addressee,
        proof=proof_of(f"message {message.key}"),
    )
    try:
        receipt = transport.send(text, key=message.key)
    except NotSent as error:
        return _End(Mark(message, "failed", because=str(error.reason)), error.reason)
    except Doubtful as error:
        return _End(Mark(message, "in_doubt", because=str(error.reason)), error.reason)
    except Exception as fault:
        return _End(Mark(message, "in_doubt", because="fault"), fault=fault)
    return _End(Mark(message, "sent", receipt.gateway_id, receipt.parts))
