"""What a hold of each kind stops, on which days, by which ways; what nobody described stops everything."""

from datetime import UTC, date, datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest

from arrears.core.case import FLAGS
from arrears.core.hold import (
    CHANNELS,
    KINDS,
    LEDGER_KINDS,
    NAMED,
    PURPOSES,
    HoldFacts,
    kinds_stopping,
    plain,
    possible_days,
)

DAY = date(2026, 11, 20)
# What each kind lets through; every other purpose is stopped, by every channel.
SPARED = {
    "pause": {"plan_service", "complaint_reply"},
    "complaint": {"plan_service", "complaint_reply"},
    "dispute": {"plan_service", "complaint_reply"},
    "hardship": {"plan_service", "complaint_reply"},
    "vulnerable": {"plan_service", "complaint_reply"},
    "bereavement": set(),
    "bankruptcy": {"legal_notice"},
    "represented": set(),
    "no_contact": {"complaint_reply", "legal_notice"},
    "plan": {"remind", "plan_service", "complaint_reply"},
    "legal": {"complaint_reply", "legal_notice"},
    "deceased": {"restore_contact", "complaint_reply", "legal_notice"},
    "incapacitated": {"restore_contact", "complaint_reply", "legal_notice"},
    "no_contact_order": set(),
    "opt_out": set(),
    "closed_point": set(),
    "sensitive_date": set(),
    "third_person_refusal": set(),
    "payment_received": {"plan_service", "complaint_reply", "legal_notice"},
    "of another house": set(),
}


def stopped(hold, *, channel="sms", purpose="collect", role="debtor", value="13800000000"):
    return hold.stops(channel=channel, purpose=purpose, role=role, value=value)


@pytest.mark.parametrize("kind", SPARED)
def test_a_kind_stops_all_but_what_it_spares_by_every_channel(kind):
    hold = HoldFacts(kind=kind)
    let_through = {
        (channel, purpose)
        for channel, purpose in product(CHANNELS, PURPOSES)
        if not stopped(hold, channel=channel, purpose=purpose)
    }
    assert let_through == set(product(CHANNELS, SPARED[kind]))
    assert stopped(hold, purpose="a purpose that nobody knows yet")


def test_every_kind_is_described_and_the_run_knows_its_own():
    assert set(SPARED) - {"of another house"} == set(KINDS)
    assert set(FLAGS) | set(LEDGER_KINDS) == set(KINDS)
    assert not set(FLAGS) & set(LEDGER_KINDS)
    assert all(set(kind.spares) <= set(PURPOSES) for kind in KINDS.values())
    assert all(all(kind.words) for kind in KINDS.values())


def test_a_scope_narrows_it():
    sms = HoldFacts(kind="opt_out", channels=frozenset({"sms"}))
    assert (stopped(sms), stopped(sms, channel="call")) == (True, False)
    number = HoldFacts(kind="opt_out", value="13800000000")
    assert (stopped(number), stopped(number, value="13900000000")) == (True, False)
    guarantor = HoldFacts(kind="no_contact_order", role="guarantor")
    assert (stopped(guarantor, role="guarantor"), stopped(guarantor)) == (True, False)
    only = HoldFacts(kind="plan", purposes=frozenset({"remind"}))
    assert (stopped(only, purpose="remind"), stopped(only)) == (True, False)


def test_a_kind_that_nobody_described_stops_everything_whatever_its_scope():
    hold = HoldFacts(kind="of another house", channels=frozenset({"sms"}), value="1")
    assert stopped(hold, channel="call", value="2")


def test_where_a_representative_acts_only_their_number_is_left():
    hold = HoldFacts(kind="represented", value="13800000000")
    assert (stopped(hold), stopped(hold, value="13900000000")) == (False, True)
    assert stopped(HoldFacts(kind="represented"))


@pytest.mark.parametrize(
    ("day", "in_force"),
    [
        (DAY - timedelta(days=1), False),
        (DAY, True),
        (DAY + timedelta(days=1), True),
        (DAY + timedelta(days=2), False),  # the end is the first day without it
    ],
)
def test_its_days_are_half_open(day, in_force):
    hold = HoldFacts(kind="sensitive_date", from_date=DAY, until_date=DAY + timedelta(days=2))
    assert hold.in_force(day, day) is in_force


