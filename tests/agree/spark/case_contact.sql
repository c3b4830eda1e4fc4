/* case_contact: when was each borrower last contacted? */
/* grain: one row per borrower ever contacted     means: arrears.core.case (days since contact) */
/* reads: case_loan, contacts   writes: case_contact   units: days */
SELECT
  c.borrower_id,
  MAX(k.contact_date) AS last_contact_date
FROM contacts AS k
JOIN (
  SELECT
    borrower_id
  FROM case_loan
  WHERE
    place = 1
) AS c
  ON c.borrower_id = k.borrower_id
WHERE
  k.contact_date <= CAST('2026-06-30' AS DATE)
GROUP BY
  c.borrower_id
