-- case_day: what each overdue borrower comes to today
-- grain: one row per borrower with an overdue loan, and as_of     means: arrears.core.case.case_figures
-- reads: case_loan, loans, borrowers, case_flag, case_contact, promise_broken   writes: case_day
-- units: *_minor minor units, days; days_since_contact 9999 = never
SELECT
  c.borrower_id,
  :as_of AS as_of,
  COALESCE(b.kind, 'person') AS borrower_kind,
  c.loans,
  c.loans_overdue,
  w.loan_id AS worst_loan_id,
  w.dpd,
  w.counted_dpd,
  w.bucket,
  w.class5,
  c.overdue_minor,
  c.penalty_minor,
  c.compound_minor,
  c.outstanding_minor,
  h.branch,
  w.product,
  k.last_contact_date,
  CAST(COALESCE(DATEDIFF('day', k.last_contact_date, :as_of), 9999) AS INTEGER)
    AS days_since_contact,
  CAST(CASE WHEN p.borrower_id IS NULL THEN 0 ELSE 1 END AS INTEGER) AS promise_broken_today,
  COALESCE(f.flags, '') AS flags
FROM (
  SELECT
    borrower_id,
    CAST(COUNT(*) AS INTEGER) AS loans,
    CAST(SUM(CASE WHEN dpd >= 1 THEN 1 ELSE 0 END) AS INTEGER) AS loans_overdue,
    CAST(SUM(COALESCE(overdue_minor, 0)) AS BIGINT) AS overdue_minor,
    CAST(SUM(COALESCE(penalty_minor, 0)) AS BIGINT) AS penalty_minor,
    CAST(SUM(COALESCE(compound_minor, 0)) AS BIGINT) AS compound_minor,
    CAST(SUM(COALESCE(outstanding_minor, 0)) AS BIGINT) AS outstanding_minor
  FROM case_loan
  GROUP BY borrower_id
) AS c
JOIN case_loan AS w ON w.borrower_id = c.borrower_id AND w.place = 1
JOIN loans AS h ON h.loan_id = w.loan_id
LEFT JOIN borrowers AS b ON b.borrower_id = c.borrower_id
LEFT JOIN case_flag AS f ON f.borrower_id = c.borrower_id
LEFT JOIN case_contact AS k ON k.borrower_id = c.borrower_id
LEFT JOIN promise_broken AS p ON p.borrower_id = c.borrower_id
