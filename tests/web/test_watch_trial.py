"""The trial: facts are asked for as far as rules turn on them, the gate answers, and nothing is kept."""

from dataclasses import replace
from datetime import UTC, datetime
from random import Random

import pytest

from arrears.rules.book import SHIPPED, shipped
from arrears.rules.facts import NAMES, NEVER, ContactFacts
from arrears.rules.gate import may_contact
from arrears.web.ledger.models import Event, GateVerdict, Slot, VerdictReason
from arrears.web.watch import facts, rulebook, topics
from arrears.web.watch.asked import still_asked
from tests.lib.contact_facts import any_facts
from tests.web.test_desk import signed_in, text_of
from tests.web.test_watch import NOON, asked, changed, the_bank  # noqa: F401
from tests.web.test_watch import facts as lawful

pytestmark = pytest.mark.django_db
(CN,) = SHIPPED
WITH_UNKNOWN = ("boxes", "words")  # shapes of fields that have a box for what is not known


@pytest.fixture
def watcher(people, published):
    """An auditor, signed in."""
    return signed_in(people["auditor"])


def fields_of(answer):
    """Every field of the form, in order, by its name."""
    shown = answer.context
    inside = [field for _title, fields in shown["groups"] for field in fields]
    return {field.name: field for field in (*shown["first"], *inside)}


def form_of(answer, **changes):
    """What a browser would send of the form that was answered, with changes."""
    sent = {"ask": ["1"]}
    for name, field in fields_of(answer).items():
        chosen = [code for code, _label, on in field.choices if on]
        sent[name] = chosen if field.choices else [field.value]
        sent |= {f"{name}-unknown": ["1"]} if field.unknown and field.shape in WITH_UNKNOWN else {}
        sent |= {f"{name}-never": ["1"]} if field.never else {}
    for name, value in answer.context["kept"]:
        sent.setdefault(name, []).append(value)
    return sent | changes


def test_every_fact_of_the_gate_has_a_name_a_field_and_a_heading():
    form = facts.form({}, {}, names=NAMES, offered={})
    assert tuple(form) == NAMES
    assert {facts.kind_of(name).of for name in form} <= set(facts.SHAPES)
    assert all(field.label != name for name, field in form.items())
    told = topics.by_topic(NAMES)
    assert sorted(name for _title, names in told for name in names) == sorted(NAMES)
    assert len(told) == len(topics.TITLES) == 9


def test_it_asks_first_what_would_be_done_then_only_what_rules_turn_on(watcher):
    answer = watcher.get("/watch/trial/")
    assert [field.name for field in answer.context["first"]] == [
        "act", "purpose", "channel", "role",
    ]  # fmt: skip
    shown = set(fields_of(answer))
    assert {"zone", "at", "messages_today", "holds", "text_classes"} <= shown
    assert shown.isdisjoint({"collectors", "unanswered_today", "term_months", "record_kind"})
    assert len(shown) < 40
    visit = fields_of(watcher.get("/watch/trial/", form_of(answer, channel=["visit"])))
    assert {"collectors", "visits_today", "entry_agreed"} <= set(visit)
    assert "messages_today" not in visit


def test_an_act_that_is_no_contact_asks_for_its_own_facts(watcher):
    answer = watcher.get("/watch/trial/")
    sue = watcher.get("/watch/trial/", form_of(answer, act=["sue"]))
    assert [field.name for field in sue.context["first"]] == ["act"]
    assert set(fields_of(sue)) == {"act", "at", "all_in_bps", "time_barred", "holds", "overrides"}
    assert sue.context["answer"]["outcome"]["word"] == "可以办理"
    soft = watcher.get("/watch/trial/", form_of(sue, time_barred=["yes"]))
    assert soft.context["answer"]["outcome"]["code"] == "soft_block"
    assert soft.context["answer"]["lifted_by"] == "合规"
    passed = watcher.get(
        "/watch/trial/", form_of(soft, overrides=["cn_time_barred"], time_barred=["yes"])
    )
    assert passed.context["answer"]["outcome"]["code"] == "allow"


def test_what_is_not_shown_stays_as_it_was(watcher):
    told = lawful(channel="sms", collectors=3, visits_today=1, last_failed_date=NEVER)
    first = watcher.get("/watch/trial/", sent_of(told))
    assert "collectors" not in fields_of(first)
    assert ("collectors", "3") in first.context["kept"]
    assert ("last_failed_date-never", "1") in first.context["kept"]
    assert 'type="hidden" name="collectors" value="3"' in text_of(first)
    back = watcher.get("/watch/trial/", form_of(first, channel=["visit"]))
    assert fields_of(back)["collectors"].value == "3"
    assert facts.read(form_of(back, channel=["sms"]))[0] == told


