"""The rule book: every rule in words with its source, its exception, its cases, in sections by topic."""

from dataclasses import replace
from datetime import date
from html import unescape

import pytest

from arrears.rules.book import SHIPPED
from arrears.rules.cases import decided
from arrears.rules.condition import OneOf
from arrears.rules.facts import ACTS
from arrears.rules.logic import All, Not
from arrears.rules.pack import load_pack, packs
from arrears.rules.rule import EFFECTS
from arrears.web.watch import rulebook, scope, terms, topics
from tests.web.test_desk import signed_in, text_of
from tests.web.test_watch import NOON, asked, changed, own_rules, the_bank  # noqa: F401

pytestmark = pytest.mark.django_db
(CN,) = SHIPPED
PACK = load_pack(CN)
RULES = [(name, rule) for name in packs() for rule in load_pack(name).rules]


@pytest.fixture
def watcher(people, published):
    """An auditor, signed in."""
    return signed_in(people["auditor"])


def rows_of(answer):
    return [
        one["row"]
        for pack in answer.context["packs"]
        for _topic, _title, rows in pack["sections"]
        for one in rows
    ]


# ---- the rule book ---------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_rule_is_told_in_words_with_its_source_its_force_and_how_far_it_was_seen(
    watcher, language
):
    watcher.cookies["django_language"] = "en" if language == "en" else "zh-hans"
    answer = watcher.get("/watch/rules/")
    page = unescape(text_of(answer))
    shown = {(row.pack, row.rule_id) for row in rows_of(answer)}
    assert shown == {(name, rule.rule_id) for name, rule in RULES}
    assert len(shown) > 60
    for _name, rule in RULES:
        limit = rule.in_force(date(2026, 11, 20))
        assert rule.text(language, on=date(2026, 11, 20)) in page
        assert limit.source in page
    assert ("核对：二手" if language == "zh" else "Verified: Secondary") in page


def test_every_force_verification_effect_and_act_of_a_rule_has_its_word():
    limits = [limit for _name, rule in RULES for limit in rule.limits]
    assert {limit.force for limit in limits} <= set(terms.FORCE)
    assert {limit.verified for limit in limits} <= set(terms.VERIFIED)
    assert set(terms.VERIFIED) == set(terms.VERIFIED_MEANS) == set(terms.VERIFIED_COLOUR)
    assert set(terms.EFFECT) == set(terms.EFFECT_OF_ACT) == set(EFFECTS)
    assert set(terms.OUTCOME) == set(terms.OF_ACT)
    assert all(topics.act_word(act) != act for act in ACTS)
    assert set(packs()) < set(terms.PACK)


def test_packs_that_are_not_in_use_are_shown_as_such(watcher):
    told = [
        (p["pack"].name, p["pack"].in_use) for p in watcher.get("/watch/rules/").context["packs"]
    ]
    assert told == [(CN, True), ("us_reg_f", False)]
    assert "随系统提供，未启用" in text_of(watcher.get("/watch/rules/"))
    answer = watcher.get("/watch/rules/us_reg_f/us_call_cap/")
    assert "现在没有启用" in text_of(answer)
    assert answer.context["all_right"]
    assert "现在没有启用" not in text_of(watcher.get(f"/watch/rules/{CN}/cn_window/"))


def test_the_institutions_own_figures_are_a_pack_beside_the_law(watcher, own_rules):  # noqa: F811
    answer = watcher.get("/watch/rules/")
    own = next(pack for pack in answer.context["packs"] if pack["pack"].own)
    assert (own["pack"].name, own["found"], own["pack"].in_use) == ("own", 1, True)
    assert "行内规定，使用中" in text_of(answer)
    page = text_of(watcher.get("/watch/rules/own/cn_message_cap/"))
    assert "每位借款人每个当地日最多发送 2 条消息" in page
    assert "某某银行催收管理办法 第三条" in page
    assert "最多发送 3 条消息" in text_of(watcher.get(f"/watch/rules/{CN}/cn_message_cap/"))


