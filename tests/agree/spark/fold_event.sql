/* fold_event: what happened to late loans whose order of allocation depends on the day */
/* grain: one row per instalment due or payment valued by DATE '2026-06-30', while the loan was short */
/* reads: late, late_due, named_paid   writes: fold_event   units: minor units */
/* means: arrears.core.allocation */
SELECT
  l.loan_id,
  l.product,
  0 AS is_payment,
  d.due_date AS day,
  d.seq,
  CAST(NULL AS STRING) AS payment_id,
  CAST(NULL AS STRING) AS reverses_id,
  CAST(0 AS BIGINT) AS amount_minor,
  d.principal_minor,
  d.interest_minor,
  d.fee_minor,
  l.paid_before_minor - l.due_before_minor AS credit_minor
FROM late_due AS d
JOIN late AS l
  ON l.loan_no = d.loan_no
WHERE
  d.folded = 1
UNION ALL
SELECT
  l.loan_id,
  l.product,
  1 AS is_payment,
  p.value_date AS day,
  0 AS seq,
  p.payment_id,
  p.reverses_id,
  p.amount_minor,
  p.principal_minor,
  p.interest_minor,
  p.fee_minor,
  l.paid_before_minor - l.due_before_minor AS credit_minor
FROM named_paid AS p
JOIN late AS l
  ON l.loan_no = p.loan_no
WHERE
  p.value_date >= l.from_date AND p.value_date <= l.to_date AND l.folded = 1
