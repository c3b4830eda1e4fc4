"""The earliest lawful moment is lawful, and no moment before it is, whatever the clocks do."""

import time as time_of_machine
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from arrears.core.day import Span
from arrears.rules.book import Book
from arrears.rules.condition import Below
from arrears.rules.facts import facts_at
from arrears.rules.gate import may_contact
from arrears.rules.pack import load_pack, pack_from
from arrears.rules.turns import turning_points
from tests.unit.rules.cases import lawful

SHIPPED = load_pack("cn")
WINDOW, CAP = (
    next(rule for rule in SHIPPED.rules if rule.rule_id == name)
    for name in ("cn_window", "cn_frequency")
)
ZONES = (
    "Asia/Shanghai",
    "America/New_York",
    "Australia/Lord_Howe",  # half an hour
    "Antarctica/Troll",  # two hours
    "Africa/Casablanca",  # put back for a month of fasting
    "America/St_Johns",  # until 2011 a minute after midnight: back into the day before
    "Pacific/Apia",  # has no 30 December 2011
    "Pacific/Kwajalein",  # has no 21 August 1993
    "America/Sao_Paulo",  # until 2019 at midnight
    "Asia/Beirut",  # at midnight
    "Asia/Kathmandu",
)
MINUTE = timedelta(minutes=1)
FROM, UNTIL = datetime.fromisoformat("1987-01-01"), datetime.fromisoformat("2035-01-01")
WINDOWS = [
    (time(8), time(22)),
    (time(0), time(1)),
    (time(2), time(2, 30)),
    (time(21), time(23, 59)),
]
QUOTED = 'unit = "-"\nsource = "-"\nforce = "POLICY"\nverified = "own"\nfrom_date = 1980-01-01\n'


def clock_rules(opens, closes):
    """The window and the daily cap alone, of old, with these hours."""
    text = (
        '[pack]\nversion = "t"\nzone = "Asia/Shanghai"\n'
        f"[[rule.cn_window]]\n{QUOTED}opens = {opens}\ncloses = {closes}\nagreed = []\n"
        f"[[rule.cn_frequency]]\n{QUOTED}most = 3\n"
    )
    return Book((pack_from("clock", (WINDOW, CAP), text),))


PACKS = {hours: clock_rules(*hours) for hours in WINDOWS}


def plainly_lawful(moment, facts, hours):
    """What the two rules come to, written anew without any of the gate's code."""
    zone = ZoneInfo(facts.zone)
    now, then = facts.at.astimezone(zone), moment.astimezone(zone)
    same_day, later = then.date() == now.date(), then.date() > now.date()
    return (later or (same_day and facts.attempts_today < 3)) and hours[0] <= then.time() < hours[1]


def minutes(after, until):
    moment = after.replace(second=0, microsecond=0) + MINUTE
    while moment < until:
        yield moment
        moment += MINUTE


@given(
    st.datetimes(FROM, UNTIL, timezones=st.just(UTC)),
    st.sampled_from(ZONES),
    st.sampled_from(WINDOWS),
    st.integers(0, 4),
)
@example(datetime(2011, 12, 30, 9, 30, tzinfo=UTC), "Pacific/Apia", WINDOWS[0], 3)
@example(datetime(2010, 11, 7, 2, 30, 30, tzinfo=UTC), "America/St_Johns", WINDOWS[3], 3)
@example(datetime(2010, 11, 7, 2, 30, 30, tzinfo=UTC), "America/St_Johns", WINDOWS[1], 3)
@example(datetime(2018, 11, 4, 2, 59, tzinfo=UTC), "America/Sao_Paulo", WINDOWS[1], 0)
@example(datetime(2018, 2, 18, 1, 59, tzinfo=UTC), "America/Sao_Paulo", WINDOWS[3], 0)
@example(datetime(2026, 3, 8, 6, 59, 59, tzinfo=UTC), "America/New_York", WINDOWS[2], 0)
@example(datetime(2026, 10, 3, 15, 0, tzinfo=UTC), "Australia/Lord_Howe", WINDOWS[2], 0)
@example(datetime(2026, 4, 4, 15, 0, tzinfo=UTC), "Australia/Lord_Howe", WINDOWS[2], 0)
def test_the_earliest_moment_is_lawful_and_no_minute_before_it_is(at, zone, hours, attempts):
    facts = lawful(at=at, zone=zone, attempts_today=attempts)
    verdict = may_contact(facts, book=PACKS[hours])
    assert verdict.allowed == plainly_lawful(at, facts, hours)
    if verdict.allowed:
        return
    assert verdict.outcome == "defer"
    assert plainly_lawful(verdict.earliest_at, facts, hours)
    assert may_contact(facts_at(facts, verdict.earliest_at), book=PACKS[hours]).allowed
    assert not any(plainly_lawful(m, facts, hours) for m in minutes(at, verdict.earliest_at))


