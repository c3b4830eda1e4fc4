"""Who the borrowers are and how they can be reached, as the book knows them by a run."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

import pyarrow as pa
import pyarrow.compute as pc
from django.db import connection
from django.db.models import Exists, OuterRef, Subquery

from arrears.core.contact import TELEPHONES
from arrears.core.hold import plain
from arrears.web.ledger.copy import change_rows, copy_rows, held_rows, without_nulls
from arrears.web.ledger.models import Borrower, ContactPoint

BORROWER = (
    "borrower_id",
    "kind",
    "name",
    "id_number",
    "zone",
    "language",
    "region_code",
    "address",
)
POINT = ("point_id", "borrower_id", "role", "kind", "value", "source", "valid_from")
# What is plain already, without asking `plain` of each: telephone numbers, and with them addresses of mail.
NUMBER = "^([1-79][0-9]*|8[0-57-9][0-9]*)$"
PLAIN = f"{NUMBER}|^[a-z0-9._+]+@[a-z0-9._+]+$"
IDS_AT_ONCE = 900  # SQLite has been built with room for 999

T = TypeVar("T")


def lock_borrowers(borrowers: Sequence[str]) -> None:
    """Nobody else changes what may be done about these until the transaction ends; in one order, always."""
    if not connection.features.has_select_for_update:
        return  # the whole ledger is locked
    for some in in_parts(sorted(set(borrowers))):
        rows = Borrower.objects.select_for_update().filter(pk__in=some)
        list(rows.order_by("pk").values_list("pk", flat=True))


@dataclass(frozen=True, slots=True)
class Changes:
    """What the ledger does not know yet, knows otherwise, or knows although the bank does no longer.

    Shapes: rows with the columns BORROWER, and POINT with `plain`; ids of points.
    """

    new_people: pa.Table
    changed_people: pa.Table
    new_points: pa.Table
    changed_points: pa.Table
    gone: list[str]
    back: list[str]


def changes(people: pa.Table, points: pa.Table) -> Changes:
    """What bringing these borrowers and their points would change; nothing is written."""
    told_people = without_nulls(people.select(BORROWER))
    told_points = _plainly(_one_spelling(without_nulls(points.select(POINT))))
    held_people = held_rows(Borrower.objects.all(), told_people.schema)
    gone_since = pa.field("gone_since", pa.date32())
    held_points = held_rows(ContactPoint.objects.all(), told_points.schema.append(gone_since))
    named = pc.is_in(held_points["point_id"], value_set=told_points["point_id"])
    in_use = pc.is_null(held_points["gone_since"])
    theirs = pc.is_in(held_points["borrower_id"], value_set=told_people["borrower_id"])
    gone = pc.and_(pc.and_(theirs, in_use), pc.invert(named))
    back = pc.and_(named, pc.invert(in_use))
    return Changes(
        *_new_and_changed(told_people, held_people),
        *_new_and_changed(told_points, held_points.drop_columns(["gone_since"])),
        gone=held_points["point_id"].filter(gone).to_pylist(),
        back=held_points["point_id"].filter(back).to_pylist(),
    )


def bring_parties(told: Changes, *, as_of: date) -> None:
    """The ledger knows borrowers and contact points as the book does by this run.

    A point that the bank no longer names is not used any more, nor is one found wrong under another
    name; a point whose value the bank has changed may be used again.
    """
    copy_rows(Borrower, told.new_people.sort_by("borrower_id"))
    change_rows(Borrower, told.changed_people)
    copy_rows(ContactPoint, told.new_points.sort_by("point_id"))
    _right_again(told.changed_points)
    change_rows(ContactPoint, told.changed_points)
    for ids, since in ((told.gone, as_of), (told.back, None)):
        for some in in_parts(ids):
            ContactPoint.objects.filter(pk__in=some).update(gone_since=since)
    _wrong_under_another_name()


def _one_spelling(points: pa.Table) -> pa.Table:
    """The points with telephone numbers as `plain` writes them: one number is one, whoever has it."""
    values = points["value"]
    number = pc.is_in(points["kind"], value_set=pa.array(TELEPHONES))
    spelled = pc.and_(number, pc.invert(pc.match_substring_regex(values, NUMBER)))
    if not pc.any(spelled).as_py():
        return points
    plainly = pa.array([plain(value) for value in values.filter(spelled).to_pylist()], values.type)
    values = pc.replace_with_mask(values, spelled.combine_chunks(), plainly)
    return points.set_column(points.schema.get_field_index("value"), "value", values)


def _plainly(points: pa.Table) -> pa.Table:
    """The points with each value as `plain` writes it beside it, by which it is asked who else has it."""
    values = points["value"].combine_chunks()
    others = pc.invert(pc.match_substring_regex(values, PLAIN))
    written = pa.array([plain(value) for value in values.filter(others).to_pylist()], values.type)
    return points.append_column("plain", pc.replace_with_mask(values, others, written))


def _right_again(changed: pa.Table) -> None:
    """Points that were found wrong and to which the bank now gives another value may be used again."""
    told = dict(zip(*(changed[name].to_pylist() for name in ("point_id", "value")), strict=True))
    for some in in_parts(list(told)):
        wrong = ContactPoint.objects.filter(pk__in=some, wrong_since__isnull=False)
        held = wrong.values_list("pk", "value")
        replaced = [pk for pk, value in held if plain(value) != plain(told[pk])]
        wrong.filter(pk__in=replaced).update(wrong_since=None)


def _wrong_under_another_name() -> None:
    """What was found wrong is wrong for its borrower, whatever the bank calls the point."""
    known = ContactPoint.objects.filter(wrong_since__isnull=False)
    same = known.filter(borrower_id=OuterRef("borrower_id"), plain=OuterRef("plain"))
    found = ContactPoint.objects.filter(
        Exists(same), borrower_id__in=known.values("borrower_id"), wrong_since__isnull=True
    )
    found.update(wrong_since=Subquery(same.order_by("wrong_since").values("wrong_since")[:1]))


def _new_and_changed(told: pa.Table, held: pa.Table) -> tuple[pa.Table, pa.Table]:
    """The rows whose key, the first column, is not held, and those that are held otherwise."""
    place = pc.index_in(told.column(0), value_set=held.column(0))
    again = told.filter(pc.is_valid(place))
    differ = _differ(again, held.take(place.drop_null()))
    return told.filter(pc.is_null(place)), again.filter(differ)


def _differ(told: pa.Table, held: pa.Table) -> pa.Array:
    """Which rows are not the same in both; the rows stand in the same order."""
    no = pa.scalar(value=False)
    differ = pa.repeat(no, told.num_rows)
    for ours, theirs in zip(told.columns, held.columns, strict=True):
        missing = pc.xor(pc.is_null(ours), pc.is_null(theirs))
        other = pc.or_(missing, pc.fill_null(pc.not_equal(ours, theirs), no))
        differ = pc.or_(differ, other)
    return differ


def in_parts(ids: Sequence[T]) -> Iterator[Sequence[T]]:
    """The ids, so many at a time as one statement may ask for."""
    for first in range(0, len(ids), IDS_AT_ONCE):
        yield ids[first : first + IDS_AT_ONCE]
