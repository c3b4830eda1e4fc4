"""The least that an engine of rules must be tested with: each vector is a worked case, a table or a test."""

import ast
from datetime import UTC, date, datetime, timedelta

import pytest

from arrears.rules.cases import cases
from tests.lib.contact_books import Books
from tests.lib.contact_reference import Intended, Point, Stop
from tests.lib.tree import ROOT
from tests.lib.worked import english

NOON = datetime(2026, 3, 10, 4, tzinfo=UTC)  # in Shanghai
OWN, FRIEND = Point("own", "debtor", "138"), Point("friend", "contact", "139")
TABLES = {table.title for table in english()}
# Vector: where it is worked out.
VECTORS = {
    "a second before eight, eight, a second before ten, ten (China)": {
        "cn": (
            "a second before eight",
            "eight sharp",
            "a second before ten at night",
            "ten at night sharp",
        )
    },
    "eight and nine in the evening exactly (US)": {
        "us_reg_f": ("eight sharp", "nine in the evening sharp", "a second after nine")
    },
    "queued at 21:58, sent at 22:01": {"cn": ("planned at 21:58, sent at 22:01",)},
    "third and fourth talk, by two agencies": {
        "cn": ("the third talk of the day", "the fourth talk of the day"),
        __name__: ("test_the_fourth_talk_is_refused_whichever_agency_makes_it",),
    },
    "sixth and seventh unanswered attempt": {
        "cn": ("the sixth unanswered call to a number", "the seventh unanswered call to a number")
    },
    "two dialers at two of three": {
        "tests/spec/test_caps_race.py": ("test_no_cap_is_passed_by_eight_at_once",)
    },
    "a contact says no, another agency tries": {
        "cn": ("a contact person who said no",),
        __name__: ("test_who_said_no_is_left_alone_by_every_agency",),
    },
    "the debtor is reached again": {
        "cn": ("the debtor was reached again",),
        __name__: ("test_others_are_left_alone_once_the_debtor_answers",),
    },
    "a plan is signed, an instalment missed": {
        "cn": ("a plan stops collection", "a plan lets reminders through"),
        __name__: ("test_a_plan_stops_collection_until_it_is_broken",),
    },
    "a plan of 60 and of 61 months": {
        "cn": ("a card plan of 60 months", "a card plan of 61 months")
    },
    "graded at 90 and 91, 270 and 271, 360 and 361 days": {
        "tests/unit/core/test_delinquency.py": ("test_a_grade_follows_the_thresholds_of_its_day",)
    },
    "allocation at 90 and 91 days, card and loan": {
        "tables": ("allocation Table 6: a card on day 90 and on day 91",)
    },
    "a default reported without notice": {"cn": ("a default reported without notice",)},
    "a complaint on days 15 and 16, 30 and 31, 60 and 61": {
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
    "a call on days seven and eight after a talk (US)": {
        "us_reg_f": ("a call on day seven after a talk", "a call on day eight after a talk")
    },
    "a number checked 60 and 61 days ago (US)": {
        "us_reg_f": (
            "a text to a number checked 60 days ago",
            "a text to a number checked 61 days ago",
        )
    },
    "a record under a legal hold": {"cn": ("an old record under a legal hold",)},
    "a visit by one": {"cn": ("one collector alone",)},
    "an exam older than 365 days": {
        "cn": ("an exam of 365 days ago", "an exam of 366 days ago"),
        __name__: ("test_an_agency_does_not_send_who_was_not_examined_for_a_year",),
    },
}


def names_in(place):
    """What is worked out in a pack, in the tables of the manual, or in a file of tests."""
    if place == "tables":
        return TABLES
    if place in ("cn", "us_reg_f"):
        return {case.en for case in cases(place)}
    file = ROOT / place if place != __name__ else ROOT / "tests/spec/test_contact_vectors.py"
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("vector", VECTORS)
def test_a_vector_is_worked_out(vector):
    assert VECTORS[vector]
    for place, names in VECTORS[vector].items():
        assert set(names) <= names_in(place)


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
