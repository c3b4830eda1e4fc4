"""The gate says what the cases of its pack say, gives every reason, and never fails open."""

import json
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arrears.core.tables import POINT_ROLES, POINT_SOURCES
from arrears.rules.book import Book, shipped
from arrears.rules.cases import cases
from arrears.rules.condition import Below
from arrears.rules.facts import CASE_HOLDS, CASE_STATES, CHANNELS, PURPOSES, ContactFacts
from arrears.rules.gate import OtherRules, explain, may_contact, record_of, replay
from arrears.rules.pack import load_pack, packs
from arrears.rules.rule import DEFER, REDIRECT, REFUSE, SOFT
from arrears.rules.verdict import Because, Outcome
from arrears.rules.wording import FACT_NAMES, in_words
from tests.unit.rules.cases import alone, lawful

PACK = load_pack("cn")
EACH = [(name, case) for name in packs() for case in cases(name)]
NAMES = [f.name for f in fields(ContactFacts)]
ZONES = ("Asia/Shanghai", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Mars/Base")
FROM, UNTIL = datetime.fromisoformat("2024-05-01"), datetime.fromisoformat("2030-01-01")
ANY = {
    "purpose": st.sampled_from((*PURPOSES, "greet")),
    "channel": st.sampled_from(CHANNELS),
    "at": st.datetimes(FROM, UNTIL, timezones=st.just(UTC)),
    "zone": st.sampled_from(ZONES),
    "role": st.sampled_from(POINT_ROLES),
    "point_source": st.sampled_from(POINT_SOURCES),
    "point_valid": st.booleans(),
    "holds": st.frozensets(st.sampled_from(CASE_HOLDS), max_size=2),
    "attempts_today": st.integers(-1, 11),
    "messages_today": st.integers(-1, 4),
    "unanswered_today": st.integers(4, 7),
    "effective_today": st.integers(1, 4),
    "overdue_minor": st.integers(-1, 3),
    "case_state": st.sampled_from(CASE_STATES),
    "stated": st.frozensets(st.sampled_from(("zone", "point_source"))),
}


@st.composite
def near_lawful(draw):
    """A contact that is in order but for at most four facts, so that many are allowed."""
    names = draw(st.sets(st.sampled_from(sorted(ANY)), max_size=4))
    return replace(lawful(), **{name: draw(st.none() | ANY[name]) for name in sorted(names)})


contacts = near_lawful()


class Broken(Below):
    """A condition with a fault in it."""

    def holds(self, facts, limit, /):
        return bool(1 // 0)


class Mute(Below):
    """A condition that does not know and does not say why."""

    def holds(self, facts, limit, /):
        return None


@pytest.mark.parametrize(("pack", "case"), EACH, ids=lambda it: getattr(it, "en", it))
def test_the_gate_says_what_the_case_says(pack, case):
    verdict = may_contact(case.facts, book=Book((load_pack(pack),)))
    assert (verdict.outcome, verdict.codes) == (case.outcome, case.codes)
    assert (verdict.earliest_at, verdict.instead) == (case.earliest_at, case.instead)
    assert tuple(duty.code for duty in verdict.duties) == case.duties
    assert case.agrees(verdict)
    assert verdict.allowed == case.outcome.startswith("allow")


@pytest.mark.parametrize(
    ("pack", "rule"),
    [(name, rule) for name in packs() for rule in load_pack(name).rules],
    ids=lambda it: getattr(it, "rule_id", it),
)
def test_every_rule_has_a_case_that_allows_one_against_and_one_with_a_fact_missing(pack, rule):
    asked = [c.facts for c in cases(pack) if c.facts.act in rule.acts and c.facts.at]
    answers = {rule.holds(facts, on=facts.at.date()) for facts in asked}
    assert answers == {True, False, None}


@pytest.mark.parametrize(("pack", "case"), EACH, ids=lambda it: getattr(it, "en", it))
def test_every_reason_is_a_whole_sentence_in_both_languages(pack, case):
    verdict = may_contact(case.facts, book=Book((load_pack(pack),)))
    for language in ("zh", "en"):
        said = explain(verdict, language, zone=case.facts.zone or "UTC")
        assert len(said) == 1 + len(verdict.because) + len(verdict.duties)
        assert not any("{" in sentence or "None" in sentence for sentence in said)
    for because in (*verdict.because, *verdict.duties):
        assert because.zh.isascii() is False
        assert because.en.isascii()


def test_a_refusal_names_its_figures_and_its_source():
    late = datetime(2026, 3, 10, 14, 14, tzinfo=UTC)
    verdict = may_contact(lawful(at=late, channel="call", effective_today=3, agreements=[]))
    window, cap = verdict.because
    assert window.zh == "现在是借款人当地 22:14，8:00–22:00 以外不得联系"
    assert window.en == "It is 22:14 for the borrower; contact only from 8:00 to 22:00"
    assert cap.en == "3 calls were talked today or may yet be; at most 3 a day"
    assert cap.source.startswith("GB/T 45251-2025")
    assert cap.article == "5.3"
    zh, en = (explain(verdict, lang, zone="Asia/Shanghai") for lang in ("zh", "en"))
    assert zh[0] == "现在不得联系，最早可于 2026-03-11 08:00 (CST) 联系"
    assert en[0] == "Not now; contact is allowed from 2026-03-11 08:00 (CST)"
    assert zh[2] == f"{cap.zh}（{cap.source} 5.3）"
    assert en[2] == f"{cap.en} ({cap.source} 5.3)"
    abroad = explain(verdict, "en", zone="America/New_York")
    assert abroad[0] == "Not now; contact is allowed from 2026-03-10 20:00 (EDT)"
    for zone in ({}, {"zone": "Mars/Base"}):
        assert explain(verdict, "en", **zone)[0].endswith("from 2026-03-11 00:00 (UTC)")


@pytest.mark.parametrize(
    ("given", "zh", "en"),
    [
        (None, "当日已联系次数不明", "Not known: the contacts already attempted today"),
        (
            -1,
            "当日已联系次数不明（所给为“-1”）",
            "Not known: the contacts already attempted today (given as -1)",
        ),
    ],
)
def test_a_fact_that_is_missing_or_can_be_no_such_thing_is_named(given, zh, en):
    verdict = may_contact(lawful(attempts_today=given), book=Book((replace(PACK, rules=(CAP,)),)))
    (reason,) = verdict.because
    assert (reason.code, reason.rule_id) == ("fact_missing", "cn_frequency")
    assert (reason.zh, reason.en) == (f"{zh}，不得继续", f"{en}; not allowed without it")
    limit = CAP.in_force(lawful().at.date())
    assert (reason.source, reason.article) == (limit.source, limit.article)


def test_amounts_are_said_in_major_units():
    (because,) = may_contact(lawful(demand_minor=1_234_567)).because
    assert because.en == "12,345.67 is asked for; only 1,200.00 is owed"


def test_only_the_holds_that_a_rule_minds_are_named():
    hold, plan = may_contact(lawful(holds=["plan", "complaint", "dispute"])).because
    assert hold.en == "In force: complaint, dispute"
    assert plan.code == "plan_active"


def test_a_zone_that_does_not_exist_is_said_as_it_was_given():
    (because,) = may_contact(lawful(zone="Mars/Base")).because
    assert "'Mars/Base'" in because.en
    assert "“Mars/Base”" in because.zh


@given(contacts, st.sampled_from(NAMES))
def test_what_is_allowed_never_grows_when_a_fact_goes_missing(facts, name):
    if may_contact(replace(facts, **{name: None})).allowed:
        assert may_contact(facts).allowed


@given(contacts)
def test_every_verdict_has_its_reasons_and_only_the_clock_defers(facts):
    verdict = may_contact(facts)
    assert verdict.allowed == (verdict.because == ())
    by_code = {rule.code: rule.effect for rule in PACK.rules}
    effects = {by_code.get(code) for code in verdict.codes}
    waits = DEFER in effects and effects <= {DEFER, SOFT}
    assert (verdict.outcome == "defer") == waits
    assert (verdict.outcome == "soft_block") == (effects == {SOFT})
    assert (verdict.earliest_at is not None) == (verdict.outcome == "defer")


@given(contacts)
def test_another_law_can_only_make_it_stricter(facts):
    both = may_contact(facts, book=shipped(("cn", "us_reg_f")))
    if both.allowed:
        assert may_contact(facts).allowed
        assert may_contact(facts, book=alone("us_reg_f")).allowed


@given(contacts)
def test_a_stored_verdict_is_given_again_from_its_record(facts):
    verdict = may_contact(facts)
    stored = json.loads(json.dumps(record_of(facts, verdict)))
    assert replay(stored) == verdict


def test_a_verdict_of_other_rules_is_not_passed_off_as_the_same():
    stored = record_of(lawful(), may_contact(lawful()))
    with pytest.raises(OtherRules, match="at hand are cn_next"):
        replay(stored, book=Book((replace(PACK, version="cn_next 1"),)))


CAP = next(rule for rule in PACK.rules if rule.rule_id == "cn_frequency")


def with_cap(**changes) -> Book:
    """The shipped rules, of which the cap has been changed."""
    rules = tuple(replace(r, **changes) if r is CAP else r for r in PACK.rules)
    return Book((replace(PACK, rules=rules),))


@pytest.mark.parametrize("condition", [Broken, Mute])
def test_a_fault_inside_a_rule_refuses_and_is_no_matter_of_time(condition):
    verdict = may_contact(lawful(), book=with_cap(requires=condition("attempts_today", "most")))
    assert (verdict.outcome, verdict.codes) == (Outcome.REFUSE, ("gate_error",))
    assert verdict.because[0].rule_id == "cn_frequency"
    assert explain(verdict, "en")[1] == verdict.because[0].en  # it has no source


def test_a_fault_names_the_rule_and_the_kind_of_fault_and_no_value():
    book = with_cap(requires=Broken("attempts_today", "most"))
    (fault,) = may_contact(lawful(), book=book).because
    assert fault == Because(
        "gate_error",
        "cn_frequency",
        "",
        "",
        "规则 cn_frequency 无法判断（ZeroDivisionError），不得联系",
        "Rule cn_frequency could not be asked (ZeroDivisionError); no contact",
    )


def test_a_moment_that_is_missing_or_has_no_zone_is_said_of_the_whole_book():
    (missing,) = may_contact(lawful(at=None), book=Book((PACK,))).because
    zh, en = FACT_NAMES["at"]
    assert missing == Because(
        "fact_missing",
        "cn",
        "",
        "",
        f"{zh}不明，不得继续",
        f"Not known: {en}; not allowed without it",
    )
    (naive,) = may_contact(lawful(at=datetime.fromisoformat("2026-03-10T02:00"))).because
    assert (naive.code, naive.rule_id) == ("gate_error", "cn")
    assert naive.en == "Rule cn could not be asked (ValueError); no contact"


def several(*changes) -> Book:
    """The cap alone, once for each of these changes."""
    rules = (replace(CAP, rule_id=f"cap_{n}", **change) for n, change in enumerate(changes))
    return Book((replace(PACK, rules=tuple(rules)),))


@pytest.mark.parametrize(
    ("roles", "may_lift"),
    [
        ([("supervisor", "compliance")], ("compliance", "supervisor")),
        ([("supervisor", "compliance"), ("compliance", "auditor")], ("compliance",)),
        ([("supervisor",), ("compliance",)], ()),
    ],
)
def test_who_may_override_is_who_may_override_all_of_it(roles, may_lift):
    book = several(*({"effect": SOFT, "lifted_by": who} for who in roles))
    verdict = may_contact(lawful(attempts_today=10), book=book)
    assert (verdict.outcome, verdict.lifted_by) == ("soft_block", may_lift)


def test_the_first_rule_that_sends_elsewhere_says_to_whom():
    sent = [{"effect": REDIRECT, "instead": who} for who in ("attorney", "heir")]
    soft = {"effect": SOFT, "lifted_by": ("compliance",)}
    verdict = may_contact(lawful(attempts_today=10), book=several(soft, *sent))
    assert (verdict.outcome, verdict.instead) == ("redirect", "attorney")
    assert verdict.lifted_by == ()  # nobody may lift what is not soft
    assert explain(verdict, "en")[0].endswith(in_words("attorney", "en"))
    refused = may_contact(lawful(attempts_today=10), book=several(*sent, {"effect": REFUSE}))
    assert (refused.outcome, refused.instead) == ("refuse", "")


def test_a_sentence_that_cannot_be_filled_refuses():
    book = with_cap(against=("{nobody}", "{nobody}"))
    verdict = may_contact(lawful(attempts_today=10), book=book)
    assert (verdict.outcome, verdict.codes) == ("refuse", ("gate_error",))


@pytest.mark.parametrize(
    "changes",
    [
        {"at": datetime.fromisoformat("2026-03-10T02:00")},  # naive
        {"at": datetime.max.replace(tzinfo=UTC)},
        {"zone": 8},
        {"holds": ("plan",), "point_valid": "yes"},
        {"attempts_today": True},
        {"overdue_minor": 1.5},
        {"attempts_today": 10**400, "messages_today": "many"},
    ],
)
def test_what_can_be_no_such_fact_refuses(changes):
    verdict = may_contact(replace(lawful(), **changes))
    assert verdict.outcome == "refuse"
    assert "gate_error" in verdict.codes


def test_a_fault_while_looking_for_the_earliest_moment_refuses():
    late = datetime.max.replace(tzinfo=UTC) - timedelta(days=1)
    verdict = may_contact(lawful(at=late, attempts_today=10))
    assert verdict.outcome == "refuse"
    assert verdict.codes == ("window", "daily_cap", "gate_error")
    assert verdict.because[-1].en == "Rule cn could not be asked (OverflowError); no contact"


def test_the_earliest_moment_is_looked_for_only_where_it_is_asked_for(monkeypatch):
    monkeypatch.setattr("arrears.rules.gate.turning_points", None)
    assert may_contact(lawful()).allowed
    assert may_contact(lawful(attempts_today=10, holds=["dispute"])).codes == ("hold", "daily_cap")
    assert may_contact(lawful(attempts_today=10)).codes == ("daily_cap", "gate_error")


def test_a_pack_without_rules_allows_nothing():
    verdict = may_contact(lawful(), book=Book((replace(PACK, rules=()),)))
    assert (verdict.outcome, verdict.codes) == ("refuse", ("no_rule_in_force",))
    (reason,) = verdict.because
    assert (reason.rule_id, reason.source, reason.article) == ("cn", "", "")


def test_a_rule_that_begins_later_is_not_asked_before_it_begins_unless_it_is_needed():
    window = next(rule for rule in PACK.rules if rule.rule_id == "cn_window")
    before = lawful(at=datetime(2024, 5, 14, 15, tzinfo=UTC))  # 23:00, a day before its first
    asked = may_contact(before, book=Book((replace(PACK, rules=(window, CAP)),)))
    assert [(one.code, one.rule_id) for one in asked.because] == [("no_rule_in_force", "cn_window")]
    loose = Book((replace(PACK, rules=(replace(window, needed=False), CAP)),))
    assert may_contact(before, book=loose).allowed
    nothing = Book((replace(PACK, rules=(replace(window, needed=False),)),))
    assert may_contact(before, book=nothing).codes == ("no_rule_in_force",)


def test_the_law_begins_on_its_own_midnight_wherever_the_borrower_is():
    window = next(rule for rule in PACK.rules if rule.rule_id == "cn_window")
    book = Book((replace(PACK, rules=(window,)),))
    first = datetime(2024, 5, 14, 16, tzinfo=UTC)  # midnight of 15 May in Shanghai
    assert may_contact(lawful(at=first, zone="America/New_York"), book=book).allowed
    before = lawful(at=first - timedelta(seconds=1), zone="America/New_York")
    assert may_contact(before, book=book).codes == ("no_rule_in_force",)
