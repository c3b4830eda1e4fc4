-- late_due: the instalments that have fallen due on late loans while they were short
-- grain: one row per instalment due by :as_of of a late loan
-- reads: late, instalments   writes: late_due   units: *_minor minor units
-- means: arrears.core.loan.LoanFacts.known
SELECT
  l.loan_no,
  l.folded,
  i.seq,
  i.due_date,
  i.fee_minor,
  i.interest_minor,
  i.principal_minor,
  l.due_before_minor
FROM instalments AS i
JOIN late AS l ON l.loan_no = i.loan_no
WHERE i.due_date <= :as_of AND i.due_date >= l.from_date AND i.due_date <= l.to_date
