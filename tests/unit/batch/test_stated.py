"""What an institution states of all its borrowers: in force on the day, known by the run, and lawful."""

from datetime import date

from arrears.batch.read import borrower_ids, stated
from arrears.batch.runs import Run
from arrears.lake.home import Home
from tests.lib.files import book, row, take


def a_run(folder, day, known_on=None):
    return Run(folder, date.fromisoformat(day), known_on, 1, "duck", None, {})


def fact(name, value, since, known="2026-03-01"):
    return {
        "fact": name,
        "value": value,
        "evidence": "clause 9",
        "from_date": since,
        "known_date": known,
    }


def test_the_latest_statement_in_force_and_known_counts_and_no_other(tmp_path):
    facts = [
        fact("phone_source", "contract", "2020-01-01"),
        fact("phone_source", "update", "2026-03-15"),
        fact("zone", "Asia/Shanghai", "2020-01-01", known="2026-03-20"),
        fact("email_source", "bought", "2020-01-01"),
        fact("founded", "1987", "2020-01-01"),
    ]
    take(tmp_path / "home", book(tmp_path / "files", facts=facts))
    home = Home(tmp_path / "home")

    def told(day, known_on=None):
        return {f["fact"]: f["value"] for f in stated(home, a_run(tmp_path, day, known_on))}

    assert told("2026-03-14") == {"phone_source": "contract", "zone": "Asia/Shanghai"}
    assert told("2026-03-15") == {"phone_source": "update", "zone": "Asia/Shanghai"}
    assert told("2026-03-15", date(2026, 3, 19)) == {"phone_source": "update"}
    assert told("2019-12-31") == {}


def test_a_book_without_facts_states_none_and_its_borrowers_are_named_once(tmp_path):
    people = [row("borrowers", borrower_id=n, name="") for n in ("B2", "B1")]
    people += [row("borrowers", borrower_id="B1", name="now known", known_date="2026-03-02")]
    take(tmp_path / "home", book(tmp_path / "files", borrowers=people))
    home = Home(tmp_path / "home")
    assert stated(home, a_run(tmp_path, "2026-03-14")) == []
    assert borrower_ids(home) == ["B1", "B2"]
