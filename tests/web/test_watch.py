"""The pages of compliance: what was refused and why, caps, holds, overrides; for those who watch alone."""

import importlib
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.apps import apps

from arrears.core.day import Span
from arrears.rules.book import shipped
from arrears.rules.cases import in_order
from arrears.rules.facts import ContactFacts
from arrears.rules.gate import may_contact, record_of
from arrears.rules.record import book_record
from arrears.web.ledger.actions.holds import place_hold
from arrears.web.ledger.actions.verdicts import decide
from arrears.web.ledger.models import (
    Case,
    ContactPoint,
    GateVerdict,
    Person,
    RuleBook,
    Slot,
    VerdictReason,
)
from arrears.web.ledger.models.guard import writing
from arrears.web.ledger.queries.verdicts import Asked, counted, verdicts
from tests.web.conftest import AT, DAY
from tests.web.test_desk import signed_in, text_of

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
SHANGHAI = ZoneInfo("Asia/Shanghai")
PAGES = ("", "rules/", "verdicts/", "caps/", "holds/", "overrides/", "wordings/", "trial/")


@pytest.fixture(autouse=True)
def the_bank(bank, settings, monkeypatch):
    """The pages read the bank's home, and it is its day."""
    settings.ARREARS_HOME = bank.home.path
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOON)


@pytest.fixture
def watcher(people, published):
    """Someone of compliance, signed in."""
    return signed_in(people["compliance"])


OWN_RULES = """
[pack]
version = "1"
zone = "Asia/Shanghai"

[[rule.cn_message_cap]]
from_date = 2026-01-01
channels = ["sms", "email", "letter", "push", "im"]
most = 2
source = "某某银行催收管理办法"
article = "第三条"
"""


@pytest.fixture
def own_rules(bank):
    """The institution allows two messages a day."""
    file = bank.home.path / "rules.toml"
    file.write_text(OWN_RULES, encoding="utf-8")
    yield
    file.unlink()


def facts(**changed) -> ContactFacts:
    """A lawful message to the debtor, as the worked cases have it, made at noon."""
    told: dict[str, Any] = {"purpose": "remind", "at": NOON, "case_state": "open", "exam_date": DAY}
    return replace(in_order("cn"), **told | changed)


def asked(case, at=NOON, **changed):
    """The gate was asked of a contact about the case, and what it said is kept."""
    with writing("a test"):
        return decide(case=case, facts=facts(at=at, **changed), at=at)[1]


def used(case, times, on=DAY, kind="contact", number=""):
    """So many of a kind are used of the borrower's day."""
    with writing("a test"):
        for n in range(times):
            told = {"borrower_id": case.borrower_id, "local_date": on, "kind": kind}
            Slot.objects.create(number=number, n=n + 1, **told)


def telephone(case):
    """A mobile number of the debtor; inside an action."""
    ContactPoint.objects.create(
        point_id="own",
        borrower_id=case.borrower_id,
        role="debtor",
        kind="mobile",
        value="13800138000",
        source="contract",
    )


def away(*cases):
    """The cases lie in another branch than everybody's but the auditor's."""
    with writing("a test"):
        Case.objects.filter(pk__in=[case.pk for case in cases]).update(branch="远方")
        Person.objects.exclude(role="auditor").update(branch="近处")


@pytest.fixture
def some(case):
    """A contact allowed, one refused for two reasons, one that waits, one that misses two facts."""
    return {
        "allow": asked(case),
        "refuse": asked(case, channel="pigeon", holds=frozenset({"complaint"})),
        "defer": asked(case, channel="email", attempts_today=10),
        "missing": asked(case, channel="email", zone=None, role=None),
    }


# ---- whom ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("role", ["phone_collector", "teammate", "manager", "administrator"])
def test_who_does_not_watch_finds_neither_page_nor_link(people, published, role, page):
    client = signed_in(people[role])
    assert client.get(f"/watch/{page}").status_code == 403
    assert 'href="/watch/"' not in text_of(client.get("/password/"))


