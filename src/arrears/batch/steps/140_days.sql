-- days: both day counts of every open loan
-- grain: one row per open loan     means: arrears.core.delinquency.counted_dpd
-- reads: loan, balance, clock, paused, stated   writes: days   units: calendar days
SELECT
  l.loan_id,
  l.borrower_id,
  c.oldest_unpaid_date,
  c.oldest_unpaid_seq,
  COALESCE(DATEDIFF('day', c.oldest_unpaid_date, :as_of) + l.first_day, 0) AS dpd,
  GREATEST(COALESCE(DATEDIFF('day', c.oldest_unpaid_date, :as_of) + l.first_day, 0)
    - l.grace_days - COALESCE(p.paused_days, 0), 0) AS counted_dpd,
  b.overdue_minor,
  COALESCE(c.overdue_fee_minor, 0) AS overdue_fee_minor,
  COALESCE(c.overdue_interest_minor, 0) AS overdue_interest_minor,
  COALESCE(c.overdue_principal_minor, 0) AS overdue_principal_minor,
  COALESCE(c.penalty_minor, 0) AS penalty_minor,
  COALESCE(c.compound_minor, 0) AS compound_minor,
  b.outstanding_minor
FROM balance AS b
JOIN loan AS l ON l.loan_no = b.loan_no
LEFT JOIN clock AS c ON c.loan_no = b.loan_no
LEFT JOIN paused AS p ON p.loan_id = l.loan_id
UNION ALL
SELECT
  l.loan_id,
  l.borrower_id,
  CAST(NULL AS DATE) AS oldest_unpaid_date,
  CAST(NULL AS INTEGER) AS oldest_unpaid_seq,
  s.reported_dpd AS dpd,
  s.reported_dpd AS counted_dpd,
  CAST(NULL AS BIGINT) AS overdue_minor,
  CAST(NULL AS BIGINT) AS overdue_fee_minor,
  CAST(NULL AS BIGINT) AS overdue_interest_minor,
  CAST(NULL AS BIGINT) AS overdue_principal_minor,
  CAST(NULL AS BIGINT) AS penalty_minor,
  CAST(NULL AS BIGINT) AS compound_minor,
  s.balance_minor AS outstanding_minor
FROM stated AS s
JOIN loan AS l ON l.loan_no = s.loan_no
