-- late_due: the instalments that have fallen due on late loans since they were first short
-- grain: one row per instalment due by :as_of of a late loan
-- reads: late, instalments   writes: late_due   units: *_minor minor units
-- means: arrears.core.loan.LoanFacts.known, Terms.tolerance
SELECT
  i.loan_id,
  l.product,
  l.allocation_order,
  i.seq,
  i.due_date,
  i.fee_minor,
  i.interest_minor,
  i.principal_minor,
  l.paid_minor,
  l.due_before_minor,
  l.paid_before_minor,
  l.tolerance_minor * CASE WHEN l.tolerance_per = 'instalment' THEN i.seq ELSE 1 END
    AS tolerated_minor
FROM instalments AS i
JOIN late AS l ON l.loan_id = i.loan_id
WHERE i.due_date <= :as_of AND i.due_date >= l.from_date
