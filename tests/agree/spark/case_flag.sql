/* case_flag: which flags hold today for each borrower, by the borrower or by one of the loans */
/* grain: one row per borrower with a flag     means: arrears.core.case.FLAGS (their order) */
/* reads: case_loan, flags   writes: case_flag   units: words separated by one space */
SELECT
  borrower_id,
  TRIM(
    CONCAT(
      COALESCE(
        CASE
          WHEN MAX(CASE WHEN kind = 'pause' THEN 1 ELSE 0 END) = 1
          THEN 'pause '
          ELSE ''
        END,
        ''
      ),
      COALESCE(
        CASE
          WHEN MAX(CASE WHEN kind = 'complaint' THEN 1 ELSE 0 END) = 1
          THEN 'complaint '
          ELSE ''
        END,
        ''
      ),
      COALESCE(
        CASE
          WHEN MAX(CASE WHEN kind = 'dispute' THEN 1 ELSE 0 END) = 1
          THEN 'dispute '
          ELSE ''
        END,
        ''
      ),
      COALESCE(
        CASE
          WHEN MAX(CASE WHEN kind = 'hardship' THEN 1 ELSE 0 END) = 1
          THEN 'hardship '
          ELSE ''
        END,
        ''
      ),
      COALESCE(
        CASE
          WHEN MAX(CASE WHEN kind = 'vulnerable' THEN 1 ELSE 0 END) = 1
          THEN 'vulnerable '
          ELSE ''
        END,
        ''
      ),
      COALESCE(
        CASE
          WHEN MAX(CASE WHEN kind = 'bereavement' THEN 1 ELSE 0 END) = 1
          THEN 'bereavement '
          ELSE ''
        END,
        ''
      ),
      COALESCE(
        CASE
          WHEN MAX(CASE WHEN kind = 'bankruptcy' THEN 1 ELSE 0 END) = 1
          THEN 'bankruptcy '
          ELSE ''
        END,
        ''
      ),
      COALESCE(
        CASE
          WHEN MAX(CASE WHEN kind = 'represented' THEN 1 ELSE 0 END) = 1
          THEN 'represented '
          ELSE ''
        END,
        ''
      ),
      COALESCE(
        CASE
          WHEN MAX(CASE WHEN kind = 'no_contact' THEN 1 ELSE 0 END) = 1
          THEN 'no_contact '
          ELSE ''
        END,
        ''
      ),
      COALESCE(
        CASE
          WHEN MAX(CASE WHEN kind = 'plan' THEN 1 ELSE 0 END) = 1
          THEN 'plan '
          ELSE ''
        END,
        ''
      ),
      COALESCE(
        CASE
          WHEN MAX(CASE WHEN kind = 'legal' THEN 1 ELSE 0 END) = 1
          THEN 'legal '
          ELSE ''
        END,
        ''
      )
    )
  ) AS flags
FROM (
  SELECT
    c.borrower_id,
    f.kind
  FROM case_loan AS c
  JOIN flags AS f
    ON f.loan_id = c.loan_id
  WHERE
    f.from_date <= CAST('2026-06-30' AS DATE)
    AND COALESCE(f.to_date, CAST('9999-12-31' AS DATE)) > CAST('2026-06-30' AS DATE)
  UNION
  SELECT
    c.borrower_id,
    f.kind
  FROM case_loan AS c
  JOIN flags AS f
    ON f.borrower_id = c.borrower_id
  WHERE
    f.loan_id IS NULL
    AND f.from_date <= CAST('2026-06-30' AS DATE)
    AND COALESCE(f.to_date, CAST('9999-12-31' AS DATE)) > CAST('2026-06-30' AS DATE)
) AS held
GROUP BY
  borrower_id
