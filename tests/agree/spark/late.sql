/* late: which loans have to be looked at instalment by instalment? */
/* grain: one row per loan that was ever short at the close of a day     means: batch/short.py */
/* reads: balance, short   writes: late   units: as balance */
SELECT
  b.*
FROM balance AS b
JOIN short AS s
  ON s.loan_id = b.loan_id
