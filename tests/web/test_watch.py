"""The pages of compliance: what was refused and why, caps, holds, overrides; for those who watch alone."""

import importlib
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.apps import apps

from arrears.core.day import Span
from arrears.rules.book import shipped
from arrears.rules.cases import in_order
from arrears.rules.facts import ContactFacts
from arrears.rules.gate import may_contact, record_of
from arrears.rules.record import book_record
from arrears.web.ledger.actions.calls import override_block
from arrears.web.ledger.actions.cases import take_case
from arrears.web.ledger.actions.holds import Scope, end_hold, place_hold
from arrears.web.ledger.actions.verdicts import decide
from arrears.web.ledger.models import (
    Borrower,
    Case,
    CaseDay,
    ContactPoint,
    GateVerdict,
    Hold,
    Override,
    Person,
    RuleBook,
    Slot,
    StatedFact,
    VerdictReason,
)
from arrears.web.ledger.models.guard import writing
from arrears.web.ledger.queries.caps import near_caps
from arrears.web.ledger.queries.verdicts import Asked, counted, verdicts
from arrears.web.watch import terms
from tests.web.conftest import AT, DAY
from tests.web.test_desk import signed_in, text_of

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
SHANGHAI = ZoneInfo("Asia/Shanghai")
PAGES = ("", "rules/", "verdicts/", "caps/", "holds/", "overrides/", "trial/")


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
unit = "messages"
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
    told = {"purpose": "remind", "at": NOON, "case_state": "open", "exam_date": DAY}
    return replace(in_order("cn"), **told | changed)


def asked(case, at=NOON, **changed):
    """The gate was asked of a contact about the case, and what it said is kept."""
    with writing("a test"):
        return decide(case=case, facts=facts(at=at, **changed), at=at)[1]


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


# ---- caps, holds, overrides ------------------------------------------------------------------------


def used(case, times, on=DAY, kind="contact", point=""):
    """So many of a kind are used of the borrower's day."""
    with writing("a test"):
        for n in range(times):
            told = {"borrower_id": case.borrower_id, "local_date": on, "kind": kind}
            Slot.objects.create(point_id=point, n=n + 1, **told)


def near(person, **changed):
    told = {"caps": {"contact": 3}, "kind": "contact", "at": NOON, "zone": SHANGHAI, "page": 1}
    return near_caps(person, **told | changed)


def test_who_has_one_contact_left_today_or_none_is_listed_the_most_first(people, published):
    first, second, third, fourth, *_ = Case.objects.order_by("pk")
    for case, times in ((first, 1), (second, 2), (third, 4)):
        used(case, times)
    used(fourth, 3, kind="visit")
    used(fourth, 3, on=DAY - timedelta(days=1))
    found = near(people["compliance"])
    told = found.counts["contact"]
    assert (told.one_left, told.none_left, told.total) == (1, 1, 2)
    assert [(row.case_id, row.used) for row in found.rows] == [(third.pk, 4), (second.pk, 2)]


def test_each_kind_has_its_own_cap_and_rings_are_counted_by_number(people, published):
    first, second, third, *_ = Case.objects.order_by("pk")
    used(first, 3, kind="talk")
    used(second, 2, kind="message")
    for point, times in (("A", 6), ("B", 5), ("C", 4)):
        used(third, times, kind="ring", point=point)
    caps = {"contact": 10, "message": 3, "talk": 3, "ring": 6}
    found = near(people["compliance"], caps=caps, kind="ring")
    counts = {kind: (one.one_left, one.none_left) for kind, one in found.counts.items()}
    assert counts == {"contact": (0, 0), "message": (1, 0), "talk": (0, 1), "ring": (1, 1)}
    assert [row.used for row in found.rows] == [6, 5]
    assert {row.case_id for row in found.rows} == {third.pk}
    unasked = near(people["compliance"], caps=caps, kind="")
    assert (unasked.kind, [row.case_id for row in unasked.rows]) == ("message", [second.pk])
    assert near(people["compliance"], caps={}, kind="").rows == ()


