"""The case page says whether the debtor may be called now, as the gate does, and keeps nothing of it."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from arrears.web.ledger.actions.cases import take_case
from arrears.web.ledger.actions.holds import place_hold
from arrears.web.ledger.actions.records import record_outcome
from arrears.web.ledger.models import (
    Borrower,
    Case,
    ContactPoint,
    Event,
    GateVerdict,
    PublishedRun,
    Slot,
    StatedFact,
)
from arrears.web.ledger.models.guard import writing
from tests.web.conftest import AT, DAY
from tests.web.test_desk import NOON, signed_in, text_of

pytestmark = pytest.mark.django_db
NIGHT = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)  # 23:30 in Shanghai, half past midnight in Tokyo
ALLOWED, LATER, NEVER = ("light light-go", "light light-wait", "light light-stop")


@pytest.fixture(autouse=True)
def the_bank(bank, settings, monkeypatch):
    """The pages read the bank's home, and it is noon."""
    settings.ARREARS_HOME = bank.home.path
    clock(monkeypatch, NOON)


@pytest.fixture
def one(texts, case):
    """The first case, its debtor reached by one telephone that the contract names."""
    with writing("a test"):
        ContactPoint.objects.filter(borrower_id=case.borrower_id).delete()
    telephone(case, "p1")
    return case


def clock(monkeypatch, moment):
    monkeypatch.setattr("django.utils.timezone.now", lambda: moment)


def telephone(case, key, **changed):
    told = {"role": "debtor", "kind": "mobile", "value": "13800138000", "source": "contract"}
    with writing("a test"):
        ContactPoint.objects.create(
            point_id=key, borrower_id=case.borrower_id, **{**told, **changed}
        )


def page(case, person, **headers):
    return text_of(signed_in(person).get(f"/case/{case.pk}/", headers=headers))


@pytest.mark.parametrize("role", ["phone_collector", "teammate", "supervisor", "auditor"])
def test_whoever_sees_the_case_sees_whether_a_call_is_lawful(one, people, role):
    told = page(one, people[role])
    assert "可以拨打" in told
    assert "不可以拨打" not in told
    assert told.count(ALLOWED) == 1
    assert "You may call now" in page(one, people[role], **{"accept-language": "en"})


def test_a_stranger_does_not(one, stranger):
    assert signed_in(stranger).get(f"/case/{one.pk}/").status_code == 404


@pytest.mark.parametrize(
    ("zone", "earliest"),
    [
        ("Asia/Shanghai", "2026年11月21日 08:00"),
        ("Asia/Tokyo", "2026年11月21日 08:00"),  # not 07:00, as it is then at the bank
        ("Asia/Kathmandu", None),  # it is 21:15 there
    ],
)
def test_at_night_it_says_from_when_on_the_customers_clock(
    one, people, monkeypatch, zone, earliest
):
    clock(monkeypatch, NIGHT)
    with writing("a test"):
        Borrower.objects.filter(pk=one.borrower_id).update(zone=zone)
    told = page(one, people["phone_collector"])
    assert (LATER in told) is bool(earliest)
    if earliest:
        assert "现在不可以拨打" in told
        assert f"最早 {earliest}（客户当地时间）" in told
        assert "GB/T 45251-2025" in told


def test_after_the_days_contacts_it_says_tomorrow_and_a_hold_says_no(one, people):
    owner = people["phone_collector"]
    take_case(case_id=one.pk, by=owner, at=AT)
    assert ALLOWED in page(one, owner)
    for _ in range(3):
        record_outcome(
            case_id=one.pk, channel="call", outcome="refused", contact_date=DAY, by=owner, at=NOON
        )
    told = page(one, owner)
    assert LATER in told
    assert "最早 2026年11月21日 08:00（客户当地时间）" in told
    place_hold(case_id=one.pk, kind="dispute", evidence="来电说明", by=owner, at=NOON)
    told = page(one, owner)
    assert NEVER in told
    assert "客户当地时间" not in told


def test_what_is_not_known_is_named_and_what_is_stated_of_all_counts(one, people):
    with writing("a test"):
        ContactPoint.objects.update(source="")
    assert NEVER in page(one, people["supervisor"])
    with writing("a test"):
        run = PublishedRun.objects.get()
        StatedFact.objects.create(run=run, fact="phone_source", value="contract", from_date=DAY)
    assert ALLOWED in page(one, people["supervisor"])


def test_only_sound_telephones_of_who_may_owe_have_a_light(one, people):
    telephone(one, "p2", role="guarantor")
    telephone(one, "p3", kind="email", value="a@b.example")
    telephone(one, "p4", wrong_since=AT)
    telephone(one, "p5", kind="landline")
    shown = page(one, people["supervisor"])
    assert (shown.count("light light-"), shown.count(NEVER)) == (
        3,
        1,
    )  # nothing proves the guarantee
    with writing("a test"):
        Case.objects.filter(pk=one.pk).update(state="cured", ended_date=DAY)
    assert "light light-" not in page(one, people["supervisor"])


def test_the_light_stays_when_the_number_is_shown(one, people):
    shown = signed_in(people["phone_collector"]).post(
        f"/case/{one.pk}/reveal/",
        {"once": "t1", "what": "point", "point": "p1", "reason": "拨打"},
    )
    assert "13800138000" in text_of(shown)
    assert ALLOWED in text_of(shown)


def test_to_look_keeps_nothing_and_asks_no_more_for_many_telephones(one, people):
    def kept():
        return [model.objects.count() for model in (GateVerdict, Slot, Event)]

    lead = signed_in(people["supervisor"])
    lead.get(f"/case/{one.pk}/")  # the first look of the day is logged
    before = kept()
    asked = []
    for n in range(2, 4):
        with CaptureQueriesContext(connection) as seen:
            lead.get(f"/case/{one.pk}/")
        asked.append(len(seen))
        telephone(one, f"p{n}")
        telephone(one, f"q{n}")
    assert asked[0] == asked[1]
    assert kept() == before
