"""Whom nobody may contact is marked once a run is before people, as the gate finds it on stored facts."""

from datetime import UTC, datetime, timedelta

import pytest
from typer.testing import CliRunner

from arrears.batch.mark import PURPOSE, REACHES, STORED
from arrears.cli.app import app
from arrears.core.contact import HELP
from arrears.core.day import local_date
from arrears.rules.book import shipped
from arrears.rules.bulk import asked
from arrears.rules.gate import may_contact
from arrears.rules.pack import packs
from arrears.rules.rule import REDIRECT, REFUSE
from arrears.web.ledger.actions import marks
from arrears.web.ledger.actions.cases import take_next_case
from arrears.web.ledger.actions.holds import Scope, end_hold, place_hold
from arrears.web.ledger.actions.marks import mark_cases
from arrears.web.ledger.actions.publish import publish_run
from arrears.web.ledger.actions.reminders import propose_reminders
from arrears.web.ledger.facts import facts_of
from arrears.web.ledger.models import (
    Borrower,
    Case,
    CaseDay,
    CaseMark,
    ContactPoint,
    Event,
    Hold,
    Message,
    Pointer,
    ReceivedPayment,
)
from arrears.web.ledger.models.guard import writing
from arrears.web.ledger.queries.cases import queue
from arrears.web.ledger.queries.marks import marked
from arrears.web.mark_words import OTHER, why_marked
from tests.web.conftest import AT, DAY, point
from tests.web.test_desk import signed_in, text_of
from tests.web.test_publish import _other_run

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)  # in Shanghai
STOOD = asked(shipped(), STORED, act="contact", clocked=False)


def against(facts):
    """The rules on stored facts that the gate would find against the contact."""
    on = local_date(facts.at, "Asia/Shanghai")
    return [
        r.rule_id for r in STOOD if r.effect in (REFUSE, REDIRECT) and not r.holds(facts, on=on)
    ]


def expected(case, channel):
    """What the case is marked with for a channel: nothing where one point is free."""
    borrower = Borrower.objects.get(pk=case.borrower_id)
    kinds = REACHES[channel]
    found = []
    for one in ContactPoint.objects.filter(
        borrower_id=borrower.pk, kind__in=kinds, gone_since=None
    ):
        words = {"case": case, "point": one, "borrower": borrower, "channel": channel, "at": NOON}
        helped = channel == "call" and facts_of(**words, purpose=None).purpose == HELP
        facts = facts_of(**words, purpose=HELP if helped else PURPOSE)
        rules = against(facts)
        found.append((len(rules), one.role != "debtor", one.pk, rules))
        if rules:
            assert not may_contact(facts).allowed
    return " ".join(min(found)[-1]) if found and min(found)[0] else ""


@pytest.fixture
def the_day_after(published, people):
    """Holds, refusals, a payment and wrong numbers of all kinds, and then the next day's run."""
    cases = list(Case.objects.order_by("pk"))
    said = {"by": people["supervisor"], "at": AT}
    plain = [c for c in cases if not CaseDay.objects.get(borrower_id=c.borrower_id).flags]
    points = ContactPoint.objects.filter(kind="mobile")
    with writing("a test"):
        points.filter(borrower_id=plain[0].borrower_id).update(wrong_since=AT)
        points.filter(borrower_id=plain[1].borrower_id).update(source="")
        ReceivedPayment.objects.create(
            payment_id="p", borrower_id=plain[2].borrower_id, amount_minor=1, value_date=DAY, at=AT
        )
        closed = points.filter(borrower_id=plain[3].borrower_id).first()
        other = points.filter(borrower_id=plain[4].borrower_id).first()
        shared = {"value": closed.value.removeprefix("+86"), "kind": "third_person_refusal"}
        Hold.objects.create(borrower_id=other.borrower_id, evidence="来电", at=AT, **shared)
        for case, more in zip(
            plain[5:9],
            (
                {"kind": "opt_out", "channels": "sms"},
                {"kind": "dispute", "until_date": DAY + timedelta(days=3)},
                {"kind": "dispute", "until_date": DAY},
                {"kind": "opt_out", "channels": "call", "until_date": DAY + timedelta(days=3)},
            ),
            strict=True,
        ):
            Hold.objects.create(borrower_id=case.borrower_id, evidence="来电", at=AT, **more)
    place_hold(case_id=plain[9].pk, kind="hardship", evidence="来电", **said)
    publish_run(home=published.home, run=_other_run(published, DAY + timedelta(days=1)), at=NOON)
    mark_cases(at=NOON)
    return plain


