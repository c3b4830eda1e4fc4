"""The messages to borrowers that a person may see: what waits, what went, what nobody can know."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Min

from arrears.core.contact import OUTBOX_MOVES
from arrears.rules.facts import RecordUnreadable
from arrears.rules.gate import verdict_from
from arrears.rules.verdict import Outcome, Verdict
from arrears.web.ledger.models import Case, Message, Person
from arrears.web.ledger.policy import sees
from arrears.web.ledger.queries.paging import page_count, page_number

PAGE = 50
MOST_DOUBTS = 50


@dataclass(frozen=True, slots=True)
class MessageRow:
    """One message. `point` is personal: a page shows it masked."""

    message_id: int
    case_id: int
    borrower_id: str
    channel: str
    point: str
    role: str
    template: str
    language: str
    subject: str
    text: str
    state: str
    because: str
    proposed_at: datetime
    not_before: datetime
    at: datetime  # when it came into the state that it is in
    verdict: Verdict | None  # None: not asked yet, or unreadable
    unreadable: bool
    zone: str  # of the borrower, as the gate was told
    rehearsed: bool  # nothing left this machine: the transport of the demonstration took it

    @property
    def waits(self) -> bool:
        """Whether it can still be taken back."""
        return "withdrawn" in OUTBOX_MOVES[self.state]

    @property
    def deferred(self) -> bool:
        """Whether only the hour or the day is against it, so that it waits for `not_before`."""
        return self.waits and self.verdict is not None and self.verdict.outcome is Outcome.DEFER

    @property
    def advised(self) -> bool:
        """Whether the rules only advise against it, so that it waits for someone entitled."""
        return (
            self.waits and self.verdict is not None and self.verdict.outcome is Outcome.SOFT_BLOCK
        )


@dataclass(frozen=True, slots=True)
class Outbox:
    """A page of messages, newest first, with all doubts before it and how many each state has."""

    rows: tuple[MessageRow, ...]
    doubts: tuple[MessageRow, ...]
    states: Mapping[str, int]
    number: int
    total: int

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return page_count(self.total, PAGE)


def outbox(person: Person, *, state: str = "", page: int = 1) -> Outbox:
    """The messages about cases that the person sees; of one state, or of all but those in doubt."""
    seen = Message.objects.filter(case__in=Case.objects.filter(sees(person)))
    counted = dict(seen.values_list("state").annotate(n=Count("pk")).order_by())
    states = {one: counted.get(one, 0) for one in OUTBOX_MOVES}
    doubts = _rows(seen.filter(state="in_doubt").order_by("pk")[:MOST_DOUBTS])
    listed = seen.filter(state=state) if state else seen.exclude(state="in_doubt")
    total = states[state] if state else sum(states.values()) - states["in_doubt"]
    number = page_number(page, total, PAGE)
    here = listed.order_by("-pk")[(number - 1) * PAGE : number * PAGE]
    return Outbox(_rows(here), doubts, states, number, total)


def messages_of(case: Case, *, most: int = 200) -> tuple[MessageRow, ...]:
    """The messages about one case, newest first."""
    return _rows(Message.objects.filter(case=case).order_by("-pk")[:most])


def waiting() -> list[tuple[str, int, datetime]]:
    """By channel: how many messages nobody has claimed, and when the first of them may go."""
    proposed = Message.objects.filter(state="proposed").values("channel")
    counted = proposed.annotate(count=Count("pk"), first=Min("not_before")).order_by("channel")
    return [(row["channel"], row["count"], row["first"]) for row in counted]


def in_doubt() -> int:
    """How many messages nobody can know the end of."""
    return int(Message.objects.filter(state="in_doubt").count())


def _rows(found: Any) -> tuple[MessageRow, ...]:
    return tuple(_row(m) for m in found.select_related("point", "template", "verdict"))


def _row(message: Message) -> MessageRow:
    verdict, zone, unreadable = None, "", False
    if message.verdict:
        try:
            verdict = verdict_from(message.verdict.record["verdict"])
            zone = message.verdict.record["facts"]["zone"] or ""
        except (RecordUnreadable, KeyError, TypeError):
            unreadable = True
    return MessageRow(
        message_id=message.pk,
        case_id=message.case_id,
        borrower_id=message.borrower_id,
        channel=message.channel,
        point=message.point.value,
        role=message.point.role,
        template=message.template.name,
        language=message.language,
        subject=message.subject,
        text=message.text,
        state=message.state,
        because=message.because,
        proposed_at=message.proposed_at,
        not_before=message.not_before,
        at=message.ended_at or message.claimed_at or message.proposed_at,
        verdict=verdict,
        unreadable=unreadable,
        zone=zone,
        rehearsed=message.gateway_id == f"local-{message.key}",
    )
