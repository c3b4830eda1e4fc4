-- standing: what of each part is overdue today
-- grain: one row per loan allocated per instalment with something overdue
-- reads: due, late   writes: standing   units: minor units     means: arrears.core.allocation.Account.totals
SELECT
  loan_no,
  CAST(SUM(GREATEST(LEAST(fee_minor, missing_minor - interest_minor - principal_minor), 0))
    AS BIGINT) AS overdue_fee_minor,
  CAST(SUM(LEAST(interest_minor, GREATEST(missing_minor - principal_minor, 0))) AS BIGINT)
    AS overdue_interest_minor,
  CAST(SUM(LEAST(principal_minor, missing_minor)) AS BIGINT) AS overdue_principal_minor
FROM (
  SELECT
    d.loan_no,
    d.fee_minor,
    d.interest_minor,
    d.principal_minor,
    LEAST(d.through_minor - l.paid_minor, d.fee_minor + d.interest_minor + d.principal_minor)
      AS missing_minor
  FROM due AS d
  JOIN late AS l ON l.loan_no = d.loan_no
  WHERE d.through_minor > l.paid_minor
) AS open_instalment
GROUP BY loan_no
