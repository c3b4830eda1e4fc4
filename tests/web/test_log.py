"""The log on a page: newest first, in words, for those who watch, and of no case that they do not see."""

import ast
from datetime import timedelta
from pathlib import Path

import pytest

from arrears.core.contact import IN_PERSON, OUTBOX_MOVES
from arrears.rules.verdict import Outcome
from arrears.web import event_words
from arrears.web.ledger import actions
from arrears.web.ledger.actions.act import entry, log, log_all
from arrears.web.ledger.actions.cases import reveal_value, take_case
from arrears.web.ledger.actions.holds import place_hold
from arrears.web.ledger.actions.people import move_person
from arrears.web.ledger.actions.records import record_outcome, record_promise
from arrears.web.ledger.models import Case, Event
from arrears.web.ledger.models.guard import writing
from tests.web.conftest import AT, DAY
from tests.web.test_desk import signed_in, text_of

pytestmark = pytest.mark.django_db
REASON = "客户来电核对身份"


@pytest.fixture(autouse=True)
def the_bank(bank, settings):
    """The pages read the bank's home."""
    settings.ARREARS_HOME = bank.home.path


@pytest.fixture
def auditor(people):
    """An auditor of every branch, signed in."""
    return signed_in(people["auditor"])


@pytest.fixture
def worked(case, people):
    """A case on which a collector did several things."""
    by = people["phone_collector"]
    take_case(case_id=case.pk, by=by, at=AT)
    reveal_value(case_id=case.pk, what="id_number", reason=REASON, by=by, at=AT)
    record_outcome(
        case_id=case.pk, channel="call", outcome="promised", by=by, at=AT, contact_date=DAY
    )
    record_promise(case_id=case.pk, amount_minor=123456, due_date=DAY, made_date=DAY, by=by, at=AT)
    return case


def rows_of(answer):
    return [told["row"] for told in answer.context["rows"]]


def calls_of_log():
    """Each call of `log` in the actions: the texts that may stand first, and what is told with them."""
    for file in sorted(Path(actions.__path__[0]).glob("*.py")):
        module = ast.parse(file.read_text(encoding="utf-8"))
        for node in ast.walk(module):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("log", "entry"):
                told = {one.arg for one in node.keywords} - {"by", "at", "case", "seals", "values"}
                yield texts_of(node.args[0], module), told


def texts_of(first, module):
    """A text, the beginning of one with a hole, or every text that a name may stand for."""
    if isinstance(first, ast.Constant):
        return {first.value}
    if isinstance(first, ast.JoinedStr):
        return {first.values[0].value}
    given = (n.value for n in ast.walk(module) if _gives(n, first.id))
    ends = (
        end
        for one in given
        for end in ((one.body, one.orelse) if isinstance(one, ast.IfExp) else (one,))
    )
    return {end.value for end in ends}


def _gives(node, name):
    return isinstance(node, ast.Assign) and [getattr(t, "id", "") for t in node.targets] == [name]


def test_everything_that_is_logged_has_its_words():
    verbs, parts = set(), set()
    for first, told in calls_of_log():
        parts |= told - {"borrower_id", "case_id"}
        verbs |= first
    marks = [
        state
        for state in OUTBOX_MOVES
        if state not in ("proposed", "claimed", "refused", "withdrawn")
    ]
    endings = {"gate_": list(Outcome), "message_": marks}
    endings |= dict.fromkeys(("claim_", "refuse_", "drop_"), IN_PERSON)
    for beginning, ends in endings.items():
        verbs.remove(beginning)
        verbs |= {f"{beginning}{end}" for end in ends}
    assert len(verbs) > 25
    assert verbs == set(event_words.EVENT)
    parts.discard(None)  # a dictionary of details
    assert parts <= set(event_words.DETAIL)


def test_what_was_done_is_told_in_words_newest_first(auditor, worked):
    answer = auditor.get("/log/", {"case": worked.pk})
    page = text_of(answer)
    assert [row.verb for row in rows_of(answer)] == [
        "record_promise", "record_unclaimed", "reveal_value", "take_case",
    ]  # fmt: skip
    for said in ("查看个人信息", "证件号码", REASON, "承诺还款", "¥1,234.56", "phone_collector"):
        assert said in page
    assert f'href="/case/{worked.pk}/"' in page
    auditor.cookies["django_language"] = "en"
    english = text_of(auditor.get("/log/", {"case": worked.pk}))
    assert "Personal data shown" in english
    assert "Identity number" in english


