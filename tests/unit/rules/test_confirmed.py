"""An institution says of which shipped limits it has seen the text; it can say so of nothing else."""

from datetime import date

import pytest

from arrears.rules.book import PackLoosens, book_in, shipped
from arrears.rules.confirmed import Confirmation
from arrears.rules.gate import may_contact
from arrears.rules.limit import PackUnreadable
from tests.unit.rules.cases import lawful

SEEN = 'by = "法务部 王某"\non = 2026-11-20\nsource = "协会会员通知附件，第二十条"\n'
CAP = '[[verified.cn_effective_cap]]\nfrom_date = 2025-02-28\nmost = 3\nchannels = ["call"]\n'
CAP += 'modes = ["interactive"]\n'


@pytest.fixture
def told(tmp_path):
    """The book of a home whose rules.toml holds a text."""

    def book(text):
        file = tmp_path / "rules.toml"
        file.write_text(text, encoding="utf-8")
        return book_in(file)

    return book


def test_a_limit_is_confirmed_with_who_when_and_by_what_text(told):
    book = told(CAP + SEEN)
    assert book.confirmed == (
        Confirmation(
            "cn_effective_cap",
            date(2025, 2, 28),
            "法务部 王某",
            date(2026, 11, 20),
            "协会会员通知附件，第二十条",
        ),
    )
    assert shipped().confirmed == ()


def test_a_confirmation_changes_neither_the_rules_nor_a_verdict(told):
    book = told(CAP + SEEN)
    assert (book.packs, book.version) == (shipped().packs, shipped().version)
    facts = lawful(effective_today=3)
    assert may_contact(facts, book=book) == may_contact(facts, book=shipped())


def test_own_figures_and_confirmations_stand_side_by_side(told):
    own = '[pack]\nversion = "1"\nzone = "Asia/Shanghai"\n[[rule.cn_effective_cap]]\n'
    own += 'from_date = 2026-01-01\nmost = 2\nchannels = ["call"]\nmodes = ["interactive"]\n'
    own += 'source = "本行制度"\n'
    book = told(own + CAP + SEEN)
    assert [pack.name for pack in book.packs] == ["cn", "own"]
    assert len(book.confirmed) == 1
    with pytest.raises(PackLoosens):
        told((own + CAP + SEEN).replace("most = 2", "most = 4"))


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        (CAP.replace("cn_effective_cap", "cn_windows") + SEEN, "in none of the packs"),
        (CAP.replace("cn_effective_cap", "us_call_cap") + SEEN, "in none of the packs"),
        (CAP.replace("2025-02-28", "2025-03-01") + SEEN, "no limit from 2025-03-01"),
        (CAP.replace("from_date = 2025-02-28\n", "") + SEEN, "no limit from None"),
        (CAP.replace("most = 3", "most = 4") + SEEN, "other figures"),
        (CAP.replace("most = 3", 'most = "3"') + SEEN, "other figures"),
        (CAP.replace("most = 3\n", "") + SEEN, "other figures"),
        (CAP + "least = 1\n" + SEEN, "other figures"),
        (CAP + SEEN.replace('by = "法务部 王某"\n', ""), "without who"),
        (CAP + SEEN.replace("法务部 王某", "  "), "without who"),
        (CAP + SEEN.replace("2026-11-20", '"yesterday"'), "without who"),
        (CAP + SEEN.replace("on = 2026-11-20", "on = 2026-11-20T10:00:00"), "without who"),
        (CAP + SEEN + CAP + SEEN, "confirmed twice"),
        (CAP.replace("[[", "[").replace("]]", "]") + SEEN, "no list of confirmations"),
        ("verified = 1", "verified is no table"),
        (
            '[[verified.cn_purpose]]\nfrom_date = 2011-01-13\npurposes = ["remind", "collect", '
            '"restore_contact", "plan_service", "complaint_reply", "legal_notice"]\n' + SEEN,
            "own policy",
        ),
    ],
)
def test_what_is_not_so_is_refused_and_names_itself(told, text, wrong):
    with pytest.raises(PackUnreadable, match=wrong):
        told(text)
