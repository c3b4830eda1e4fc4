"""What documents of the book prove for all that a borrower has overdue: who is liable, what was agreed."""

from datetime import date

import pyarrow as pa

from arrears.batch import read
from arrears.batch.runs import Run
from arrears.core.tables import LIABLE_ROLES
from arrears.lake import duck
from arrears.lake.home import Home
from arrears.rules.facts import AGREEMENTS

# What documents of the book prove, by its table: the words that a rule may ask for, and the contact point
# of whom it binds: who signed a guarantee, or the borrower, whichever point is theirs.
GRANTS = {
    "guarantors": ("liable", LIABLE_ROLES, "nullif(trim(p.point_id), '')"),
    "consents": ("agreed", AGREEMENTS, "''"),
}
GRANT = pa.schema(
    (
        *((name, pa.string()) for name in ("borrower_id", "kind", "word", "point_id", "evidence")),
        ("from_date", pa.date32()),
        ("until_date", pa.date32()),
    )
)


def grants(home: Home, run: Run) -> pa.Table:
    """What documents prove, on the day of a run, for everything that a borrower has overdue then.

    Grain: one row per borrower, kind, word and contact point of who is liable. A row of the book without
    evidence, not begun or over proves nothing, nor does a guarantee that does not name a point of who signed
    it, nor a row of a loan while another loan is overdue to which none applies: what is asked for is the
    whole. The days are those on which it holds for every one of these loans.
    """
    buckets = range(max(home.institution().buckets, 1)) if run.files("arrears") else ()
    found = [_grants(home, run, name, bucket) for name in GRANTS for bucket in buckets]
    return pa.concat_tables([GRANT.empty_table(), *(rows for rows in found if rows is not None)])


def _grants(home: Home, run: Run, name: str, bucket: int) -> pa.Table | None:
    """What the documents of one table of the book prove to the borrowers of one bucket; None: no document."""
    kind, words, whose = GRANTS[name]
    known_on, day = run.known_on or date.max, f"DATE '{run.as_of}'"
    told = f"kind IN ({', '.join(map(duck.literal, words))})"
    papers = read.known_rows(home, name, known_on, told, bucket)  # an older row is no way back
    late = run.files("arrears", bucket)
    if not papers.num_rows or not late:
        return None
    loans = read.known_rows(home, "loans", known_on, "true", bucket)
    source = f"read_parquet({duck.file_list(late)}, hive_partitioning = false)"
    return duck.asked(
        f"""
        WITH overdue AS (
            SELECT l.borrower_id, l.loan_id FROM {source} AS a
            JOIN loans AS l ON l.loan_id = a.loan_id WHERE a.dpd >= 1 OR a.overdue_minor > 0
        ), of_loan AS (
            SELECT o.borrower_id, o.loan_id, p.kind AS word, {whose} AS point_id,
                min(p.from_date) AS from_date,
                max(coalesce(p.to_date, DATE '{date.max}')) AS until_date,
                string_agg(DISTINCT p.evidence, '; ' ORDER BY p.evidence) AS evidence
            FROM overdue AS o JOIN papers AS p
                ON p.loan_id = o.loan_id OR (p.loan_id IS NULL AND p.borrower_id = o.borrower_id)
            WHERE p.from_date <= {day} AND (p.to_date IS NULL OR p.to_date > {day})
                AND trim(p.evidence) <> '' AND {whose} IS NOT NULL
            GROUP BY ALL
        )
        SELECT g.borrower_id, '{kind}' AS kind, word, point_id,
            string_agg(DISTINCT evidence, '; ' ORDER BY evidence) AS evidence,
            max(from_date) AS from_date,
            nullif(min(until_date), DATE '{date.max}') AS until_date
        FROM of_loan AS g
        JOIN (SELECT borrower_id, count(*) AS loans FROM overdue GROUP BY ALL) AS every
            ON every.borrower_id = g.borrower_id
        GROUP BY g.borrower_id, word, point_id, every.loans HAVING count(*) = every.loans
        ORDER BY g.borrower_id, word, point_id
        """,
        loans=loans,
        papers=papers,
    ).cast(GRANT)
