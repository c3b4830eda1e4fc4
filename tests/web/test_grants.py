"""What documents of the bank prove gets as far as the gate: who is liable, and what a borrower agreed to."""

from datetime import UTC, datetime, timedelta

import pytest

from arrears.batch.grants import grants
from arrears.batch.run import run
from arrears.feeds.load import load
from arrears.feeds.mapping import read_mapping
from arrears.lake.home import Home
from arrears.web.ledger.actions.calls import claim_call
from arrears.web.ledger.actions.cases import take_case
from arrears.web.ledger.actions.holds import Scope, place_hold
from arrears.web.ledger.actions.publish import publish_run
from arrears.web.ledger.facts import facts_of
from arrears.web.ledger.models import Borrower, Case, ContactPoint
from arrears.web.ledger.queries.calls import may_call
from tests.web.conftest import AT, DAY

pytestmark = pytest.mark.django_db
NIGHT = datetime(2026, 11, 20, 14, 30, tzinfo=UTC)  # 22:30 in Shanghai
ONE_DAY = timedelta(days=1)
NEXT = DAY + ONE_DAY
SPANS = "borrower_id,loan_id,kind,evidence,from_date,to_date,point_id\n"
IN_FORCE = (DAY, "")
# By borrower the documents of guarantees and of consents that the bank tells of on the first day, each of
# one of their loans or of all: loan, kind, evidence, first day, last, and the contact point of who signed.
# Each has two loans overdue, and a third that is not; two guarantors, the first of whom has two telephones.
GUARANTEES = {
    "sound": [("", "guarantor", "合同 7", *IN_FORCE, "sound-guarantor")],
    "each": [
        ("1", "guarantor", "合同 8", DAY, DAY + 9 * ONE_DAY, "each-guarantor"),
        ("2", "guarantor", "合同 9", *IN_FORCE, "each-guarantor"),
    ],
    "both": [
        ("", "guarantor", "合同 6", *IN_FORCE, "both-guarantor"),
        ("", "guarantor", "合同 6", *IN_FORCE, "both-office"),
    ],
    "split": [
        ("1", "guarantor", "合同 10", *IN_FORCE, "split-guarantor"),
        ("2", "guarantor", "合同 11", *IN_FORCE, "split-second"),
    ],
    "unnamed": [("", "guarantor", "合同 12", *IN_FORCE, "")],
    "blank": [("", "guarantor", "合同 13", *IN_FORCE, '"  "')],
    "cross": [
        ("", "guarantor", "合同 14", *IN_FORCE, "sound-second"),
        ("", "guarantor", "合同 15", *IN_FORCE, "cross-co_debtor"),
    ],
    "pledge": [("", "pledge", "合同 1", *IN_FORCE, "pledge-guarantor")],
    "bare": [("", "guarantor", "", *IN_FORCE, "bare-guarantor")],
    "over": [("", "guarantor", "合同 2", DAY - ONE_DAY, DAY, "over-guarantor")],
    "early": [("", "guarantor", "合同 3", NEXT, "", "early-guarantor")],
    "half": [("1", "guarantor", "合同 4", *IN_FORCE, "half-guarantor")],
    "other": [("3", "guarantor", "合同 5", *IN_FORCE, "other-guarantor")],
    "none": [],
}
CONSENTS = {
    "sound": [("", "hours", "录音 3", DAY, DAY + 2 * ONE_DAY, "")],
    "each": [("", "hours", "录音 5", DAY, DAY + 2 * ONE_DAY, "")],
    "none": [("", "newsletter", "录音 4", *IN_FORCE, "")],
}
POINTS = {
    "debtor": "debtor",
    "guarantor": "guarantor",
    "office": "guarantor",
    "second": "guarantor",
    "co_debtor": "co_debtor",
}
PROVEN = {  # on the first day
    ("sound", "liable", "guarantor", "sound-guarantor"),
    ("sound", "agreed", "hours", ""),
    ("each", "liable", "guarantor", "each-guarantor"),
    ("each", "agreed", "hours", ""),
    ("both", "liable", "guarantor", "both-guarantor"),
    ("both", "liable", "guarantor", "both-office"),
    # Named, but the point of another borrower's guarantor, or of another role: it is compared at the contact.
    ("cross", "liable", "guarantor", "sound-second"),
    ("cross", "liable", "guarantor", "cross-co_debtor"),
}
LATE = {"1": 20, "2": 9, "3": -30}


def spans(told):
    return SPANS + "".join(
        f"{'' if loan else who},{who + loan if loan else ''},{','.join(map(str, row))}\n"
        for who, rows in told.items()
        for loan, *row in rows
    )