@pytest.mark.parametrize("role", ["compliance", "auditor", "supervisor"])
def test_who_watches_finds_every_page_from_the_bar(people, some, role):
    client = signed_in(people[role])
    front = text_of(client.get("/watch/"))
    assert 'href="/watch/" aria-current="page"' in front
    for page in PAGES:
        assert client.get(f"/watch/{page}").status_code == 200
        assert f'href="/watch/{page}"' in front


def test_nobody_reads_of_a_case_of_another_branch(people, some, case):
    place_hold(case_id=case.pk, kind="dispute", evidence="来电", by=people["compliance"], at=AT)
    used(case, 10)
    away(case)
    stranger, auditor = signed_in(people["compliance"]), signed_in(people["auditor"])
    for client, seen in ((stranger, False), (auditor, True)):
        lists = [client.get(f"/watch/{page}") for page in ("verdicts/", "caps/", "holds/")]
        assert {case.borrower_id in text_of(answer) for answer in lists} == {seen}
        one = some["refuse"].pk
        assert client.get(f"/watch/verdicts/{one}/").status_code == (200 if seen else 404)
        assert client.get(f"/watch/trial/?verdict={one}").status_code == (200 if seen else 404)
        front = client.get("/watch/").context
        assert front["asked"][0]["number"] == ("4" if seen else "0")


# ---- what was refused, and why ---------------------------------------------------------------------


def test_contacts_are_counted_by_outcome_day_channel_and_rule(people, some, case):
    asked(case, at=NOON - timedelta(days=2), channel="pigeon")
    told = counted(people["compliance"], Span(DAY - timedelta(days=2), DAY + timedelta(days=1)))
    assert told.asked == 5
    assert told.outcomes == {"allow": 1, "refuse": 3, "defer": 1}
    assert told.days == {
        DAY: {"allow": 1, "refuse": 2, "defer": 1},
        DAY - timedelta(days=2): {"refuse": 1},
    }
    assert told.channels["email"] == {"defer": 1, "refuse": 1}
    # a contact that misses two facts counts once for each rule, and for none twice
    assert told.rules["cn_channel"] == 2
    assert told.rules["cn_hold"] == told.rules["cn_role"] == 1
    nothing = counted(people["compliance"], Span(DAY + timedelta(days=1)))
    assert (nothing.asked, nothing.rules) == (0, {})


def test_the_day_of_a_verdict_is_that_of_the_institution(people, case):
    late = asked(case, at=datetime(2026, 11, 19, 16, 30, tzinfo=UTC))  # 00:30 in Shanghai
    assert late.asked_date == DAY


def test_refusals_are_told_in_words_with_their_rules(watcher, some, case):
    page = text_of(watcher.get("/watch/verdicts/"))
    for said in (
        "现有暂停或限制：投诉",
        "没有规则准许用“pigeon”联系",
        "今天已联系 10 次",
        "共 4 次",
    ):
        assert said in page
    assert 'href="/watch/rules/cn/cn_hold/"' in page
    assert f'href="/case/{case.pk}/"' in page
    watcher.cookies["django_language"] = "en"
    assert "In force: complaint" in text_of(watcher.get("/watch/verdicts/"))


def test_they_are_filtered_by_rule_outcome_channel_borrower_and_days(watcher, some, case):
    other = asked(Case.objects.exclude(pk=case.pk).first(), at=NOON - timedelta(days=40))

    def listed(**sent):
        rows = watcher.get("/watch/verdicts/", sent).context["rows"]
        return {told["row"].verdict_id for told in rows}

    kept = {name: verdict.pk for name, verdict in some.items()}
    assert listed() == set(kept.values())
    assert listed(rule="cn_hold") == {kept["refuse"]}
    assert listed(rule="cn_role") == {kept["missing"]}
    assert listed(outcome="refuse") == {kept["refuse"], kept["missing"]}
    assert listed(outcome="refuse", channel="email") == {kept["missing"]}
    assert listed(channel="pigeon", outcome="allow") == set()
    assert listed(borrower=case.borrower_id) == set(kept.values())
    assert listed(borrower=other.borrower_id) == set()
    old = (DAY - timedelta(days=40)).isoformat()
    assert listed(**{"from": old, "to": old}) == {other.pk}
    assert "没有符合条件的判断" in text_of(watcher.get("/watch/verdicts/?rule=nobody"))


