"""An explanation: every rule has its code, its values and its sentence in both languages."""

import json
import string
from dataclasses import replace
from datetime import date

import pytest

from arrears.batch.explain import explanation
from arrears.batch.page import WIDTH, columns, folded, wide
from arrears.batch.words import LANGUAGES, LAWS, PHRASES, SENTENCES, WORDS
from arrears.core.day import Span
from arrears.core.delinquency import FIVE_CLASS
from arrears.core.loan import Instalment, LoanFacts, Payment, Rate, Snapshot, Terms
from tests.lib.tree import ROOT

MARCH_1 = date(2026, 3, 1)
FIRST, SECOND, THIRD = date(2026, 1, 15), date(2026, 2, 15), date(2026, 3, 15)
RATES = (Rate("penalty", date(2026, 1, 1), 1825), Rate("compound", date(2026, 1, 1), 1825))


def a_payment(payment_id="P1", day=FIRST, amount_minor=110_00, known=None, reverses_id=None):
    return Payment(payment_id, day, known or day, amount_minor, reverses_id)


def a_loan(*payments, **facts):
    """Three instalments of 110.00, the payments given, rates of 18.25 %."""
    terms = Terms(product="consumer", rates=RATES, **facts.pop("terms", {}))
    told = {
        "loan_id": "L1",
        "opened_date": date(2025, 12, 15),
        "terms": terms,
        "instalments": tuple(
            Instalment(seq, day, 100_00, 10_00) for seq, day in enumerate((FIRST, SECOND, THIRD), 1)
        ),
        "payments": payments,
    }
    return LoanFacts(**{**told, **facts})


def a_status(reported_dpd=31, day=date(2026, 2, 20), **facts):
    snapshots = (Snapshot(day, day, reported_dpd, 500_00),)
    return a_loan(instalments=(), snapshots=snapshots, **facts)


def told(loan, as_of=MARCH_1, known_on=date.max):
    return explanation(loan, as_of=as_of, known_on=known_on, currency="CNY")


LATE = a_loan(a_payment())
CARD = a_loan(
    a_payment("P2", date(2026, 4, 20), 150_00),
    terms={"order": "card_91", "kind": "card"},
)
REVERSED = a_loan(a_payment(), a_payment("R1", date(2026, 1, 25), -110_00, None, "P1"))
BACKDATED = a_loan(a_payment(known=date(2026, 2, 10)))
PAID = a_loan(a_payment(amount_minor=330_00), terms={"tolerance_minor": 5})
CASES = {
    "late": (LATE, MARCH_1),
    "the due day counts": (a_loan(terms={"dpd_start": "due_day"}), MARCH_1),
    "tolerance for the loan": (a_loan(terms={"tolerance_minor": 5}), MARCH_1),
    "tolerance for each": (
        a_loan(terms={"tolerance_minor": 5, "tolerance_per": "instalment"}),
        MARCH_1,
    ),
    "grace and pause": (
        a_loan(terms={"grace_days": 3}, pauses=(Span(date(2026, 2, 1), date(2026, 2, 11)),)),
        MARCH_1,
    ),
    "nothing due unpaid": (a_loan(a_payment(amount_minor=250_00)), MARCH_1),
    "fees first": (a_loan(terms={"order": "fees_first", "day_count": "act_360"}), MARCH_1),
    "as booked": (a_loan(terms={"order": "as_booked", "cap_bps": 2400}), MARCH_1),
    "card": (CARD, date(2026, 4, 21)),
    "no rates": (replace(LATE, terms=Terms()), MARCH_1),
    "reversed": (REVERSED, MARCH_1),
    "backdated": (BACKDATED, MARCH_1),
    "stated": (a_status(), MARCH_1),
    "stated closed": (a_status(-1), MARCH_1),
    "stated long ago": (a_status(day=date(2025, 12, 20)), MARCH_1),
    "paid in full": (PAID, MARCH_1),
    "not opened": (a_loan(opened_date=date(2026, 3, 2)), MARCH_1),
    "closed": (a_loan(status="closed"), MARCH_1),
    "before the classes of 2023": (
        a_loan(
            opened_date=date(2022, 12, 1),
            instalments=(Instalment(1, date(2023, 1, 1), 100_00),),
        ),
        date(2023, 3, 1),
    ),
}


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", CASES)
def test_every_rule_is_said_in_full_and_in_columns(name, lang):
    loan, as_of = CASES[name]
    found = told(loan, as_of)
    said = found.as_text(lang)
    assert "{" not in said
    assert "_" not in said.replace("docs/", "")
    assert [line for line in said.splitlines() if wide(line) > WIDTH] == []
    assert json.loads(json.dumps(found.as_json())) == found.as_json()


