/* oldest: the oldest instalment that is not covered sets the clock */
/* grain: one row per loan allocated per instalment with one     reads: due   writes: oldest */
/* means: arrears.core.allocation.Account.oldest_uncovered   units: days, seq of the instalment */
SELECT
  loan_id,
  due_date AS oldest_unpaid_date,
  seq AS oldest_unpaid_seq
FROM (
  SELECT
    loan_id,
    due_date,
    seq,
    ROW_NUMBER() OVER (PARTITION BY loan_id ORDER BY due_date NULLS LAST, seq NULLS LAST) AS place
  FROM due
  WHERE
    through_minor - paid_minor > tolerated_minor
) AS uncovered
WHERE
  place = 1
