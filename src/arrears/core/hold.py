"""Holds: why a borrower is not contacted, what each kind stops unless it says otherwise, and for how long."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from arrears.core.case import FLAGS

CHANNELS = ("sms", "email", "call", "letter", "visit", "push")
PURPOSES = (
    "remind",
    "collect",
    "restore_contact",
    "plan_service",
    "complaint_reply",
    "legal_notice",
)
# Stands beside the kind of a hold that names a purpose which its kind alone would let through.
NAMED = "names_purpose"
SERVICE = ("plan_service", "complaint_reply")  # what the borrower asked for, or is owed
# A mobile number of mainland China, with the country's prefix or a trunk's zero before it.
MOBILE = re.compile(r"(?:86|0)?(1[0-9]{10})")
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2200, 12, 31)  # no hold and no payment is of another
EAST, WEST = timedelta(hours=14), timedelta(hours=-12)  # where a day begins first, and last


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldKind:
    """What a hold of one kind means where the hold itself does not say otherwise.

    Units: `usual_days` in calendar days, from the first on.
    """

    kind: str
    words: tuple[str, str]  # Chinese, English
    spares: tuple[str, ...] = ()  # the purposes that it lets through; every other one is stopped
    usual_days: int | None = (
        None  # how long it lasts where no end is given; None: until it is ended
    )
    needs_days: bool = False  # a hold without its first day and its end says nothing
    needs_point: bool = False  # a hold without one number or address says nothing
    needs_scope: bool = False  # neither a number or address nor a channel: it says nothing
    spares_point: bool = (
        False  # the point that the hold names is the one way left, not the one closed
    )
    of_anyone: bool = False  # the point is closed for every borrower, not for this one only
    by_compliance: bool = False  # only compliance may end it
    told_by_compliance: bool = False  # nor may anyone else place it, but a system of the bank
    narrows: bool = True  # to some channels, purposes or persons
    has_days: bool = True  # it may be given a first day and an end
    debtor_state: str = ""  # what it says of the debtor; work on the case goes on
    placed: bool = True  # by a person or a system of the bank; False: it follows from other facts
    basis: str = "POLICY"  # which rule asks for it


_KINDS = (
    HoldKind(kind="pause", words=("停催", "clock paused"), spares=SERVICE),
    HoldKind(kind="complaint", words=("投诉", "complaint"), spares=SERVICE),
    HoldKind(kind="dispute", words=("异议", "dispute"), spares=SERVICE),
    HoldKind(kind="hardship", words=("困难", "hardship"), spares=SERVICE),
    HoldKind(kind="vulnerable", words=("需关照", "vulnerable"), spares=SERVICE),
    HoldKind(kind="bereavement", words=("丧事", "bereavement"), usual_days=30),
    HoldKind(
        kind="bankruptcy",
        words=("破产", "bankruptcy"),
        spares=("legal_notice",),
        by_compliance=True,
    ),
    HoldKind(
        kind="represented", words=("有代理人", "represented"), spares_point=True, by_compliance=True
    ),
    HoldKind(
        kind="no_contact",
        words=("停止联系", "no contact"),
        spares=("complaint_reply", "legal_notice"),
        by_compliance=True,
    ),
    HoldKind(
        kind="plan",
        words=("还款计划", "repayment plan"),
        spares=("remind", *SERVICE),
    ),
    HoldKind(
        kind="legal",
        words=("法律程序", "legal proceedings"),
        spares=("complaint_reply", "legal_notice"),
    ),
    HoldKind(
        kind="deceased",
        words=("本人已故", "debtor deceased"),
        spares=("restore_contact", "complaint_reply", "legal_notice"),
        by_compliance=True,
        told_by_compliance=True,
        narrows=False,
        has_days=False,
        debtor_state="deceased",
        basis="CN-GBT-04",
    ),
    HoldKind(
        kind="incapacitated",
        words=("本人丧失行为能力", "debtor incapacitated"),
        spares=("restore_contact", "complaint_reply", "legal_notice"),
        by_compliance=True,
        told_by_compliance=True,
        narrows=False,
        has_days=False,
        debtor_state="incapacitated",
        basis="CN-GBT-04",
    ),
    HoldKind(
        kind="no_contact_order",
        words=("禁止接触令", "no-contact order"),
        by_compliance=True,
        narrows=False,
        basis="CN-PSA-50",
    ),
    HoldKind(kind="opt_out", words=("拒收", "opt-out"), needs_scope=True),
    HoldKind(
        kind="closed_point",
        words=("号码或地址停用", "number or address closed"),
        needs_point=True,
        of_anyone=True,
        by_compliance=True,
    ),
    HoldKind(kind="sensitive_date", words=("敏感日期", "sensitive date"), needs_days=True),
    HoldKind(
        kind="third_person_refusal",
        words=("第三人拒绝联系", "third person refuses"),
        needs_point=True,
        of_anyone=True,
        by_compliance=True,
        narrows=False,
        has_days=False,
        basis="CN-GBT-05",
    ),
    HoldKind(
        kind="payment_received",
        words=("已收到还款，尚未入账", "payment received, not yet booked"),
        spares=(*SERVICE, "legal_notice"),
        placed=False,
    ),
)
KINDS: dict[str, HoldKind] = {kind.kind: kind for kind in _KINDS}
# The kinds that a run reads as flags; the others only the ledger knows.
LEDGER_KINDS = tuple(kind for kind in KINDS if kind not in FLAGS)


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldFacts:
    """One hold: its kind, what of the contacts it stops, and the days on which it does.

    Grain: one reason of one borrower. Days are half-open and the borrower's own. What is empty does
    not narrow it: no channel is every channel; no purpose is what its kind stops.
    """

    kind: str
    channels: frozenset[str] = frozenset()
    purposes: frozenset[str] = frozenset()
    role: str = ""  # of the persons whom it protects
    value: str = ""  # the one number or address, as `plain` writes it
    from_date: date | None = None  # None: from when it was placed
    until_date: date | None = None  # None: until it is ended

    def in_force(self, first: date, last: date) -> bool:
        """Whether it is in force on any day from the first to the last."""
        begun = self.from_date is None or self.from_date <= last
        return begun and (self.until_date is None or first < self.until_date)

    def stops(self, *, channel: str, purpose: str, role: str, value: str) -> bool:
        """Whether it stops such a contact while it is in force; a kind that nobody described does."""
        kind = KINDS.get(self.kind)
        if kind is None:
            return True
        if self.channels and channel not in self.channels:
            return False
        if self.role and role != self.role:
            return False
        if self.value and (self.value == value) == kind.spares_point:
            return False
        if self.purposes:
            return purpose in self.purposes
        return purpose not in kind.spares

    @property
    def whole(self) -> bool:
        """Whether nobody is to collect from the borrower by any way: the case itself is on hold."""
        kind = KINDS.get(self.kind)
        if kind is not None and (kind.debtor_state or kind.spares_point):
            return False  # work goes on with others: heirs, or whoever acts for the debtor
        narrowed = self.channels or self.role or self.value
        return not narrowed and (not self.purposes or "collect" in self.purposes)


def possible_days(at: datetime, zone: tzinfo | None) -> tuple[date, date]:
    """The first and the last day that it may be where the borrower is; the same where the zone is known.

    Raises: ValueError for a naive moment.
    """
    if at.tzinfo is None:
        raise ValueError("a moment must be aware")
    if zone is not None:
        day = at.astimezone(zone).date()
        return day, day
    utc = at.replace(tzinfo=None) - (at.utcoffset() or timedelta())
    return (utc + WEST).date(), (utc + EAST).date()


def plain(value: str) -> str:
    """A number or address as it is compared: without spacing, width, capitals, and the country's prefix.

    Nothing is left of what has no letter and no digit.
    """
    folded = unicodedata.normalize("NFKC", value).casefold()
    bare = "".join(sign for sign in folded if sign.isalnum() or sign in "@._+")
    if "@" in bare:
        return bare
    bare = "".join(
        str(unicodedata.decimal(s)) if s.isdecimal() else s for s in bare if s not in "._"
    )
    for prefix in ("+86", "0086"):
        bare = bare.removeprefix(prefix)
    mobile = MOBILE.fullmatch(bare)
    return mobile[1] if mobile else bare.strip("+") and bare


def says_something(text: str) -> bool:
    """Whether a text holds a letter, a figure or a sign that one can see."""
    return any(unicodedata.category(sign)[0] in "LNPS" for sign in text)


def kinds_stopping(
    holds: Iterable[HoldFacts],
    *,
    first: date,
    last: date,
    channel: str,
    purpose: str,
    role: str,
    value: str,
) -> frozenset[str]:
    """The kinds of those holds that stop such a contact on any day from the first to the last.

    A rule that goes by a kind may let this purpose through; NAMED is there too where a hold stops it in
    so many words, and no rule lets that through.
    """
    found = set()
    for hold in holds:
        if hold.in_force(first, last) and hold.stops(
            channel=channel, purpose=purpose, role=role, value=plain(value)
        ):
            found.add(hold.kind)
            if hold.purposes and hold.kind in KINDS and purpose in KINDS[hold.kind].spares:
                found.add(NAMED)
    return frozenset(found)


def debtor_state(holds: Iterable[HoldFacts], *, first: date, last: date) -> str:
    """What is known of the debtor by the holds in force on any day from the first to the last."""
    said = {
        KINDS[hold.kind].debtor_state
        for hold in holds
        if hold.kind in KINDS and hold.in_force(first, last)
    }
    return next((state for state in ("deceased", "incapacitated") if state in said), "alive")
