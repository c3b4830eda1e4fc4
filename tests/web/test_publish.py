"""Publishing puts a whole run before people, touches only cases that changed, and only moves forward."""

import re
from dataclasses import replace
from datetime import date, timedelta

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.db import connection

from arrears.batch import read
from arrears.batch.run import run
from arrears.core.hold import plain
from arrears.web.ledger.actions import publish
from arrears.web.ledger.actions.cases import take_case
from arrears.web.ledger.actions.holds import place_hold
from arrears.web.ledger.actions.parties import changes
from arrears.web.ledger.actions.publish import OlderRun, publish_run
from arrears.web.ledger.copy import INDEXES
from arrears.web.ledger.models import Borrower, Case, CaseDay, ContactPoint, Event, Pointer
from arrears.web.ledger.models.guard import writing
from tests.web.conftest import AT, DAY

pytestmark = pytest.mark.django_db
CASTS = re.compile(r"::(character varying|text|integer)|[\[\]()]")


def test_every_case_of_the_run_is_before_people_with_rank_and_reasons(bank, published):
    told = read.ranked_cases(bank.run).to_pylist()
    seen = list(
        CaseDay.objects.order_by("rank").values("borrower_id", "rank", "treatment", "reasons")
    )
    assert seen == [
        {name: row[name] for name in ("borrower_id", "rank", "treatment", "reasons")}
        for row in told
    ]
    assert len(seen) > 20
    assert Case.objects.filter(state="open").count() == len(seen)
    assert Pointer.objects.get().run.as_of == DAY


def test_the_borrowers_and_their_points_come_with_their_source(bank, published):
    cases = set(CaseDay.objects.values_list("borrower_id", flat=True))
    assert set(Borrower.objects.values_list("pk", flat=True)) == cases
    assert set(ContactPoint.objects.values_list("borrower_id", flat=True)) <= cases
    assert ContactPoint.objects.exclude(source="").count() > 20


def test_the_first_publishing_leaves_every_index_as_it_was(bank, db):
    before = _indexes()
    publish_run(home=bank.home, run=bank.run, at=AT)
    assert _indexes() == before
    assert {"one_case_at_a_time", "case_day_of_borrower", "point_by_plain"} <= set(before)


def test_published_again_nothing_changes(bank, published):
    before = (Case.objects.count(), CaseDay.objects.count(), Event.objects.count())
    assert publish_run(home=bank.home, run=bank.run, at=AT).opened == 0
    assert (Case.objects.count(), CaseDay.objects.count(), Event.objects.count()) == before


def test_a_borrower_who_is_not_overdue_any_more_is_cured_and_a_re_default_is_a_new_case(
    bank, published
):
    case = Case.objects.order_by("pk").first()
    tomorrow = _other_run(bank, DAY + timedelta(days=1), without=case.borrower_id)
    done = publish_run(home=bank.home, run=tomorrow, at=AT)
    case.refresh_from_db()
    assert (case.state, case.ended_date, done.cured) == ("cured", tomorrow.as_of, 1)
    again = _other_run(bank, DAY + timedelta(days=2))
    assert publish_run(home=bank.home, run=again, at=AT).opened == 1
    new = Case.objects.get(borrower_id=case.borrower_id, state="open")
    assert (new.before_id, new.opened_date) == (case.pk, again.as_of)


def test_a_borrower_or_a_point_that_changed_in_the_book_is_changed_here_and_no_other(
    bank, published
):
    person, point = Borrower.objects.first(), ContactPoint.objects.exclude(valid_from=None).first()
    with writing("test"):
        Borrower.objects.filter(pk=person.pk).update(address='another, "quoted"\nline')
        ContactPoint.objects.filter(pk=point.pk).update(value="1", valid_from=None)
        other = ContactPoint.objects.exclude(pk=point.pk).first()
        ContactPoint.objects.filter(pk=other.pk).update(wrong_since=AT)
    publish_run(home=bank.home, run=_other_run(bank, DAY + timedelta(days=1)), at=AT)
    assert Borrower.objects.get(pk=person.pk).address == person.address
    again = ContactPoint.objects.get(pk=point.pk)
    assert (again.value, again.valid_from) == (point.value, point.valid_from)
    assert ContactPoint.objects.get(pk=other.pk).wrong_since == AT


