SELECT
  as_of,
  CAST(ROW_NUMBER() OVER (
    ORDER BY priority NULLS LAST, promise_broken_today DESC, dpd DESC, overdue_minor DESC, borrower_id NULLS LAST
  ) AS BIGINT) AS rank,
  borrower_id,
  treatment,
  priority,
  reasons,
  worst_loan_id,
  dpd,
  bucket,
  overdue_minor
FROM (
  SELECT
    *,
    CASE
      WHEN rule IN ('r01', 'r02', 'r03', 'r04', 'r05', 'r06', 'r07')
      THEN 'hold'
      WHEN rule IN ('r08', 'r09', 'r10')
      THEN 'none'
      WHEN rule IN ('r11', 'r17')
      THEN 'remind'
      WHEN rule IN ('r12', 'r18')
      THEN 'message'
      WHEN rule IN ('r13', 'r15', 'r16', 'r19', 'r21', 'r22')
      THEN 'call'
      WHEN rule IN ('r14', 'r20')
      THEN 'courtesy'
      WHEN rule IN ('r23')
      THEN 'propose_legal'
      WHEN rule IN ('r24')
      THEN 'propose_visit'
      WHEN rule IN ('r25')
      THEN 'letter'
    END AS treatment,
    CASE
      WHEN rule IN ('r01', 'r02', 'r03', 'r04', 'r05', 'r06')
      THEN 90
      WHEN rule IN ('r07')
      THEN 91
      WHEN rule IN ('r08', 'r09')
      THEN 92
      WHEN rule IN ('r10')
      THEN 80
      WHEN rule IN ('r11')
      THEN 70
      WHEN rule IN ('r12')
      THEN 60
      WHEN rule IN ('r13')
      THEN 10
      WHEN rule IN ('r14')
      THEN 15
      WHEN rule IN ('r15')
      THEN 20
      WHEN rule IN ('r16')
      THEN 25
      WHEN rule IN ('r17')
      THEN 50
      WHEN rule IN ('r18')
      THEN 45
      WHEN rule IN ('r19')
      THEN 30
      WHEN rule IN ('r20')
      THEN 40
      WHEN rule IN ('r21')
      THEN 28
      WHEN rule IN ('r22')
      THEN 35
      WHEN rule IN ('r23')
      THEN 42
      WHEN rule IN ('r24')
      THEN 38
      WHEN rule IN ('r25')
      THEN 55
    END AS priority,
    'rule=' || rule || ';why=' || CASE
      WHEN rule IN ('r01')
      THEN 'no_contact'
      WHEN rule IN ('r02')
      THEN 'bereavement'
      WHEN rule IN ('r03')
      THEN 'bankruptcy'
      WHEN rule IN ('r04')
      THEN 'represented'
      WHEN rule IN ('r05')
      THEN 'complaint'
      WHEN rule IN ('r06')
      THEN 'dispute'
      WHEN rule IN ('r07')
      THEN 'plan'
      WHEN rule IN ('r08')
      THEN 'legal'
      WHEN rule IN ('r09')
      THEN 'pause'
      WHEN rule IN ('r10')
      THEN 'recent'
      WHEN rule IN ('r11')
      THEN 'grace'
      WHEN rule IN ('r12')
      THEN 'small'
      WHEN rule IN ('r13')
      THEN 'hardship'
      WHEN rule IN ('r14')
      THEN 'vulnerable'
      WHEN rule IN ('r15')
      THEN 'promise_broken'
      WHEN rule IN ('r16')
      THEN 'company'
      WHEN rule IN ('r17', 'r18')
      THEN 'early'
      WHEN rule IN ('r19', 'r20')
      THEN 'late'
      WHEN rule IN ('r21')
      THEN 'large'
      WHEN rule IN ('r22')
      THEN 'middle'
      WHEN rule IN ('r23', 'r24', 'r25')
      THEN 'long'
    END || ';bucket=' || bucket || ';dpd=' || CAST(dpd AS STRING) || CASE
      WHEN counted_dpd = dpd
      THEN ''
      ELSE ';counted=' || CAST(counted_dpd AS STRING)
    END || ';overdue=' || CAST(overdue_minor AS STRING) || CASE
      WHEN 1 < loans_overdue
      THEN ';loans=' || CAST(loans_overdue AS STRING)
      ELSE ''
    END || CASE WHEN borrower_kind = 'company' THEN ';company' ELSE '' END || CASE WHEN promise_broken_today = 1 THEN ';promise_broken' ELSE '' END || CASE
      WHEN days_since_contact = 9999
      THEN ';never_contacted'
      ELSE ';contacted=' || CAST(days_since_contact AS STRING)
    END || CASE WHEN flags = '' THEN '' ELSE ';flags=' || flags END AS reasons
  FROM (
    SELECT
      *,
      CASE
        WHEN (
          ' ' || flags || ' '
        ) LIKE '% no_contact %'
        THEN 'r01'
        WHEN (
          ' ' || flags || ' '
        ) LIKE '% bereavement %'
        THEN 'r02'
        WHEN (
          ' ' || flags || ' '
        ) LIKE '% bankruptcy %'
        THEN 'r03'
        WHEN (
          ' ' || flags || ' '
        ) LIKE '% represented %'
        THEN 'r04'
        WHEN (
          ' ' || flags || ' '
        ) LIKE '% complaint %'
        THEN 'r05'
        WHEN (
          ' ' || flags || ' '
        ) LIKE '% dispute %'
        THEN 'r06'
        WHEN (
          ' ' || flags || ' '
        ) LIKE '% plan %'
        THEN 'r07'
        WHEN (
          ' ' || flags || ' '
        ) LIKE '% legal %'
        THEN 'r08'
        WHEN (
          ' ' || flags || ' '
        ) LIKE '% pause %'
        THEN 'r09'
        WHEN 0 <= days_since_contact AND days_since_contact <= 2 AND promise_broken_today = 0
        THEN 'r10'
        WHEN bucket IN ('M0')
        THEN 'r11'
        WHEN bucket IN ('M1', 'M2', 'M3', 'M4', 'M5', 'M6', 'M7+')
        AND 1 <= overdue_minor
        AND overdue_minor <= 10000
        THEN 'r12'
        WHEN (
          ' ' || flags || ' '
        ) LIKE '% hardship %'
        THEN 'r13'
        WHEN (
          ' ' || flags || ' '
        ) LIKE '% vulnerable %'
        THEN 'r14'
        WHEN promise_broken_today = 1
        THEN 'r15'
        WHEN bucket IN ('M1', 'M2', 'M3') AND borrower_kind IN ('company')
        THEN 'r16'
        WHEN bucket IN ('M1')
        AND 1 <= counted_dpd
        AND counted_dpd <= 3
        AND borrower_kind IN ('person')
        THEN 'r17'
        WHEN bucket IN ('M1')
        AND 4 <= counted_dpd
        AND counted_dpd <= 15
        AND borrower_kind IN ('person')
        THEN 'r18'
        WHEN bucket IN ('M1')
        AND 16 <= counted_dpd
        AND counted_dpd <= 30
        AND 500000 <= overdue_minor
        AND borrower_kind IN ('person')
        THEN 'r19'
        WHEN bucket IN ('M1')
        AND 16 <= counted_dpd
        AND counted_dpd <= 30
        AND 0 <= overdue_minor
        AND overdue_minor <= 499999
        AND borrower_kind IN ('person')
        THEN 'r20'
        WHEN bucket IN ('M2', 'M3')
        AND 5000000 <= overdue_minor
        AND borrower_kind IN ('person')
        THEN 'r21'
        WHEN bucket IN ('M2', 'M3') AND borrower_kind IN ('person')
        THEN 'r22'
        WHEN bucket IN ('M7+') AND 1000000 <= overdue_minor
        THEN 'r23'
        WHEN bucket IN ('M4', 'M5', 'M6') AND 500000 <= overdue_minor
        THEN 'r24'
        WHEN TRUE
        THEN 'r25'
      END AS rule
    FROM case_day
  ) AS hit
) AS decided
ORDER BY
  rank NULLS LAST
