"""Every code becomes words in both languages, and the whole becomes one sentence."""

import pytest

from arrears.core.case import FLAGS, NEVER, TREATMENTS
from arrears.decide.reasons import (
    FACT_WORDS,
    FLAG_WORDS,
    LANGUAGES,
    TREATMENT_WORDS,
    WHY,
    beside_figures,
    reason_codes,
    sentence,
)
from tests.lib.decisions import an_account

EVERYTHING = an_account(
    counted_dpd=45,
    dpd=48,
    loans_overdue=2,
    borrower_kind="company",
    promise_broken_today=1,
    days_since_contact=12,
    flags="complaint plan",
)


def test_a_case_shows_its_figures_as_codes():
    codes = reason_codes("r07", "middle", an_account(promise_broken_today=1))
    assert codes == (
        "rule=r07;why=middle;bucket=M2;dpd=45;overdue=123400;promise_broken;never_contacted"
    )


def test_what_is_particular_about_a_case_is_told():
    assert reason_codes("r1", "other", EVERYTHING) == (
        "rule=r1;why=other;bucket=M2;dpd=48;counted=45;overdue=123400;loans=2;company;"
        "promise_broken;contacted=12;flags=complaint plan"
    )


def test_the_codes_become_a_chinese_sentence():
    codes = reason_codes("r07", "middle", an_account(promise_broken_today=1))
    assert sentence(codes, treatment="call", lang="zh") == (
        "M2，逾期45天，欠款1,234.00元，今日到期的承诺未兑现，从未联系；"
        "按规则 r07（逾期中期）建议：电话联系"
    )


def test_the_codes_become_an_english_sentence():
    assert sentence(reason_codes("r1", "other", EVERYTHING), treatment="hold", lang="en") == (
        "M2, 48 days past due, 45 days counted, 1,234.00 CNY overdue, 2 loans overdue, "
        "a company, a promise ended unkept today, contacted 12 days ago, "
        "flags: complaint, plan; rule r1 (any other case) suggests: hold"
    )


def test_beside_the_figures_they_are_not_said_again():
    codes = reason_codes("r1", "hardship", EVERYTHING)
    why, beside = beside_figures(codes, lang="en")
    assert why == "hardship: offer a repayment plan (r1)"
    assert beside.startswith("45 days counted, 2 loans overdue, a company")
    assert "1,234.00" not in beside
    why, beside = beside_figures(codes, lang="zh")
    assert why == "客户有困难，宜协商还款计划（r1）"
    assert beside.startswith("计入45天，2笔贷款逾期，企业客户")


def test_another_currency_is_named():
    codes = reason_codes("r1", "other", an_account())
    assert "欠款1,234.00 USD" in sentence(codes, treatment="call", lang="zh", currency="USD")


def test_every_code_of_a_fact_is_written_by_some_account():
    accounts = (EVERYTHING, an_account(days_since_contact=NEVER))
    written = {
        code.split("=")[0] for a in accounts for code in reason_codes("r1", "other", a).split(";")
    }
    assert written == {"rule", "why", *FACT_WORDS}


@pytest.mark.parametrize("words", [TREATMENT_WORDS, WHY, FLAG_WORDS, FACT_WORDS])
def test_every_code_has_its_own_words_in_both_languages(words):
    for which, _ in enumerate(LANGUAGES):
        said = [pair[which] for pair in words.values()]
        assert all(said)
        assert len(set(said)) == len(said)
    assert set(TREATMENT_WORDS) == set(TREATMENTS)
    assert set(FLAG_WORDS) == set(FLAGS)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("why", WHY)
def test_every_reason_of_a_rule_can_be_said(why, lang):
    said = sentence(reason_codes("r1", why, an_account()), treatment="call", lang=lang)
    assert WHY[why][LANGUAGES.index(lang)] in said
    assert "{" not in said
