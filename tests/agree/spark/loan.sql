/* loan: which loans are open, and under which conventions? */
/* grain: one row per loan opened by DATE '2026-06-30' and not closed     means: arrears.core.delinquency.arrears */
/* reads: loans, terms   writes: loan   units: tolerance_minor minor units, grace_days calendar days */
SELECT
  l.loan_id,
  l.borrower_id,
  l.product,
  COALESCE(t.allocation_order, 'per_instalment') AS allocation_order,
  COALESCE(t.grace_days, 0) AS grace_days,
  COALESCE(t.tolerance_minor, 0) AS tolerance_minor,
  COALESCE(t.tolerance_per, 'loan') AS tolerance_per,
  COALESCE(t.first_day, 0) AS first_day
FROM loans AS l
LEFT JOIN terms AS t
  ON t.product = l.product
WHERE
  l.opened_date <= CAST('2026-06-30' AS DATE) AND l.status <> 'closed'
