"""Random facts for the gate: every declared word, days around a day, counts around the caps, and gaps."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random

from arrears.core.tables import POINT_SOURCES
from arrears.rules import facts as declared
from arrears.rules.facts import KINDS, NEVER, ContactFacts

WORDS = {
    "act": declared.ACTS,
    "purpose": declared.PURPOSES,
    "channel": declared.CHANNELS,
    "mode": declared.MODES,
    "actor": declared.ACTORS,
    "product": declared.PRODUCTS,
    "borrower_kind": declared.BORROWER_KINDS,
    "zone": (
        "Asia/Shanghai",
        "America/New_York",
        "Australia/Lord_Howe",
        "Asia/Kathmandu",
        "Mars/Base",
    ),
    "role": declared.ROLES,
    "point_source": POINT_SOURCES,
    "place": declared.PLACES,
    "holds": (*declared.CASE_HOLDS, "unheard_of"),
    "agreements": declared.AGREEMENTS,
    "overrides": ("cn_unanswered_cap", "cn_time_barred"),
    "case_state": declared.CASE_STATES,
    "debtor_state": declared.GONE,
    "text_classes": ("threat", "insult", "privacy", "extra_fee", "o'clock"),
    "missing_fields": ("balance", "seal"),
    "extension": declared.EXTENSIONS,
    "record_kind": declared.RECORDS,
    "stated": ("zone", "point_source"),
}
DAY = date(2026, 3, 10)
MOMENT = datetime(2026, 3, 10, 2, tzinfo=UTC)
GAP = 0.08  # how often a fact is not known


def any_facts(random: Random, near: ContactFacts | None = None) -> ContactFacts:
    """Facts drawn anew, or those of `near` with a few drawn anew."""
    if near is None:
        return ContactFacts(**{name: _any(random, name) for name in KINDS})
    names = random.sample(list(KINDS), random.randint(0, 5))
    return replace(near, **{name: _any(random, name) for name in names})


def _any(random: Random, name: str):
    return None if random.random() < GAP else _DRAWN[KINDS[name]](random, name)


def _day(random: Random) -> date:
    back = random.choice((0, 1, 3, 6, 7, 8, 15, 16, 30, 31, 60, 61, 365, 366, 731, 1826, 2000))
    return DAY - timedelta(days=back - random.choice((0, 0, 0, 1)))


_DRAWN = {
    datetime: lambda random, _: MOMENT + timedelta(seconds=random.randint(-40_000, 60_000)),
    bool: lambda random, _: random.random() < 0.5,
    date: lambda random, _: NEVER if random.random() < 0.2 else _day(random),
    tuple[date, ...]: lambda random, _: tuple(_day(random) for _ in range(random.randint(0, 9))),
    frozenset[str]: lambda random, name: frozenset(
        random.sample(WORDS[name], random.choice((0, 0, 1, 2)))
    ),
    str: lambda random, name: random.choice(WORDS[name]),
    int: lambda random, _: random.choice((0, 1, 2, 3, 5, 6, 7, 10, 60, 61, 2400, 2401, -1)),
}
