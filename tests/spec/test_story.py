"""The whole story on the command line: a book is made up, loaded, run, exported and explained."""

import csv
import json

import pytest

from arrears.batch.run import NoStep, shown_steps
from arrears.cli import main
from arrears.lake.home import Home, Institution, NoBook
from arrears.synth.points import NoSource

LAST = "2026-03-31"
LOANS = 200


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A home with a made-up book that was run on two days, and the book's files beside it."""
    folder = tmp_path_factory.mktemp("story")
    home, files = folder / "home", folder / "files"
    Home(home).found(Institution("A small bank", "Asia/Shanghai", "CNY", buckets=2))
    for words in (
        ("synth", files, "--loans", LOANS, "--last-date", LAST),
        ("load", "--mapping", "standard", "--source", files, "--home", home),
        ("run", "--as-of", "2026-03-30", "--home", home),
        ("run", "--as-of", LAST, "--home", home),
    ):
        with pytest.raises(SystemExit) as done:
            main([str(word) for word in words])
        assert not done.value.code
    return folder


@pytest.fixture
def book(terminal, folder, monkeypatch):
    """The folder, its home being the one that commands use."""
    monkeypatch.setenv("ARREARS_HOME", str(folder / "home"))
    return folder


def exported(terminal, book, table):
    """The rows of one table of the last day."""
    out = book / f"{table}.csv"
    answer = terminal.run("export", table, "--as-of", LAST, "--out", out)
    assert answer.code == 0, answer.err
    with out.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_the_list_of_the_day_is_a_file_with_the_best_first(terminal, book):
    worklist = exported(terminal, book, "worklist")
    assert worklist
    assert [int(row["rank"]) for row in worklist] == list(range(1, len(worklist) + 1))


def test_explain_gives_the_figures_of_the_run(terminal, book):
    arrears = {row["loan_id"]: row for row in exported(terminal, book, "arrears")}
    loan = exported(terminal, book, "worklist")[0]["worst_loan_id"]
    told = json.loads(terminal.run("explain", loan, "--as-of", LAST, "--json").out)
    figures = told["figures"]
    assert int(arrears[loan]["dpd"]) == figures["dpd"] >= 1
    assert int(arrears[loan]["overdue_minor"]) == figures["overdue_minor"]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_explain_is_text_in_both_languages(terminal, book, lang):
    loan = exported(terminal, book, "arrears")[0]["loan_id"]
    answer = terminal.run("explain", loan, "--as-of", LAST, "--lang", lang)
    assert answer.code == 0
    assert loan in answer.out


@pytest.mark.parametrize("step", shown_steps())
def test_a_step_says_what_it_means_and_shows_its_rows_without_a_run(terminal, book, step):
    runs = sorted(book.glob("home/runs/*/*"))
    answer = terminal.run("run", "--as-of", LAST, "--show", step)
    assert answer.code == 0, answer.err
    assert all(word in answer.out for word in (f"{step}: ", "grain: ", "means: ", f"on {LAST}"))
    assert sorted(book.glob("home/runs/*/*")) == runs


def test_the_rows_of_a_step_are_those_of_the_day(terminal, book):
    loan = exported(terminal, book, "arrears")[0]["loan_id"]
    assert loan in terminal.run("run", "--as-of", LAST, "--show", "arrears").out
    before = terminal.run("run", "--as-of", LAST, "--known-on", "1999-01-01", "--show", "arrears")
    assert before.code != 0


def test_the_steps_are_listed_with_what_they_answer(terminal):
    said = terminal.run("run", "--show", "list").out
    assert [step for step in shown_steps() if f" {step} " not in said] == []
    assert "which loans are open" in said


def test_a_step_that_is_none_is_answered_with_those_there_are(terminal, book):
    answer = terminal.run("run", "--as-of", LAST, "--show", "magic")
    assert answer.code == NoStep.exit_code
    assert "case_day" in answer.err


def test_the_same_files_twice_change_nothing(terminal, book):
    home = book / "home"
    before = {p: p.stat().st_mtime_ns for p in (home / "book").rglob("*") if p.is_file()}
    again = terminal.run("load", "--mapping", "standard", "--source", book / "files")
    assert again.code == 0
    assert {p: p.stat().st_mtime_ns for p in (home / "book").rglob("*") if p.is_file()} == before


def test_the_doctor_finds_the_book_and_its_last_run(terminal, book):
    answer = terminal.run("doctor")
    assert answer.code == 0
    assert LAST in answer.out
    assert "Asia/Shanghai" in answer.out


def test_the_doctor_looks_at_an_empty_home_too(terminal, tmp_path):
    answer = terminal.run("doctor", "--home", tmp_path / "nowhere")
    assert answer.code == 0
    assert "none loaded yet" in answer.out
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize(
    "words",
    [
        ("run", "--as-of", LAST),
        ("export", "arrears", "--as-of", LAST, "--out", "x.csv"),
        ("explain", "L1", "--as-of", LAST),
    ],
    ids=lambda words: words[0],
)
def test_a_home_without_a_book_is_answered_with_how_to_load_one(terminal, tmp_path, words):
    answer = terminal.run(*words, "--home", tmp_path)
    assert answer.code == NoBook.exit_code
    assert "arrears load" in answer.err
    assert "Traceback" not in answer.err


def test_a_book_is_given_made_up_points_that_its_own_home_takes_in(terminal, book, tmp_path):
    made = terminal.run("synth", tmp_path / "points", "--points-for", book / "home")
    assert made.code == 0, made.err
    mapping = tmp_path / "points" / "mapping.toml"
    loaded = terminal.run("load", "--mapping", mapping, "--source", mapping.parent, "--dry-run")
    assert loaded.code == 0, loaded.err
    refused = terminal.run(
        "synth", tmp_path / "no", "--points-for", book / "home", "--stated-source", "bought"
    )
    assert refused.code == NoSource.exit_code
    assert "contract" in refused.err
