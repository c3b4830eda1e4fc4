-- clock: per late loan, the parts overdue, the charges and the instalment that sets the clock
-- grain: one row per late loan, whatever its order of allocation
-- reads: late, standing, charge, oldest, folded   writes: clock   units: minor units, days
-- means: arrears.core.delinquency.arrears
SELECT
  l.loan_no,
  l.loan_id,
  l.borrower_id,
  COALESCE(s.overdue_fee_minor, 0) AS overdue_fee_minor,
  COALESCE(s.overdue_interest_minor, 0) AS overdue_interest_minor,
  COALESCE(s.overdue_principal_minor, 0) AS overdue_principal_minor,
  COALESCE(c.penalty_minor, 0) AS penalty_minor,
  COALESCE(c.compound_minor, 0) AS compound_minor,
  o.oldest_unpaid_date,
  o.oldest_unpaid_seq
FROM late AS l
LEFT JOIN standing AS s ON s.loan_no = l.loan_no
LEFT JOIN charge AS c ON c.loan_no = l.loan_no
LEFT JOIN oldest AS o ON o.loan_no = l.loan_no
WHERE l.folded = 0
UNION ALL
SELECT
  l.loan_no,
  l.loan_id,
  l.borrower_id,
  f.overdue_fee_minor,
  f.overdue_interest_minor,
  f.overdue_principal_minor,
  f.penalty_minor,
  f.compound_minor,
  f.oldest_unpaid_date,
  f.oldest_unpaid_seq
FROM late AS l
JOIN folded AS f ON f.loan_id = l.loan_id