def test_a_moment_given_in_another_zone_is_the_same_moment():
    at = datetime(2026, 10, 31, 22, 30, tzinfo=ZoneInfo("America/New_York"))
    facts = lawful(at=at, zone="America/New_York")
    assert may_contact(facts) == may_contact(lawful(at=at.astimezone(UTC), zone=facts.zone))
    assert may_contact(facts).earliest_at == datetime(2026, 11, 1, 13, tzinfo=UTC)


@given(st.datetimes(FROM.replace(year=2025), UNTIL, timezones=st.just(UTC)), st.sampled_from(ZONES))
def test_the_shipped_rules_wait_for_eight_in_the_morning(at, zone):
    verdict = may_contact(lawful(at=at, zone=zone))
    if verdict.earliest_at:
        assert verdict.earliest_at.astimezone(ZoneInfo(zone)).time() == time(8)
        assert verdict.earliest_at - at < timedelta(hours=12)


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/New_York", "Australia/Lord_Howe"])
@pytest.mark.parametrize(
    ("local", "allowed"),
    [
        ("07:59:59", False),
        ("07:59:59.999999", False),
        ("08:00:00", True),
        ("21:59:59.999999", True),
        ("22:00:00", False),
    ],
)
def test_the_window_is_half_open_on_the_borrowers_clock(zone, local, allowed):
    at = datetime.fromisoformat(f"2026-07-01T{local}").replace(tzinfo=ZoneInfo(zone))
    assert may_contact(lawful(at=at.astimezone(UTC), zone=zone)).allowed == allowed


def test_a_day_is_the_borrowers_own():
    noon = datetime(2026, 3, 10, 4, tzinfo=UTC)  # 10 March in Shanghai, midnight in New York
    assert (
        facts_at(lawful(at=noon, attempts_today=3), noon + timedelta(hours=11)).attempts_today == 3
    )
    assert (
        facts_at(lawful(at=noon, attempts_today=3), noon + timedelta(hours=12)).attempts_today == 0
    )


def test_how_many_slots_an_earlier_day_has_left_is_not_known():
    at = lawful().at
    assert facts_at(lawful(attempts_today=0), at - timedelta(days=1)).attempts_today is None
    assert facts_at(lawful(zone=None), at + timedelta(days=1)).attempts_today is None
    assert facts_at(lawful(attempts_today=None), at + timedelta(days=1)).attempts_today is None


def test_the_clock_going_back_is_a_turning_point_and_a_wall_shown_twice_is_two():
    new_york, law = ZoneInfo("America/New_York"), ZoneInfo("Asia/Shanghai")
    at = datetime(2026, 11, 1, 5, 10, tzinfo=UTC)  # 01:10, shown again an hour later
    points = list(turning_points(at, new_york, [law], [time(1, 30)]))
    assert points == sorted(points)
    assert points[:3] == [
        datetime(2026, 11, 1, 5, 30, tzinfo=UTC),
        datetime(2026, 11, 1, 6, 0, tzinfo=UTC),
        datetime(2026, 11, 1, 6, 30, tzinfo=UTC),
    ]


@pytest.mark.parametrize("seconds", [-0.5, 0, 0.5, 12 * 3600, 7 * 24 * 3600 + 1])
@pytest.mark.parametrize(
    ("zone", "change"),
    [
        ("Europe/London", datetime(2026, 3, 29, 1, tzinfo=UTC)),
        ("America/New_York", datetime(2026, 3, 8, 7, tzinfo=UTC)),
        ("Australia/Lord_Howe", datetime(2026, 4, 4, 15, tzinfo=UTC)),
    ],
)
def test_a_change_of_the_clock_is_found_to_the_second_wherever_the_days_are_cut(
    machine_in, zone, change, seconds
):
    machine_in("UTC0")
    at = change - timedelta(days=1, seconds=seconds)
    found = list(turning_points(at, ZoneInfo(zone), (), ()))
    assert change in found
    midnights = [m for m in found if m.astimezone(ZoneInfo(zone)).time() == time.min]
    assert found == sorted({change, *midnights})


