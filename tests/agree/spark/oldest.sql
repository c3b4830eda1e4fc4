/* oldest: the oldest instalment that is not covered sets the clock */
/* grain: one row per loan allocated per instalment with one     reads: due, late   writes: oldest */
/* means: arrears.core.allocation.Account.oldest_uncovered, Terms.tolerance */
/* units: days, seq of the instalment */
SELECT
  loan_no,
  due_date AS oldest_unpaid_date,
  seq AS oldest_unpaid_seq
FROM (
  SELECT
    d.loan_no,
    d.due_date,
    d.seq,
    ROW_NUMBER() OVER (PARTITION BY d.loan_no ORDER BY d.due_date NULLS LAST, d.seq NULLS LAST) AS place
  FROM due AS d
  JOIN late AS l
    ON l.loan_no = d.loan_no
  WHERE
    d.through_minor - l.paid_minor > l.tolerance_minor * CASE WHEN l.tolerance_grows = 1 THEN d.seq ELSE 1 END
) AS uncovered
WHERE
  place = 1
