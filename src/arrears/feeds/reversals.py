"""Reversals: one that undoes nothing, the wrong thing or too much never reaches the book.

Core takes it for granted that a reversal names a payment of its own loan, is neither worth nor
known before it, and that all reversals of a payment together take back no more than was paid. A
row may have several versions, so all of this must hold on every day from which a version is known.
"""

from arrears.feeds.checks import Stored, mark, wait
from arrears.lake.duck import Connection

_FOREVER = "DATE '9999-12-31'"
_ROW = "payment_id, loan_id, value_date, known_date, amount_minor, reverses_id"


def check_reversals(con: Connection, old: Stored, *, repeats: bool) -> None:
    """The good rows of `typed` hold only reversals that core can follow, with those stored.

    A reversal waits for a payment that is not known yet. `repeats` says that a fresh row may be a
    new version of a stored one: then a payment, too, can come to stand against its reversals.
    """
    asked = "SELECT 1 FROM typed WHERE _fault IS NULL AND reverses_id IS NOT NULL LIMIT 1"
    if not repeats and not con.execute(asked).fetchall():
        return
    _bring_stored(con, old, repeats=repeats)
    _know_since(con)
    while True:
        _move(con)
        if wait(con, "payment_unknown", "reverses_id", "move", "payment_id"):
            continue
        if not (mark(con, _ONE_BY_ONE) or mark(con, _TOGETHER)):
            return


def _bring_stored(con: Connection, old: Stored, *, repeats: bool) -> None:
    """`old_move` holds the stored payments that fresh reversals name, with their reversals."""
    con.execute(f"CREATE OR REPLACE TEMP TABLE old_move AS SELECT {_ROW} FROM typed LIMIT 0")
    con.execute(
        "CREATE OR REPLACE TEMP TABLE target AS SELECT DISTINCT reverses_id AS payment_id "
        "FROM typed WHERE _fault IS NULL AND reverses_id IS NOT NULL"
    )
    if not old.paths:
        return
    if repeats:
        con.execute(
            f"INSERT INTO target SELECT DISTINCT s.reverses_id FROM {old.sql} s "
            "SEMI JOIN typed t ON t._fault IS NULL AND t.payment_id = s.reverses_id "
            "WHERE s.reverses_id NOT IN (SELECT payment_id FROM target)"
        )
    con.execute(
        f"INSERT INTO old_move SELECT {_ROW} FROM {old.sql} "
        "WHERE payment_id IN (SELECT payment_id FROM target) "
        "OR reverses_id IN (SELECT payment_id FROM target)"
    )


def _know_since(con: Connection) -> None:
    """A reversal that waited counts as known since its payment is: until then it undid nothing."""
    con.execute(
        "UPDATE typed SET known_date = p.known_date FROM (SELECT payment_id, min(known_date) AS "
        "known_date FROM (SELECT payment_id, known_date FROM old_move UNION ALL "
        "SELECT payment_id, known_date FROM typed WHERE _fault IS NULL) "
        "WHERE payment_id IN (SELECT payment_id FROM target) GROUP BY payment_id) p "
        "WHERE p.payment_id = typed.reverses_id AND typed._retried AND typed._fault IS NULL "
        "AND typed.known_date < p.known_date"
    )


def _move(con: Connection) -> None:
    """`move` holds each version of a reversal and of what it names, and the days it stands for.

    `id` is the row of `typed`, NULL for a stored one; `began` is the first day known of its key.
    """
    fresh = (
        f"SELECT rowid AS id, {_ROW} FROM typed WHERE _fault IS NULL AND (reverses_id IS NOT NULL "
        "OR payment_id IN (SELECT payment_id FROM target) "
        "OR payment_id IN (SELECT payment_id FROM old_move))"
    )
    con.execute(
        "CREATE OR REPLACE TEMP TABLE move AS SELECT *, "
        f"lead(known_date, 1, {_FOREVER}) OVER versions AS until, "
        "first_value(known_date) OVER versions AS began, "
        "amount_minor - lag(amount_minor, 1, 0) OVER "
        "(PARTITION BY payment_id, reverses_id ORDER BY known_date) AS change "
        f"FROM (SELECT NULL::BIGINT AS id, {_ROW} FROM old_move UNION ALL {fresh}) "
        "WINDOW versions AS (PARTITION BY payment_id ORDER BY known_date)"
    )


# A reversal beside the payment that stands on the same day; the fresh one of the two is at fault.
_ONE_BY_ONE = """
SELECT id, arg_min(fault, (because, fault)) AS fault,
  arg_min(place, (because, fault)) AS place, min(because) AS because
FROM (
  SELECT coalesce(r.id, p.id) AS id,
    CASE WHEN p.reverses_id IS NOT NULL THEN ['reversal_of_reversal', 'reverses_id']
      WHEN r.loan_id <> p.loan_id THEN ['reversal_other_loan', 'loan_id']
      WHEN r.value_date < p.value_date THEN ['reversal_before_payment', 'value_date']
      WHEN r.known_date < p.began THEN ['reversal_before_payment', 'known_date']
      WHEN p.amount_minor + r.amount_minor < 0 THEN ['reversal_exceeds', 'amount_minor'] END AS
      verdict,
    verdict[1] AS fault, verdict[2] AS place,
    'it undoes ' || p.payment_id || ' of loan ' || p.loan_id || ', ' || p.amount_minor
      || ' of ' || p.value_date || ', known ' || p.began AS because
  FROM move r JOIN move p ON r.reverses_id = p.payment_id
    AND ((r.known_date < p.until AND p.known_date < r.until) OR r.known_date < p.began)
)
WHERE id IS NOT NULL AND fault IS NOT NULL
GROUP BY id
"""

# What is left of a payment after each change, by the day it became known; what was stored first
# stays. Where a fresh row upsets only what follows it, every fresh one that takes is at fault.
_TOGETHER = """
WITH running AS (
  SELECT id, change, coalesce(reverses_id, payment_id) AS paid,
    sum(change) OVER (
      PARTITION BY coalesce(reverses_id, payment_id)
      ORDER BY known_date, id IS NOT NULL, change DESC, value_date, payment_id
      ROWS UNBOUNDED PRECEDING
    ) AS remains
  FROM move
), judged AS (
  SELECT *, id IS NOT NULL AND change < 0 AS suspect,
    min(remains) OVER (PARTITION BY paid) AS least,
    bool_or(id IS NOT NULL AND change < 0 AND remains < 0) OVER (PARTITION BY paid) AS caught
  FROM running
)
SELECT id, 'reversal_exceeds' AS fault, 'amount_minor' AS place,
  'the reversals of payment ' || paid || ' take back ' || -least || ' too much' AS because
FROM judged WHERE suspect AND least < 0 AND (remains < 0 OR NOT caught)
"""
