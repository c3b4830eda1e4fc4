"""The log by commands: verified here, exported, verified anywhere; every export is logged first."""

import json
import subprocess
import sys

import pytest

from arrears.cli import run as exports
from arrears.cli import verify as command
from arrears.cli.verify import LogChanged, NoExport
from arrears.verify import check_folder
from arrears.web.ledger.actions.cases import release_case, take_case
from arrears.web.ledger.actions.records import write_note
from arrears.web.ledger.models import Event, EventValue, LogCheck
from tests.lib import tamper
from tests.web.conftest import AT, DAY

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def the_bank(bank, settings):
    """The rules in use are those of the bank's home."""
    settings.ARREARS_HOME = bank.home.path


@pytest.fixture
def home(tmp_path):
    """Where the anchors are."""
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


@pytest.fixture
def noted(case, people):
    """A function that lets something happen."""

    def happened():
        take_case(case_id=case.pk, by=people["phone_collector"], at=AT)
        release_case(case_id=case.pk, by=people["phone_collector"], at=AT)

    return happened


@pytest.fixture
def at_command(home, monkeypatch):
    """The commands run on the ledger of these tests; what they said."""
    lines = []
    for module in (command, exports):
        monkeypatch.setattr(module, "open_ledger", lambda _home: None)
        monkeypatch.setattr(module, "say", lines.append)
        monkeypatch.setattr(module, "now", lambda: AT)
    return lines


def verify(home, folder=None, **told):
    command.verify(
        folder=folder, home=home, **{"anchors": None, "lang": command.Language.en, **told}
    )


def test_verify_numbers_anchors_and_checks(home, noted, at_command):
    noted()
    verify(home)
    assert at_command[0].startswith(f"Checked: {Event.objects.count()} events, 1 anchors")
    assert at_command[-1] == "✓ Nothing was changed."
    assert LogCheck.objects.get().whole_at == AT


def test_verify_ends_with_its_own_code_and_names_what_is_wrong(home, noted, at_command):
    noted()
    verify(home)
    tamper.edit(3, tamper.Random(0))
    with pytest.raises(LogChanged) as told:
        verify(home)
    assert told.value.exit_code == 110
    assert [one.code for one in told.value.findings] == ["edit"]


def test_an_export_is_verified_anywhere_and_holds_values_only_if_asked(
    home, noted, case, people, at_command, tmp_path
):
    write_note(case_id=case.pk, text="住在长安街", by=people["phone_collector"], at=AT)
    bare, whole = tmp_path / "bare", tmp_path / "whole"
    for folder, values in ((bare, False), (whole, True)):
        exports.export("log", out=folder, as_of=None, known_on=None, values=values, home=home)
    assert (check_folder(bare).wrong, check_folder(bare).values) == ((), 0)
    assert check_folder(whole).values == EventValue.objects.count() > 0
    assert "长安街" not in json.loads(json.dumps((bare / "events.jsonl").read_text()))
    told = [e.detail for e in Event.objects.filter(verb="export_table").order_by("pk")]
    assert [one["personal"] for one in told] == [None, True]
    alone = [sys.executable, "-I", "-S", str(whole / "verify.py"), str(whole)]
    done = subprocess.run(alone, capture_output=True, text=True, env={"PYTHONUTF8": "1"})
    assert (done.returncode, "没有发现改动" in done.stdout) == (0, True)
    verify(home, whole)
    lines = (whole / "events.jsonl").read_text().splitlines()
    (whole / "events.jsonl").write_text("\n".join(lines[:4] + lines[5:]) + "\n")
    with pytest.raises(LogChanged, match="not as it was written"):
        verify(home, whole)
    with pytest.raises(NoExport):
        verify(home, tmp_path)


def test_an_export_of_a_changed_ledger_says_so_as_well(home, noted, at_command, tmp_path):
    noted()
    verify(home)
    tamper.renumber(3, tamper.Random(0))
    exports.export("log", out=tmp_path / "x", as_of=None, known_on=None, values=False, home=home)
    assert {one.kind for one in check_folder(tmp_path / "x").wrong} <= {"rehash", "renumber"}
    assert check_folder(tmp_path / "x").wrong


def test_every_export_is_logged_before_it_is_written(
    bank, published, at_command, tmp_path, monkeypatch
):
    monkeypatch.setattr(exports, "has_ledger", lambda *_: True)
    told = {"as_of": DAY, "known_on": None, "values": False, "home": bank.home.path}
    exports.export("worklist", out=tmp_path / "w.csv", **told)
    exports.export("work", out=tmp_path / "work", **told)
    made = Event.objects.filter(verb="export_table").order_by("pk")
    assert [one.detail["table"] for one in made] == ["worklist", "work"]
