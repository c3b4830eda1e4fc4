/* paid: how much has been paid on each loan, reversals taken off? */
/* grain: one row per loan with a payment valued by DATE '2026-06-30'     means: arrears.core.loan.effective */
/* reads: payments   writes: paid   units: paid_minor minor units */
SELECT
  loan_no,
  CAST(SUM(amount_minor) AS BIGINT) AS paid_minor
FROM payments
WHERE
  value_date <= CAST('2026-06-30' AS DATE)
GROUP BY
  loan_no
