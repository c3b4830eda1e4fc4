"""The least that an engine of rules must be tested with: each vector is a worked case, a table or a test."""

import ast
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from arrears.core.allocation import account
from arrears.core.loan import Instalment, Payment, Terms
from arrears.rules.cases import cases
from tests.lib.contact_books import Books
from tests.lib.contact_reference import Intended, Point, Stop
from tests.lib.tree import ROOT
from tests.lib.worked import english

NOON = datetime(2026, 3, 10, 4, tzinfo=UTC)  # in Shanghai
OWN, FRIEND = Point("own", "debtor", "138"), Point("friend", "contact", "139")
ROWS, LAWS = 19, ("cn", "us_reg_f")
TABLES = {table.title for table in english()}
# The rows of the catalogue's least vectors, by their number in it, and where each is worked out.
VECTORS = {
    "1 a second before eight, eight, a second before ten, ten (China)": {
        "cn": (
            "a second before eight",
            "eight sharp",
            "a second before ten at night",
            "ten at night sharp",
        )
    },
    "2 eight and nine in the evening exactly (US)": {
        "us_reg_f": ("eight sharp", "nine in the evening sharp", "a second after nine")
    },
    "3 queued at 21:58, sent at 22:01": {
        "cn": ("planned at 21:58, sent at 22:01",),
        __name__: ("test_what_waits_from_before_ten_until_after_it_does_not_go",),
    },
    "4 third and fourth talk, by two agencies": {
        "cn": ("the third talk of the day", "the fourth talk of the day"),
        __name__: ("test_the_fourth_talk_is_refused_whichever_agency_makes_it",),
    },
    "5 sixth and seventh unanswered attempt": {
        "cn": ("the sixth unanswered call to a number", "the seventh unanswered call to a number")
    },
    "6 two dialers at two of three": {
        "tests/spec/test_caps_race.py": ("test_no_cap_is_passed_by_eight_at_once",)
    },
    "7 a contact says no, another agency tries": {
        "cn": ("to find the heirs", "a contact person who said no"),
        __name__: ("test_who_said_no_is_left_alone_by_every_agency",),
    },
    "8 the debtor is reached again": {
        "cn": ("the debtor was reached again",),
        __name__: ("test_others_are_left_alone_once_the_debtor_answers",),
    },
    "9 a plan is signed, an instalment missed": {
        "cn": ("a plan stops collection", "a plan lets reminders through"),
        __name__: ("test_a_plan_stops_collection_until_it_is_broken",),
    },
    "10 a plan of 60 and of 61 months": {
        "cn": ("a card plan of 60 months", "a card plan of 61 months")
    },
    "11 graded at 90 and 91, 270 and 271, 360 and 361 days": {
        "tests/unit/core/test_delinquency.py": ("test_a_grade_follows_the_thresholds_of_its_day",)
    },
    "12 allocation at 90 and 91 days, card and loan": {
        "tables": ("allocation Table 6: a card on day 90 and on day 91",),
        __name__: ("test_a_card_changes_its_order_on_day_91_and_a_loan_does_not",),
    },
    "13 a default reported without notice": {
        "cn": ("a default is reported", "a default reported without notice")
    },
    "14 a complaint on days 15 and 16, 30 and 31, 60 and 61": {
        "cn": tuple(
            f"a complaint open on day {day}, extension {extension}"
            for extension, days in (
                ("none", (15, 16)),
                ("complex", (30, 31)),
                ("special", (60, 61)),
            )
            for day in days
        )
    },
    "15 a call on days seven and eight after a talk (US)": {
        "us_reg_f": ("a call on day seven after a talk", "a call on day eight after a talk")
    },
    "16 a number checked 60 and 61 days ago (US)": {
        "us_reg_f": (
            "a text to a number checked 60 days ago",
            "a text to a number checked 61 days ago",
        )
    },
    "17 a record under a legal hold": {
        "cn": ("a card record of six years ago", "an old record under a legal hold")
    },
    "18 a visit by one": {"cn": ("a visit by two, all in order", "one collector alone")},
    "19 an exam older than 365 days": {
        "cn": ("an exam of 365 days ago", "an exam of 366 days ago"),
        __name__: ("test_an_agency_does_not_send_who_was_not_examined_for_a_year",),
    },
}


def names_in(place):
    """What is worked out in a pack, in the tables of the manual, or in a file of tests."""
    if place == "tables":
        return TABLES
    if place in LAWS:
        return {case.en for case in cases(place)}
    file = ROOT / place if place != __name__ else ROOT / "tests/spec/test_contact_vectors.py"
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("vector", VECTORS)
def test_a_vector_is_worked_out(vector):
    assert VECTORS[vector]
    for place, names in VECTORS[vector].items():
        assert set(names) <= names_in(place)