def test_a_day_is_the_borrowers_own(people, published):
    here, ahead, behind, *_ = Case.objects.order_by("pk")
    zones = {here: "", ahead: "Pacific/Kiritimati", behind: "Etc/GMT+12"}
    with writing("a test"):
        for case, zone in zones.items():
            Borrower.objects.filter(pk=case.borrower_id).update(zone=zone)
    at = datetime(2026, 11, 20, 11, 0, tzinfo=UTC)
    for case in zones:
        used(case, 3)
    found = {row.case_id for row in near(people["compliance"], at=at).rows}
    assert found == {here.pk}  # it is the 21st on Kiritimati, and the 19th in the west
    for case, day in ((ahead, DAY + timedelta(days=1)), (behind, DAY - timedelta(days=1))):
        used(case, 2, on=day)
    found = {row.case_id: row.used for row in near(people["compliance"], at=at).rows}
    assert found == {here.pk: 3, ahead.pk: 2, behind.pk: 2}


def test_where_no_zone_is_known_that_which_the_institution_states_counts(people, published):
    case = Case.objects.order_by("pk").first()
    run = StatedFact._meta.get_field("run").related_model.objects.get()
    with writing("a test"):
        Borrower.objects.filter(pk=case.borrower_id).update(zone="")
        StatedFact.objects.create(run=run, fact="zone", value="Etc/GMT+12", from_date=DAY)
    used(case, 3, on=DAY - timedelta(days=1))
    found = near(people["compliance"], at=datetime(2026, 11, 20, 11, 0, tzinfo=UTC))
    assert [row.case_id for row in found.rows] == [case.pk]


def test_the_page_of_caps_says_what_the_rules_say_and_pages(watcher, published, monkeypatch):
    cases = list(Case.objects.order_by("pk")[:5])
    assert "今天没有客户接近这个上限" in text_of(watcher.get("/watch/caps/"))
    for case in cases:
        used(case, 3, kind="talk")
    monkeypatch.setattr("arrears.web.ledger.queries.caps.PAGE", 2)
    answers = [watcher.get(f"/watch/caps/?kind=talk&page={n}") for n in (1, 2, 3)]
    lines = answers[0].context["lines"]
    assert {one["cap"].kind: one["cap"].most for one in lines} == {
        "contact": 10, "message": 3, "talk": 3, "put_through": 3, "ring": 6, "visit": 1,
    }  # fmt: skip
    page = text_of(answers[0])
    assert all(str(terms.SLOT[one["cap"].kind]) in page for one in lines)
    assert "有效通话：每天最多 3 次" in page
    assert 'href="/watch/rules/cn/cn_effective_cap/"' in page
    assert "?kind=talk&amp;page=2" in page
    rows = [row.case_id for answer in answers for row in answer.context["rows"]]
    assert sorted(rows) == [case.pk for case in cases]
    assert watcher.get("/watch/").context["waiting"][3]["number"] == "5"


def test_a_number_that_rang_in_vain_is_shown_masked_and_may_be_let_pass(watcher, case):
    with writing("a test"):
        telephone(case)
    used(case, 6, kind="ring", point="own")
    page = text_of(watcher.get("/watch/caps/?kind=ring"))
    assert "*******8000" in page
    assert "13800138000" not in page
    assert "须放行" in page
    assert "每个号码分别计算" in page


def test_an_institutions_stricter_cap_is_the_one_that_counts(watcher, published, bank, own_rules):
    line = next(
        one for one in watcher.get("/watch/caps/").context["lines"] if one["cap"].kind == "message"
    )
    assert (line["cap"].most, line["cap"].pack) == (2, "own")


def test_holds_in_force_are_listed_by_kind_the_oldest_first(watcher, people, published):
    first, second, third, *_ = Case.objects.order_by("pk")
    by = people["compliance"]
    for days, case, kind in (
        (1, first, "dispute"),
        (9, second, "complaint"),
        (4, third, "dispute"),
    ):
        at = NOON - timedelta(days=days)
        place_hold(case_id=case.pk, kind=kind, evidence=f"来电 {days}", by=by, at=at)
    over = place_hold(case_id=first.pk, kind="plan", evidence="已签", by=by, at=NOON)
    end_hold(hold_id=over.pk, case_id=first.pk, reason="已核实", by=by, at=NOON)
    answer = watcher.get("/watch/holds/")
    rows = [(told["row"].case_id, told["days"]) for told in answer.context["rows"]]
    assert rows == [(second.pk, 9), (third.pk, 4), (first.pk, 1)]
    assert [(f["label"], f["count"]) for f in answer.context["filters"]] == [
        ("全部", 3), ("投诉", 1), ("异议", 2),
    ]  # fmt: skip
    page = text_of(watcher.get("/watch/holds/?kind=dispute"))
    assert "来电 4" in page
    assert "来电 9" not in page
    assert "没有这一种暂停" in text_of(watcher.get("/watch/holds/?kind=legal"))
    assert watcher.get("/watch/holds/?kind=nobody&page=9").context["total"] == 3
    assert Hold.objects.filter(ended_at__isnull=True).count() == 3


