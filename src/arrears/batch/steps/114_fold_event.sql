-- fold_event: what happened to late loans whose order of allocation depends on the day
-- grain: one row per instalment due or payment valued by :as_of     means: arrears.core.allocation
-- reads: late_due, late_paid   writes: fold_event   units: minor units
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
  fee_minor
FROM late_due
WHERE allocation_order <> 'per_instalment'
UNION ALL
SELECT
  loan_id,
  product,
  1 AS is_payment,
  value_date AS day,
  0 AS seq,
  payment_id,
  reverses_id,
  amount_minor,
  principal_minor,
  interest_minor,
  fee_minor
FROM late_paid
WHERE allocation_order <> 'per_instalment'
