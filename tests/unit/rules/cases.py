"""The cases of a pack, as facts and what is expected of the gate."""

import tomllib
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files

from arrears.rules.facts import ContactFacts


@dataclass(frozen=True)
class Case:
    """One contact and what the gate must say of it."""

    en: str
    zh: str
    facts: ContactFacts
    outcome: str
    codes: tuple[str, ...]
    earliest_at: datetime | None


def cases(pack: str = "cn_first") -> list[Case]:
    """Every case of the pack, in the order of its file."""
    text = files("arrears.rules.packs").joinpath(pack, "cases.toml").read_text(encoding="utf-8")
    written = tomllib.loads(text)
    return [
        Case(
            c["en"],
            c["zh"],
            told(written["base"] | c.get("facts", {}) | dict.fromkeys(c.get("unknown", ()))),
            c["outcome"],
            tuple(c.get("codes", ())),
            c.get("earliest_at"),
        )
        for c in written["case"]
    ]


def told(values) -> ContactFacts:
    """Facts from a table of TOML."""
    held = values["holds"]
    return ContactFacts(**(values | {"holds": None if held is None else frozenset(held)}))


def lawful(**changes) -> ContactFacts:
    """A contact that is in order, but for the changes."""
    base = {
        "purpose": "collect",
        "channel": "sms",
        "at": datetime.fromisoformat("2026-03-10T02:00:00+00:00"),
        "zone": "Asia/Shanghai",
        "role": "debtor",
        "point_source": "contract",
        "point_valid": True,
        "holds": [],
        "attempts_today": 0,
        "overdue_minor": 120_000,
        "case_state": "taken",
    }
    return told(base | changes)