def test_a_point_is_brought_as_it_is_written_and_as_it_is_compared(bank, published):
    brought = ContactPoint.objects.values_list("value", "plain")
    assert {"@" in value for value, _ in brought} == {True, False}
    assert [one for one in brought if one[1] != plain(one[0])] == []
    people, points = read.parties(bank.home, bank.run)
    named = ["Li-Si@Example.COM", "+86 138-0013-8000", "某路 1 号", "b.c_d+e@example.com"]
    kinds = pa.array(["email", "mobile", "address", "email"])
    told = points.slice(0, 4).set_column(4, "value", pa.array(named))
    found = changes(people, told.set_column(3, "kind", kinds)).changed_points
    pairs = [("13800138000", "13800138000") if v[0] == "+" else (v, plain(v)) for v in named]
    assert list(zip(*(found[c].to_pylist() for c in ("value", "plain")), strict=True)) == pairs


def test_a_case_in_hand_whose_borrower_is_cured_is_in_nobodys_hands(bank, published, people):
    case = Case.objects.order_by("pk").first()
    take_case(case_id=case.pk, by=people["phone_collector"], at=AT)
    tomorrow = _other_run(bank, DAY + timedelta(days=1), without=case.borrower_id)
    publish_run(home=bank.home, run=tomorrow, at=AT)
    case.refresh_from_db()
    assert (case.state, case.taken_by) == ("cured", None)


def test_a_re_default_of_a_borrower_on_hold_is_a_case_on_hold(bank, published, people):
    case = Case.objects.order_by("pk").first()
    place_hold(case_id=case.pk, kind="dispute", evidence="称已还清", by=people["supervisor"], at=AT)
    without = _other_run(bank, DAY + timedelta(days=1), without=case.borrower_id)
    assert publish_run(home=bank.home, run=without, at=AT).cured == 1
    publish_run(home=bank.home, run=_other_run(bank, DAY + timedelta(days=2)), at=AT)
    assert Case.objects.get(borrower_id=case.borrower_id, ended_date=None).state == "held"


def test_a_case_follows_its_loan_to_another_branch(bank, published):
    case = Case.objects.order_by("pk").first()
    with writing("a test"):
        Case.objects.filter(pk=case.pk).update(branch="旧支行")
    publish_run(home=bank.home, run=_other_run(bank, DAY + timedelta(days=1)), at=AT)
    case.refresh_from_db()
    assert case.branch == CaseDay.objects.filter(borrower_id=case.borrower_id).last().branch


def test_a_point_that_the_bank_names_no_longer_is_not_used_until_it_is_back(
    bank, published, monkeypatch
):
    gone = ContactPoint.objects.order_by("pk").first()
    known = read.parties

    def without(home, run):
        people, points = known(home, run)
        return people, points.filter([p != gone.pk for p in points["point_id"].to_pylist()])

    monkeypatch.setattr(publish.read, "parties", without)
    publish_run(home=bank.home, run=_other_run(bank, DAY + timedelta(days=1)), at=AT)
    gone.refresh_from_db()
    assert (gone.gone_since, gone.usable) == (DAY + timedelta(days=1), False)
    monkeypatch.setattr(publish.read, "parties", known)
    publish_run(home=bank.home, run=_other_run(bank, DAY + timedelta(days=2)), at=AT)
    gone.refresh_from_db()
    assert gone.usable


