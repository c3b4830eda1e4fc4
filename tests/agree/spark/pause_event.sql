/* pause_event: spans on which the clock of a late loan was paused */
/* grain: one row per late loan with a clock, and pause of the loan or its borrower */
/* reads: clock, flags   writes: pause_event   units: days, half-open     means: arrears.core.day.days_within */
SELECT
  c.loan_id,
  c.oldest_unpaid_date,
  f.from_date,
  f.to_date
FROM clock AS c
JOIN flags AS f
  ON f.loan_id = c.loan_id
WHERE
  f.kind = 'pause'
  AND NOT c.oldest_unpaid_date IS NULL
  AND f.from_date <= CAST('2026-06-30' AS DATE)
UNION ALL
SELECT
  c.loan_id,
  c.oldest_unpaid_date,
  f.from_date,
  f.to_date
FROM clock AS c
JOIN flags AS f
  ON f.borrower_id = c.borrower_id
WHERE
  f.kind = 'pause'
  AND f.loan_id IS NULL
  AND NOT c.oldest_unpaid_date IS NULL
  AND f.from_date <= CAST('2026-06-30' AS DATE)
