-- fold_event: what happened to late loans whose order of allocation depends on the day
-- grain: one row per instalment due or payment valued by :as_of     means: arrears.core.allocation
-- reads: late, instalments, payments   writes: fold_event   units: minor units
SELECT
  i.loan_id,
  l.product,
  0 AS is_payment,
  i.due_date AS day,
  i.seq,
  CAST(NULL AS VARCHAR) AS payment_id,
  CAST(NULL AS VARCHAR) AS reverses_id,
  CAST(0 AS BIGINT) AS amount_minor,
  i.principal_minor,
  i.interest_minor,
  i.fee_minor
FROM instalments AS i
JOIN late AS l ON l.loan_id = i.loan_id
WHERE i.due_date <= :as_of AND l.allocation_order <> 'per_instalment'
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
  p.fee_minor
FROM payments AS p
JOIN late AS l ON l.loan_id = p.loan_id
WHERE p.value_date <= :as_of AND l.allocation_order <> 'per_instalment'