def test_a_turning_point_is_after_the_moment_and_named_once():
    at = datetime(2026, 3, 10, tzinfo=UTC)
    found = list(turning_points(at, ZoneInfo("UTC"), (), ()))
    assert found == [at + timedelta(days=n) for n in range(1, 11)]


def test_a_wall_that_the_clock_leaps_over_is_none():
    at = datetime(2026, 3, 8, 6, tzinfo=UTC)
    points = list(
        turning_points(at, ZoneInfo("America/New_York"), [ZoneInfo("UTC")], [time(2, 30)])
    )
    assert points[0] == datetime(2026, 3, 8, 7, tzinfo=UTC)  # it leaps
    assert points[1] == datetime(2026, 3, 9, 0, tzinfo=UTC)  # the law's midnight


@pytest.fixture
def machine_in(monkeypatch):
    """Sets the machine's own clock to a zone, meanwhile."""
    if not hasattr(time_of_machine, "tzset"):
        pytest.skip("this system takes no zone from the environment")

    def shows(zone):
        monkeypatch.setenv("TZ", zone)
        time_of_machine.tzset()

    yield shows
    monkeypatch.undo()
    time_of_machine.tzset()


def test_the_machines_own_zone_plays_no_part(machine_in):
    machine_in("EAST-14")
    zone, shanghai = ZoneInfo("America/New_York"), ZoneInfo("Asia/Shanghai")
    found = turning_points(
        datetime(2026, 10, 31, 12, tzinfo=UTC), zone, (shanghai,), (time(1, 30),)
    )
    turns = [next(found) for _ in range(6)]
    assert turns == [
        datetime(2026, 10, 31, 16, tzinfo=UTC),  # Shanghai's midnight
        datetime(2026, 11, 1, 4, tzinfo=UTC),  # the borrower's
        datetime(2026, 11, 1, 5, 30, tzinfo=UTC),  # 1:30
        datetime(2026, 11, 1, 6, tzinfo=UTC),  # the clock is put back
        datetime(2026, 11, 1, 6, 30, tzinfo=UTC),  # 1:30 once more
        datetime(2026, 11, 1, 16, tzinfo=UTC),
    ]
    assert {moment.tzinfo for moment in turns} == {UTC}
    far_west = turning_points(
        datetime(2026, 3, 10, 10, 30, tzinfo=UTC),
        ZoneInfo("Pacific/Pago_Pago"),
        (),
        (time(23, 45),),
    )
    assert next(far_west) == datetime(2026, 3, 10, 10, 45, tzinfo=UTC)  # there still the 9th


def test_nothing_lawful_within_days_is_a_refusal():
    verdict = may_contact(lawful(), book=clock_rules("08:00:00", "08:00:00"))
    assert (verdict.outcome, verdict.codes, verdict.earliest_at) == ("refuse", ("window",), None)


def test_a_zone_that_nobody_asked_for_makes_the_wait_unknown():
    cap = Book((replace(SHIPPED, rules=(CAP,)),))
    verdict = may_contact(lawful(zone=None, attempts_today=10), book=cap)
    assert (verdict.outcome, verdict.codes) == ("refuse", ("daily_cap",))
    limit, change = CAP.limits[-1], lawful().at.date() + timedelta(days=2)
    until = replace(limit, span=replace(limit.span, to_date=change))
    then = replace(limit, span=Span(change), values=(("most", 20),))
    counted = replace(CAP, requires=Below("failed_in_a_row", "most"), limits=(until, then))
    eased = Book((replace(SHIPPED, rules=(counted,)),))
    asked = [may_contact(lawful(zone=z, failed_in_a_row=10), book=eased) for z in (ZONES[0], None)]
    assert [verdict.outcome for verdict in asked] == ["defer", "refuse"]


def test_a_wall_clock_needs_a_moment_with_a_zone():
    with pytest.raises(ValueError, match="aware"):
        assert lawful(at=lawful().at.replace(tzinfo=None)).local
    assert lawful(at=None).local is None
