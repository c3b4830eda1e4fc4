"""Who works in the demonstration, and the texts that they have approved."""

import tomllib
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files

from django.utils.timezone import localdate

from arrears.web.ledger.actions.people import admit_person, certify_person, found_team
from arrears.web.ledger.actions.templates import approve_template, write_template
from arrears.web.ledger.models import Person

CALLING = ("phone_collector", "field_collector", "supervisor")  # who talk to borrowers


@dataclass(frozen=True, slots=True)
class Member:
    """One of the cast, with what there is to see when signed in as this person."""

    username: str
    name: str
    role: str
    team: str
    branch: str
    shows_zh: str
    shows_en: str


def cast() -> list[Member]:
    """Everyone in the demonstration, in the order in which a visitor meets them."""
    return [Member(**member) for member in _script()["person"]]


def admit_cast(*, password: str, at: datetime) -> dict[str, Person]:
    """Everyone works here, in their team, and signs in with this password; by sign-in name."""
    people = {}
    for one in cast():
        team = found_team(name=one.team, branch=one.branch, by=None, at=at) if one.team else None
        people[one.username] = admit_person(
            username=one.username,
            name=one.name,
            role=one.role,
            password=password,
            team=team,
            branch=one.branch,
            by=None,
            at=at,
        )
        if one.role in CALLING:
            fit = {"background_clear": True, "secrecy_signed": True}
            certify_person(username=one.username, exam_date=localdate(at), **fit, by=None, at=at)
    return people


def approve_texts(people: dict[str, Person], *, at: datetime) -> None:
    """The demonstration's texts are in use: one of compliance wrote them, another approved them."""
    writer, approver = [p for p in people.values() if p.role == "compliance"][:2]
    for text in _script()["text"]:
        made = write_template(**text, by=writer, at=at)
        approve_template(template_id=made.pk, by=approver, at=at)


def _script() -> dict[str, list[dict[str, str]]]:
    return tomllib.loads(files(__package__).joinpath("script.toml").read_text(encoding="utf-8"))
