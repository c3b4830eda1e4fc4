"""When files of the lake are gone, pages say so in their own words; whose loan it is, is asked first."""

import shutil

import pytest

from arrears.batch.read import FilesGone, explain, loans_of
from arrears.batch.runs import read_run
from arrears.lake.home import Home
from arrears.web.ledger.models import CaseDay
from tests.web.conftest import DAY
from tests.web.test_desk import signed_in, text_of

pytestmark = pytest.mark.django_db
GONE = "明细文件已不在"


@pytest.fixture
def home(bank, tmp_path, settings):
    """A copy of the bank's home, from which files may be taken away."""
    shutil.copytree(bank.home.path, tmp_path / "home")
    settings.ARREARS_HOME = tmp_path / "home"
    return Home(tmp_path / "home")


@pytest.fixture
def places(case):
    """The page of a case and the one that explains its worst loan."""
    loan = CaseDay.objects.get(borrower_id=case.borrower_id).worst_loan_id
    return f"/case/{case.pk}/", f"/case/{case.pk}/why/{loan}/"


def of_the_day(home, bank):
    """The folder of the run that is before people."""
    return home.runs / bank.run.folder.relative_to(bank.home.runs)


def away(folder):
    shutil.rmtree(folder)


def empty(folder):
    for file in folder.rglob("*.parquet"):
        file.write_bytes(b"no table")


def manifest(folder):
    (folder.parent / "manifest.json").unlink()


@pytest.mark.parametrize("loss", [away, empty, manifest])
def test_a_run_whose_files_are_gone_is_told(home, bank, people, places, loss):
    loss(of_the_day(home, bank) / "arrears")
    collector = signed_in(people["phone_collector"])
    page, why = (collector.get(place) for place in places)
    assert (page.status_code, why.status_code) == (200, 404)
    assert GONE in text_of(page)
    assert GONE in text_of(why)


@pytest.mark.parametrize("table", ["loans", "instalments"])
def test_a_book_whose_files_are_gone_is_told(home, people, places, table):
    for file in (home.path / "book" / table).rglob("*.parquet"):
        file.unlink()
    collector = signed_in(people["phone_collector"])
    page, why = (collector.get(place) for place in places)
    assert (page.status_code, why.status_code) == (200, 404)
    assert GONE in text_of(why)
    with pytest.raises(FilesGone):
        explain(home, places[1].split("/")[-2], as_of=DAY)


def test_a_run_without_a_table_it_had_says_so(home, bank, case):
    away(of_the_day(home, bank) / "arrears")
    with pytest.raises(FilesGone):
        loans_of(home, read_run(of_the_day(home, bank)), case.borrower_id)


def test_someone_elses_loan_is_never_worked_out(home, people, places, case, monkeypatch):
    worked_out = []
    monkeypatch.setattr("arrears.web.desk.case.explain", lambda *_w, **_n: worked_out.append(1))
    other = CaseDay.objects.exclude(borrower_id=case.borrower_id).first().worst_loan_id
    answer = signed_in(people["phone_collector"]).get(f"/case/{case.pk}/why/{other}/")
    assert (answer.status_code, worked_out) == (404, [])
