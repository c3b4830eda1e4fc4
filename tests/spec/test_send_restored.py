"""A ledger restored from a backup sends nothing twice: frozen until it is reconciled with the journal."""

import json
import shutil
from contextlib import contextmanager
from dataclasses import replace
from uuid import uuid4

import pytest

from tests.lib.outbox import PROPOSE, START, outbox, rest_of

RECONCILE = (
    START
    + """
from arrears.web.ledger.actions.journal import reconcile_journal
told = reconcile_journal(by=None, at=NOW)
print(told.doubts, told.unknown)
"""
)
CONFIRM = (
    START
    + """
from arrears.web.ledger.actions.journal import reconcile_journal
from arrears.web.ledger.models import Person
told = reconcile_journal(by=Person.objects.get(username="c"), at=NOW)
print(told.doubts, told.unknown)
"""
)
UNKNOWN = (
    START
    + """
from arrears.web.ledger.models import Unaccounted
print(json.dumps(sorted(Unaccounted.objects.values_list("key", flat=True))))
"""
)


@contextmanager
def backup(made):
    """What brings the ledger back to this moment, as an outbox of its own; nothing else is restored."""
    address = made.environ["ARREARS_DATABASE"]
    if not address:
        ledger, kept = made.home / "ledger" / "ledger.sqlite3", made.home.parent / "kept.sqlite3"
        assert not ledger.with_name("ledger.sqlite3-wal").exists()  # nobody has it open
        shutil.copy(ledger, kept)
        yield lambda: shutil.copy(kept, ledger) and made
        return
    import psycopg

    server, _, name = address.rpartition("/")
    copy = f"restored_{uuid4().hex}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as link:
        link.execute(f'CREATE DATABASE "{copy}" TEMPLATE "{name}"'.encode())
    try:
        yield lambda: replace(made, environ={"ARREARS_DATABASE": f"{server}/{copy}"})
    finally:
        with psycopg.connect(f"{server}/postgres", autocommit=True) as link:
            link.execute(f'DROP DATABASE IF EXISTS "{copy}" WITH (FORCE)'.encode())


@pytest.mark.kill
@pytest.mark.parametrize("proposed_before", [True, False], ids=["waits again", "forgotten"])
def test_a_restored_ledger_is_frozen_and_then_sends_nothing_twice(tmp_path, proposed_before):
    with outbox(tmp_path) as made:
        if proposed_before:
            made.run(PROPOSE)
        with backup(made) as restore:
            made.run(PROPOSE)
            assert rest_of(made.sender()) == "done\n"
            went = set(made.sent())
            assert len(went) >= 100
            old = restore()
            with old.sender() as frozen:
                frozen.communicate()
                assert frozen.returncode != 0
            assert len(old.sent()) == len(went)

            doubts, unknown = map(int, old.run(RECONCILE).split())
            assert (doubts, unknown) == ((len(went), 0) if proposed_before else (0, len(went)))
            assert old.run(RECONCILE).split() == ["0", "0"]
            assert old.run(CONFIRM).split() == ["0", "0"]
            old.run(PROPOSE)
            assert rest_of(old.sender()) == "done\n"
            sent = old.sent()
            assert len(sent) == len(set(sent)), "sent twice"
            listed = {key for key, state in old.states().items() if state == "in_doubt"}
            listed |= set(json.loads(old.run(UNKNOWN)))
            assert listed == went
