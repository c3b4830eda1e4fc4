/* loan: which loans are open, and under which conventions? */
/* grain: one row per loan opened by DATE '2026-06-30' and not closed     means: arrears.core.delinquency.arrears */
/* reads: loans, terms   writes: loan   units: tolerance_minor minor units, grace_days calendar days */
/* loan_no stands for loan_id in every table of the book: what the engine compares fastest */
/* folded 1 = the order of allocation depends on the day, so core folds the loan (folds.py) */
SELECT
  l.loan_no,
  l.loan_id,
  l.borrower_id,
  l.product,
  CASE
    WHEN COALESCE(t.allocation_order, 'per_instalment') = 'per_instalment'
    THEN 0
    ELSE 1
  END AS folded,
  COALESCE(t.grace_days, 0) AS grace_days,
  COALESCE(t.tolerance_minor, 0) AS tolerance_minor,
  CASE WHEN COALESCE(t.tolerance_per, 'loan') = 'instalment' THEN 1 ELSE 0 END AS tolerance_grows,
  COALESCE(t.first_day, 0) AS first_day
FROM loans AS l
LEFT JOIN terms AS t
  ON t.product = l.product
WHERE
  l.opened_date <= CAST('2026-06-30' AS DATE) AND l.status <> 'closed'
