-- case_flag: which flags hold today for each borrower, by the borrower or by one of the loans
-- grain: one row per borrower with a flag     means: arrears.core.case.FLAGS (their order)
-- reads: case_loan, flags   writes: case_flag   units: words separated by one space
SELECT
  borrower_id,
  TRIM(:flag_words) AS flags
FROM (
  SELECT c.borrower_id, f.kind
  FROM case_loan AS c
  JOIN flags AS f ON f.loan_id = c.loan_id
  WHERE f.from_date <= :as_of AND COALESCE(f.to_date, :forever) > :as_of
  UNION
  SELECT c.borrower_id, f.kind
  FROM case_loan AS c
  JOIN flags AS f ON f.borrower_id = c.borrower_id
  WHERE f.loan_id IS NULL AND f.from_date <= :as_of AND COALESCE(f.to_date, :forever) > :as_of
) AS held
GROUP BY borrower_id
