-- unpaid: what was unpaid of each instalment after its due day, and for which days
-- grain: one row per instalment and span of days on which something of it was overdue
-- reads: due, reached   writes: unpaid   units: *_minor minor units; days (from_date, to_date]
-- means: arrears.core.allocation.Accrual
SELECT
  loan_no,
  from_date,
  to_date,
  LEAST(principal_minor, missing_minor) AS principal_minor,
  LEAST(interest_minor, GREATEST(missing_minor - principal_minor, 0)) AS interest_minor
FROM (
  SELECT
    d.loan_no,
    GREATEST(r.from_date, d.due_date) AS from_date,
    r.to_date,
    d.principal_minor,
    d.interest_minor,
    LEAST(d.through_minor - r.reached_minor,
      d.fee_minor + d.interest_minor + d.principal_minor) AS missing_minor
  FROM due AS d
  JOIN reached AS r ON r.loan_no = d.loan_no
  WHERE r.reached_minor < d.through_minor AND r.to_date > d.due_date AND r.to_date > r.from_date
) AS span
