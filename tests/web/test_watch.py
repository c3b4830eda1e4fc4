"""The pages of compliance: what was refused and why, caps, holds, overrides; for those who watch alone."""

import importlib
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.apps import apps

from arrears.core.day import Span
from arrears.rules.facts import ContactFacts
from arrears.rules.gate import may_contact
from arrears.web.ledger.actions.act import log
from arrears.web.ledger.actions.records import end_hold, place_hold
from arrears.web.ledger.actions.verdicts import keep_verdict
from arrears.web.ledger.models import (
    Borrower,
    Case,
    GateVerdict,
    Hold,
    Person,
    Slot,
    StatedFact,
    VerdictReason,
)
from arrears.web.ledger.models.guard import writing
from arrears.web.ledger.queries.caps import near_cap
from arrears.web.ledger.queries.verdicts import Asked, counted, verdicts
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


def facts(**changed):
    told = {
        "purpose": "remind",
        "channel": "sms",
        "at": NOON,
        "zone": "Asia/Shanghai",
        "role": "debtor",
        "point_source": "contract",
        "point_valid": True,
        "holds": frozenset(),
        "attempts_today": 0,
        "overdue_minor": 70_000,
        "case_state": "open",
        "stated": frozenset(),
    }
    return ContactFacts(**told | changed)


def asked(case, at=NOON, **changed):
    """The gate was asked of a contact about the case, and what it said is kept."""
    told = facts(at=at, **changed)
    with writing("a test"):
        return keep_verdict(case=case, facts=told, verdict=may_contact(told), at=at)


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
        "refuse": asked(case, channel="visit", holds=frozenset({"complaint"})),
        "defer": asked(case, channel="email", attempts_today=3),
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
    used(case, 3)
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
    asked(case, at=NOON - timedelta(days=2), channel="visit")
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
    for said in ("现有暂停或限制：投诉", "没有规则准许用“上门”联系", "今天已联系 3 次", "共 4 次"):
        assert said in page
    assert 'href="/watch/rules/cn_first/cn_hold/"' in page
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
    assert listed(channel="visit", outcome="allow") == set()
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
    made = [asked(case, at=NOON - timedelta(days=n // 2), channel="visit").pk for n in range(7)]
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
    told = {fact["name"]: fact["value"] for fact in answer.context["table"]}
    assert told["联系方式"] == "电子邮件"
    assert told["联系时间"] == "2026年11月20日 12:00"
    assert told["逾期金额"] == "¥700.00"
    assert told["联系方式是否有效"] == "是"
    assert told["暂停与限制"] == "无"
    assert "最早可于 2026-11-21 08:00" in page
    missing = watcher.get(f"/watch/verdicts/{some['missing'].pk}/").context["table"]
    assert [fact["known"] for fact in missing].count(False) == 2


def changed(verdict, change):
    """Someone has changed the stored record behind the ledger's back."""
    record = verdict.record
    change(record)
    with writing("a test"):
        GateVerdict.objects.filter(pk=verdict.pk).update(record=record)


@pytest.mark.parametrize(
    ("change", "state"),
    [
        (lambda r: r["verdict"].update(rules_version="cn_first 0 abc"), "other_rules"),
        (lambda r: r["facts"].update(holds=[]), "differs"),
        (lambda r: r["verdict"].update(outcome="perhaps"), "unreadable"),
        (lambda r: r["facts"].update(moon="full"), "unreadable"),
        (lambda r: r.clear(), "unreadable"),
    ],
    ids=["other rules", "other facts", "no outcome", "a strange fact", "nothing"],
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
    assert (kept.asked_date, kept.channel) == (DAY, "visit")


# ---- caps, holds, overrides ------------------------------------------------------------------------


def used(case, times, on=DAY, kind="contact"):
    """So many contacts of the borrower's day are used."""
    with writing("a test"):
        for n in range(times):
            Slot.objects.create(borrower_id=case.borrower_id, local_date=on, kind=kind, n=n + 1)


def near(person, **changed):
    told = {"kind": "contact", "most": 3, "at": NOON, "zone": SHANGHAI}
    return near_cap(person, **told | changed)


def test_who_has_one_contact_left_today_or_none_is_listed_the_most_first(people, published):
    first, second, third, fourth, *_ = Case.objects.order_by("pk")
    for case, times in ((first, 1), (second, 2), (third, 4)):
        used(case, times)
    used(fourth, 3, kind="other")
    used(fourth, 3, on=DAY - timedelta(days=1))
    found = near(people["compliance"])
    assert (found.one_left, found.none_left, found.total) == (1, 1, 2)
    assert [(row.case_id, row.used) for row in found.rows] == [(third.pk, 4), (second.pk, 2)]


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


def test_the_page_of_caps_says_what_the_rule_says_and_pages(watcher, published, monkeypatch):
    cases = list(Case.objects.order_by("pk")[:5])
    assert "今天没有客户接近这个上限" in text_of(watcher.get("/watch/caps/"))
    for case in cases:
        used(case, 3)
    monkeypatch.setattr("arrears.web.ledger.queries.caps.PAGE", 2)
    shown = [watcher.get(f"/watch/caps/?page={n}").context["caps"][0] for n in (1, 2, 3)]
    assert shown[0].most == 3
    rows = [row.case_id for cap in shown for row in cap.page.rows]
    assert sorted(rows) == [case.pk for case in cases]
    assert watcher.get("/watch/").context["waiting"][3]["number"] == "5"


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


def test_overridden_blocks_are_listed_with_who_and_why(watcher, people, case):
    assert "没有人越过提示" in text_of(watcher.get("/watch/overrides/"))
    with writing("a test"):
        log("override_block", by=people["supervisor"], at=NOON, case=case, reason="客户要求回电")
        log("take_case", by=people["supervisor"], at=NOON, case=case)
    answer = watcher.get("/watch/overrides/")
    assert [told["row"].verb for told in answer.context["rows"]] == ["override_block"]
    assert "客户要求回电" in text_of(answer)
    assert watcher.get("/watch/").context["waiting"][4]["number"] == "1"


def test_the_first_page_tells_the_figures_of_thirty_days(watcher, some, case):
    asked(case, at=NOON - timedelta(days=29), channel="visit")
    asked(case, at=NOON - timedelta(days=30), channel="visit")
    front = watcher.get("/watch/")
    assert [figure["number"] for figure in front.context["asked"]] == ["5", "1", "1", "3"]
    assert front.context["rules"][0]["rule_id"] == "cn_channel"
    assert front.context["rules"][0]["count"] == 2
    leads = front.context["asked"][3]["url"]
    assert len(watcher.get(leads).context["rows"]) == 3
