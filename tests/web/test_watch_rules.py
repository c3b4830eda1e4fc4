"""The rule book and the trial: every rule in words with its cases, and facts that are tried, not kept."""

from dataclasses import fields, replace
from datetime import UTC, date, datetime
from html import unescape

import pytest

from arrears.rules.facts import ContactFacts
from arrears.rules.gate import SHIPPED, may_contact
from arrears.rules.pack import Pack, load_pack
from arrears.web.ledger.models import Event, GateVerdict, Slot, VerdictReason
from arrears.web.watch import facts, rulebook, terms
from tests.web.test_desk import signed_in, text_of
from tests.web.test_watch import NOON, asked, changed
from tests.web.test_watch import facts as lawful

pytestmark = pytest.mark.django_db
PACK = load_pack(SHIPPED)


@pytest.fixture(autouse=True)
def the_bank(bank, settings, monkeypatch):
    """The pages read the bank's home, and it is its day."""
    settings.ARREARS_HOME = bank.home.path
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOON)


@pytest.fixture
def watcher(people, published):
    """An auditor, signed in."""
    return signed_in(people["auditor"])


def rows_of(answer):
    return [one["row"] for pack in answer.context["packs"] for one in pack["rows"]]


# ---- the rule book ---------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_rule_is_told_in_words_with_its_source_its_force_and_how_far_it_was_seen(
    watcher, language
):
    watcher.cookies["django_language"] = "en" if language == "en" else "zh-hans"
    answer = watcher.get("/watch/rules/")
    page = unescape(text_of(answer))
    assert len(rows_of(answer)) == len(PACK.rules) > 10
    for rule in PACK.rules:
        limit = rule.in_force(date(2026, 11, 20))
        assert rule.text(language, on=date(2026, 11, 20)) in page
        assert limit.source in page
    assert ("核对：二手" if language == "zh" else "Verified：Secondary") in page


def test_every_force_and_verification_of_a_rule_has_its_word():
    limits = [limit for rule in PACK.rules for limit in rule.limits]
    assert {limit.force for limit in limits} <= set(terms.FORCE)
    assert {limit.verified for limit in limits} <= set(terms.VERIFIED)
    assert set(terms.VERIFIED) == set(terms.VERIFIED_MEANS) == set(terms.VERIFIED_COLOUR)


def test_the_figures_are_those_of_the_chosen_day(watcher):
    def role(on):
        rows = rows_of(watcher.get("/watch/rules/", {"on": on}))
        return next(row for row in rows if row.rule_id == "cn_role")

    assert "共同借款人" in role("2026-11-20").figures.text
    before = role("2025-02-27")
    assert "共同借款人" not in before.figures.text
    assert (before.stands, before.figures.to_date) == ("now", date(2025, 2, 28))
    window = next(
        row
        for row in rows_of(watcher.get("/watch/rules/", {"on": "2020-01-01"}))
        if row.rule_id == "cn_window"
    )
    assert (window.stands, window.figures.from_date) == ("ahead", date(2024, 5, 15))
    assert "当天尚未生效" in text_of(watcher.get("/watch/rules/?on=2020-01-01"))


def test_a_rule_that_is_over_is_shown_with_its_last_figures():
    rule = next(one for one in PACK.rules if one.rule_id == "cn_role")
    ended = replace(rule, limits=rule.limits[:1])
    row = rulebook.row(PACK, ended, "zh", on=date(2026, 11, 20))
    assert (row.stands, row.figures.to_date) == ("ended", date(2025, 2, 28))


def test_rules_are_found_by_force_verification_and_words(watcher):
    def found(**sent):
        return {row.rule_id for row in rows_of(watcher.get("/watch/rules/", sent))}

    assert found(force="SELF") == {"cn_source"}
    assert found(verified="own", q="案件") == {"cn_collect_state", "cn_remind_state"}
    assert found(q="GB/T 次") == {"cn_daily_cap"}
    assert found(q="CN_WINDOW") == {"cn_window"}
    assert found(force="DRAFT") == set()
    assert "没有符合条件的规则" in text_of(watcher.get("/watch/rules/?q=nobody"))


