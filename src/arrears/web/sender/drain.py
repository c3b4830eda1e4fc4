"""Claim, act, mark: nothing goes out without a claim that is committed, nothing goes out twice."""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from django.db import Error

from arrears.channels.transport import Doubtful, NotSent, Reason, Transport
from arrears.channels.transport import Message as Text
from arrears.web.ledger.actions.outbox import claim_message, doubt_claimed, mark_message
from arrears.web.ledger.models import Message
from arrears.web.sender.pauses import Pauses
from arrears.web.sender.turn import only_sender

Clock = Callable[[], datetime]

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
    says, which whoever sends again and again keeps. Raises: SenderAtWork.
    """
    pauses = pauses or Pauses()
    transports = pauses.over(transports, now())
    with only_sender(folder):
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
    ended: Counter[str] = Counter()
    faults: list[Exception] = []
    closed: set[str] = set()
    pauses = pauses or Pauses()
    found = waiting.order_by("not_before", "pk").values_list("pk", "channel")[:most]
    for message_id, channel in list(found):
        if channel in closed:
            continue
        if not go_on():
            break
        try:
            message = claim_message(message_id=message_id, at=now())
        except Error:
            raise  # the ledger itself
        except Exception as fault:
            faults.append(fault)
            continue
        state, reason = ("held back", None)
        if message is not None:
            state, reason = _sent(message, transports[channel], now)
        ended[state] += 1
        if reason in NO_WAY:
            closed.add(channel)
            pauses.begin(channel, now())
            ended[f"stopped {channel}"] += 1
        elif state == "sent":
            pauses.end(channel)
    if faults:
        raise faults[0]
    return ended


def _sent(message: Message, transport: Transport, now: Clock) -> tuple[str, Reason | None]:
    """The state that a claimed message is in, once its transport has been asked, and why."""
    text = Text(
        to=message.point.value,
        subject=message.subject,
        text=message.text,
        language="zh-CN" if message.language == "zh" else message.language,
        at=now(),
    )
    try:
        receipt = transport.send(text, key=message.key)
    except NotSent as error:
        state, reason = "failed", error.reason
    except Doubtful as error:
        state, reason = "in_doubt", error.reason
    except Exception:
        mark_message(message_id=message.pk, state="in_doubt", because="fault", at=now())
        raise
    else:
        mark_message(
            message_id=message.pk,
            state="sent",
            gateway_id=receipt.gateway_id,
            parts=receipt.parts,
            at=now(),
        )
        return "sent", None
    mark_message(message_id=message.pk, state=state, because=str(reason), at=now())
    return state, reason
