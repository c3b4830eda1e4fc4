"""A pack is read whole or not at all: every figure has its days, its unit and its source."""

from dataclasses import replace
from datetime import date
from importlib.resources import files

import pytest

from arrears.core.tables import POINT_SOURCES
from arrears.rules.book import Book
from arrears.rules.facts import (
    ACTORS,
    AGREEMENTS,
    BORROWER_KINDS,
    CASE_HOLDS,
    CASE_STATES,
    CHANNELS,
    EXTENSIONS,
    GONE,
    MODES,
    PLACES,
    PRODUCTS,
    PURPOSES,
    RECORDS,
    ROLES,
    TEXT_CLASSES,
    ContactFacts,
    RecordUnreadable,
    facts_from,
)
from arrears.rules.gate import may_contact, record_of, replay, verdict_from
from arrears.rules.limit import PackUnreadable
from arrears.rules.pack import load_pack, pack_from, packs
from arrears.rules.wording import FACT_NAMES, VALUE_WORDS
from tests.unit.rules.cases import lawful

PACK = load_pack("cn")
TEXT = files("arrears.rules.packs").joinpath("cn", "limits.toml").read_text(encoding="utf-8")
DECLARED = {
    "purposes": PURPOSES,
    "channels": CHANNELS,
    "roles": ROLES,
    "organs": ROLES,
    "modes": MODES,
    "actors": ACTORS,
    "products": PRODUCTS,
    "places": PLACES,
    "gone": GONE,
    "agreed": AGREEMENTS,
    "complex": EXTENSIONS,
    "special": EXTENSIONS,
    "classes": TEXT_CLASSES,
    "sources": POINT_SOURCES,
    "harmless": CASE_HOLDS,
    "kinds": (*CASE_HOLDS, *BORROWER_KINDS, *RECORDS),
    "states": (*CASE_STATES, *GONE),
}


def limits():
    return [limit for rule in PACK.rules for limit in rule.limits]


def pack_with(old, new, count=-1):
    assert old in TEXT
    return pack_from("cn", PACK.rules, TEXT.replace(old, new, count))


def test_a_limit_uses_no_word_that_the_house_has_not_declared():
    for limit in limits():
        for name, value in limit.values:
            if isinstance(value, tuple):
                assert set(value) <= set(DECLARED[name]), name


def test_every_word_and_every_fact_can_be_said_in_both_languages():
    declared = {word for words in DECLARED.values() for word in words}
    assert declared <= set(VALUE_WORDS)
    assert set(FACT_NAMES) == set(ContactFacts.__dataclass_fields__)


def test_every_limit_says_who_says_so_and_how_far_that_was_seen():
    for limit in limits():
        assert limit.unit
        assert limit.source
        assert (limit.force == "POLICY") == (limit.verified == "own")


def test_the_figures_are_those_of_the_texts():
    says = {rule.rule_id: rule.text("en") for rule in PACK.rules}
    assert says["cn_window"] == (
        "Contact only from 8:00 to 22:00 on the borrower's clock, unless other hours are agreed"
    )
    assert says["cn_effective_cap"].startswith(
        "Calls that are spoken with: at most 3 that were talked"
    )
    assert says["cn_unanswered_cap"] == "Not more than 6 unanswered calls to one number a day"
    assert says["cn_visit_staff"] == "At least 2 collectors visit together"


@pytest.mark.parametrize("rule", PACK.rules, ids=lambda rule: rule.rule_id)
def test_a_rule_can_be_read_in_words_as_of_a_day(rule):
    for limit in rule.limits:
        for language in ("zh", "en"):
            assert "{" not in rule.text(language, on=limit.span.from_date)
    with pytest.raises(ValueError, match="no figures for 2001-01-01"):
        rule.text("zh", on=date(2001, 1, 1))
    with pytest.raises(ValueError, match="no figures"):
        replace(rule, limits=()).text("en")


def test_a_rule_as_of_a_day_has_the_figures_of_that_day():
    (role,) = (rule for rule in PACK.rules if rule.rule_id == "cn_role")
    assert "contact only: the debtor, a guarantor, the attorney;" in role.text(
        "en", on=date(2025, 2, 27)
    )
    assert "a guarantor, a co-debtor, the attorney;" in role.text("en", on=date(2025, 2, 28))
    assert "只可针对：借款人本人、保证人、代理人；" in role.text("zh", on=date(2025, 2, 27))


def test_the_version_changes_with_a_figure_and_with_nothing_else():
    assert pack_with("# The figures", "# Figures").version == PACK.version
    assert pack_with("most = 3", "most = 2").version != PACK.version
    assert PACK.version.startswith("cn 2 ")


