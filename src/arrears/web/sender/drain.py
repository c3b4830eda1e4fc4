"""Claim, act, mark: nothing goes out without a claim that is committed, nothing goes out twice."""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime

from arrears.channels.transport import Doubtful, NotSent, Transport
from arrears.channels.transport import Message as Text
from arrears.web.ledger.actions.outbox import claim_message, mark_message
from arrears.web.ledger.models import Message

Clock = Callable[[], datetime]


def drain(transports: Mapping[str, Transport], *, now: Clock, most: int = 1000) -> Counter[str]:
    """What waited and may go has gone, each message to the transport of its channel; how each ended.

    A message of a channel without a transport goes on waiting. A fault that nobody foresaw leaves its
    message in doubt and is raised again: a person has to look.
    """
    waiting = Message.objects.filter(
        state="proposed", not_before__lte=now(), channel__in=list(transports)
    )
    ended: Counter[str] = Counter()
    for message_id in list(
        waiting.order_by("not_before", "pk").values_list("pk", flat=True)[:most]
    ):
        message = claim_message(message_id=message_id, at=now())
        if message is None:
            ended["held back"] += 1
            continue
        ended[_sent(message, transports[message.channel], now)] += 1
    return ended


def _sent(message: Message, transport: Transport, now: Clock) -> str:
    """The state that a claimed message is in, once its transport has been asked."""
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
        mark_message(message_id=message.pk, state="failed", because=str(error.reason), at=now())
        return "failed"
    except Doubtful as error:
        mark_message(message_id=message.pk, state="in_doubt", because=str(error.reason), at=now())
        return "in_doubt"
    except Exception:
        mark_message(message_id=message.pk, state="in_doubt", because="fault", at=now())
        raise
    mark_message(
        message_id=message.pk,
        state="sent",
        gateway_id=receipt.gateway_id,
        parts=receipt.parts,
        at=now(),
    )
    return "sent"
