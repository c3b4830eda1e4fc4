-- due: the instalments of late loans allocated per instalment, each with the sum of all up to it
-- grain: one row per instalment due by :as_of of such a loan
-- reads: late_due   writes: due   units: *_minor minor units; through_minor includes the row
-- means: arrears.core.allocation (per_instalment)
SELECT
  loan_no,
  seq,
  due_date,
  fee_minor,
  interest_minor,
  principal_minor,
  due_before_minor + CAST(SUM(fee_minor + interest_minor + principal_minor) OVER (
    PARTITION BY loan_no ORDER BY due_date, seq
    ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS BIGINT) AS through_minor
FROM late_due
WHERE folded = 0
