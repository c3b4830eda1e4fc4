"""The log kept in order: numbered, anchored, checked; by whoever serves, and at the end of commands."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from arrears.core.errors import UserError
from arrears.verify import Check, Report, Wrong
from arrears.web.ledger.actions.chain import (
    keep_anchored,
    keep_check,
    note_settings,
    number_all,
)
from arrears.web.ledger.anchors import (
    LogSettingsWrong,
    anchor_at,
    anchors_in,
    own_place,
    places,
    write_anchor,
)
from arrears.web.ledger.queries.chain import (
    checked_to,
    log_head,
    log_state,
    one_moment,
    records,
    settings_logged,
    stated_now,
)
from arrears.web.ledger.rulebook import book_in_use

ANCHORED_EVERY = timedelta(minutes=5)
WHOLE_EVERY = timedelta(days=1)


def tend_log(home: Path, *, at: datetime) -> Report | None:
    """The log is numbered, and anchored where that is due; what is new since is checked then."""
    if keep_log(home, at=at) and log_state().checked_at is not None:
        return check_log(home, at=at, whole=False)
    return None


def review_log(home: Path, *, at: datetime) -> Report | None:
    """The whole log is checked where that is due: once a day. A long one takes minutes."""
    last = log_state().whole_at
    due = last is None or not timedelta(0) <= at - last < WHOLE_EVERY
    return check_log(home, at=at) if due else None


def keep_log(home: Path, *, at: datetime, at_once: bool = False) -> bool:
    """The settings in use are logged, every event has a number; whether the log was anchored.

    That is due five minutes after the last time, if there is something new; `at_once`: now.
    """
    _note_settings(at)
    number_all()
    head, state = log_head(), log_state()
    early = state.tried_at is not None and timedelta(0) <= at - state.tried_at < ANCHORED_EVERY
    new = head["count"] != state.anchored_count  # whatever somebody wrote there
    if (early and not at_once) or not (new or state.faults):
        return False
    anchor = anchor_at(head["count"], head["hash"], at)
    files, faults = _places(home)
    written = 0
    for file in files:
        try:
            write_anchor(file, anchor, make=file == own_place(home))
            written += 1
        except OSError as error:
            faults.append(f"{file}: {error.strerror or type(error).__name__}")
    keep_anchored(count=anchor.count, faults=faults, written=written > 0, at=at)
    return written > 0


def check_log(home: Path, *, at: datetime, whole: bool = True, more: Sequence[Path] = ()) -> Report:
    """The log is verified against its anchors, from where it was last or from its first event on.

    `more`: further files of anchors. Anchors are read before the moment of the ledger that is: each
    is of one before it.
    """
    anchored = log_state().anchored_count
    anchors = anchors_in([*_places(home)[0], *more])
    with one_moment():
        count, after = (0, "") if whole else checked_to()
        check = Check(anchors, count=count, after=after) if count else Check(anchors)
        for record in records(after=count):
            check.take(record)
        found = check.end(log_head())
    if anchored and anchored not in {anchor.count for anchor in anchors}:
        gone = Wrong("anchors", about=f"{own_place(home)}, …")
        found = replace(found, wrong=(*found.wrong, gone))
    keep_check(found=found, whole=count == 0, at=at)
    return found


def _places(home: Path) -> tuple[tuple[Path, ...], list[str]]:
    """The files to anchor in, and what is wrong with the settings: the home's own is written anyway."""
    try:
        return places(home), []
    except LogSettingsWrong as error:
        return (own_place(home),), [error.wrong]


def _note_settings(at: datetime) -> None:
    """The rules in use, and what is stated of all, are in the log if they are others than the last logged."""
    try:
        rules, stated = book_in_use().version, stated_now()
    except UserError:
        return  # the gate refuses by the same fault, and the doctor tells it
    if settings_logged() != {"rules": rules, "stated": stated}:
        note_settings(rules=rules, stated=stated, at=at)