def test_the_institution_confirms_a_limit_and_the_page_says_which_are_still_to_be_seen(
    watcher, bank
):
    file = bank.home.path / "rules.toml"
    page = "/watch/rules/"
    before = watcher.get(page).context
    assert (before["confirmed"], before["unseen"] > 20) == (0, True)
    file.write_text(
        "[[verified.cn_visit_staff]]\nfrom_date = 2026-01-30\nleast = 2\nchannels = ['visit']\n"
        "by = '法务部 王某'\non = 2026-11-20\nsource = '协会会员通知附件，第二十二条'\n",
        encoding="utf-8",
    )
    try:
        answer = watcher.get(page)
        assert (answer.context["confirmed"], answer.context["unseen"]) == (1, before["unseen"] - 1)
        listed = watcher.get(page, {"verified": "confirmed"})
        assert [row.rule_id for row in rows_of(listed)] == ["cn_visit_staff"]
        assert "法务部 王某于2026年11月20日" in text_of(listed)
        assert "协会会员通知附件，第二十二条" in text_of(watcher.get(f"{page}{CN}/cn_visit_staff/"))
        unseen = {row.rule_id for row in rows_of(watcher.get(page, {"verified": "unseen"}))}
        assert "cn_visit_staff" not in unseen
        assert "cn_exam" in unseen
        assert "cn_purpose" not in unseen  # the house's own policy
        file.write_text(file.read_text("utf-8").replace("least = 2", "least = 1"), encoding="utf-8")
        watcher.raise_request_exception = False
        refused = watcher.get(page)
        assert refused.status_code == 503
        assert "cn_visit_staff" in text_of(refused)
    finally:
        file.unlink()


def test_rules_stand_in_sections_by_what_they_are_about(watcher):
    sections = watcher.get("/watch/rules/").context["packs"][0]["sections"]
    where = {one["row"].rule_id: topic for topic, _title, rows in sections for one in rows}
    assert set(where) == {rule.rule_id for rule in PACK.rules}
    told = {
        "cn_purpose": "act",
        "cn_role": "role",
        "cn_hold": "holds",
        "cn_window": "attempts_today",
        "cn_message_cap": "attempts_today",
        "cn_text": "discloses_debt",
        "cn_exam": "collectors",
        "cn_agency_listed": "collectors",  # asked of contacts and of handing over
        "cn_handover_notice": "handover_notice_date",
        "cn_record": "recorded",  # a duty
        "cn_line": "recorded",
        "cn_sue_hold": "sue",
        "cn_plan_term": "plan",
        "cn_keep_card": "erase",
    }
    assert {rule_id: where[rule_id] for rule_id in told} == told
    order = [topic for topic, *_ in sections]
    assert order == [topic for topic in topics.ORDER if topic in order]
    assert max(len(rows) for *_, rows in sections) < 15


def test_a_rule_says_its_acts_its_exception_and_who_may_override_it(watcher):
    page = text_of(watcher.get(f"/watch/rules/{CN}/cn_unanswered_cap/"))
    assert "有效的约定：重拨的约定" in page
    assert "联系方式：电话" in page
    assert "主管、合规" in page
    assert "不宜联系，可放行" in page
    assert "起诉" in text_of(watcher.get(f"/watch/rules/{CN}/cn_time_barred/"))
    assert "移交受托机构 · 起诉" in text_of(watcher.get(f"/watch/rules/{CN}/cn_all_in/"))
    represented = text_of(watcher.get(f"/watch/rules/{CN}/cn_represented/"))
    assert "改为联系他人：代理人" in represented
    assert "被联系人身份：代理人以外" in represented
    listed = text_of(watcher.get("/watch/rules/?q=cn_unanswered_cap"))
    assert "例外：有效的约定：重拨的约定" in listed
    assert "（主管、合规）" in listed


