-- reached: how far the money had come, from one payment to the next
-- grain: one row per late loan and payment, and one for all before (from 1900-01-01); of payments on
-- one day only the last has a span     means: arrears.core.allocation.account
-- reads: late, late_paid   writes: reached   units: reached_minor minor units; days (from, to]
SELECT
  loan_no,
  day AS from_date,
  LEAD(day, 1, :as_of) OVER (PARTITION BY loan_no ORDER BY day, day_minor) AS to_date,
  CAST(SUM(day_minor) OVER (
    PARTITION BY loan_no ORDER BY day, day_minor
    ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS BIGINT) AS reached_minor
FROM (
  SELECT loan_no, value_date AS day, amount_minor AS day_minor
  FROM late_paid
  UNION ALL
  SELECT loan_no, DATE '1900-01-01' AS day, paid_before_minor AS day_minor
  FROM late
  WHERE folded = 0
) AS event