def test_a_rule_that_does_not_apply_still_asks_what_would_make_it(watcher):
    shown = fields_of(watcher.get("/watch/trial/"))
    assert "actor" in shown  # by an agency there are more rules
    assert "agency_published" not in shown
    answer = watcher.get("/watch/trial/", sent_of(lawful(actor="agency")))
    assert {"agency_published", "agency_inspected_date"} <= set(fields_of(answer))


@pytest.mark.parametrize("names", [(CN,), ("us_reg_f",), (CN, "us_reg_f")])
def test_a_fact_that_is_not_asked_for_changes_no_answer(names):
    """Whatever is hidden could be anything: the gate says the same."""
    random, book = Random(7), shipped(names)
    changed_facts = 0
    for _ in range(400):
        told, other = any_facts(random, lawful()), any_facts(random)
        if told.at is None:
            continue
        first = ("act", "purpose", "channel", "role")
        shown = {*still_asked(told, book=book, today=NOON.date()), *first}
        hidden = {name: getattr(other, name) for name in NAMES if name not in shown}
        turned = replace(told, **hidden)
        changed_facts += sum(getattr(told, name) != value for name, value in hidden.items())
        assert may_contact(turned, book=book) == may_contact(told, book=book), told
    assert changed_facts > 5000


def test_duties_and_whom_to_go_to_instead_are_shown(watcher):
    call = watcher.get(
        "/watch/trial/", sent_of(lawful(channel="call", recorded=None, identified=None))
    )
    assert call.context["answer"]["outcome"]["code"] == "allow_with_duties"
    page = text_of(call)
    assert "全程录音并保存" in page
    assert "《" in call.context["answer"]["duties"][0]["source"]
    held = lawful(holds=frozenset({"represented"}), purpose="legal_notice")
    assert "应联系：代理人" in text_of(watcher.get("/watch/trial/", sent_of(held)))


def test_who_may_override_a_soft_block_is_said(watcher):
    told = lawful(channel="call", purpose="collect", case_state="taken", unanswered_today=6)
    answer = watcher.get("/watch/trial/", sent_of(told))
    assert answer.context["answer"]["lifted_by"] == "主管、合规"
    offered = fields_of(answer)["overrides"].choices
    assert [code for code, *_ in offered] == ["cn_unanswered_cap"]
    sent = form_of(answer, overrides=["cn_unanswered_cap"])
    assert watcher.get("/watch/trial/", sent).context["answer"]["lifted_by"] == ""


def test_it_begins_with_a_contact_that_is_allowed_today(watcher):
    answer = watcher.get("/watch/trial/")
    assert answer.context["answer"]["outcome"]["code"] == "allow"
    assert fields_of(answer)["at"].value == "2026-11-20T10:00:00"


def test_long_after_the_worked_cases_it_still_begins_with_today(people, published, monkeypatch):
    later = datetime(2031, 5, 4, 4, tzinfo=UTC)
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)
    answer = signed_in(people["auditor"]).get("/watch/trial/")
    assert answer.context["answer"]["outcome"]["code"] == "allow"
    assert fields_of(answer)["at"].value == "2031-05-04T10:00:00"


def test_what_is_typed_is_what_the_gate_is_asked():
    told = lawful(
        holds=frozenset({"complaint", "unheard_of"}),
        at=datetime(2026, 3, 8, 6, 59, 30, tzinfo=UTC),
        zone="America/New_York",
        overdue_minor=123_456_789,
        point_valid=False,
        stated=frozenset({"zone"}),
    )
    assert facts.read(facts.typed_of(told)) == (told, {})
    random = Random(3)
    for _ in range(200):
        drawn = any_facts(random)
        below = {n: 0 for n in NAMES if facts.kind_of(n).of is int and (getattr(drawn, n) or 0) < 0}
        some = replace(drawn, **below)  # no number is below nothing
        assert facts.read(facts.typed_of(some)) == (some, {})
    nothing = ContactFacts()
    assert facts.read(facts.typed_of(nothing)) == (nothing, {})


def sent_of(told, **changes):
    """The form as it is sent with these facts."""
    return {"ask": "1", **facts.typed_of(told), **changes}


