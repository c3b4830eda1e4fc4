-- charge: penalty and compound interest of each loan allocated per instalment
-- grain: one row per loan that ever owed after a due day     means: arrears.core.delinquency.charges
-- reads: unpaid, late, rate_index   writes: charge   units: minor units, each rounded half up once
SELECT
  u.loan_no,
  CAST(ROUND(SUM(CAST(u.principal_minor AS DECIMAL(18, 0))
    * CAST(COALESCE(z.penalty_index, 0) - COALESCE(a.penalty_index, 0) AS DECIMAL(19, 10))), 0) AS BIGINT)
    AS penalty_minor,
  CAST(ROUND(SUM(CAST(u.interest_minor AS DECIMAL(18, 0))
    * CAST(COALESCE(z.compound_index, 0) - COALESCE(a.compound_index, 0) AS DECIMAL(19, 10))), 0) AS BIGINT)
    AS compound_minor
FROM unpaid AS u
JOIN late AS l ON l.loan_no = u.loan_no
LEFT JOIN rate_index AS a ON a.product = l.product AND a.day = u.from_date
LEFT JOIN rate_index AS z ON z.product = l.product AND z.day = u.to_date
GROUP BY u.loan_no
