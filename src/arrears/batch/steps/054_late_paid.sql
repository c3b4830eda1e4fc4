-- late_paid: the payments and reversals on late loans
-- grain: one row per payment or reversal valued by :as_of on a late loan
-- reads: late, payments   writes: late_paid   units: *_minor minor units
-- means: arrears.core.loan.LoanFacts.known
SELECT
  p.loan_id,
  l.product,
  l.allocation_order,
  p.payment_id,
  p.value_date,
  p.amount_minor,
  p.reverses_id,
  p.principal_minor,
  p.interest_minor,
  p.fee_minor
FROM payments AS p
JOIN late AS l ON l.loan_id = p.loan_id
WHERE p.value_date <= :as_of