def test_every_row_of_the_catalogue_has_its_vector():
    assert [int(vector.split()[0]) for vector in VECTORS] == list(range(1, ROWS + 1))


@pytest.mark.parametrize("vector", VECTORS)
def test_a_vector_is_worked_out_on_both_sides(vector):
    """One contact that may be made and one that may not, unless a test of its own takes the steps."""
    told = {case.en: case.outcome for law in LAWS for case in cases(law)}
    named = [name for law in LAWS for name in VECTORS[vector].get(law, ())]
    outcomes = {told[name].startswith("allow") for name in named}
    assert outcomes == {True, False} or set(VECTORS[vector]) - set(LAWS)


# ---- those that take several steps ----------------------------------------------------------------
@pytest.fixture
def books():
    """A borrower in Shanghai whose agencies are in order."""
    return Books(
        "Asia/Shanghai",
        (OWN, FRIEND),
        exam=date(2026, 1, 5),
        agency=dict.fromkeys(("published", "contract", "peaceful"), True),
        evaluated=date(2026, 1, 5),
        handover_told=date(2026, 1, 5),
    )


def call(at=NOON, actor="own", **changed):
    return Intended(at=at, channel="call", purpose="collect", point=OWN, actor=actor, **changed)


def ask_for_them(at=NOON, actor="own"):
    return Intended(at, "call", "restore_contact", FRIEND, actor=actor, text="silent")


def made(books, it, result):
    assert books.verdict(it).allowed
    books.ended(books.contacted(it), result)


def test_what_waits_from_before_ten_until_after_it_does_not_go(books):
    queued = Intended(datetime(2026, 3, 10, 13, 58, tzinfo=UTC), "sms", "collect", OWN)
    assert books.verdict(queued).allowed
    verdict = books.verdict(replace(queued, at=queued.at + timedelta(minutes=3)))
    assert (verdict.outcome, verdict.codes) == ("defer", ("window",))
    assert verdict.earliest_at == datetime(2026, 3, 11, 0, tzinfo=UTC)  # eight in Shanghai


@pytest.mark.parametrize(
    ("order", "on_90", "on_91"),
    [
        ("card_91", [0, 500, 20000], [1000, 3500, 16000]),
        ("fees_first", [0, 500, 20000], [0, 500, 20000]),
        ("per_instalment", [500, 1500, 18500], [500, 1500, 18500]),
    ],
)
def test_a_card_changes_its_order_on_day_91_and_a_loan_does_not(order, on_90, on_91):
    due = [
        Instalment(1, date(2026, 1, 15), 10000, 2000, 500),
        Instalment(2, date(2026, 2, 15), 10000, 1500, 500),
    ]
    for day, owed in ((date(2026, 4, 15), on_90), (date(2026, 4, 16), on_91)):
        paid = Payment("P1", day, day, 4000)
        assert account(Terms(order=order), due, [paid], at=day).owed == owed


def test_the_fourth_talk_is_refused_whichever_agency_makes_it(books):
    for actor in ("agency", "own", "agency"):
        made(books, call(actor=actor), "talked")
    for actor in ("agency", "own"):
        verdict = books.verdict(call(actor=actor))
        assert (verdict.outcome, verdict.codes) == ("defer", ("effective_cap",))


def test_who_said_no_is_left_alone_by_every_agency(books):
    books.life = "deceased"  # the heirs are looked for
    assert books.verdict(ask_for_them(actor="agency")).allowed
    books.stops[1] = Stop("third_person_refusal", value=FRIEND.value)
    for actor in ("agency", "own"):
        assert "person_refused" in books.verdict(ask_for_them(actor=actor)).codes


def test_others_are_left_alone_once_the_debtor_answers(books):
    for _ in range(3):
        made(books, call(), "unanswered")
    assert books.verdict(ask_for_them()).codes == ("not_lost",)  # not on the same day
    tomorrow = NOON + timedelta(days=1)
    assert books.verdict(ask_for_them(tomorrow)).allowed
    made(books, call(tomorrow), "talked")
    assert books.verdict(ask_for_them(tomorrow)).codes == ("not_lost",)


def test_a_plan_stops_collection_until_it_is_broken(books):
    books.stops[1], books.case = Stop("plan"), "in_plan"
    assert set(books.verdict(call()).codes) == {"plan_active", "case_state"}
    del books.stops[1]
    books.case = "open"
    assert books.verdict(call()).allowed


def test_an_agency_does_not_send_who_was_not_examined_for_a_year(books):
    books.exam = date(2025, 3, 10)
    assert books.verdict(call(actor="agency")).allowed  # 365 days
    verdict = books.verdict(call(NOON + timedelta(days=1), actor="agency"))
    assert verdict.codes == ("exam",)
