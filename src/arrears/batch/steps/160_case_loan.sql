-- case_loan: the overdue loans' borrowers with all their open loans, the worst loan first
-- grain: one row per open loan of a borrower with an overdue one     means: arrears.core.case.case_figures
-- reads: arrears, days, loan   writes: case_loan   units: as arrears; place 1 is the worst loan
SELECT
  l.borrower_id,
  l.product,
  a.*,
  ROW_NUMBER() OVER (
    PARTITION BY l.borrower_id
    ORDER BY CASE WHEN a.dpd >= 1 THEN 0 ELSE 1 END, a.counted_dpd DESC, a.dpd DESC,
      COALESCE(a.overdue_minor, 0) DESC, a.loan_id) AS place
FROM arrears AS a
JOIN loan AS l ON l.loan_id = a.loan_id
JOIN (
  SELECT DISTINCT borrower_id
  FROM days
  WHERE dpd >= 1
) AS overdue ON overdue.borrower_id = l.borrower_id
