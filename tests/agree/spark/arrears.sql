/* arrears: how late is each open loan, in which bucket and grade, and by how much? */
/* grain: one row per open loan and as_of     means: arrears.core.delinquency.arrears */
/* reads: days, bucket_of, class5_of   writes: arrears   units: *_minor minor units, dpd calendar days */
SELECT
  d.loan_id,
  CAST('2026-06-30' AS DATE) AS as_of,
  CAST(d.dpd AS INT) AS dpd,
  CAST(d.counted_dpd AS INT) AS counted_dpd,
  b.bucket,
  g.class5,
  d.oldest_unpaid_date,
  d.oldest_unpaid_seq,
  d.overdue_minor,
  d.overdue_fee_minor,
  d.overdue_interest_minor,
  d.overdue_principal_minor,
  d.penalty_minor,
  d.compound_minor,
  d.outstanding_minor
FROM days AS d
JOIN bucket_of AS b
  ON b.day = LEAST(d.counted_dpd, 400)
JOIN class5_of AS g
  ON g.day = LEAST(d.dpd, 400)
