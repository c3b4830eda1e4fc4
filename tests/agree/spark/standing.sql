/* standing: what of each part is overdue today */
/* grain: one row per loan allocated per instalment with something overdue */
/* reads: due   writes: standing   units: minor units     means: arrears.core.allocation.Account.totals */
SELECT
  loan_id,
  CAST(SUM(GREATEST(LEAST(fee_minor, missing_minor - interest_minor - principal_minor), 0)) AS BIGINT) AS overdue_fee_minor,
  CAST(SUM(LEAST(interest_minor, GREATEST(missing_minor - principal_minor, 0))) AS BIGINT) AS overdue_interest_minor,
  CAST(SUM(LEAST(principal_minor, missing_minor)) AS BIGINT) AS overdue_principal_minor
FROM (
  SELECT
    loan_id,
    fee_minor,
    interest_minor,
    principal_minor,
    LEAST(through_minor - paid_minor, fee_minor + interest_minor + principal_minor) AS missing_minor
  FROM due
  WHERE
    through_minor > paid_minor
) AS open_instalment
GROUP BY
  loan_id
