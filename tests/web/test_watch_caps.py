"""Who is near a cap, what is on hold, and what was let pass: as they are kept, and for those who watch."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from arrears.web.ledger.actions.calls import override_block
from arrears.web.ledger.actions.cases import take_case
from arrears.web.ledger.actions.holds import Scope, end_hold, place_hold
from arrears.web.ledger.counts import counts_asked, counts_told
from arrears.web.ledger.facts import local_date_of, zone_named
from arrears.web.ledger.models import (
    Borrower,
    Case,
    CaseDay,
    Hold,
    Override,
    Person,
    Slot,
    StatedFact,
)
from arrears.web.ledger.models.guard import writing
from arrears.web.ledger.numbers import number_mark
from arrears.web.ledger.queries.caps import near_caps
from arrears.web.ledger.sql import answers
from arrears.web.watch import terms
from tests.web.conftest import DAY
from tests.web.test_desk import signed_in, text_of
from tests.web.test_watch import NOON, away, own_rules, telephone, the_bank, used  # noqa: F401

pytestmark = pytest.mark.django_db
SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def watcher(people, published):
    """Someone of compliance, signed in."""
    return signed_in(people["compliance"])


def near(person, **changed):
    told = {"caps": {"contact": 3}, "kind": "contact", "at": NOON, "zone": SHANGHAI, "page": 1}
    return near_caps(person, **told | changed)


def counted(borrower_id, on, numbers=(), *, zone):
    """What the gate counts of a day."""
    (rows,) = answers(counts_asked(borrower_id, on, numbers))
    return counts_told(rows, on=on, zone=zone)


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
    for number, times in (("A", 6), ("B", 5), ("C", 4)):
        used(third, times, kind="ring", number=number)
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
    # It is the 21st on Kiritimati, and the 19th in the west: a later day counts there, as for the gate.
    assert found == {here.pk, behind.pk}
    for case, day in ((ahead, DAY + timedelta(days=1)), (behind, DAY - timedelta(days=1))):
        used(case, 2, on=day)
    found = {row.case_id: row.used for row in near(people["compliance"], at=at).rows}
    assert found == {here.pk: 3, ahead.pk: 2, behind.pk: 5}
    for row in near(people["compliance"], at=at).rows:
        borrower = Borrower.objects.get(pk=row.borrower_id)
        on = local_date_of(borrower, at) or DAY
        assert row.local_date == on
        zone = zone_named(borrower.zone) or UTC
        assert counted(row.borrower_id, on, zone=zone).facts["attempts_today"] == row.used


def test_a_number_that_several_share_is_counted_over_all_of_them_as_the_gate_does(
    people, published
):
    first, second, third, *_ = Case.objects.order_by("pk")
    mark = number_mark("13800138000")
    with writing("a test"):
        for n, case in enumerate((first, second, first, second, third, third), start=1):
            told = {"local_date": DAY, "kind": "ring", "number": mark, "n": n}
            Slot.objects.create(borrower_id=case.borrower_id, **told)
    found = near(people["compliance"], caps={"ring": 6}, kind="ring")
    (row,) = found.rows
    assert (found.counts["ring"].none_left, row.used) == (1, 6)
    assert counted(row.borrower_id, DAY, (mark,), zone=UTC).rings[mark] == row.used
    assert near(people["compliance"], caps={"ring": 8}, kind="ring").rows == ()


def test_of_a_shared_number_those_see_the_whole_count_who_see_one_that_it_was_called_for(
    people, published
):
    near_by, far = Case.objects.order_by("pk")[:2]
    away(far)
    people["supervisor"].refresh_from_db()
    with writing("a test"):
        Case.objects.filter(pk=near_by.pk).update(branch=people["supervisor"].branch)
        for n, case in enumerate((near_by, far, far, far, far), start=1):
            told = {"local_date": DAY, "kind": "ring", "number": "A", "n": n}
            Slot.objects.create(borrower_id=case.borrower_id, **told)
    (row,) = near(people["supervisor"], caps={"ring": 6}, kind="ring").rows
    assert (row.borrower_id, row.used) == (near_by.borrower_id, 5)
    with writing("a test"):
        Slot.objects.filter(borrower_id=near_by.borrower_id).update(borrower_id=far.borrower_id)
    assert near(people["supervisor"], caps={"ring": 6}, kind="ring").rows == ()


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
    used(case, 6, kind="ring", number=number_mark("13800138000"))
    page = text_of(watcher.get("/watch/caps/?kind=ring"))
    assert "*******8000" in page
    assert "13800138000" not in page
    assert "须放行" in page
    assert "每个号码分别计算" in page


def test_an_institutions_stricter_cap_is_the_one_that_counts(watcher, published, own_rules):  # noqa: F811
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


def test_holds_that_begin_later_are_listed_with_their_first_day_the_next_first(
    watcher, people, published
):
    first, second, third, *_ = Case.objects.order_by("pk")
    by = people["compliance"]
    for case, begins, lasts in ((first, 9, 12), (second, 1, 2), (third, 0, 3)):
        scope = Scope(
            from_date=DAY + timedelta(days=begins), until_date=DAY + timedelta(days=lasts)
        )
        told = {"kind": "bereavement", "evidence": f"来电 {begins}", "scope": scope}
        place_hold(case_id=case.pk, by=by, at=NOON, **told)
    now = watcher.get("/watch/holds/")
    assert [one["row"].case_id for one in now.context["rows"]] == [third.pk]
    assert [(f["label"], f["count"]) for f in now.context["filters"]] == [
        ("全部", 1), ("丧事", 1), ("尚未开始", 2),
    ]  # fmt: skip
    later = watcher.get("/watch/holds/?kind=ahead")
    told = [(one["row"].case_id, one["days"]) for one in later.context["rows"]]
    assert told == [(second.pk, 1), (first.pk, 9)]
    page = text_of(later)
    assert "2026年11月21日 (周六)，至 2026年11月22日 (周日) 前" in page
    assert "共 2 项，最先开始的在前" in page
    assert "来电 0" not in page
    away(first, second)
    assert watcher.get("/watch/holds/?kind=ahead").context["total"] == 0


def test_overridden_blocks_are_listed_with_rule_reason_who_and_masked_number(watcher, people, case):
    assert "没有人放行过限制" in text_of(watcher.get("/watch/overrides/"))
    collector = people["phone_collector"]
    with writing("a test"):
        telephone(case)
        Borrower.objects.filter(pk=case.borrower_id).update(zone="Asia/Shanghai")
        Person.objects.filter(pk=collector.pk).update(exam_date=DAY)
        CaseDay.objects.update(flags="")
    take_case(case_id=case.pk, by=collector, at=NOON)
    used(case, 6, kind="ring", number=number_mark("13800138000"))
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