def first_files():
    """The book of the first day."""
    loans = "loan_id,borrower_id,product,branch,currency,opened_date,principal,status\n"
    dues = "loan_id,seq,due_date,principal,interest,fee\n"
    points = "point_id,borrower_id,role,kind,value,source,valid_from\n"
    for n, who in enumerate(GUARANTEES):
        for loan, late in LATE.items():
            loans += f"{who}{loan},{who},consumer,总行,CNY,2026-06-01,20000.00,open\n"
            dues += f"{who}{loan},1,{DAY - timedelta(days=late)},500.00,0,0\n"
        for m, (name, role) in enumerate(POINTS.items()):
            points += f"{who}-{name},{who},{role},mobile,138000{n:02}{m:03},contract,\n"
    return {
        "products": "product,kind,order,grace_days,tolerance,tolerance_per,dpd_start,day_count\n"
        "consumer,loan,per_instalment,0,0,loan,day_after,act_360\n",
        "borrowers": "borrower_id,kind,name,zone,language\n"
        + "".join(f"{who},person,{who},Asia/Shanghai,zh\n" for who in GUARANTEES),
        "loans": loans,
        "instalments": dues,
        "contact_points": points,
        "guarantors": spans(GUARANTEES),
        "consents": spans(CONSENTS),
    }


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    """A book of two days, on the second of which a guarantee and a consent were taken back; its runs."""
    folder = tmp_path_factory.mktemp("grants")
    home = Home(folder / "home")
    taken_back = {
        "guarantors": spans({"sound": [("", "guarantor", "合同 7", DAY, NEXT, "sound-guarantor")]}),
        "consents": spans({"sound": [("", "hours", "录音 3", DAY, NEXT, "")]}),
    }
    runs = []
    for day, told in ((DAY, first_files()), (NEXT, taken_back)):
        files = folder / str(day)
        files.mkdir()
        for name, text in told.items():
            (files / f"{name}.csv").write_text(text, encoding="utf-8")
        load(home, read_mapping("standard"), files, today=day)
        runs.append(run(home, as_of=day))
    return home, runs


@pytest.fixture
def first_day(book, people):
    """The run of the first day is before people."""
    home, runs = book
    publish_run(home=home, run=runs[0], at=AT)


def call(people, point, at=AT):
    """What came of the claim of a call to that point."""
    by = people["phone_collector"]
    case = Case.objects.get(borrower_id=point.split("-")[0])
    if case.taken_by_id is None:
        take_case(case_id=case.pk, by=by, at=at)
    return claim_call(case_id=case.pk, point_id=point, by=by, at=at)


def facts(name, at=AT):
    point = ContactPoint.objects.get(pk=name)
    borrower = Borrower.objects.get(pk=point.borrower_id)
    case = Case.objects.get(borrower_id=borrower.pk)
    return facts_of(case=case, point=point, borrower=borrower, channel="call", purpose=None, at=at)


def proven(home, run):
    rows = grants(home, run).to_pylist()
    told = {(r["borrower_id"], r["kind"], r["word"], r["point_id"]) for r in rows}
    assert len(told) == len(rows)
    return told


def test_only_a_document_in_force_for_all_that_is_overdue_proves_anything(book):
    home, runs = book
    assert proven(home, runs[0]) == PROVEN


def test_what_was_taken_back_proves_nothing_in_the_next_run(book):
    home, runs = book
    taken_back = {one for one in PROVEN if one[0] == "sound"}
    begun = {("early", "liable", "guarantor", "early-guarantor")}
    assert proven(home, runs[1]) == PROVEN - taken_back | begun


def test_a_document_proves_who_is_liable_of_those_whom_it_names_only(first_day):
    liable = {pk for pk in ContactPoint.objects.values_list("pk", flat=True) if facts(pk).liable}
    assert liable == {"sound-guarantor", "each-guarantor", "both-guarantor", "both-office"}
    assert facts("both-second").liable is None


def test_a_guarantor_with_a_document_is_called_and_others_are_refused(first_day, people):
    claimed = call(people, "sound-guarantor")
    assert claimed.verdict.allowed
    kept = claimed.call.verdict
    assert kept.record["facts"]["liable"] is True
    for name in ("none-guarantor", "sound-second", "unnamed-guarantor", "each-co_debtor"):
        point = ContactPoint.objects.get(pk=name)
        case = Case.objects.get(borrower_id=point.borrower_id)
        borrower = Borrower.objects.get(pk=point.borrower_id)
        told = may_call(case, borrower, [point], by=people["phone_collector"], at=AT)
        verdict = told[name].verdict
        assert (verdict.outcome, verdict.codes) == ("refuse", ("fact_missing",)), name
        assert "cn_liable" in {because.rule_id for because in verdict.because}, name


def test_a_document_proves_on_its_days_only(first_day):
    assert facts("each-guarantor", at=AT + 8 * ONE_DAY).liable is True
    assert facts("each-guarantor", at=AT + 9 * ONE_DAY).liable is None
    assert facts("each-guarantor", at=AT - ONE_DAY).liable is None
    assert facts("each-debtor", at=NIGHT + ONE_DAY).agreements == {"hours"}
    assert facts("each-debtor", at=NIGHT + 2 * ONE_DAY).agreements == frozenset()
    assert facts("each-debtor", at=NIGHT - ONE_DAY).agreements == frozenset()


def test_the_next_run_before_people_takes_it_back(first_day, book):
    home, runs = book
    assert facts("sound-guarantor").liable is True
    publish_run(home=home, run=runs[1], at=AT + ONE_DAY)
    assert facts("sound-guarantor", at=AT).liable is None
    assert facts("sound-debtor", at=AT).agreements == frozenset()


def test_who_agreed_to_late_calls_is_called_late_and_nobody_else(first_day, people):
    assert call(people, "none-debtor", NIGHT).verdict.codes == ("window",)
    assert call(people, "sound-guarantor", NIGHT).verdict.codes == ("window",)  # it is not theirs
    claimed = call(people, "sound-debtor", NIGHT)
    assert claimed.verdict.allowed
    assert claimed.call.verdict.record["facts"]["agreements"] == ["hours"]


def test_what_the_borrower_says_to_stop_goes_before_what_they_agreed_to(first_day, people):
    place_hold(
        case_id=Case.objects.get(borrower_id="sound").pk,
        kind="opt_out",
        scope=Scope(channels=("call",)),
        evidence="来电",
        by=people["supervisor"],
        at=NIGHT,
    )
    assert facts("sound-debtor", at=NIGHT).agreements == {"hours"}
    assert call(people, "sound-debtor", NIGHT).verdict.codes == ("no_contact", "hold")
