-- balance: what is overdue and outstanding on each loan that is not paid in full?
-- grain: one row per open loan with a schedule     means: arrears.core.delinquency.arrears
-- reads: loan, schedule, paid   writes: balance   units: *_minor minor units
SELECT
  l.loan_no,
  COALESCE(p.paid_minor, 0) AS paid_minor,
  GREATEST(s.due_minor - COALESCE(p.paid_minor, 0), 0) AS overdue_minor,
  GREATEST(s.principal_ever_minor + s.due_beside_principal_minor - COALESCE(p.paid_minor, 0), 0)
    AS outstanding_minor
FROM loan AS l
JOIN schedule AS s ON s.loan_no = l.loan_no
LEFT JOIN paid AS p ON p.loan_no = l.loan_no
WHERE COALESCE(p.paid_minor, 0) < s.total_ever_minor
  - l.tolerance_minor * CASE WHEN l.tolerance_grows = 1 THEN s.last_seq ELSE 1 END
