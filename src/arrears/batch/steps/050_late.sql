-- late: which loans have to be looked at instalment by instalment, and in which days?
-- grain: one row per loan that was ever short at the close of a day     means: batch/short.py
-- reads: loan, balance, short   writes: late   units: minor units; outside of them nothing was owed
SELECT
  b.loan_no,
  l.loan_id,
  l.borrower_id,
  l.product,
  l.folded,
  l.tolerance_minor,
  l.tolerance_grows,
  b.paid_minor,
  s.from_date,
  s.to_date,
  s.due_before_minor,
  s.paid_before_minor
FROM balance AS b
JOIN loan AS l ON l.loan_no = b.loan_no
JOIN short AS s ON s.loan_no = b.loan_no