def test_the_answer_has_its_reasons_and_its_earliest_moment(watcher):
    late = lawful(at=datetime(2026, 11, 20, 15, 0, tzinfo=UTC))
    answer = watcher.get("/watch/trial/", sent_of(late))
    page = text_of(answer)
    assert answer.context["answer"]["outcome"]["code"] == "defer"
    assert "最早可于 2026-11-21 08:00" in page
    assert "现在是借款人当地 23:00" in page
    assert 'href="/watch/rules/cn/cn_window/"' in page


def test_nothing_typed_is_nothing_known_and_refused(watcher):
    answer = watcher.get("/watch/trial/", {"ask": "1", "holds-unknown": "1"})
    assert answer.context["answer"]["outcome"]["code"] == "refuse"
    assert text_of(answer).count("不明，不得继续") >= 1


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("at", "tomorrow"),
        ("at", "0001-01-01T00:00"),
        ("at", "2026-11-20T10:00+08:00"),
        ("attempts_today", "-1"),
        ("attempts_today", "1.5"),
        ("attempts_today", "9" * 40),
        ("overdue_minor", "x"),
        ("overdue_minor", "-5"),
        ("record_date", "yesterday"),  # asked for by no rule of a message, and shown all the same
        ("point_valid", "perhaps"),
        ("zone", "x" * 300),
    ],
)
def test_what_can_be_no_such_fact_is_told_and_stays(watcher, name, text):
    answer = watcher.get("/watch/trial/", sent_of(lawful(), **{name: text}))
    assert answer.status_code == 422
    assert answer.context["answer"] is None
    wrong = [field for field in fields_of(answer).values() if field.wrong]
    assert [field.name for field in wrong] == [name]
    assert facts.named(name) in answer.context["wrong"]["hint"]
    assert text in wrong[0].value or any(code == text for code, *_ in wrong[0].choices)


def test_a_zone_that_is_none_is_for_the_gate_to_refuse(watcher):
    answer = watcher.get("/watch/trial/", sent_of(lawful(), zone="Mars/Base"))
    assert answer.context["answer"]["outcome"]["code"] == "refuse"


def test_it_keeps_nothing(watcher, case):
    def kept():
        return [m.objects.count() for m in (GateVerdict, VerdictReason, Slot, Event)]

    before = kept()
    watcher.get("/watch/trial/", sent_of(lawful(channel="pigeon")))
    assert kept() == before


def test_it_can_begin_with_the_facts_of_a_verdict_and_says_the_same(watcher, case):
    verdict = asked(case, holds=frozenset({"complaint"}), attempts_today=2)
    page = text_of(watcher.get(f"/watch/verdicts/{verdict.pk}/"))
    assert f'href="/watch/trial/?verdict={verdict.pk}"' in page
    answer = watcher.get("/watch/trial/", {"verdict": verdict.pk})
    assert answer.context["answer"]["outcome"]["code"] == "refuse"
    fields = fields_of(answer).values()
    chosen = {f.name: [c for c, _label, on in f.choices if on] for f in fields}
    assert (chosen["holds"], chosen["role"]) == (["complaint"], ["debtor"])
    assert watcher.get("/watch/trial/?verdict=x").status_code == 404


def test_a_verdict_that_cannot_be_read_begins_nothing(watcher, case):
    verdict = asked(case)
    changed(verdict, lambda record: record["facts"].update(moon="full"))
    answer = watcher.get("/watch/trial/", {"verdict": verdict.pk})
    assert (answer.status_code, "记录无法读取" in text_of(answer)) == (422, True)


def test_a_bank_without_worked_cases_begins_with_nothing_known(watcher, monkeypatch):
    monkeypatch.setattr(rulebook, "packs", lambda: ())
    answer = watcher.get("/watch/trial/")
    assert answer.context["answer"]["outcome"]["code"] == "refuse"
    assert watcher.get(f"/watch/rules/{CN}/cn_window/").context["cases"] == []


def test_it_asks_the_rules_in_use(watcher, bank):
    file = bank.home.path / "rules.toml"
    file.write_text('[book]\npacks = ["us_reg_f"]\n', encoding="utf-8")
    try:
        answer = watcher.get("/watch/trial/")
        assert answer.context["answer"]["rules_version"].startswith("us_reg_f")
        assert "told_debt_collector" in fields_of(answer)
        assert "template_approved" not in fields_of(answer)
    finally:
        file.unlink()
