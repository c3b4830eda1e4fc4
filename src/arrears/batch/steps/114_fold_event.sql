-- fold_event: what happened to late loans whose order of allocation depends on the day
-- grain: one row per instalment due or payment valued by :as_of, since the loan was first short
-- reads: late, late_due, named_paid   writes: fold_event   units: minor units
-- means: arrears.core.allocation
SELECT
  loan_id,
  product,
  0 AS is_payment,
  due_date AS day,
  seq,
  CAST(NULL AS VARCHAR) AS payment_id,
  CAST(NULL AS VARCHAR) AS reverses_id,
  CAST(0 AS BIGINT) AS amount_minor,
  principal_minor,
  interest_minor,
  fee_minor,
  paid_before_minor - due_before_minor AS credit_minor
FROM late_due
WHERE allocation_order <> 'per_instalment'
UNION ALL
SELECT
  p.loan_id,
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
JOIN late AS l ON l.loan_id = p.loan_id
WHERE p.value_date >= l.from_date AND l.allocation_order <> 'per_instalment'