def test_a_wrong_number_is_wrong_under_any_name_and_right_again_once_the_bank_replaced_it(
    bank, published, monkeypatch
):
    wrong, other = ContactPoint.objects.filter(kind="mobile").order_by("pk")[:2]
    with writing("a test"):
        ContactPoint.objects.filter(pk=wrong.pk).update(wrong_since=AT, value="15400000000")
        ContactPoint.objects.filter(pk=other.pk).update(wrong_since=AT)
        ContactPoint.objects.create(
            point_id="again",
            borrower_id=other.borrower_id,
            role="debtor",
            kind="mobile",
            value=other.value,
        )
    publish_run(home=bank.home, run=_other_run(bank, DAY + timedelta(days=1)), at=AT)
    wrong.refresh_from_db()
    assert wrong.wrong_since is None
    assert ContactPoint.objects.get(pk=other.pk).wrong_since == AT
    assert ContactPoint.objects.get(pk="again").wrong_since == AT


def test_a_telephone_number_is_one_number_however_the_bank_writes_it(bank, published, monkeypatch):
    one, other = ContactPoint.objects.filter(kind="mobile").order_by("pk")[:2]
    mail = ContactPoint.objects.filter(kind="email").order_by("pk")[0]
    told = {one.pk: "+86 138-0013 8000", other.pk: "13800138000", mail.pk: "Li-Na@Example.com"}
    known = publish.read.parties

    def spelled(*asked, **named):
        people, points = known(*asked, **named)
        rows = [
            {**row, "value": told.get(row["point_id"], row["value"])} for row in points.to_pylist()
        ]
        return people, pa.Table.from_pylist(rows, points.schema)

    monkeypatch.setattr(publish.read, "parties", spelled)
    publish_run(home=bank.home, run=_other_run(bank, DAY + timedelta(days=1)), at=AT)
    held = dict(ContactPoint.objects.filter(pk__in=told).values_list("pk", "value"))
    assert held == {**told, one.pk: "13800138000"}
    with writing("a test"):
        ContactPoint.objects.filter(pk=one.pk).update(wrong_since=AT)
    told[one.pk] = "0086 13800138000"
    publish_run(home=bank.home, run=_other_run(bank, DAY + timedelta(days=2)), at=AT)
    assert ContactPoint.objects.get(pk=one.pk).wrong_since == AT
    told[one.pk] = "13900139000"
    publish_run(home=bank.home, run=_other_run(bank, DAY + timedelta(days=3)), at=AT)
    assert ContactPoint.objects.get(pk=one.pk).wrong_since is None


def test_it_only_moves_forward(bank, published):
    earlier = run(bank.home, as_of=DAY - timedelta(days=3))
    with pytest.raises(OlderRun):
        publish_run(home=bank.home, run=earlier, at=AT)
    assert Pointer.objects.get().run.as_of == DAY


def test_a_publishing_that_fails_leaves_nothing_behind(bank, db, monkeypatch):
    def broken(**_: object) -> int:
        raise RuntimeError("the machine stops here")

    monkeypatch.setattr(publish, "settle_promises", broken)
    with pytest.raises(RuntimeError):
        publish_run(home=bank.home, run=bank.run, at=AT)
    assert not any(
        model.objects.exists() for model in (Case, CaseDay, Pointer, Borrower, ContactPoint, Event)
    )


def _indexes() -> dict[str, str]:
    """Every index that no constraint keeps, with its definition but for how PostgreSQL writes casts."""
    found: dict[str, str] = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(INDEXES[connection.vendor], [table])
            found.update(cursor.fetchall())
    return {name: CASTS.sub("", definition) for name, definition in found.items()}


def _other_run(bank, as_of: date, without: str = ""):
    """The run's tables as those of another day, perhaps without one borrower."""
    folder = bank.run.folder.parent.parent / as_of.isoformat() / f"{as_of:%m%d}{bool(without):d}"
    for table in ("case_day", "worklist"):
        for file in bank.run.files(table):
            rows = pq.read_table(file, partitioning=None)
            kept = [b != without for b in rows["borrower_id"].to_pylist()]
            (folder / table).mkdir(parents=True, exist_ok=True)
            pq.write_table(rows.filter(kept), folder / table / file.name)
    return replace(bank.run, folder=folder, as_of=as_of)
