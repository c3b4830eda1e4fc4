/* stated: the latest status of loans whose bank states days past due instead of a schedule */
/* grain: one row per open loan with a status not older than 45 days and without a schedule */
/* reads: loan, schedule, snapshots   writes: stated   units: calendar days, minor units */
/* means: arrears.core.delinquency.latest_snapshot */
SELECT
  l.loan_no,
  s.reported_dpd,
  s.balance_minor
FROM (
  SELECT
    loan_no,
    reported_dpd,
    balance_minor,
    ROW_NUMBER() OVER (PARTITION BY loan_no ORDER BY snapshot_date DESC) AS place
  FROM snapshots
  WHERE
    snapshot_date <= CAST('2026-06-30' AS DATE)
    AND snapshot_date >= CAST('2026-05-16' AS DATE)
) AS s
JOIN loan AS l
  ON l.loan_no = s.loan_no
LEFT JOIN schedule AS c
  ON c.loan_no = l.loan_no
WHERE
  s.place = 1 AND s.reported_dpd >= 0 AND c.loan_no IS NULL