@pytest.mark.parametrize("on", ["x", "0001-01-01", "2026-13-01"])
def test_a_day_that_is_none_is_told(watcher, on):
    answer = watcher.get("/watch/rules/", {"on": on})
    assert (answer.status_code, len(rows_of(answer))) == (422, len(PACK.rules))


@pytest.mark.parametrize("rule_id", [rule.rule_id for rule in PACK.rules])
def test_a_rule_has_a_page_with_all_its_figures_and_cases_that_come_out_as_written(
    watcher, rule_id
):
    answer = watcher.get(f"/watch/rules/{SHIPPED}/{rule_id}/")
    rule = next(one for one in PACK.rules if one.rule_id == rule_id)
    assert len(answer.context["history"]) == len(rule.limits)
    assert answer.context["cases"]
    assert answer.context["all_right"]
    assert any(rule_id in _rules_of(told["case"]) for told in answer.context["cases"])


def _rules_of(case):
    return {because.rule_id for because in case.verdict.because}


def test_every_worked_case_is_on_the_page_of_some_rule():
    told = {c.title for rule in PACK.rules for c in rulebook.worked(PACK, rule, "en")}
    written = {
        c["en"] for c in rulebook._cases(SHIPPED)["case"] if c.get("facts") or c.get("codes")
    }
    assert len(told) > 40
    assert written <= told


def test_a_case_that_does_not_come_out_as_written_is_told(watcher, monkeypatch):
    written = rulebook._cases(SHIPPED)
    wrong = [c | {"outcome": "allow"} if "cap" in c["en"] else c for c in written["case"]]
    monkeypatch.setattr(rulebook, "_cases", lambda name: written | {"case": wrong})
    answer = watcher.get(f"/watch/rules/{SHIPPED}/cn_daily_cap/")
    assert not answer.context["all_right"]
    assert "有例子的结果与写定的不同" in text_of(answer)


@pytest.mark.parametrize("page", [f"{SHIPPED}/nobody", "nobody/cn_window"])
def test_a_rule_that_is_none_is_not_found(watcher, page):
    assert watcher.get(f"/watch/rules/{page}/").status_code == 404


def test_a_rule_tells_how_often_it_was_against_a_contact_and_leads_there(watcher, case):
    for channel in ("visit", "visit", "sms"):
        asked(case, channel=channel)
    answer = watcher.get(f"/watch/rules/{SHIPPED}/cn_channel/")
    assert answer.context["against"] == 2
    listed = answer.context["listed"].removesuffix("#list")
    assert len(watcher.get(listed).context["rows"]) == 2


# ---- what if ---------------------------------------------------------------------------------------


def test_the_form_asks_for_every_fact_of_the_gate_by_its_name(watcher):
    shown = watcher.get("/watch/trial/").context["fields"]
    assert [field.name for field in shown] == [field.name for field in fields(ContactFacts)]
    assert {facts.kind_of(field.name).of for field in shown} <= set(facts.SHAPES)
    assert all(field.label != field.name for field in shown)


def test_it_begins_with_a_contact_that_is_allowed_today(watcher):
    answer = watcher.get("/watch/trial/")
    assert answer.context["answer"]["outcome"]["code"] == "allow"
    moment = next(f for f in answer.context["fields"] if f.name == "at")
    assert moment.value == "2026-11-20T10:00:00"


def test_what_is_typed_is_what_the_gate_is_asked():
    told = lawful(
        holds=frozenset({"complaint", "unheard_of"}),
        at=datetime(2026, 3, 8, 6, 59, 30, tzinfo=UTC),
        zone="America/New_York",
        overdue_minor=123_456_789,
        point_valid=False,
        stated=frozenset({"zone"}),
    )
    assert facts.read(facts.typed_of(told)) == (told, {})
    nothing = ContactFacts()
    assert facts.read(facts.typed_of(nothing)) == (nothing, {})


def sent_of(told, **changes):
    """The form as it is sent with these facts."""
    return {"ask": "1", **facts.typed_of(told), **changes}