def test_a_condition_is_told_in_words():
    limit = next(rule for rule in PACK.rules if rule.rule_id == "cn_liable").in_force(NOON.date())
    purpose, role = OneOf("purpose", "purposes"), OneOf("role", "roles")
    assert scope.told(All((purpose, Not(role))), limit) == (
        "联系目的：催收、提醒、还款计划服务、法律通知；并且被联系人身份：保证人、共同借款人以外"
    )
    assert scope.told(None, limit) == ""
    for _name, rule in RULES:  # none is left without a word
        for asked_of in (rule.when, rule.unless):
            told = scope.told(asked_of, rule.limits[-1])
            assert bool(told) is (asked_of is not None)


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

    everything = found()
    by_force = [found(force=force) for force in terms.FORCE]
    assert set().union(*by_force) == everything
    assert sum(map(len, by_force)) == len(everything)
    assert {"cn_collect_state", "cn_remind_state"} <= found(verified="own", q="案件")
    assert found(q="CN_WINDOW") == {"cn_window"}
    assert found(q="Reg_F us") == set()
    assert "cn_unanswered_cap" in found(q="同一号码 未接通")
    assert found(force="DRAFT") == set()
    assert "没有符合条件的规则" in text_of(watcher.get("/watch/rules/?q=nobody"))


@pytest.mark.parametrize("on", ["x", "0001-01-01", "2026-13-01"])
def test_a_day_that_is_none_is_told(watcher, on):
    answer = watcher.get("/watch/rules/", {"on": on})
    assert (answer.status_code, len(rows_of(answer))) == (422, len(RULES))


@pytest.mark.parametrize(
    ("pack", "rule"), [(name, rule) for name, rule in RULES], ids=[r.rule_id for _, r in RULES]
)
def test_a_rule_has_a_page_with_all_its_figures_and_cases_that_come_out_as_written(
    watcher, pack, rule
):
    answer = watcher.get(f"/watch/rules/{pack}/{rule.rule_id}/")
    assert len(answer.context["history"]) == len(rule.limits)
    assert answer.context["cases"]
    assert answer.context["all_right"]
    assert any(rule.rule_id in _rules_of(told["case"]) for told in answer.context["cases"])


def _rules_of(case):
    """The rules that a worked case is about: against it, or a duty that goes with it."""
    return {because.rule_id for because in (*case.verdict.because, *case.verdict.duties)}


def test_a_duty_is_shown_with_the_cases_that_come_out_with_it(watcher):
    answer = watcher.get(f"/watch/rules/{CN}/cn_record/")
    duty = next(told for told in answer.context["cases"] if told["duties"])
    assert (duty["expected"]["code"], duty["right"]) == ("allow_with_duties", True)
    assert "须做到：" in text_of(answer)


@pytest.mark.parametrize("pack", packs())
def test_every_worked_case_is_on_the_page_of_some_rule(pack):
    loaded = load_pack(pack)
    base = rulebook.lawful(loaded)
    told = {c.title for rule in loaded.rules for c in rulebook.worked(loaded, rule, "en")}
    ours = {rule.rule_id for rule in loaded.rules}
    written = {
        case.en
        for case, verdict in decided(pack)
        if case.facts != base and _speaks_of(verdict, ours)
    }
    assert len(told) > 20
    assert written - told == set()


def _speaks_of(verdict, rules):
    """Whether a case is about a rule: not one without a moment, or of an act that nobody declared."""
    return verdict.allowed or bool(rules & {because.rule_id for because in verdict.because})


def test_a_case_that_does_not_come_out_as_written_is_told(watcher, monkeypatch):
    wrong = tuple((replace(case, outcome="allow"), verdict) for case, verdict in decided(CN))
    monkeypatch.setattr(rulebook, "decided", lambda name: wrong)
    answer = watcher.get(f"/watch/rules/{CN}/cn_frequency/")
    assert not answer.context["all_right"]
    assert "有例子的结果与写定的不同" in text_of(answer)


@pytest.mark.parametrize("page", [f"{CN}/nobody", "nobody/cn_window"])
def test_a_rule_that_is_none_is_not_found(watcher, page):
    assert watcher.get(f"/watch/rules/{page}/").status_code == 404


def test_a_rule_tells_how_often_it_was_against_a_contact_and_leads_there(watcher, case):
    for channel in ("pigeon", "pigeon", "sms"):
        asked(case, channel=channel)
    answer = watcher.get(f"/watch/rules/{CN}/cn_channel/")
    assert answer.context["against"] == 2
    listed = answer.context["listed"].removesuffix("#list")
    assert len(watcher.get(listed).context["rows"]) == 2
