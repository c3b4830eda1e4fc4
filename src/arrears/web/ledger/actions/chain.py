"""The log's numbers: given one event after another, in the order in which they were committed.

An id says nothing of that order on PostgreSQL: a transaction that took a lower one may end later, and its
event is seen later. So every event is written with a row that waits (`EventWaiting`), and whoever gives
numbers takes what waits and is committed by then, under a lock that lets one do so at a time.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from arrears.verify import GENESIS, Report, canonical, linked
from arrears.web.ledger.actions.act import action, log
from arrears.web.ledger.actions.parties import IDS_AT_ONCE, in_parts
from arrears.web.ledger.events import RECORDED, event_record
from arrears.web.ledger.models import (
    Event,
    EventLink,
    EventValue,
    EventWaiting,
    LogCheck,
    LogHead,
    Person,
)

LATEST = 100  # faults that are kept of a verification


def number_all() -> int:
    """Every event that waits and is committed has its number; how many got one."""
    given = 0
    while some := number_events():
        given += some
    return given


@action
def number_events(*, most: int = IDS_AT_ONCE) -> int:
    """The oldest events that wait have their numbers and links, gap-free; how many. Whole or not at all."""
    head, _new = LogHead.objects.select_for_update().get_or_create(
        name="log", defaults={"hash": GENESIS}
    )
    ids = _waiting(most)
    if not ids:
        return 0
    links = []
    for event in Event.objects.filter(pk__in=ids).order_by("pk").values(*RECORDED):
        head.hash = linked(head.hash, canonical(event_record(event)))
        head.count += 1
        links.append(EventLink(seq=head.count, event_id=event["id"], hash=head.hash))
    EventLink.objects.bulk_create(links)
    EventWaiting.objects.filter(pk__in=ids).delete()
    head.save()
    return len(links)


def _waiting(most: int) -> list[int]:
    """The events without a number that are committed; looked for after the lock was got."""
    return list(EventWaiting.objects.order_by("pk").values_list("pk", flat=True)[:most])


def erase_values(borrowers: Sequence[str]) -> int:
    """No personal value of these borrowers is kept beside an event any more; how many were.

    The events stay, and their numbers and hashes with them. It is called inside an action that logs it.
    """
    erased = 0
    for some in in_parts(sorted(set(borrowers))):
        kept = EventValue.objects.filter(event__borrower_id__in=some)
        erased += kept.delete()[0]
    return erased


@action
def keep_check(*, found: Report, whole: bool, at: datetime) -> None:
    """What a verification found is kept; a fault stays until a whole one finds none."""
    check = _check()
    told = [{n: getattr(one, n) for n in ("kind", "first", "last", "about")} for one in found.wrong]
    check.wrong = (told if whole else [*check.wrong, *told])[:LATEST]
    check.count, check.hash, check.checked_at = found.count, found.hash, at
    if whole:
        check.whole_at = at
    check.save()


@action
def keep_anchored(*, count: int, faults: Iterable[str], written: bool, at: datetime) -> None:
    """How far the log is anchored, and which places could not be written, is kept.

    That a place cannot be written is logged once, and once that all can be written again.
    """
    check, faults = _check(), list(faults)
    if bool(faults) != bool(check.faults):
        verb = "anchors_fail" if faults else "anchors_mended"
        log(verb, by=None, at=at, places=len(faults))
    check.faults, check.tried_at = faults, at
    if written:
        check.anchored_count, check.anchored_at = count, at
    check.save()


@action
def note_settings(*, rules: str, stated: Sequence[str], at: datetime) -> bool:
    """The rules in use and what is stated of all borrowers are in the log; whether they are others now."""
    last = Event.objects.filter(verb="use_settings").order_by("-pk").first()
    if last is not None and last.detail == {"rules": rules, "stated": list(stated)}:
        return False
    log("use_settings", by=None, at=at, rules=rules, stated=list(stated))
    return True


@action
def note_export(*, table: str, day: str, personal: bool, by: Person | None, at: datetime) -> None:
    """That the table is written out of the workbench is in the log before it is. `day` empty: of all days."""
    log("export_table", by=by, at=at, table=table, day=day, personal=personal or None)


def _check() -> LogCheck:
    check, _new = LogCheck.objects.select_for_update().get_or_create(
        name="log", defaults={"hash": GENESIS}
    )
    kept: LogCheck = check
    return kept