def test_the_shipped_packs_are_the_folders_with_limits():
    assert "cn" in packs()
    for name in packs():
        home = files("arrears.rules.packs").joinpath(name)
        assert home.joinpath("cases.toml").is_file()
        assert home.joinpath("README.md").is_file()


@pytest.mark.parametrize(
    ("old", "new", "wrong"),
    [
        ("[pack]", "[pack", "are no TOML"),
        ('version = "2"', 'version = ""', "their version and the zone"),
        ('zone = "Asia/Shanghai"', 'zone = "Mars/Base"', "their version and the zone"),
        ("[[rule.cn_window]]", "[[rule.cn_windows]]", "rules it does not have: cn_windows"),
        ("[[rule.cn_plan]]", "[[rule.cn_hold]]", "cn_hold has two limits on 2011-01-13"),
        ("to_date = 2025-02-28\nopens", "opens", "cn_window has two limits on 2025-02-28"),
        ("to_date = 2025-02-28\nopens", "to_date = 2025-03-01\nopens", "two limits"),
        ("to_date = 2025-02-28\nopens", "to_date = 2024-05-15\nopens", "before it begins"),
        ("from_date = 2024-05-15\n", "", "does not say from which day"),
        ("from_date = 2024-05-15", "from_date = 2024-05-15T00:00:00", "from which day"),
        ('source = "《民法典》"', 'source = ""', "does not say its source"),
        ('unit = "minor units"\n', "", "does not say its unit"),
        ('force = "STD"', 'force = "HEARSAY"', "does not say its force"),
        ('verified = "secondary"', 'verified = "surely"', "how it was verified"),
        ("most = 3", "most = 3.5", "most is neither"),
        ("most = 3", "most = true", "most is neither"),
        ('kinds = ["plan"]', "kinds = [1]", "kinds is neither"),
    ],
)
def test_a_pack_with_a_fault_is_refused_with_the_reason(old, new, wrong):
    with pytest.raises(PackUnreadable, match=wrong):
        pack_with(old, new)


def test_a_rule_without_limits_is_a_fault():
    with pytest.raises(PackUnreadable, match="cn_nothing has no limit"):
        pack_from("cn", (*PACK.rules, replace(PACK.rules[0], rule_id="cn_nothing")), TEXT)


def test_a_pack_that_is_not_shipped_is_refused_with_those_that_are():
    with pytest.raises(PackUnreadable, match="cn"):
        load_pack("../cn")


@pytest.mark.parametrize("missing", ["most = 3\n", "opens = 08:00:00\n", "closes = 22:00:00\n"])
def test_a_rule_whose_figure_is_not_there_refuses(missing):
    call = lawful(channel="call")
    verdict = may_contact(call, book=Book((pack_with(missing, ""),)))
    assert (verdict.outcome, verdict.codes) == ("refuse", ("gate_error",))


def test_a_figure_of_another_kind_refuses():
    verdict = may_contact(lawful(), book=Book((pack_with("opens = 08:00:00", "opens = 8"),)))
    assert (verdict.outcome, verdict.codes) == ("refuse", ("gate_error",))


def test_what_is_stored_is_what_was_given():
    facts = lawful(holds=["plan", "complaint"], point_valid=False)
    verdict = may_contact(facts)
    stored = record_of(facts, verdict)
    assert facts_from(facts.as_record()) == facts
    assert verdict_from(verdict.as_record()) == verdict
    assert replay(stored) == verdict
    naive = lawful(at=facts.at.replace(tzinfo=None))
    assert facts_from(naive.as_record()) == naive


@pytest.mark.parametrize(
    "changes",
    [{"colour": "red"}, {"at": "yesterday"}, {"holds": [["plan"]]}],
)
def test_facts_that_were_tampered_with_are_refused(changes):
    with pytest.raises(RecordUnreadable):
        facts_from(lawful().as_record() | changes)


@pytest.mark.parametrize(
    "changes", [{"outcome": "perhaps"}, {"because": [1]}, {"earliest_at": "x"}]
)
def test_a_verdict_that_was_tampered_with_is_refused(changes):
    with pytest.raises(RecordUnreadable):
        verdict_from(may_contact(lawful()).as_record() | changes)


@pytest.mark.parametrize("part", ["facts", "verdict"])
def test_a_record_with_a_part_missing_is_refused(part):
    stored = record_of(lawful(), may_contact(lawful()))
    with pytest.raises(RecordUnreadable):
        replay(stored | {part: None})
