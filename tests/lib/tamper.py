"""Someone with every right in the database changes its log: eight ways, each at a random place.

Whoever does so knows how the hashes are made, and leaves as little as they can.
"""

import json
from random import Random

from django.db import connection

from arrears.verify import GENESIS, canonical, linked
from arrears.web.ledger.events import RECORDED, event_record
from arrears.web.ledger.models import Event

TABLES = {
    "ledger_eventlink": "seq",
    "ledger_eventwaiting": "event_id",
    "ledger_eventvalue": "id",
    "ledger_loghead": "name",
    "ledger_logcheck": "name",
    "ledger_event": "id",
}


def run(sql, *values):
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall() if cursor.description else []


def links():
    """Every link: number, event, hash."""
    return run("SELECT seq, event_id, hash FROM ledger_eventlink ORDER BY seq")


def hash_anew(first=1):
    """The hashes from a number on, and the head, are worked out as the program would."""
    before = GENESIS
    rows = {row["id"]: row for row in Event.objects.values(*RECORDED)}
    count = 0
    for seq, event_id, stored in links():
        count = seq
        if seq >= first:
            stored = linked(before, canonical(event_record(rows[event_id])))
            run("UPDATE ledger_eventlink SET hash = %s WHERE seq = %s", stored, seq)
        before = stored
    run("UPDATE ledger_loghead SET count = %s, hash = %s", count, before)


def change_event(event_id, rng):
    """One of the columns of an event is another."""
    column, value = rng.choice(
        (
            ("verb", "take_case_"),
            ("borrower_id", "B-other"),
            ("case_id", 99_999_999),
            ("at", "2020-01-01 00:00:00+00:00"),
            ("detail", json.dumps({"changed": rng.random()})),
            ("seals", json.dumps({"note": "0" * 64})),
        )
    )
    run(f"UPDATE ledger_event SET {column} = %s WHERE id = %s", value, event_id)


def remove_event(event_id):
    run("DELETE FROM ledger_eventvalue WHERE event_id = %s", event_id)
    run("DELETE FROM ledger_eventlink WHERE event_id = %s", event_id)
    run("DELETE FROM ledger_event WHERE id = %s", event_id)


def shift(first, by):
    """Every number from one on is another; by way of negative ones, as no number stands twice."""
    run("UPDATE ledger_eventlink SET seq = -(seq + %s) WHERE seq >= %s", by, first)
    run("UPDATE ledger_eventlink SET seq = -seq WHERE seq < 0")


def edit(seq, rng):
    _seq, event_id, stored = links()[seq - 1]
    if rng.random() < 0.2:
        changed = linked(stored, b"")
        run("UPDATE ledger_eventlink SET hash = %s WHERE seq = %s", changed, seq)
    else:
        change_event(event_id, rng)


def delete(seq, rng):
    _seq, event_id, _hash = links()[seq - 1]
    remove_event(event_id)


def insert(seq, rng):
    rows = links()
    copied = rows[seq - 1][1]
    made = 10_000_000 + rng.randrange(1_000_000)
    columns = "at, by_id, verb, borrower_id, case_id, detail, seals"
    run(
        f"INSERT INTO ledger_event (id, {columns}) SELECT %s, {columns} FROM ledger_event"
        " WHERE id = %s",
        made,
        copied,
    )
    way = rng.choice(("loose", "right", "wrong"))
    if way == "loose":
        return
    shift(seq, 1)
    before = rows[seq - 2][2] if seq > 1 else GENESIS
    body = canonical(event_record(Event.objects.values(*RECORDED).get(pk=made)))
    stored = linked(before, body if way == "right" else b"")
    run("INSERT INTO ledger_eventlink (seq, event_id, hash) VALUES (%s, %s, %s)", seq, made, stored)


def swap(seq, rng):
    rows = links()
    other = rng.choice([n for n in range(1, len(rows)) if n != seq])
    (_, first, hash_one), (_, second, hash_two) = rows[seq - 1], rows[other - 1]
    whole = rng.random() < 0.5
    run("DELETE FROM ledger_eventlink WHERE seq IN (%s, %s)", seq, other)
    there, here = (hash_one, hash_two) if whole else (hash_two, hash_one)
    made = "INSERT INTO ledger_eventlink (seq, event_id, hash) VALUES (%s, %s, %s)"
    run(made, seq, second, here)
    run(made, other, first, there)


def truncate(seq, rng):
    for _seq, event_id, _hash in links()[seq - 1 :]:
        remove_event(event_id)


def rehash(seq, rng):
    change_event(links()[seq - 1][1], rng)
    hash_anew(seq)


def renumber(seq, rng):
    delete(seq, rng)
    shift(seq + 1, -1)
    hash_anew(seq)


def kept():
    """Everything that the ledger has of its log."""
    return {table: run(f"SELECT * FROM {table} ORDER BY {key}") for table, key in TABLES.items()}


def roll_back(then):
    """The ledger is what it was: `then` is what `kept` gave at that time."""
    for table in TABLES:
        run(f"DELETE FROM {table}")
    for table in reversed(TABLES):
        for row in then[table]:
            marks = ", ".join(["%s"] * len(row))
            values = [json.dumps(v) if isinstance(v, dict | list) else v for v in row]
            run(f"INSERT INTO {table} VALUES ({marks})", *values)


WAYS = {
    "edit": edit,
    "deletion": delete,
    "insertion": insert,
    "swap": swap,
    "truncation": truncate,
    "rehash": rehash,
    "renumber": renumber,
}


def place(rng: Random, anchored: int) -> int:
    """A number that an anchor vouches for."""
    return rng.randint(1, anchored)