def test_the_cases_show_every_rule_there_is():
    rules = [rule for case in CASES.values() for rule in told(*case).rules.values()]
    assert {rule["code"] for rule in rules} == set(SENTENCES)
    shown = {(name, rule[name]) for rule in rules for name in PHRASES if name in rule}
    assert shown == {(name, value) for name, values in PHRASES.items() for value in values}


@pytest.mark.parametrize("code", SENTENCES)
def test_both_languages_name_the_same_values(code):
    named = [{n for _, n, _, _ in string.Formatter().parse(s) if n} for s in SENTENCES[code]]
    assert named[0] == named[1]


@pytest.mark.parametrize("words", [*WORDS.values(), *SENTENCES.values(), *LAWS.values()])
def test_nothing_is_left_unsaid_in_a_language(words):
    assert all(words)


def test_a_source_is_a_law_we_can_name_or_a_page_there_is():
    sources = {r["source"] for case in CASES.values() for r in told(*case).rules.values()}
    assert {steps.source for steps in FIVE_CLASS} <= sources
    assert set(LAWS) <= sources
    assert [s for s in sources - set(LAWS) if not (ROOT / s).is_file()] == []


def test_a_rule_is_a_code_with_its_values():
    assert told(LATE).as_json()["rules"]["dpd"] == {
        "code": "oldest_uncovered",
        "seq": 2,
        "due_date": "2026-02-15",
        "dpd_start": "day_after",
        "tolerance_minor": 0,
        "tolerance_per": "none",
        "source": "docs/explain/ageing.md",
    }


@pytest.mark.parametrize(
    ("name", "zh", "en"),
    [
        (
            "late",
            "最早未还清的是第2期（2026-02-15 到期）；到期次日为第1天",
            "no. 2, due 2026-02-15",
        ),
        ("late", "到期应还 220.00，减已还 110.00", "due 220.00 less paid 110.00"),
        ("tolerance for each", "每期容差 0.05，逐期累计", "tolerance 0.05 for each instalment"),
        ("grace and pause", "减宽限3天、减暂停计天10天", "3 of grace and 10 paused"),
        ("card", "还款时已逾期95天，先还本金", "95 days past due when it came"),
        ("card", "《商业银行信用卡业务监督管理办法》第57条", "Credit Card Business"),
        ("reversed", "2026-01-25 被 R1 冲正", "taken back by R1 on 2026-01-25"),
        ("backdated", "2026-02-10 才获知", "known on 2026-02-10 only"),
        ("stated", "银行 2026-02-20 报送逾期31天", "the bank stated 31 on 2026-02-20"),
        ("paid in full", "已还 330.00，全部应还 330.00", "paid 330.00 of 330.00 in all"),
        ("nothing due unpaid", "余 30.00 等待下一期", "30.00 waits"),
    ],
)
def test_it_can_be_read_out(name, zh, en):
    for lang, sentence in (("zh", zh), ("en", en)):
        unfolded = "".join(told(*CASES[name]).as_text(lang).split())
        assert "".join(sentence.split()) in unfolded


def test_a_charge_is_days_times_rate_and_rounded_at_the_end():
    (charge,) = told(LATE).charges
    assert (charge.days, charge.penalty_bps) == (14, 1825)
    said = told(LATE).as_text("en")
    assert "0.7000" in said  # 100.00 x 0.05 % x 14 days
    assert "0.0700" in said


def test_what_was_not_known_is_not_told():
    early = told(BACKDATED, known_on=date(2026, 2, 9))
    assert early.payments == ()
    assert "按 2026-02-09 所知" in early.as_text("zh")


def test_a_text_folds_where_its_language_allows_it():
    assert folded("到期次日，为第一天", 9) == ["到期次", "日，为第", "一天"]
    assert folded("the day after", 8) == ["the day", "after"]


def test_columns_stand_under_each_other_whatever_the_letters():
    lines = columns([["期", "a", "x"], ["no. 12", "本金", "y"]], "rll")
    assert lines == ["      期  a     x", "  no. 12  本金  y"]
