"""A bank with two branches, a published run of made-up loans, and people of every role."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from arrears.batch.run import run
from arrears.batch.runs import Run
from arrears.feeds.load import load
from arrears.feeds.mapping import read_mapping
from arrears.lake.home import Home
from arrears.synth.book import make_book
from arrears.web.ledger.actions.people import admit_person, certify_person, found_team
from arrears.web.ledger.actions.publish import publish_run
from arrears.web.ledger.actions.templates import approve_template, write_template
from arrears.web.ledger.models import Borrower, Case, CaseDay, ContactPoint, Person, Team
from arrears.web.ledger.models.guard import writing
from arrears.web.ledger.policy import RIGHTS
from tests.lib.stage import staged

DAY = date(2026, 11, 20)
AT = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
PASSWORD = "plum-orchard-7"
NUMBER = "13812345678"
NAMES = {role: role for role in RIGHTS} | {
    "teammate": "phone_collector",
    "second_compliance": "compliance",
}


@dataclass(frozen=True)
class Bank:
    """A home with its run of DAY."""

    home: Home
    run: Run


@pytest.fixture(autouse=True)
def no_server_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is whatever time a test says, which the database server cannot know."""
    monkeypatch.setattr("arrears.web.ledger.clock.server_now", lambda: None)


@pytest.fixture(autouse=True)
def journal_of_its_own(settings: Any, tmp_path: Path) -> None:
    """What another test claimed and its ledger has lost would freeze this one."""
    settings.ARREARS_JOURNAL = tmp_path / "journal"


@pytest.fixture(autouse=True)
def no_language_left_over() -> None:
    """A page asked for in English leaves its thread speaking English, and the next test is another."""
    translation.deactivate()


@pytest.fixture(scope="session")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Bank:
    """A made-up book of 400 loans, loaded and run."""
    folder: Path = tmp_path_factory.mktemp("bank")
    make_book(folder / "files", loans=400, seed=5, last_date=DAY)
    home = Home(folder / "home")
    load(home, read_mapping("standard"), folder / "files", today=DAY)
    return Bank(home, run(home, as_of=DAY))


@pytest.fixture
def published(bank: Bank, db: None) -> Bank:
    """The run is before people."""
    staged("published", partial(publish_run, home=bank.home, run=bank.run, at=AT))
    return bank


@pytest.fixture
def people(db: None) -> dict[str, Person]:
    """One person of each role, of every branch, and a second phone collector as `teammate`."""
    staged("people", _people)
    found = {person.username: person for person in Person.objects.all()}
    return {name: found[name] for name in NAMES}


def _people() -> None:
    team = found_team(name="一组", by=None, at=AT)
    for username, role in NAMES.items():
        _admit(username, role, team)


@pytest.fixture
def stranger(published: Bank) -> Person:
    """A phone collector of a branch that has no case."""
    return _admit("stranger", "phone_collector", None, branch="别处")


@pytest.fixture
def texts(published, people):
    """Reminders by text message, approved; and every borrower in Shanghai."""
    write, approve = people["compliance"], people["second_compliance"]
    words = {
        "zh": "【{institution}】您已逾期 {days} 天，应还 {amount}（截至 {as_of}）。",
        "en": "{institution}: {amount} is {days} days past due on {as_of}.",
    }
    for language, text in words.items():
        made = write_template(
            name="reminder",
            channel="sms",
            language=language,
            subject="",
            text=text,
            by=write,
            at=AT,
        )
        approve_template(template_id=made.pk, by=approve, at=AT)
    with writing("a test"):
        Borrower.objects.update(zone="Asia/Shanghai")
        CaseDay.objects.update(treatment="remind", flags="")


@pytest.fixture
def case(published: Bank) -> Case:
    """The first case of the list."""
    found: Case = Case.objects.order_by("pk")[0]
    return found


@pytest.fixture
def compliance(people: dict[str, Person]) -> Person:
    """Someone of compliance."""
    return people["compliance"]


@pytest.fixture
def shanghai(case: Case) -> Case:
    """The case, its borrower in Shanghai, whom the run found under no flag; a number of their own."""
    with writing("a test"):
        Borrower.objects.filter(pk=case.borrower_id).update(zone="Asia/Shanghai")
        CaseDay.objects.update(flags="")
        ContactPoint.objects.filter(borrower_id=case.borrower_id).delete()
        point(case, "own", value=NUMBER)
    return case


def point(
    case: Case, name: str, *, role: str = "debtor", value: str = "13800000000"
) -> ContactPoint:
    """A mobile number of the case, `test-…` by its id; inside an action."""
    made: ContactPoint = ContactPoint.objects.create(
        point_id=f"test-{name}",
        borrower_id=case.borrower_id,
        role=role,
        kind="mobile",
        value=value,
        source="contract",
    )
    return made


def _admit(username: str, role: str, team: Team | None, branch: str = "") -> Person:
    made: Person = admit_person(
        username=username,
        name=username,
        role=role,
        password=PASSWORD,
        team=team,
        branch=branch,
        by=None,
        at=AT,
    )
    certify_person(
        username=username,
        exam_date=DAY - timedelta(days=60),
        background_clear=True,
        secrecy_signed=True,
        by=None,
        at=AT,
    )
    made.refresh_from_db()
    return made