def test_the_answer_has_its_reasons_and_its_earliest_moment(watcher):
    late = lawful(at=datetime(2026, 11, 20, 15, 0, tzinfo=UTC))
    answer = watcher.get("/watch/trial/", sent_of(late))
    page = text_of(answer)
    assert answer.context["answer"]["outcome"]["code"] == "defer"
    assert "最早可于 2026-11-21 08:00" in page
    assert "现在是借款人当地 23:00" in page
    assert 'href="/watch/rules/cn_first/cn_window/"' in page


def test_nothing_typed_is_nothing_known_and_refused(watcher):
    answer = watcher.get("/watch/trial/", {"ask": "1", "holds-unknown": "1"})
    assert answer.context["answer"]["outcome"]["code"] == "refuse"
    assert text_of(answer).count("不明，不得联系") >= 1


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("at", "tomorrow"),
        ("at", "0001-01-01T00:00"),
        ("at", "2026-11-20T10:00+08:00"),
        ("attempts_today", "-1"),
        ("attempts_today", "1.5"),
        ("attempts_today", "9" * 40),
        ("overdue_minor", "x"),
        ("overdue_minor", "-5"),
        ("point_valid", "perhaps"),
        ("zone", "x" * 300),
    ],
)
def test_what_can_be_no_such_fact_is_told_and_stays(watcher, name, text):
    answer = watcher.get("/watch/trial/", sent_of(lawful(), **{name: text}))
    assert answer.status_code == 422
    assert answer.context["answer"] is None
    wrong = [field for field in answer.context["fields"] if field.wrong]
    assert [field.name for field in wrong] == [name]
    assert facts.named(name) in answer.context["wrong"]["hint"]
    assert text in wrong[0].value or any(code == text for code, *_ in wrong[0].choices)


def test_a_zone_that_is_none_is_for_the_gate_to_refuse(watcher):
    answer = watcher.get("/watch/trial/", sent_of(lawful(), zone="Mars/Base"))
    assert answer.context["answer"]["outcome"]["code"] == "refuse"


def test_it_keeps_nothing(watcher, case):
    def kept():
        return [m.objects.count() for m in (GateVerdict, VerdictReason, Slot, Event)]

    before = kept()
    watcher.get("/watch/trial/", sent_of(lawful(channel="visit")))
    assert kept() == before


def test_it_can_begin_with_the_facts_of_a_verdict_and_says_the_same(watcher, case):
    verdict = asked(case, holds=frozenset({"complaint"}), attempts_today=2)
    page = text_of(watcher.get(f"/watch/verdicts/{verdict.pk}/"))
    assert f'href="/watch/trial/?verdict={verdict.pk}"' in page
    answer = watcher.get("/watch/trial/", {"verdict": verdict.pk})
    assert answer.context["answer"]["outcome"]["code"] == "refuse"
    chosen = {f.name: [c for c, _label, on in f.choices if on] for f in answer.context["fields"]}
    assert (chosen["holds"], chosen["role"]) == (["complaint"], ["debtor"])
    assert watcher.get("/watch/trial/?verdict=x").status_code == 404


def test_a_verdict_that_cannot_be_read_begins_nothing(watcher, case):
    verdict = asked(case)
    changed(verdict, lambda record: record["facts"].update(moon="full"))
    answer = watcher.get("/watch/trial/", {"verdict": verdict.pk})
    assert (answer.status_code, "记录无法读取" in text_of(answer)) == (422, True)


def test_a_bank_without_worked_cases_begins_with_nothing_known(watcher, monkeypatch):
    monkeypatch.setattr(rulebook, "_cases", lambda name: {})
    answer = watcher.get("/watch/trial/")
    assert answer.context["answer"]["outcome"]["code"] == "refuse"
    assert watcher.get(f"/watch/rules/{SHIPPED}/cn_window/").context["cases"] == []


def test_the_packs_are_those_that_the_gate_asks():
    assert all(isinstance(pack, Pack) for pack in rulebook.packs_in_use())
    assert may_contact(lawful()).rules_version in {p.version for p in rulebook.packs_in_use()}