@pytest.mark.parametrize(
    "sent",
    [{"from": "x"}, {"to": "9999-12-31"}, {"from": "2026-11-20", "to": "2026-11-19"},
     {"from": "2020-01-01"}],
)  # fmt: skip
def test_days_that_cannot_be_meant_are_told(watcher, some, sent):
    answer = watcher.get("/watch/verdicts/", sent)
    assert answer.status_code == 422
    assert answer.context["wrong"]["text"] in ("日期无法识别", "这段日期无法查询")


@pytest.mark.parametrize("before", ["x", "0", "999999999", "-1"])
def test_a_page_that_nobody_has_begins_with_the_newest(watcher, some, before):
    rows = watcher.get("/watch/verdicts/", {"before": before}).context["rows"]
    assert rows[0]["row"].verdict_id == some["missing"].pk


def test_pages_follow_each_other_and_keep_the_filter(watcher, people, case, monkeypatch):
    made = [asked(case, at=NOON - timedelta(days=n // 2), channel="pigeon").pk for n in range(7)]
    monkeypatch.setattr("arrears.web.ledger.queries.verdicts.PAGE", 3)
    sent, seen = {"outcome": "refuse"}, []
    for _ in range(3):
        answer = watcher.get("/watch/verdicts/", sent)
        seen += [told["row"].verdict_id for told in answer.context["rows"]]
        sent["before"] = answer.context["older"]
    assert sorted(seen) == sorted(made)
    assert sent["before"] is None
    ordered = verdicts(people["compliance"], Asked(Span(date(2026, 1, 1)))).rows
    assert [row.verdict_id for row in ordered] == seen[:3]
    assert "outcome=refuse&amp;before=" in text_of(watcher.get("/watch/verdicts/?outcome=refuse"))


def test_a_verdict_tells_its_facts_and_comes_out_the_same_again(watcher, some):
    answer = watcher.get(f"/watch/verdicts/{some['defer'].pk}/")
    page = text_of(answer)
    assert answer.context["again"]["state"] == "same"
    told = facts_told(answer)
    assert told["联系方式"] == "电子邮件"
    assert told["联系时间"] == "2026年11月20日 12:00"
    assert told["逾期金额"] == "¥1,200.00"
    assert told["上次未接通日期"] == "从未"
    assert told["联系方式是否有效"] == "是"
    assert told["暂停与限制"] == "无"
    assert "最早可于 2026-11-21 08:00" in page
    missing = facts_told(watcher.get(f"/watch/verdicts/{some['missing'].pk}/"))
    assert set(told) - set(missing) == {"被联系人身份", "借款人所在时区"}


def facts_told(answer):
    """The facts of a page of a verdict by their names."""
    tables = answer.context["tables"]
    return {fact["name"]: fact["value"] for group in tables for fact in group["facts"]}


def test_the_facts_of_a_verdict_stand_under_their_headings(watcher, some):
    tables = watcher.get(f"/watch/verdicts/{some['allow'].pk}/").context["tables"]
    assert [group["title"] for group in tables][:4] == [
        "什么事、怎么做", "联系谁、用什么", "有什么妨碍", "何时、多少次",
    ]  # fmt: skip
    assert "联系时间" in {fact["name"] for fact in tables[3]["facts"]}


@pytest.mark.parametrize(
    ("told", "outcome", "said"),
    [
        ({"channel": "call", "recorded": None}, "allow_with_duties", "全程录音并保存"),
        (
            {"channel": "call", "purpose": "collect", "case_state": "taken", "unanswered_today": 6},
            "soft_block",
            "主管、合规",
        ),
        ({"holds": frozenset({"represented"}), "purpose": "legal_notice"}, "redirect", "代理人"),
    ],
    ids=["duty", "soft", "redirect"],
)
def test_a_verdict_tells_duties_who_may_override_and_whom_instead(
    watcher, case, told, outcome, said
):
    kept = asked(case, **told)
    answer = watcher.get(f"/watch/verdicts/{kept.pk}/")
    assert (kept.outcome, answer.context["again"]["state"]) == (outcome, "same")
    page = text_of(answer)
    assert said in page
    told = answer.context["told"]
    for reason in (*told["reasons"], *told["duties"]):
        assert f'href="/watch/rules/cn/{reason["rule_id"]}/"' in page
    assert watcher.get(f"/watch/verdicts/?outcome={outcome}").context["found"] == 1


def test_a_verdict_by_rules_of_before_is_given_again_by_them(watcher, case):
    older = shipped(("cn", "us_reg_f"))
    told = facts()
    verdict = may_contact(told, book=older)
    kept = asked(case)
    with writing("a test"):
        GateVerdict.objects.filter(pk=kept.pk).update(
            record=record_of(told, verdict), rules_version=verdict.rules_version
        )
    page = watcher.get(f"/watch/verdicts/{kept.pk}/")
    assert page.context["again"]["state"] == "other_rules"
    assert "当时的规则没有保存在这里" in text_of(page)
    with writing("a test"):
        RuleBook.objects.create(
            version=verdict.rules_version, record=book_record(older), first_at=NOON
        )
    assert watcher.get(f"/watch/verdicts/{kept.pk}/").context["again"]["state"] == "same"


def test_rules_that_were_changed_where_they_are_kept_give_nothing_again(watcher, case):
    kept = asked(case)
    with writing("a test"):
        version = "cn 1 altered"
        RuleBook.objects.create(version=version, record={"packs": [{}]}, first_at=NOON)
        GateVerdict.objects.filter(pk=kept.pk).update(rules_version=version)
    answer = watcher.get(f"/watch/verdicts/{kept.pk}/")
    assert answer.context["again"]["state"] == "unreadable"


def changed(verdict, change):
    """Someone has changed the stored record behind the ledger's back."""
    record = verdict.record
    change(record)
    with writing("a test"):
        GateVerdict.objects.filter(pk=verdict.pk).update(record=record)


@pytest.mark.parametrize(
    ("change", "state"),
    [
        (lambda r: r["verdict"].update(rules_version="cn 0 abc"), "differs"),
        (lambda r: r["facts"].update(holds=[]), "differs"),
        (lambda r: r["verdict"].update(outcome="perhaps"), "unreadable"),
        (lambda r: r["facts"].update(moon="full"), "unreadable"),
        (lambda r: r.clear(), "unreadable"),
    ],
    ids=["another version", "other facts", "no outcome", "a strange fact", "nothing"],
)
def test_a_verdict_that_does_not_come_out_the_same_says_why(watcher, some, change, state):
    changed(some["refuse"], change)
    answer = watcher.get(f"/watch/verdicts/{some['refuse'].pk}/")
    assert answer.context["again"]["state"] == state
    assert watcher.get("/watch/verdicts/").status_code == 200


def test_the_reasons_of_verdicts_that_were_kept_before_are_counted_too(people, some):
    made = list(VerdictReason.objects.order_by("verdict", "rule_id", "code").values_list(
        "verdict", "asked_date", "rule_id", "code"
    ))  # fmt: skip
    assert len(made) == 5
    move = importlib.import_module("arrears.web.ledger.migrations.0008_verdict_reasons")
    with writing("a test"):
        VerdictReason.objects.all().delete()
        GateVerdict.objects.update(asked_date=date(1970, 1, 1), channel="")
        move.count_what_is_stored(apps, None)
    again = VerdictReason.objects.order_by("verdict", "rule_id", "code")
    assert list(again.values_list("verdict", "asked_date", "rule_id", "code")) == made
    kept = GateVerdict.objects.get(pk=some["refuse"].pk)
    assert (kept.asked_date, kept.channel) == (DAY, "pigeon")


def test_the_first_page_tells_the_figures_of_thirty_days(watcher, some, case):
    asked(case, at=NOON - timedelta(days=29), channel="pigeon")
    asked(case, at=NOON - timedelta(days=30), channel="pigeon")
    front = watcher.get("/watch/")
    assert [figure["number"] for figure in front.context["asked"]] == ["5", "1", "1", "3"]
    assert front.context["rules"][0]["rule_id"] == "cn_channel"
    assert front.context["rules"][0]["count"] == 2
    leads = front.context["asked"][3]["url"]
    assert len(watcher.get(leads).context["rows"]) == 3
