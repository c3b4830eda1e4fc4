/* roll_part: from which bucket into which did the loans move since the run before? */
/* grain: one row per bucket before and bucket now ("new" and "closed" at the ends) */
/* reads: arrears, arrears_before   writes: roll_part   units: loans, minor units */
/* means: docs/explain/roll.md; amounts are today's, or the last known ones of a closed loan */
SELECT
  COALESCE(o.bucket, 'new') AS from_bucket,
  COALESCE(n.bucket, 'closed') AS to_bucket,
  CAST(COUNT(*) AS BIGINT) AS loans,
  CAST(SUM(COALESCE(n.overdue_minor, o.overdue_minor, 0)) AS BIGINT) AS overdue_minor,
  CAST(SUM(COALESCE(n.outstanding_minor, o.outstanding_minor, 0)) AS BIGINT) AS outstanding_minor
FROM arrears AS n
FULL JOIN arrears_before AS o
  ON o.loan_id = n.loan_id
GROUP BY
  COALESCE(o.bucket, 'new'),
  COALESCE(n.bucket, 'closed')
