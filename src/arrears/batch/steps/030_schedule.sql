-- schedule: what does each schedule come to, in all and by today?
-- grain: one row per loan with instalments     means: arrears.core.delinquency.paid_in_full
-- reads: instalments   writes: schedule   units: *_minor minor units
SELECT
  loan_no,
  MAX(seq) AS last_seq,
  CAST(SUM(principal_minor) AS BIGINT) AS principal_ever_minor,
  CAST(SUM(principal_minor + interest_minor + fee_minor) AS BIGINT) AS total_ever_minor,
  CAST(SUM(CASE WHEN due_date <= :as_of
    THEN principal_minor + interest_minor + fee_minor ELSE 0 END) AS BIGINT) AS due_minor,
  CAST(SUM(CASE WHEN due_date <= :as_of
    THEN interest_minor + fee_minor ELSE 0 END) AS BIGINT) AS due_beside_principal_minor
FROM instalments
GROUP BY loan_no
