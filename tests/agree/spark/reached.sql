/* reached: how far the money had come, from one day with a payment to the next */
/* grain: one row per late loan and day with a payment, and one for all before (from 1900-01-01) */
/* reads: late, late_paid   writes: reached   units: reached_minor minor units; days (from, to] */
/* means: arrears.core.allocation.account */
SELECT
  loan_id,
  day AS from_date,
  LEAD(day, 1, CAST('2026-06-30' AS DATE)) OVER (PARTITION BY loan_id ORDER BY day NULLS LAST) AS to_date,
  CAST(SUM(day_minor) OVER (
    PARTITION BY loan_id
    ORDER BY day NULLS LAST
    ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
  ) AS BIGINT) AS reached_minor
FROM (
  SELECT
    loan_id,
    day,
    CAST(SUM(day_minor) AS BIGINT) AS day_minor
  FROM (
    SELECT
      loan_id,
      value_date AS day,
      amount_minor AS day_minor
    FROM late_paid
    UNION ALL
    SELECT
      loan_id,
      CAST('1900-01-01' AS DATE) AS day,
      paid_before_minor AS day_minor
    FROM late
    WHERE
      allocation_order = 'per_instalment'
  ) AS event
  GROUP BY
    loan_id,
    day
) AS by_day
