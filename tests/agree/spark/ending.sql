/* ending: which borrowers had a promise whose last day is today? */
/* grain: one row per such borrower     means: arrears.core.promise.PromiseFacts.last_date */
/* reads: promises   writes: ending   units: days */
SELECT DISTINCT
  borrower_id
FROM promises
WHERE
  DATEDIFF(DAY, due_date, CAST('2026-06-30' AS DATE)) = tolerance_days
