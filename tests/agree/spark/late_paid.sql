/* late_paid: what was paid, and reversed, on late loans since they were first short */
/* grain: one row per payment or reversal valued by DATE '2026-06-30' on a late loan allocated per instalment */
/* reads: late, payments   writes: late_paid   units: *_minor minor units */
/* means: arrears.core.loan.LoanFacts.known */
SELECT
  p.loan_id,
  p.value_date,
  p.amount_minor
FROM payments AS p
JOIN late AS l
  ON l.loan_id = p.loan_id
WHERE
  p.value_date <= CAST('2026-06-30' AS DATE)
  AND p.value_date >= l.from_date
  AND l.allocation_order = 'per_instalment'