def test_a_hold_tells_what_it_stops_and_only_while_it_is_in_force(watcher, people, case):
    with writing("a test"):
        telephone(case)
    said = {"case_id": case.pk, "evidence": "来信", "by": people["compliance"], "at": NOON}
    place_hold(kind="opt_out", scope=Scope(channels=("sms",), point_id="own"), **said)
    week = DAY + timedelta(days=7)
    ahead = Scope(from_date=DAY + timedelta(days=3), until_date=week)
    place_hold(kind="sensitive_date", scope=ahead, **said)
    now = Scope(from_date=DAY, until_date=week)
    place_hold(kind="bereavement", scope=now, **said)
    page = text_of(watcher.get("/watch/holds/"))
    assert "不得联系（短信），只限 *******8000" in page
    assert "至 2026年11月27日" in page
    assert "敏感日期" not in page
    assert watcher.get("/watch/holds/").context["total"] == 2
    assert watcher.get("/watch/").context["waiting"][2]["number"] == "2"


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


def test_overridden_blocks_are_listed_with_rule_reason_who_and_masked_number(watcher, people, case):
    assert "没有人放行过限制" in text_of(watcher.get("/watch/overrides/"))
    collector = people["phone_collector"]
    with writing("a test"):
        telephone(case)
        Borrower.objects.filter(pk=case.borrower_id).update(zone="Asia/Shanghai")
        Person.objects.filter(pk=collector.pk).update(exam_date=DAY)
        CaseDay.objects.update(flags="")
    take_case(case_id=case.pk, by=collector, at=NOON)
    used(case, 6, kind="ring", point="own")
    told = {"case_id": case.pk, "point_id": "own", "rule_id": "cn_unanswered_cap", "at": NOON}
    override_block(reason="客户要求回电", by=people["supervisor"], **told)
    answer = watcher.get("/watch/overrides/")
    page = text_of(answer)
    for said in (
        "客户要求回电",
        "supervisor",
        "*******8000",
        "同一号码当日未接通的拨打不宜超过 6 次",
    ):
        assert said in page
    assert "13800138000" not in page
    assert 'href="/watch/rules/cn/cn_unanswered_cap/"' in page
    assert f'href="/case/{case.pk}/"' in page
    assert watcher.get("/watch/").context["waiting"][4]["number"] == "1"
    away(case)
    assert text_of(watcher.get("/watch/overrides/")).count("客户要求回电") == 0
    assert watcher.get("/watch/").context["waiting"][4]["number"] == "0"


def test_overrides_follow_each_other_on_pages(watcher, people, published, monkeypatch):
    cases = list(Case.objects.order_by("pk")[:3])
    with writing("a test"):
        telephone(cases[0])
        for n, case in enumerate(cases):
            Override.objects.create(
                borrower_id=case.borrower_id, point_id="own", rule_id="cn_unanswered_cap",
                local_date=DAY - timedelta(days=n), reason="x", by=people["supervisor"], at=NOON,
            )  # fmt: skip
    monkeypatch.setattr("arrears.web.ledger.queries.overrides.PAGE", 2)
    first = watcher.get("/watch/overrides/").context
    second = watcher.get("/watch/overrides/", {"before": first["older"]}).context
    seen = [told["row"].case_id for told in (*first["rows"], *second["rows"])]
    assert (seen, second["older"]) == ([case.pk for case in reversed(cases)], None)


def test_the_first_page_tells_the_figures_of_thirty_days(watcher, some, case):
    asked(case, at=NOON - timedelta(days=29), channel="pigeon")
    asked(case, at=NOON - timedelta(days=30), channel="pigeon")
    front = watcher.get("/watch/")
    assert [figure["number"] for figure in front.context["asked"]] == ["5", "1", "1", "3"]
    assert front.context["rules"][0]["rule_id"] == "cn_channel"
    assert front.context["rules"][0]["count"] == 2
    leads = front.context["asked"][3]["url"]
    assert len(watcher.get(leads).context["rows"]) == 3