def test_every_mark_is_what_the_gate_finds_on_stored_facts_and_no_other(the_day_after):
    seen = set()
    found = {m.borrower_id: m for m in CaseMark.objects.filter(run__pointer__isnull=False)}
    for case in Case.objects.exclude(state="cured"):
        for channel in REACHES:
            told = getattr(found[case.borrower_id], channel) if case.borrower_id in found else ""
            assert told == expected(case, channel), (case.borrower_id, channel)
            seen.update(told.split())
    assert {"cn_point", "cn_hold", "cn_collect_state"} <= seen
    assert 0 < len(found) < Case.objects.count()


def test_what_only_the_moment_knows_marks_nobody():
    moment = {"at", "attempts_today", "messages_today", "unanswered_today", "text_classes", "zone"}
    assert STOOD
    assert not [rule.rule_id for rule in STOOD if moment & set(rule.asks)]


def test_a_hold_that_ends_by_itself_marks_until_that_day(the_day_after):
    case = the_day_after[8]
    mark = CaseMark.objects.get(borrower_id=case.borrower_id, run__pointer__isnull=False)
    assert (mark.call, mark.sms, mark.until_date) == (
        "cn_no_contact cn_hold",
        "",
        DAY + timedelta(days=3),
    )


def rows():
    """The marks of the run before people."""
    front = CaseMark.objects.filter(run__pointer__isnull=False)
    return sorted(front.values_list("borrower_id", "branch", *REACHES, "until_date"))


def test_a_run_whose_publishing_ended_before_its_cases_were_marked_is_worked_on_and_marked_later(
    bank, published, people
):
    assert (rows(), Pointer.objects.get().marked_at) == ([], None)
    assert take_next_case(by=people["phone_collector"], at=AT)
    assert not [line for line in queue(people["supervisor"]).lines if line.against_call]
    assert publish_run(home=bank.home, run=bank.run, at=NOON).opened == 0
    assert mark_cases(at=NOON) == len(rows()) > 0
    assert [line for line in queue(people["supervisor"]).lines if line.against_call]


def test_marked_twice_the_cases_are_marked_once(published):
    first = mark_cases(at=AT)
    before = rows()
    assert mark_cases(at=NOON) == 0
    assert rows() == before
    event = Event.objects.get(verb="mark_cases")
    assert (event.detail["marked"], event.at) == (first, AT)
    with writing("a test"):
        Pointer.objects.update(marked_at=None)
    assert (mark_cases(at=AT), rows()) == (first, before)


def test_a_marking_that_fails_leaves_the_run_to_be_marked(published, monkeypatch):
    def broken(*_words: object, **_named: object) -> None:
        raise RuntimeError("the machine stops here")

    with monkeypatch.context() as patched:
        patched.setattr(marks, "copy_rows", broken)
        with pytest.raises(RuntimeError):
            mark_cases(at=AT)
    assert (rows(), Pointer.objects.get().marked_at) == ([], None)
    assert mark_cases(at=NOON) == len(rows()) > 0


def test_where_nobody_is_on_hold_the_rules_on_numbers_still_mark(published):
    with writing("a test"):
        CaseDay.objects.update(flags="")
        one = ContactPoint.objects.filter(kind="mobile").first()
        ContactPoint.objects.filter(borrower_id=one.borrower_id).update(wrong_since=AT)
    mark_cases(at=AT)
    assert "cn_point" in CaseMark.objects.get(borrower_id=one.borrower_id).call.split()
    assert not CaseMark.objects.filter(call__contains="cn_hold").exists()


def test_without_a_run_there_is_nothing_to_mark(db):
    assert mark_cases(at=AT) == 0
    assert not Event.objects.exists()