def test_on_a_day_that_is_not_known_it_is_in_force_where_it_may_be():
    at = datetime(2026, 11, 20, 11, 0, tzinfo=UTC)
    first, last = possible_days(at, None)
    assert (first, last) == (date(2026, 11, 19), date(2026, 11, 21))
    ending = HoldFacts(kind="dispute", until_date=DAY)
    beginning = HoldFacts(kind="dispute", from_date=date(2026, 11, 21))
    assert ending.in_force(first, last)
    assert beginning.in_force(first, last)
    shanghai = possible_days(at, ZoneInfo("Asia/Shanghai"))
    assert shanghai == (DAY, DAY)
    assert not ending.in_force(*shanghai)
    assert not beginning.in_force(*shanghai)


@pytest.mark.parametrize("zone", [None, ZoneInfo("Asia/Shanghai")])
def test_a_moment_without_a_zone_is_no_moment(zone):
    with pytest.raises(ValueError, match="aware"):
        possible_days(datetime(2026, 11, 20, tzinfo=UTC).replace(tzinfo=None), zone)


@pytest.mark.parametrize(
    ("hold", "whole"),
    [
        (HoldFacts(kind="dispute"), True),
        (HoldFacts(kind="dispute", purposes=frozenset({"collect"})), True),
        (HoldFacts(kind="dispute", purposes=frozenset({"remind"})), False),
        (HoldFacts(kind="dispute", channels=frozenset({"sms"})), False),
        (HoldFacts(kind="dispute", role="guarantor"), False),
        (HoldFacts(kind="opt_out", value="13800000000"), False),
        (HoldFacts(kind="represented", value="13800000000"), False),
        (HoldFacts(kind="represented"), False),
    ],
)
def test_a_case_is_on_hold_where_nobody_may_collect_by_any_way(hold, whole):
    assert hold.whole is whole


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("138 0000-0000", "13800000000"),
        ("+86 138 0000 0000", "13800000000"),
        ("0086-13800000000", "13800000000"),
        ("86 138 0000 0000", "13800000000"),
        ("013800000000", "13800000000"),
        ("+86 (0)138 0000 0000", "13800000000"),
        ("+1 380 000 0000", "+13800000000"),
        ("１３８００００００００", "13800000000"),
        ("\u0661\u0663\u0668\u0660\u0660\u0660\u0660\u0660\u0660\u0660\u0660", "13800000000"),
        ("138\u200b0000\u00a00000", "13800000000"),
        ("(010) 6600.0000", "01066000000"),
        ("8610 6600 0000", "861066000000"),  # no mobile number: it stays as it is
        (" --- ", ""),
        ("+", ""),
        ("Zhang.San@Example.TEST", "zhang.san@example.test"),
    ],
)
def test_a_number_is_the_same_however_it_is_written(one, other):
    assert plain(one) == plain(other) == other


def test_two_addresses_are_not_one():
    assert plain("zhang.san@example.test") != plain("zhangsan@example.test")


def test_of_several_holds_those_in_force_that_stop_it_are_named():
    holds = [
        HoldFacts(kind="plan"),
        HoldFacts(kind="opt_out", value=plain("138 0000 0000")),
        HoldFacts(kind="dispute", until_date=DAY),
        HoldFacts(kind="complaint", channels=frozenset({"call"})),
    ]
    asked = {"first": DAY, "last": DAY, "role": "debtor", "value": "13800000000"}
    assert kinds_stopping(holds, channel="sms", purpose="remind", **asked) == {"opt_out"}
    assert kinds_stopping(holds, channel="call", purpose="collect", **asked) == {
        "plan",
        "opt_out",
        "complaint",
    }


def test_a_hold_that_names_what_its_kind_lets_through_is_told_apart():
    asked = {"first": DAY, "last": DAY, "channel": "sms", "role": "debtor", "value": ""}
    plan = HoldFacts(kind="plan", purposes=frozenset({"collect", "remind"}))
    assert kinds_stopping([plan], purpose="remind", **asked) == {"plan", NAMED}
    assert kinds_stopping([plan], purpose="collect", **asked) == {"plan"}
    assert kinds_stopping([HoldFacts(kind="plan")], purpose="remind", **asked) == set()
    unheard_of = HoldFacts(kind="unheard_of", purposes=frozenset({"remind"}))
    assert kinds_stopping([unheard_of], purpose="remind", **asked) == {"unheard_of"}
