/* late: which loans have to be looked at instalment by instalment, and from which day on? */
/* grain: one row per loan that was ever short at the close of a day     means: batch/short.py */
/* reads: balance, short   writes: late   units: minor units; before from_date all that was due was paid */
SELECT
  b.loan_id,
  b.borrower_id,
  b.product,
  b.allocation_order,
  b.tolerance_minor,
  b.tolerance_per,
  b.paid_minor,
  s.from_date,
  s.due_before_minor,
  s.paid_before_minor
FROM balance AS b
JOIN short AS s
  ON s.loan_id = b.loan_id