def test_published_again_the_day_is_marked_anew(published):
    mark_cases(at=AT)
    before = rows()
    other = _other_run(published, DAY, without="nobody")
    with writing("a test"):
        CaseMark.objects.all().update(call="planted")
    publish_run(home=published.home, run=other, at=AT)
    assert mark_cases(at=AT) == len(before)
    publish_run(home=published.home, run=published.run, at=AT)
    mark_cases(at=AT)
    assert rows() == before


def test_the_command_that_publishes_marks_and_tells_so_once(bank, db, monkeypatch):
    monkeypatch.setattr("arrears.cli.workbench.open_ledger", lambda home: None)
    words = ["publish", "--home", str(bank.home.path), "--as-of", DAY.isoformat()]
    first, again = (CliRunner().invoke(app, words) for _ in range(2))
    told = f"{len(rows()):,} cases are marked"
    assert (first.exit_code, again.exit_code) == (0, 0)
    assert told in first.output
    assert "marked" not in again.output
    assert rows()


def test_whoever_sends_marks_first_what_its_publishing_left_unmarked(texts, bank, monkeypatch):
    monkeypatch.setattr("arrears.cli.send.open_ledger", lambda home: None)
    case = Case.objects.order_by("pk").first()
    with writing("a test"):
        Hold.objects.create(borrower_id=case.borrower_id, kind="no_contact", evidence="来电", at=AT)
    done = CliRunner().invoke(app, ["send", "--home", str(bank.home.path)])
    assert done.exit_code == 0, done.output
    assert CaseMark.objects.get(borrower_id=case.borrower_id).sms
    assert Message.objects.exists()
    assert not Message.objects.filter(case=case).exists()


@pytest.fixture
def to_call(published):
    """Every case is one to call, and no rule is against it."""
    with writing("a test"):
        CaseDay.objects.update(treatment="call", flags="")
    return CaseDay.objects.order_by("rank")


def mark(day, **rules):
    with writing("a test"):
        CaseMark.objects.create(
            run_id=day.run_id, borrower_id=day.borrower_id, branch=day.branch, **rules
        )


def test_a_marked_case_is_not_handed_out_to_call_but_for_another_treatment(to_call, people):
    first, second = to_call[:2]
    mark(first, call="cn_hold")
    mark(second, sms="cn_hold")
    by = people["supervisor"]
    handed = Case.objects.get(pk=take_next_case(by=by, at=AT)).borrower_id
    assert handed == second.borrower_id
    with writing("a test"):
        CaseDay.objects.filter(borrower_id=first.borrower_id).update(treatment="propose_visit")
    handed = Case.objects.get(pk=take_next_case(by=by, at=AT)).borrower_id
    assert handed == first.borrower_id


def test_a_mark_stands_until_the_day_on_which_a_hold_ends(to_call, people):
    first, second = to_call[:2]
    mark(first, call="cn_hold", until_date=DAY + timedelta(days=1))
    by = people["supervisor"]
    assert Case.objects.get(pk=take_next_case(by=by, at=AT)).borrower_id == second.borrower_id
    tomorrow = AT + timedelta(days=1)
    assert Case.objects.get(pk=take_next_case(by=by, at=tomorrow)).borrower_id == first.borrower_id


def test_with_the_hold_that_is_ended_the_mark_is_gone(to_call, people):
    first = to_call[0]
    case = Case.objects.get(borrower_id=first.borrower_id)
    said = {"case_id": case.pk, "by": people["supervisor"], "at": AT}
    place_hold(kind="dispute", evidence="来电", **said)
    mark(first, call="cn_hold")
    end_hold(hold_id=Hold.objects.get().pk, reason="已核实", **said)
    assert not CaseMark.objects.exists()
    assert take_next_case(by=people["supervisor"], at=AT) == case.pk


