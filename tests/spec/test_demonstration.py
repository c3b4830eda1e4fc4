"""The demonstration: a made-up bank lives its last days through the actions of everyone, up to today."""

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from arrears.cli.demo import NotADemo
from arrears.lake.home import Home

LOANS, DAYS = 700, 12


def arrears(*words):
    """The program in a process of its own, as a visitor runs it."""
    command = [sys.executable, "-c", "from arrears.cli import main; main()", *map(str, words)]
    environ = {**os.environ, "ARREARS_DATABASE": "postgresql://the.bank/its-own"}
    return subprocess.run(command, capture_output=True, text=True, env=environ, check=False)


@pytest.fixture(scope="module")
def lived(tmp_path_factory):
    """A demonstration that was lived, and what the terminal said."""
    home = tmp_path_factory.mktemp("demonstration") / "home"
    words = ("demo", "--loans", LOANS, "--days", DAYS, "--home", home, "--lang", "en", "--no-serve")
    answer = arrears(*words)
    assert answer.returncode == 0, answer.stderr
    return home, words, answer.stdout


def ask(home: Path, sql: str):
    with closing(sqlite3.connect(home / "ledger" / "ledger.sqlite3")) as ledger:
        return ledger.execute(sql).fetchall()


def told(home: Path):
    return json.loads((home / "demo.json").read_text(encoding="utf-8"))


def test_it_shows_figures_the_list_and_who_can_sign_in(lived):
    home, _, said = lived
    assert all(word in said for word in ("By bucket", "By five-class grade", "The list", "phone1"))
    assert told(home)["password"] in said


def test_every_working_day_up_to_the_last_was_run_and_published(lived):
    home, *_ = lived
    last = date.fromisoformat(told(home)["last_date"])
    days = [last - timedelta(days=n) for n in range(DAYS, -1, -1)]
    worked = [str(d) for d in days if d in (days[0], last) or d.weekday() < 5]
    runs = ask(home, "SELECT as_of FROM ledger_publishedrun ORDER BY 1")
    assert [row[0] for row in runs] == worked
    assert sorted(path.name for path in Home(home).runs.iterdir()) == worked
    seen = "SELECT as_of FROM ledger_pointer JOIN ledger_publishedrun USING (run_id)"
    assert ask(home, seen) == [(str(last),)]


def test_the_bank_s_files_are_taken_in_without_a_row_set_aside(lived):
    home, *_ = lived
    assert not list((home / "quarantine").rglob("*.csv"))


def test_people_worked_through_the_actions_of_everyone_and_nothing_is_in_the_future(lived):
    home, *_ = lived
    verbs = dict(ask(home, "SELECT verb, COUNT(*) FROM ledger_event GROUP BY verb"))
    (contacts,) = ask(home, "SELECT COUNT(*), COUNT(DISTINCT by_id) FROM ledger_contact")
    assert verbs["record_outcome"] == contacts[0] > 20
    assert contacts[1] >= 3
    promises = dict(ask(home, "SELECT state, COUNT(*) FROM ledger_promise GROUP BY state"))
    assert verbs["record_promise"] == sum(promises.values())
    assert set(promises) > {"open"}, "payments have decided none"
    assert (
        ask(home, "SELECT MAX(at) FROM ledger_event")[0][0] <= f"{datetime.now(UTC):%F %T}.999999"
    )


def test_every_message_was_asked_of_the_gate_and_none_left_the_machine(lived):
    home, *_ = lived
    sent = ask(
        home,
        "SELECT m.gateway_id, v.outcome FROM ledger_message m "
        "JOIN ledger_gateverdict v ON v.id = m.verdict_id WHERE m.state = 'sent'",
    )
    assert len(sent) > 10
    assert all(gateway.startswith("local-") and said == "allow" for gateway, said in sent)


def test_what_people_did_came_back_to_the_book_and_the_next_run_knew_it(lived):
    home, *_ = lived
    last = date.fromisoformat(told(home)["last_date"])
    called = ask(
        home,
        "SELECT d.borrower_id, d.last_contact_date, MAX(c.contact_date) FROM ledger_caseday d "
        "JOIN ledger_contact c ON c.borrower_id = d.borrower_id "
        f"WHERE d.run_id LIKE '{last}%' GROUP BY d.borrower_id, d.last_contact_date",
    )
    assert len(called) > 10
    assert all(known >= contacted for _, known, contacted in called)


def test_asked_again_on_the_same_day_it_opens_the_same_bank(lived):
    home, words, said = lived
    (before,) = ask(home, "SELECT COUNT(*) FROM ledger_event")
    again = arrears(*words)
    if told(home)["password"] not in said:
        return  # midnight passed in Shanghai between the two: it is another day's bank
    assert again.stdout == said
    assert ask(home, "SELECT COUNT(*) FROM ledger_event") == [before]


def test_it_spares_a_folder_that_is_not_its_own(tmp_path):
    (tmp_path / "letters.txt").write_text("not yours", encoding="utf-8")
    answer = arrears("demo", "--home", tmp_path, "--no-serve")
    assert answer.returncode == NotADemo.exit_code
    assert "--home" in answer.stderr
    assert (tmp_path / "letters.txt").read_text(encoding="utf-8") == "not yours"