def test_a_move_is_told_with_before_and_after(auditor, people):
    move_person(
        username="manager",
        role="analyst",
        team=None,
        branch="别处",
        by=people["administrator"],
        at=AT,
    )
    page = text_of(auditor.get("/log/", {"verb": "move_person"}))
    assert "管理层 · 一组" in page
    assert "策略分析 · 别处" in page


def test_it_is_filtered_by_person_kind_case_and_day(auditor, worked, people):
    other = Case.objects.exclude(pk=worked.pk).first()
    with writing("a test"):
        log("take_case", by=people["teammate"], at=AT + timedelta(hours=7), case=other)
    by = people["teammate"].pk
    assert {row.case_id for row in rows_of(auditor.get("/log/", {"by": by}))} == {other.pk}
    system = rows_of(auditor.get("/log/", {"by": 0}))
    assert {row.by for row in system} == {""}
    assert "publish_run" in {row.verb for row in system}
    kinds = rows_of(auditor.get("/log/", {"verb": "take_case"}))
    assert [row.case_id for row in kinds] == [other.pk, worked.pk]
    later = DAY + timedelta(days=1)  # 17:00 UTC is the next day in Shanghai
    assert [row.case_id for row in rows_of(auditor.get("/log/", {"day": later}))] == [other.pk]
    assert other.pk not in {row.case_id for row in rows_of(auditor.get("/log/", {"day": DAY}))}
    nothing = auditor.get("/log/", {"day": "2026-01-01"})
    assert "没有符合条件的记录" in text_of(nothing)


@pytest.mark.parametrize(
    "asked",
    [
        {"day": "x"},
        {"day": "9999-12-31"},
        {"day": "0001-01-01"},
        {"case": "x"},
        {"verb": "x"},
        {"by": "x"},
    ],
)
def test_a_filter_that_means_nothing_is_told_and_stays(auditor, asked):
    answer = auditor.get("/log/", asked)
    assert (answer.status_code, "筛选条件无法识别" in text_of(answer)) == (422, True)


def test_pages_follow_each_other_and_keep_the_filter(auditor, worked, people, monkeypatch):
    monkeypatch.setattr("arrears.web.ledger.queries.log.PAGE", 3)
    asked, seen = {"by": people["phone_collector"].pk}, []
    for _ in range(2):
        answer = auditor.get("/log/", asked)
        seen += [row.verb for row in rows_of(answer)]
        asked["before"] = answer.context["older"]
    assert seen == ["record_promise", "record_unclaimed", "reveal_value", "take_case"]
    assert asked["before"] is None
    assert "回到最新" in text_of(answer)
    first = text_of(auditor.get("/log/", {"by": asked["by"]}))
    assert f"?by={asked['by']}&amp;before=" in first


def test_nobody_reads_of_a_case_of_another_branch(people, worked):
    person = people["compliance"]
    with writing("a test"):
        person.branch = "别处"
        person.save()
    place_hold(case_id=worked.pk, kind="dispute", evidence="来电", by=people["supervisor"], at=AT)
    rows = rows_of(signed_in(person).get("/log/"))
    assert {row.case_id for row in rows} == {None}
    assert len(rows) == Event.objects.filter(case_id=None).count()
    assert rows_of(signed_in(person).get("/log/", {"case": worked.pk})) == []


@pytest.mark.parametrize("role", ["supervisor", "phone_collector", "administrator", "manager"])
def test_who_has_no_right_to_it_finds_no_link(people, published, role):
    client = signed_in(people[role])
    assert client.get("/log/").status_code == 403
    assert 'href="/log/"' not in text_of(client.get("/password/"))


def test_who_has_the_right_finds_it_in_the_bar(auditor, published):
    assert 'href="/log/" aria-current="page"' in text_of(auditor.get("/log/"))


def test_the_log_takes_few_questions_however_long_it_is(
    auditor, worked, django_assert_max_num_queries
):
    with django_assert_max_num_queries(10):
        auditor.get("/log/")


def test_more_events_than_one_statement_takes_are_logged_at_once(db):
    """A statement of PostgreSQL takes 65,535 values, and an event has seven."""
    with writing("a test"):
        log_all([entry("write_note", by=None, at=AT) for _ in range(10_000)])
    assert Event.objects.filter(verb="write_note").count() == 10_000