def test_with_a_number_that_is_open_again_the_marks_of_all_who_have_it_are_gone(to_call, people):
    first, second, third = to_call[:3]
    mobile = ContactPoint.objects.filter(kind="mobile")
    with writing("a test"):
        mobile.filter(borrower_id__in=[day.borrower_id for day in to_call[:3]]).delete()
        for day, number in (
            (first, "13800000000"),
            (second, "13800000000"),
            (third, "13900000000"),
        ):
            case = Case.objects.get(borrower_id=day.borrower_id)
            point(case, f"of-{day.borrower_id}", value=number)
    case = Case.objects.get(borrower_id=first.borrower_id)
    said = {"case_id": case.pk, "by": people["compliance"], "at": AT}
    scope = Scope(point_id=f"test-of-{first.borrower_id}")
    hold = place_hold(kind="third_person_refusal", evidence="来电", scope=scope, **said)
    mark_cases(at=AT)
    told = dict(CaseMark.objects.values_list("borrower_id", "sms"))
    assert {first.borrower_id, second.borrower_id} <= set(told)
    with writing("a test"):
        CaseMark.objects.filter(borrower_id=third.borrower_id).delete()
    mark(third, call="cn_hold")
    end_hold(hold_id=hold.pk, reason="号码已换人", **said)
    left = set(told) - {first.borrower_id, second.borrower_id} | {third.borrower_id}
    assert set(CaseMark.objects.values_list("borrower_id", flat=True)) == left


def test_no_message_is_proposed_by_a_channel_that_is_marked(texts):
    days = list(CaseDay.objects.order_by("rank"))
    reached = set(ContactPoint.objects.filter(kind="mobile").values_list("borrower_id", flat=True))
    first, second = [day for day in days if day.borrower_id in reached][:2]
    mark(first, sms="cn_hold")
    mark(second, call="cn_hold", email="cn_hold")
    propose_reminders(institution="某某银行", currency="CNY", at=AT)
    proposed = set(Message.objects.values_list("borrower_id", flat=True))
    assert first.borrower_id not in proposed
    assert second.borrower_id in proposed


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh-hans", "今天不得致电：没有可用的号码；有暂停或限制"),
        ("en", "Not to be called today: no number that may be used; a hold is in force"),
    ],
)
def test_the_queue_says_whom_nobody_may_call_and_why(
    to_call, people, bank, settings, language, said
):
    settings.ARREARS_HOME = bank.home.path
    mark(to_call[0], call="cn_point cn_hold cn_hold_service")
    mark(to_call[1], sms="cn_hold")
    client = signed_in(people["phone_collector"])
    client.cookies["django_language"] = language
    page = text_of(client.get("/work/"))
    assert page.count(said) == 2  # the list of a telephone, and that of a wide screen
    assert len([line for line in queue(people["phone_collector"]).lines if line.against_call]) == 1


def test_compliance_sees_how_many_each_rule_ruled_out(to_call, people, bank, settings, stranger):
    settings.ARREARS_HOME = bank.home.path
    for day in to_call[:3]:
        mark(day, call="cn_point cn_hold", email="cn_hold")
    mark(to_call[3], sms="cn_hold")
    by = people["compliance"]
    hold, invalid = marked(by, DAY)
    none = dict.fromkeys(REACHES, 0)
    assert (hold.rule_id, hold.cases) == ("cn_hold", none | {"call": 3, "sms": 1, "email": 3})
    assert (invalid.rule_id, invalid.cases) == ("cn_point", none | {"call": 3})
    assert marked(people["phone_collector"], DAY) == ()
    answer = signed_in(by).get("/watch/")
    assert answer.context["marked"]["rules"][0]["counts"] == ["3", "1", "0", "3", "0"]
    assert "当天已排除的联系" in text_of(answer)


def test_who_is_bound_to_a_branch_sees_its_numbers_only(to_call, people):
    mark(to_call[0], call="cn_hold")
    with writing("a test"):
        CaseMark.objects.update(branch="某处")
        people["compliance"].branch = "别处"
        people["compliance"].save()
    assert marked(people["compliance"], DAY) == ()


def test_every_rule_that_can_mark_has_words_of_its_own():
    wordless = {
        "purpose",
        "channel",
        "debtor_gone",
        "demand_too_high",
    }  # of which our calls are none
    for name in packs():
        for rule in asked(shipped((name,)), STORED, act="contact", clocked=False):
            assert (why_marked([rule.rule_id]) == [str(OTHER)]) == (rule.code in wordless), (
                rule.code
            )
    assert why_marked(["unheard_of", "cn_point", "cn_point"]) == [
        str(OTHER),
        *why_marked(["cn_point"]),
    ]
