/* late_paid: what was paid, and reversed, on late loans while they were short */
/* grain: one row per payment or reversal valued by DATE '2026-06-30' on a late loan allocated per instalment */
/* reads: late, payments   writes: late_paid   units: *_minor minor units */
/* means: arrears.core.loan.LoanFacts.known */
SELECT
  l.loan_no,
  p.value_date,
  p.amount_minor
FROM payments AS p
JOIN late AS l
  ON l.loan_no = p.loan_no
WHERE
  p.value_date <= CAST('2026-06-30' AS DATE)
  AND p.value_date >= l.from_date
  AND p.value_date <= l.to_date
  AND l.folded = 0
