"""An institution's own figures can only tighten the law, and every row of the texts is answered."""

import os
import tomllib
from dataclasses import replace
from datetime import date, time
from importlib.resources import files
from random import Random

import pytest

from arrears.rules.book import Book, PackLoosens, shipped, tightened
from arrears.rules.gate import may_contact
from arrears.rules.limit import PackUnreadable
from arrears.rules.pack import HOME, load_pack, packs
from tests.lib.contact_facts import any_facts
from tests.unit.rules.cases import lawful

HEAD = '[pack]\nversion = "1"\nzone = "Asia/Shanghai"\n'
FROM = 'from_date = 2026-01-01\nsource = "本行制度"\n'
DUNNING = 'purposes = ["collect", "remind", "restore_contact"]'
HARMFUL = '["plan", "represented", "dispute"]'
DRAWN = int(os.environ.get("ARREARS_BANKS", "300"))


def own(rule, figures, more=""):
    return tightened(shipped(), f"{HEAD}[[rule.{rule}]]\n{FROM}{figures}\n{more}")


def test_a_stricter_window_is_asked_beside_the_law():
    book = own("cn_window", "opens = 09:00:00\ncloses = 20:00:00\nagreed = []")
    nine = lawful().at.replace(hour=1)
    assert may_contact(lawful(at=nine), book=book).allowed
    early = may_contact(lawful(at=nine.replace(hour=0)), book=book)
    assert (early.outcome, early.earliest_at) == ("defer", nine)
    assert early.because[0].source == "本行制度"
    agreed = lawful(at=nine.replace(hour=15), agreements=["hours"])
    assert may_contact(agreed).allowed
    assert not may_contact(agreed, book=book).allowed
    assert may_contact(lawful(), book=book).rules_version.startswith("cn 2 ")


@pytest.mark.parametrize(
    ("rule", "figures", "name"),
    [
        ("cn_window", 'opens = 07:59:59\ncloses = 22:00:00\nagreed = ["hours"]', "opens"),
        ("cn_window", 'opens = 08:00:00\ncloses = 22:00:01\nagreed = ["hours"]', "closes"),
        ("cn_window", 'opens = 08:00:00\ncloses = 22:00:00\nagreed = ["entry"]', "agreed"),
        ("cn_effective_cap", 'channels = ["call"]\nmodes = ["interactive"]\nmost = 4', "most"),
        ("cn_effective_cap", 'channels = []\nmodes = ["interactive"]\nmost = 3', "channels"),
        ("cn_exam", 'channels = ["call", "visit"]\nmost_days = 366', "most_days"),
        ("cn_visit_staff", 'channels = ["visit"]\nleast = 1', "least"),
        ("cn_source", 'sources = ["contract", "court"]', "sources"),
        ("cn_no_contact", 'kinds = ["no_contact"]', "kinds"),
        ("cn_text", 'channels = ["sms", "email", "letter", "push", "im"]\nclasses = []', "classes"),
        (
            "cn_hold",
            f"{DUNNING}\nharmless = {HARMFUL}",
            "harmless",
        ),
        ("cn_keep_contact", 'kinds = ["contact", "recording"]\nyears = 4', "years"),
        ("cn_visit_staff", 'channels = ["visit"]\nleast = "two"', "least"),
    ],
)
def test_a_figure_that_loosens_the_law_is_refused_with_the_law_it_loosens(rule, figures, name):
    with pytest.raises((PackLoosens, PackUnreadable), match=f"{rule}.*{name}"):
        own(rule, figures)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("[[rule.cn_windows]]\n", "rules it does not have: cn_windows"),
        (f"[[rule.cn_frequency]]\n{FROM}", "do not say most"),
        (f'[[rule.cn_frequency]]\n{FROM}most = 2\nforce = "LAW"', "claim the force LAW"),
        ("[rule.cn_frequency]\nmost = 2", "has no list of figures"),
        ("[[rule.cn_frequency]]\nmost = 2", "does not say its source"),
        ("][", "are no TOML"),
    ],
)
def test_own_figures_with_a_fault_are_refused_with_the_reason(text, wrong):
    with pytest.raises(PackUnreadable, match=wrong):
        tightened(shipped(), HEAD + text)


def test_a_book_needs_a_law():
    with pytest.raises(PackUnreadable, match="at least one law"):
        shipped(())
    assert shipped(("cn", "us_reg_f", "cn")).name == "cn+us_reg_f"


def test_random_own_figures_are_refused_or_allow_nothing_that_the_law_forbids():
    random = Random(20261125)
    near, refused = lawful(exam_date=date(2026, 3, 10)), 0
    for _ in range(DRAWN):
        rule, text = _drawn(random)
        try:
            book = tightened(shipped(), HEAD + text)
        except PackLoosens:
            refused += 1
            continue
        for _ in range(20):
            facts = any_facts(random, near)
            if may_contact(facts, book=book).allowed:
                assert may_contact(facts).allowed
        # The own figures alone, as if they stood in the law's place: no looser either.
        alone = Book((replace(book.packs[-1], tightens=False),))
        law = Book(
            (
                replace(
                    book.packs[0], rules=tuple(r for r in book.packs[0].rules if r.rule_id == rule)
                ),
            )
        )
        for _ in range(20):
            facts = any_facts(random, near)
            if facts.at and may_contact(facts, book=alone).allowed:
                assert may_contact(facts, book=law).allowed, (text, facts)
    assert DRAWN / 10 < refused < DRAWN * 9 / 10


def _drawn(random: Random) -> tuple[str, str]:
    """A rule and random figures for it, near those of the law."""
    rule = random.choice(
        [r for r in load_pack("cn").rules if "contact" in r.acts and r.limits[-1].values]
    )
    lines = []
    for name, value in rule.limits[-1].values:
        if isinstance(value, tuple):
            words = set(value)
            if random.random() < 0.3:
                words ^= {
                    random.choice(
                        ("call", "sms", "plan", "dispute", "hours", "collect", "contract")
                    )
                }
            told = "[" + ", ".join(f'"{word}"' for word in sorted(words)) + "]"
        elif isinstance(value, time):
            told = time(value.hour + random.choice((-1, 0, 1))).isoformat()
        else:
            told = str(max(0, value + random.choice((-1, 0, 0, 1))))
        lines.append(f"{name} = {told}")
    return rule.rule_id, f"[[rule.{rule.rule_id}]]\n{FROM}" + "\n".join(lines) + "\n"


def test_every_row_of_the_texts_is_answered_by_rules_or_by_a_reason():
    text = files(HOME).joinpath("cn", "catalogue.toml").read_text(encoding="utf-8")
    rows = tomllib.loads(text)["rows"]
    named = {name for answer in rows.values() if isinstance(answer, list) for name in answer}
    rules = {rule.rule_id: rule for rule in load_pack("cn").rules}
    assert named <= set(rules)
    own_only = {
        name
        for name, rule in rules.items()
        if all(limit.force == "POLICY" for limit in rule.limits)
    }
    assert set(rules) - named <= own_only
    assert all(len(answer) > 8 for answer in rows.values() if isinstance(answer, str))
    assert len(rows) == 128


@pytest.mark.parametrize("name", packs())
def test_a_direction_is_known_for_every_figure_that_a_rule_reads(name):
    for rule in load_pack(name).rules:
        read = set(rule.whole.loosens)
        for limit in rule.limits:
            shown = {word for word, _ in limit.values}
            assert read <= shown, rule.rule_id
