-- named_paid: payments that have to be told apart by name, because order or reversal decides
-- grain: one row per payment or reversal valued by :as_of on a loan of a promise that ends today, or on a
-- late loan whose order of allocation depends on the day     means: arrears.core.loan.Payment
-- reads: late, loans, ending, payments   writes: named_paid   units: *_minor minor units
SELECT
  p.loan_no,
  n.borrower_id,
  p.payment_id,
  p.value_date,
  p.amount_minor,
  p.reverses_id,
  p.principal_minor,
  p.interest_minor,
  p.fee_minor
FROM payments AS p
JOIN (
  SELECT l.loan_no, l.borrower_id
  FROM late AS l
  WHERE l.folded = 1
  UNION
  SELECT l.loan_no, l.borrower_id
  FROM loans AS l
  JOIN ending AS e ON e.borrower_id = l.borrower_id
) AS n ON n.loan_no = p.loan_no
WHERE p.value_date <= :as_of
