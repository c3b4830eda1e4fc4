-- due: the instalments that have fallen due on late loans, each with the sum of all up to it
-- grain: one row per instalment due by :as_of of a late loan allocated per instalment
-- reads: late, instalments   writes: due   units: *_minor minor units; through_minor includes the row
-- means: arrears.core.allocation (per_instalment)
SELECT
  i.loan_id,
  l.product,
  i.seq,
  i.due_date,
  i.fee_minor,
  i.interest_minor,
  i.principal_minor,
  l.paid_minor,
  l.tolerance_minor * CASE WHEN l.tolerance_per = 'instalment' THEN i.seq ELSE 1 END
    AS tolerated_minor,
  CAST(SUM(i.fee_minor + i.interest_minor + i.principal_minor) OVER (
    PARTITION BY i.loan_id ORDER BY i.due_date, i.seq
    ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS BIGINT) AS through_minor
FROM instalments AS i
JOIN late AS l ON l.loan_id = i.loan_id
WHERE i.due_date <= :as_of AND l.allocation_order = 'per_instalment'
