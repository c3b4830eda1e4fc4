/* promise_event: promises of borrowers who had one ending today, and all that they paid */
/* grain: one row per promise or payment of such a borrower     means: arrears.core.promise */
/* reads: ending, promises, named_paid   writes: promise_event   units: minor units, days */
SELECT
  w.borrower_id,
  0 AS is_payment,
  w.promise_id AS event_id,
  CAST(NULL AS STRING) AS reverses_id,
  w.made_date,
  w.due_date,
  w.tolerance_days,
  w.amount_minor
FROM promises AS w
JOIN ending AS e
  ON e.borrower_id = w.borrower_id
WHERE
  w.made_date <= CAST('2026-06-30' AS DATE)
UNION ALL
SELECT
  p.borrower_id,
  1 AS is_payment,
  p.payment_id AS event_id,
  p.reverses_id,
  p.value_date AS made_date,
  p.value_date AS due_date,
  0 AS tolerance_days,
  p.amount_minor
FROM named_paid AS p
JOIN ending AS e
  ON e.borrower_id = p.borrower_id
