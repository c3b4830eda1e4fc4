"""Which rules stand against contact with the cases of a run, on facts that are stored: a plan, in one query.

It permits nothing and asks nothing that only the moment of contact knows: no clock, no counter, no text.
"""

from datetime import datetime

import pyarrow as pa

from arrears.core.contact import REACHED_BY
from arrears.lake import duck
from arrears.rules.book import Book
from arrears.rules.bulk import verdicts_sql

# The channels that a case is marked for, and the kinds of contact point that each reaches.
REACHES = {channel: REACHED_BY[channel] for channel in ("call", "sms", "push", "email", "letter")}
PURPOSE = "collect"
STORED = (
    "purpose",
    "channel",
    "mode",
    "actor",
    "borrower_kind",
    "role",
    "refused",
    "point_source",
    "point_valid",
    "holds",
    "case_state",
    "debtor_state",
    "overdue_minor",
    "demand_minor",
    "owed_minor",
)
HOLDS = pa.schema(
    (
        ("point_id", pa.string()),
        ("channel", pa.string()),
        ("purpose", pa.string()),
        ("holds", pa.list_(pa.string())),
    )
)
WAYS = ", ".join(f"('{channel}', '{kind}')" for channel, kinds in REACHES.items() for kind in kinds)
FACTS = f"""(
    SELECT
        cases.borrower_id, points.point_id, coalesce(held.purpose, '{PURPOSE}') AS purpose,
        ways.channel,
        CASE WHEN ways.channel = 'call' THEN 'interactive' END AS mode, 'own' AS actor,
        nullif(cases.borrower_kind, '') AS borrower_kind, nullif(points.role, '') AS role,
        list_contains(coalesce(held.holds, []), 'third_person_refusal') AS refused,
        nullif(points.source, '') AS point_source, points.usable AS point_valid,
        coalesce(held.holds, []) AS holds,
        states.state AS case_state, 'alive' AS debtor_state,
        cases.overdue_minor, cases.overdue_minor AS demand_minor,
        cases.overdue_minor + cases.penalty_minor + cases.compound_minor AS owed_minor
    FROM cases
    JOIN states ON states.borrower_id = cases.borrower_id
    JOIN points ON points.borrower_id = cases.borrower_id
    JOIN (VALUES {WAYS}) AS ways(channel, kind) ON ways.kind = points.kind
    LEFT JOIN held ON held.point_id = points.point_id AND held.channel = ways.channel
)"""


def marked(
    book: Book,
    *,
    cases: pa.Table,
    states: pa.Table,
    points: pa.Table,
    held: pa.Table,
    at: datetime,
) -> pa.Table:
    """The cases that cannot be contacted by some channel, whichever of its points is used.

    Grain: one per borrower and channel, in the order of borrowers; `against` has the ids of the rules
    against the point that has the fewest, the debtor's own before others. What someone may override is
    not in it. Shapes: `cases` with borrower_id, borrower_kind and amounts; `states` with borrower_id
    and the state of the case; `points` with point_id,
    borrower_id, role, kind, source, usable; `held` as HOLDS, where any hold stops a
    point: what it would be contacted for then, and the kinds that stop that.
    """
    found = verdicts_sql(book, STORED, act="contact", at=at, source=FACTS)
    return duck.asked(
        f"""
        WITH told AS (
            SELECT borrower_id, channel, role, point_id,
                list_filter(against, lambda one: NOT starts_with(one, '?')) AS against
            FROM ({found})
        )
        SELECT borrower_id, channel,
            arg_min(against, (len(against), role IS DISTINCT FROM 'debtor', point_id)) AS against
        FROM told GROUP BY borrower_id, channel HAVING min(len(against)) > 0
        ORDER BY borrower_id, channel
        """,
        cases=cases,
        states=states,
        points=points,
        held=held,
    )
